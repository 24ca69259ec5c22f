package agent_test

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

// TestAMigrationThatLosesItsTableAddsNothing lets another migration take a table
// over, and end, between the moment when a chunk looked whose the table is and its
// commit.
func TestAMigrationThatLosesItsTableAddsNothing(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.exec(sim.SanJose, "CREATE TABLE T (X NUMBER)", "INSERT INTO T VALUES (1)")
	first := p.plan("T")
	p.carry("m1", first)
	later := proto.CloneOf(first)
	later.Chunks[0].ChunkId = "ADMIN.T/000002"
	p.exec(sim.SanJose, "UPDATE T SET X = 2")
	taking := with(p.plan("T"), create, truncating)
	reached, release := p.hold(sim.Phoenix, "staging.load")
	moved := make(chan error, 1)
	go func() { moved <- p.moved("m1", later) }()
	<-reached
	p.carry("m2", taking)
	if _, err := p.target.Discard(t.Context(), &pb.DiscardRequest{MigrationId: "m2"}); err != nil {
		t.Error(err)
	}
	release()
	wantReason(t, <-moved, pb.Reason_REASON_TARGET_NOT_EMPTY)
	if rows := p.rows(sim.Phoenix, "SELECT X FROM T"); len(rows) != 1 || rows[0][0] != "2" {
		t.Errorf("the table of a migration that ended has %v now", rows)
	}
}

// hold makes the next statement of a kind wait. The returned channel is closed when
// it does, and the function lets it go on.
func (p *pair) hold(region, kind string) (reached <-chan struct{}, release func()) {
	arrived, gate := make(chan struct{}), make(chan struct{})
	release = sync.OnceFunc(func() { close(gate) })
	p.t.Cleanup(release)
	var held atomic.Bool
	p.sim.Region(region).Intercept(func(ctx context.Context, c sim.Call) sim.Decision {
		if at(kind)(c) && held.CompareAndSwap(false, true) {
			close(arrived)
			select {
			case <-gate:
			case <-ctx.Done():
			}
		}
		return sim.Decision{}
	})
	return arrived, release
}

// TestAnotherMigrationsEndTakesNoLedgerAway ends a migration while another one makes
// its first commit.
func TestAnotherMigrationsEndTakesNoLedgerAway(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.exec(sim.SanJose, "CREATE TABLE S (X NUMBER)", "INSERT INTO S VALUES (7)", "CREATE TABLE T (X NUMBER)", "INSERT INTO T VALUES (1)")
	p.carry("m1", p.plan("S"))
	plan := with(p.plan("T"), create, appending)
	if _, err := p.target.PrepareTable(t.Context(), &pb.PrepareTableRequest{MigrationId: "m2", Plan: plan}); err != nil {
		t.Fatal(err)
	}
	exported, err := p.exportOf(p.source, "m2", plan, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.target.Discard(t.Context(), &pb.DiscardRequest{MigrationId: "m1"}); err != nil {
		t.Error(err)
	}
	for _, attempt := range []int32{1, 2} { // and again by an agent that remembers nothing
		if _, err := p.importOf(p.start(sim.Phoenix), "m2", plan, exported.GetManifest(), attempt); err != nil {
			t.Error(err)
		}
	}
	if rows := p.rows(sim.Phoenix, "SELECT X FROM T"); len(rows) != 1 {
		t.Errorf("the table has %v", rows)
	}
	if left := p.rows(sim.Phoenix, `SELECT MIGRATION FROM "ADBFERRY$LEDGER" WHERE MIGRATION = 'm1' OR TABLE_ID = 'm1'`); len(left) != 0 {
		t.Errorf("m1 left %v", left)
	}
}

// TestAMigrationsNameMayBePartOfEveryURL cleans up migrations that are named like
// what stands in the URL of every object, beside a statement of another one.
func TestAMigrationsNameMayBePartOfEveryURL(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 20})
	release := p.orphan(sim.SanJose, "dbmscloud.export", http.MethodPut)
	if _, err := p.exportOf(p.source, "m1", p.plan(demo), 1); err == nil {
		t.Fatal("the strike missed")
	}
	for _, id := range []string{"o", "b", "n", "p", "ferry", "ADMIN", "000001"} {
		if _, err := p.source.Discard(t.Context(), &pb.DiscardRequest{MigrationId: id}); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	if n := len(p.rows(sim.SanJose, running)); n != 1 {
		t.Errorf("%d operations of m1 are left", n)
	}
	release()
	p.settled()
}

// TestNoRightIsNeededToEmptyWhatHasNothingOfOurs plans a table again into which its
// user may insert, and from which it may not delete.
func TestNoRightIsNeededToEmptyWhatHasNothingOfOurs(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.exec(sim.SanJose, "CREATE TABLE T (X NUMBER)", "INSERT INTO T VALUES (1)")
	p.exec(sim.Phoenix, "CREATE TABLE T (X NUMBER)")
	p.asUser(sim.Phoenix, "LOADER", "SELECT, INSERT ON ADMIN.T", "CREATE SESSION", "CREATE TABLE", "EXECUTE ON DBMS_CLOUD")
	inserting := p.start(sim.Phoenix)
	plan := with(p.plan("T"), pb.DdlMode_DDL_MODE_NONE, failing)
	if _, err := inserting.PrepareTable(t.Context(), &pb.PrepareTableRequest{MigrationId: "m1", Plan: plan}); err != nil {
		t.Fatal(err)
	}
	if _, err := inserting.EmptyTable(t.Context(), &pb.EmptyTableRequest{MigrationId: "m1", Plan: plan}); err != nil {
		t.Errorf("%v: %v", apierr.ReasonOf(err), err)
	}
}
