package progress_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

const (
	tableID = "ADMIN.ORDERS"
	chunkID = "ADMIN.ORDERS/000001"
)

var (
	migration = progress.Subject{Migration: "m1"}
	table     = progress.Subject{Migration: "m1", Table: tableID}
	chunk     = progress.Subject{Migration: "m1", Table: tableID, Chunk: chunkID, Attempt: 1}
)

func plan() *pb.MigrationPlan {
	return &pb.MigrationPlan{Scn: 42, Tables: []*pb.TablePlan{{
		TableId: tableID, Rows: 100, EstimatedBytes: 1000,
		Chunks: []*pb.Chunk{{ChunkId: chunkID}},
	}}}
}

// stamped numbers events as a journal does, one second apart.
func stamped(events ...*pb.Event) []*pb.Event {
	for i, e := range events {
		e.Sequence = int64(i + 1)
		e.Time = timestamppb.New(time.Unix(int64(1000+i), 0))
	}
	return events
}

func fold(events []*pb.Event) *pb.MigrationStatus {
	s := &pb.MigrationStatus{}
	for _, e := range events {
		progress.Fold(s, e)
	}
	return s
}

func trip() []*pb.Event {
	manifest := &pb.Manifest{Rows: 100, Objects: []*pb.Object{{Name: "a", Bytes: 600}, {Name: "b", Bytes: 300}}}
	return stamped(
		migration.Planned(plan()),
		migration.MigrationChanged(&pb.MigrationChanged{State: pb.MigrationState_MIGRATION_STATE_RUNNING}),
		table.TableChanged(&pb.TableChanged{State: pb.TableState_TABLE_STATE_PREPARED, Created: true}),
		chunk.ChunkChanged(&pb.ChunkChanged{State: pb.ChunkState_CHUNK_STATE_EXPORTING}),
		chunk.ChunkChanged(&pb.ChunkChanged{State: pb.ChunkState_CHUNK_STATE_EXPORTED, Manifest: manifest}),
		chunk.ChunkChanged(&pb.ChunkChanged{State: pb.ChunkState_CHUNK_STATE_IMPORTING}),
		chunk.ChunkChanged(&pb.ChunkChanged{State: pb.ChunkState_CHUNK_STATE_FAILED, Failure: &pb.Failure{Text: "lost"}}),
		chunk.ChunkChanged(&pb.ChunkChanged{State: pb.ChunkState_CHUNK_STATE_IMPORTING}),
		chunk.ChunkChanged(&pb.ChunkChanged{State: pb.ChunkState_CHUNK_STATE_IMPORTED, RowsImported: 100}),
		chunk.ChunkChanged(&pb.ChunkChanged{State: pb.ChunkState_CHUNK_STATE_VERIFIED}),
		table.TableChanged(&pb.TableChanged{State: pb.TableState_TABLE_STATE_FINISHED}),
		table.TableChanged(&pb.TableChanged{
			State:      pb.TableState_TABLE_STATE_VERIFIED,
			Comparison: &pb.Comparison{SourceRows: 100, TargetRows: 100},
		}),
		migration.Notice("almost there"),
		migration.MigrationChanged(&pb.MigrationChanged{
			State: pb.MigrationState_MIGRATION_STATE_VERIFIED, Receipt: &pb.Receipt{MigrationId: "m1"},
		}),
	)
}

func TestFoldOfAWholeTrip(t *testing.T) {
	s := fold(trip())
	want := &pb.MigrationStatus{
		MigrationId:  "m1",
		State:        pb.MigrationState_MIGRATION_STATE_VERIFIED,
		LastSequence: 14,
		Plan:         plan(),
		PlanTime:     timestamppb.New(time.Unix(1000, 0)),
		StartTime:    timestamppb.New(time.Unix(1001, 0)),
		EndTime:      timestamppb.New(time.Unix(1013, 0)),
		Receipt:      &pb.Receipt{MigrationId: "m1"}, StagedObjects: 2, StagedBytes: 900,
		Tables: []*pb.TableStatus{{
			TableId:    tableID,
			State:      pb.TableState_TABLE_STATE_VERIFIED,
			Comparison: &pb.Comparison{SourceRows: 100, TargetRows: 100},
			StartTime:  timestamppb.New(time.Unix(1002, 0)),
			EndTime:    timestamppb.New(time.Unix(1011, 0)),
			Chunks: []*pb.ChunkStatus{{
				ChunkId: chunkID, State: pb.ChunkState_CHUNK_STATE_VERIFIED, Reached: pb.ChunkState_CHUNK_STATE_VERIFIED,
				ExportAttempt: 1, ImportAttempt: 1, RowsImported: 100, Failures: 1,
				Manifest: &pb.Manifest{Rows: 100, Objects: []*pb.Object{{Name: "a", Bytes: 600}, {Name: "b", Bytes: 300}}},
			}},
		}},
	}
	if diff := cmp.Diff(want, s, protocmp.Transform()); diff != "" {
		t.Errorf("status (-want +got):\n%s", diff)
	}
}

func TestFoldIgnoresEventsItHasSeen(t *testing.T) {
	events := trip()
	once := fold(events)
	twice := fold(append(events[:9:9], events...))
	if diff := cmp.Diff(once, twice, protocmp.Transform()); diff != "" {
		t.Errorf("an overlapping replay changed the status:\n%s", diff)
	}
}

