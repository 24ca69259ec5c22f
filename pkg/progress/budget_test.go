package progress_test

import (
	"testing"

	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func running(continued bool) *pb.Event {
	return migration.MigrationChanged(&pb.MigrationChanged{State: pb.MigrationState_MIGRATION_STATE_RUNNING, Continued: continued})
}

func shutDown() *pb.Event {
	return migration.MigrationChanged(&pb.MigrationChanged{State: pb.MigrationState_MIGRATION_STATE_STOPPED, ShutDown: true})
}

func failed(reason pb.Reason) *pb.Event {
	return chunk.ChunkChanged(&pb.ChunkChanged{State: pb.ChunkState_CHUNK_STATE_FAILED, Failure: &pb.Failure{Reason: reason}})
}

func TestWhatCountsAgainstABudget(t *testing.T) {
	lost := func() *pb.Event {
		return table.TableReplanned(&pb.TableReplanned{Plan: plan().GetTables()[0], Failure: &pb.Failure{Reason: pb.Reason_REASON_SNAPSHOT_GONE}})
	}
	for name, tt := range map[string]struct {
		events             []*pb.Event
		failures, lost, on int32
	}{
		"failures":                  {[]*pb.Event{running(false), failed(pb.Reason_REASON_CONNECTION_LOST), failed(pb.Reason_REASON_STORAGE_BUSY)}, 2, 0, 0},
		"a stop":                    {[]*pb.Event{running(false), failed(pb.Reason_REASON_CANCELLED)}, 0, 0, 0},
		"an ended PAR":              {[]*pb.Event{running(false), failed(pb.Reason_REASON_PAR_EXPIRED), failed(pb.Reason_REASON_PAR_REFUSED)}, 0, 0, 0},
		"a restart keeps them":      {[]*pb.Event{running(false), failed(pb.Reason_REASON_CONNECTION_LOST), running(true)}, 1, 0, 1},
		"restarts are counted":      {[]*pb.Event{running(false), running(true), running(true)}, 0, 0, 2},
		"a shutdown is no crash":    {[]*pb.Event{running(false), shutDown(), running(true)}, 0, 0, 0},
		"until a step is done":      {[]*pb.Event{running(false), running(true), chunk.ChunkChanged(&pb.ChunkChanged{State: pb.ChunkState_CHUNK_STATE_EXPORTED})}, 0, 0, 0},
		"somebody's start renews":   {[]*pb.Event{running(false), failed(pb.Reason_REASON_CONNECTION_LOST), lost(), running(true), running(false)}, 0, 0, 0},
		"snapshots":                 {[]*pb.Event{running(false), lost(), running(true), lost()}, 0, 2, 1},
		"another format is neither": {[]*pb.Event{running(false), table.TableReplanned(&pb.TableReplanned{Plan: plan().GetTables()[0], Failure: &pb.Failure{Reason: pb.Reason_REASON_COUNTS_DIFFER}})}, 0, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := fold(stamped(append([]*pb.Event{migration.Planned(plan())}, tt.events...)...))
			of := progress.Table(s, tableID)
			if got := of.GetChunks()[0].GetFailures(); got != tt.failures || of.GetSnapshotsLost() != tt.lost || s.GetContinuations() != tt.on {
				t.Errorf("%d failures, %d snapshots, %d continuations; want %d, %d, %d", got, of.GetSnapshotsLost(), s.GetContinuations(), tt.failures, tt.lost, tt.on)
			}
		})
	}
}

// Whatever of a journal is durable, what comes later never shows less: a bar does
// not go back over a restart. Ticks may be lost and are no part of it; a table
// that is planned again begins anew, and its event says so.
func TestDurableProgressNeverGoesBack(t *testing.T) {
	events := trip()
	for cut := 1; cut <= len(events); cut++ {
		resumed := append(append([]*pb.Event{}, events[:cut]...), running(true))
		resumed = append(resumed, events[cut:]...)
		s, last := &pb.MigrationStatus{}, progress.Totals{}
		for n, e := range stamped(resumed...) {
			progress.Fold(s, e)
			if of := progress.Table(s, tableID); of != nil {
				now := progress.TableTotals(s, of)
				if now.Fraction < last.Fraction || now.Rows < last.Rows || now.Bytes < last.Bytes || now.Objects < last.Objects {
					t.Errorf("cut after %d: event %d takes %+v back to %+v", cut, n, last, now)
				}
				last = now
			}
		}
	}
}
