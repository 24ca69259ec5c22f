package sim_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/adbferry/adbferry/sim"
	"github.com/adbferry/adbferry/sim/internal/physics"
)

// slow is a world in which San Jose's service level high is as given.
func slow(high physics.Service) sim.Config {
	return sim.Config{Physics: sim.Physics{Regions: map[string]physics.Region{
		sim.SanJose: {Services: map[string]physics.Service{"high": high}},
	}}}
}

// took measures how long something takes that has to succeed.
func (b *bench) took(do func() error) time.Duration {
	b.t.Helper()
	start := time.Now()
	b.must(do())
	return time.Since(start)
}

func TestStatementsTakeTheirTime(t *testing.T) {
	const latency = 50 * time.Millisecond
	b := newBench(t, slow(physics.Service{Latency: latency}))
	if took := b.took(func() error { return b.exec(insert) }); took < latency {
		t.Errorf("a statement took %v", took)
	}
	if took := b.took(func() error { return b.db.PingContext(t.Context()) }); took > latency {
		t.Errorf("a ping, which is no statement, took %v", took)
	}
}

// TestStatementsAboveTheServicesLimitWait runs four statements where two may
// run: the hook that sees them before they wait tells that all have come.
func TestStatementsAboveTheServicesLimitWait(t *testing.T) {
	const latency = 100 * time.Millisecond
	b := newBench(t, slow(physics.Service{Concurrent: 2, Latency: latency}))
	b.db.SetMaxOpenConns(4)
	b.db.SetMaxIdleConns(4)
	var opened sync.WaitGroup
	for range 4 {
		conn, err := b.db.Conn(t.Context())
		b.must(err)
		opened.Go(func() { _ = conn.Close() })
	}
	opened.Wait()
	took := b.took(func() error {
		var work sync.WaitGroup
		for range 4 {
			work.Go(func() { b.check(b.exec(insert)) })
		}
		work.Wait()
		return nil
	})
	if took < 2*latency || b.rows() != 4 {
		t.Errorf("took %v, %d rows", took, b.rows())
	}
}

// check is must for goroutines other than the test's.
func (b *bench) check(err error) {
	if err != nil {
		b.t.Error(err)
	}
}

func TestAFailedStatementLeavesItsPlace(t *testing.T) {
	b := newBench(t, slow(physics.Service{Concurrent: 1}))
	for range 3 {
		if code := oraCode(b.exec("INSERT INTO t VALUES ('x')")); code != 1722 {
			t.Fatalf("ORA-%05d", code)
		}
	}
	b.fail(sim.Trigger{Match: "INSERT"}, sim.CallFault{Drop: sim.DropAfterCommit})
	if err := b.exec(insert); !isLost(err) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithTimeoutCause(t.Context(), 10*time.Second, errors.New("the next statement hangs"))
	defer cancel()
	if _, err := b.db.ExecContext(ctx, insert); err != nil {
		t.Errorf("the next statement: %v", err)
	}
}

func TestExportsAndImportsTakeTheirTime(t *testing.T) {
	const size = 40_000 // bytes of 20,000 rows, in an object
	d := newDepot(t, slow(physics.Service{Export: 100_000, Import: 100_000, WorkUnits: 2}))
	d.must(d.sim.Storage().Write("big.csv", []byte(strings.Repeat("1\n", size/2))))
	want := 200 * time.Millisecond // 40 kB at twice 100 kB/s
	if took := d.took(func() error { return d.load("big.csv") }); took < want || d.rows() != 20000 {
		t.Errorf("the load of %d rows took %v, want %v", d.rows(), took, want)
	}
	export := func() error { return d.export("SELECT n FROM t", "y/1") }
	if took := d.took(export); took < want {
		t.Errorf("the export took %v, want %v", took, want)
	}
}

func TestWorkUnitsFollowTheServiceLevel(t *testing.T) {
	d := newDepot(t, slow(physics.Service{WorkUnits: 3}))
	d.must(d.Exec(t.Context(), "INSERT INTO t SELECT LEVEL FROM dual CONNECT BY LEVEL <= 100000"))
	d.must(d.export("SELECT n FROM t", "y/1"))
	if objects := d.sim.Storage().Objects("y/"); len(objects) != 3 {
		t.Errorf("high has 3 work units, which wrote %v", objects)
	}
}

func TestUndoRetentionFollowsPhysics(t *testing.T) {
	config := sim.Config{Physics: sim.Physics{Regions: map[string]physics.Region{sim.SanJose: {UndoRetention: time.Nanosecond}}}}
	b := newBench(t, config)
	b.must(b.exec(insert))
	rows, err := b.Rows(t.Context(), "SELECT current_scn FROM v$database")
	b.must(err)
	query := "SELECT n FROM t AS OF SCN " + rows[0][0]
	eventually(t, "the undo expires", func() bool {
		b.must(b.exec("UPDATE t SET n = n + 1"))
		return oraCode(b.exec(query)) == 1555
	})
	b.must(b.exec("ALTER TABLE t ADD (m NUMBER)"))
	if code := oraCode(b.exec(query)); code != 1466 && code != 1555 {
		t.Errorf("after DDL: ORA-%05d", code)
	}
}

func TestUnknownPresetsAreRefused(t *testing.T) {
	if _, err := sim.PhysicsPreset("warp"); err == nil {
		t.Error("there is a preset named warp")
	}
	w, err := sim.PhysicsPreset("observed")
	if err != nil || len(w.Regions) != 2 {
		t.Errorf("%v, %v", w, err)
	}
}