func TestFoldKeepsNoPartOfTheEvent(t *testing.T) {
	events := trip()
	s := fold(events)
	before := proto.CloneOf(s)
	for _, e := range events {
		if p := e.GetMigrationPlanned().GetPlan(); p != nil {
			proto.Reset(p)
		}
		if m := e.GetChunkChanged().GetManifest(); m != nil {
			m.Rows = -1
		}
	}
	if diff := cmp.Diff(before, s, protocmp.Transform()); diff != "" {
		t.Errorf("changing an event changed the status:\n%s", diff)
	}
}

func TestAFailedAttemptDoesNotUndoWhatIsDone(t *testing.T) {
	s := fold(trip()[:7])
	c := progress.Chunk(progress.Table(s, tableID), chunkID)
	if c.GetState() != pb.ChunkState_CHUNK_STATE_FAILED || c.GetReached() != pb.ChunkState_CHUNK_STATE_EXPORTED {
		t.Errorf("state %v, reached %v", c.GetState(), c.GetReached())
	}
	if c.GetFailure().GetText() != "lost" || c.GetManifest() == nil {
		t.Errorf("failure %v, manifest %v", c.GetFailure(), c.GetManifest())
	}
}

func TestTicksMoveOnlyProgress(t *testing.T) {
	s := fold(trip()[:4])
	before := proto.CloneOf(s)
	progress.Fold(s, chunk.Tick(&pb.ChunkProgress{Phase: pb.Phase_PHASE_EXPORT, Bytes: 250, Objects: 1}))
	totals := progress.TableTotals(s, s.GetTables()[0])
	want := progress.Totals{
		RowsTotal: 100, Bytes: 250, BytesTotal: 1000, Objects: 1, Phase: pb.Phase_PHASE_EXPORT, Fraction: 0.125,
	}
	if diff := cmp.Diff(want, totals); diff != "" {
		t.Errorf("totals (-want +got):\n%s", diff)
	}
	s.GetTables()[0].GetChunks()[0].Progress = nil
	if diff := cmp.Diff(before, s, protocmp.Transform()); diff != "" {
		t.Errorf("a tick changed more than progress:\n%s", diff)
	}
}

func TestFractionIsOneOnlyWhenVerified(t *testing.T) {
	last := 0.0
	for i, e := range trip() {
		s := fold(trip()[:i+1])
		got := progress.TableTotals(s, s.GetTables()[0]).Fraction
		verified := s.GetTables()[0].GetState() == pb.TableState_TABLE_STATE_VERIFIED
		if (got == 1) != verified || got < last {
			t.Errorf("after event %d (%T): fraction %v, before %v, verified %v", i+1, e.GetKind(), got, last, verified)
		}
		last = got
	}
}

func TestEventsOfUnknownTablesAreHarmless(t *testing.T) {
	s := fold(trip()[:1])
	stray := progress.Subject{Migration: "m1", Table: "X.Y", Chunk: "X.Y/000001"}
	events := []*pb.Event{
		stray.TableChanged(&pb.TableChanged{State: pb.TableState_TABLE_STATE_FAILED}),
		stray.ChunkChanged(&pb.ChunkChanged{State: pb.ChunkState_CHUNK_STATE_EXPORTED}),
		stray.Tick(&pb.ChunkProgress{}),
	}
	for i, e := range events[:2] {
		e.Sequence = int64(i + 2)
	}
	for _, e := range events {
		progress.Fold(s, e)
	}
	if s.GetLastSequence() != 3 || len(s.GetTables()) != 1 {
		t.Errorf("got %v", s)
	}
}

func TestRateOverASlidingWindow(t *testing.T) {
	var r progress.Rate
	at := time.Unix(0, 0)
	if _, known := r.Until(10); known || r.PerSecond() != 0 {
		t.Error("a rate is known before anything was added")
	}
	for i := range 40 {
		r.Add(at.Add(time.Duration(i)*time.Second), float64(min(i, 20)*10))
	}
	if got := r.PerSecond(); got != 0 {
		t.Errorf("19 s of standstill give %v/s", got)
	}
	r.Add(at.Add(40*time.Second), 350)
	if got := r.PerSecond(); got != 10 {
		t.Errorf("150 in 15 s give %v/s", got)
	}
}

// Nothing is said before there is a rate, it counts down between two moves, and it
// is not said any more when the number stands still.
func TestTimeLeftCountsDown(t *testing.T) {
	var r progress.Rate
	at := time.Unix(0, 0)
	for _, step := range []struct {
		second int
		value  float64
		want   time.Duration // 0 for not known
	}{
		{0, 0, 0},
		{4, 10, 0}, // has moved once
		{5, 10, 0},
		{8, 20, 32 * time.Second},
		{9, 20, 31 * time.Second},
		{12, 20, 28 * time.Second},
		{15, 20, 25 * time.Second},
		{16, 20, 0}, // has moved once within the window
		{18, 40, 28 * time.Second},
		{19, 50, 18750 * time.Millisecond},
		{20, 60, 12 * time.Second}, // the window begins at 5 s, with 10
		{33, 60, 0},                // stands still
	} {
		r.Add(at.Add(time.Duration(step.second)*time.Second), step.value)
		if left, known := r.Until(100); left != step.want || known != (step.want > 0) {
			t.Errorf("after %d s: %v (known %v), want %v", step.second, left, known, step.want)
		}
	}
}
