package example

import (
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

// BenchmarkMigration moves 50,000 rows and reports which share of the time went
// into counting and digesting both sides.
func BenchmarkMigration(b *testing.B) {
	i := newInspector(b, 50000)
	var verifying, all time.Duration
	n := 0
	for b.Loop() {
		n++
		v, a := i.migrate(b, n)
		verifying, all = verifying+v, all+a
	}
	b.ReportMetric(100*verifying.Seconds()/all.Seconds(), "%verifying")
}

// migrate moves the demo's table to a new name. It returns how long comparing
// and how long all took, by the journal.
func (i *inspector) migrate(b *testing.B, n int) (verifying, all time.Duration) {
	b.Helper()
	id := fmt.Sprintf("bench%d", n)
	spec := &pb.MigrationSpec{Source: sim.SanJose, Target: sim.Phoenix, AllowPartial: true, Tables: []*pb.TableSelection{{
		Source: &pb.TableName{Schema: "ADMIN", Name: "CUSTOMER_ORDERS_DEMO"},
		Target: &pb.TableName{Schema: "ADMIN", Name: fmt.Sprintf("BENCH%d", n)},
	}}}
	_, err := i.client.CreateMigration(b.Context(), &pb.CreateMigrationRequest{MigrationId: id, Spec: spec, ParUrl: i.par})
	check(b, err)
	_, err = i.client.StartMigration(b.Context(), &pb.StartMigrationRequest{MigrationId: id, ParUrl: i.par})
	check(b, err)
	stream, err := i.client.WatchMigration(b.Context(), &pb.WatchMigrationRequest{MigrationId: id})
	check(b, err)
	reached := map[pb.TableState]time.Time{}
	var started, ended time.Time
	for {
		resp, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		check(b, err)
		at := resp.GetEvent().GetTime().AsTime()
		reached[resp.GetEvent().GetTableChanged().GetState()] = at
		switch resp.GetEvent().GetMigrationChanged().GetState() {
		case pb.MigrationState_MIGRATION_STATE_RUNNING:
			started = at
		case pb.MigrationState_MIGRATION_STATE_VERIFIED:
			ended = at
		default:
		}
	}
	return reached[pb.TableState_TABLE_STATE_VERIFIED].Sub(reached[pb.TableState_TABLE_STATE_FINISHED]), ended.Sub(started)
}
