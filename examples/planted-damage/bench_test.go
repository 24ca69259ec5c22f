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

// BenchmarkMigration moves the demo's table, verified and not, and reports by
// how much verifying makes that longer. Without physics everything takes what
// it takes in the simulator, of which both databases share the processors; with
// the physics "observed" exporting and loading have the throughput of a real
// pair (reference, section 1.9).
func BenchmarkMigration(b *testing.B) {
	observed, err := sim.PhysicsPreset("observed")
	check(b, err)
	for _, bench := range []struct {
		name string
		rows int
		in   sim.Physics
	}{{"simulator", 50000, sim.Physics{}}, {"observed", 10000, observed}} {
		b.Run(bench.name, func(b *testing.B) {
			i := simulated(b, sim.Config{DemoRows: bench.rows, Physics: bench.in})
			var verified, bare time.Duration
			n := 0
			for b.Loop() {
				n += 2
				bare += i.unverified(b, n-1)
				verified += i.migrate(b, n, pb.Verdict_VERDICT_VERIFIED)
			}
			b.ReportMetric(bare.Seconds()/float64(b.N), "s/unverified")
			b.ReportMetric(verified.Seconds()/float64(b.N), "s/verified")
			b.ReportMetric(100*(verified-bare).Seconds()/bare.Seconds(), "%added")
		})
	}
}

// unverified is migrate when both databases refuse to digest anything.
func (i *inspector) unverified(b *testing.B, n int) time.Duration {
	b.Helper()
	for _, region := range []string{sim.SanJose, sim.Phoenix} {
		_, err := i.Sim.Region(region).Fail(sim.Trigger{Match: "adbferry checksum.table", Repeat: true}, sim.CallFault{Code: 1031})
		check(b, err)
	}
	defer i.Sim.Heal()
	return i.migrate(b, n, pb.Verdict_VERDICT_FAILED)
}

// migrate moves the demo's table to a new name and returns how long that took,
// by the journal.
func (i *inspector) migrate(b *testing.B, n int, want pb.Verdict) time.Duration {
	b.Helper()
	id := fmt.Sprintf("bench%d", n)
	spec := &pb.MigrationSpec{Source: sim.SanJose, Target: sim.Phoenix, AllowPartial: true, Tables: []*pb.TableSelection{{
		Source: &pb.TableName{Schema: "ADMIN", Name: "CUSTOMER_ORDERS_DEMO"},
		Target: &pb.TableName{Schema: "ADMIN", Name: fmt.Sprintf("BENCH%d", n)},
	}}}
	_, err := i.Client.CreateMigration(b.Context(), &pb.CreateMigrationRequest{MigrationId: id, Spec: spec, ParUrl: i.PAR})
	check(b, err)
	_, err = i.Client.StartMigration(b.Context(), &pb.StartMigrationRequest{MigrationId: id, ParUrl: i.PAR})
	check(b, err)
	stream, err := i.Client.WatchMigration(b.Context(), &pb.WatchMigrationRequest{MigrationId: id})
	check(b, err)
	var started, ended time.Time
	for {
		resp, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		check(b, err)
		at := resp.GetEvent().GetTime().AsTime()
		if resp.GetEvent().GetMigrationChanged().GetState() == pb.MigrationState_MIGRATION_STATE_RUNNING {
			started = at
		}
		if s := resp.GetEvent().GetTableChanged().GetState(); s == pb.TableState_TABLE_STATE_VERIFIED || s == pb.TableState_TABLE_STATE_FAILED {
			ended = at
		}
		if r := resp.GetEvent().GetMigrationChanged().GetReceipt(); r != nil && r.GetVerdict() != want {
			b.Fatalf("%s: %v", r.GetVerdict(), r.GetTables()[0].GetFailure())
		}
	}
	return ended.Sub(started)
}
