//go:build !race

package schedules

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/adbferry/adbferry/sim"
)

// A fault is one that can be set, in a region of the dice's choice.
type fault struct {
	name string
	set  func(w *world, r *rand.Rand) (what string)
}

// faults are set a few at a time; each strikes once.
var faults = []fault{
	{"statement error", func(w *world, r *rand.Rand) string {
		code := []int{600, 1653, 3113, 1555, 12805, 20}[r.IntN(6)]
		return w.fail(r, statement(r), sim.CallFault{Code: code})
	}},
	{"connection lost before", func(w *world, r *rand.Rand) string {
		return w.fail(r, statement(r), sim.CallFault{Drop: sim.DropBefore})
	}},
	{"answer to a commit lost", func(w *world, r *rand.Rand) string {
		return w.fail(r, []string{"commit", "INSERT INTO", "CREATE TABLE", "COPY_DATA", "EXPORT_DATA", "DROP TABLE", ""}[r.IntN(7)], sim.CallFault{Drop: sim.DropAfterCommit})
	}},
	{"orphan", func(w *world, r *rand.Rand) string {
		return w.fail(r, statement(r), sim.CallFault{Orphan: true})
	}},
	{"orphan that is slow", func(w *world, r *rand.Rand) string {
		return w.fail(r, statement(r), sim.CallFault{Orphan: true, Hang: time.Duration(r.IntN(1500)) * time.Millisecond})
	}},
	{"hang", func(w *world, r *rand.Rand) string {
		return w.fail(r, statement(r), sim.CallFault{Hang: time.Duration(r.IntN(800)) * time.Millisecond})
	}},
	{"transfer", func(w *world, r *rand.Rand) string {
		return w.fail(r, []string{"PUT", "GET", ""}[r.IntN(3)], sim.CallFault{Code: 20404, Transfers: true})
	}},
	{"storage error", func(w *world, r *rand.Rand) string {
		return w.failStorage(r, sim.StorageFault{Status: []int{429, 500, 503, 404}[r.IntN(4)]})
	}},
	{"storage answer cut", func(w *world, r *rand.Rand) string {
		return w.failStorage(r, sim.StorageFault{Cut: true, Truncate: int64(r.IntN(200))})
	}},
	{"request doubled", func(w *world, r *rand.Rand) string { return w.failStorage(r, sim.StorageFault{Duplicate: true}) }},
}

// statement is a pattern for what a fault may strike.
func statement(r *rand.Rand) string {
	return []string{
		"dbmscloud.export", "dbmscloud.copy", "ledger", "ledger.enter", "staging", "staging.load", "checksum", "catalog.count", "CREATE TABLE",
		"DROP TABLE", "commit", "dbmscloud.forget", "adbferry",
	}[r.IntN(13)]
}

func (w *world) fail(r *rand.Rand, match string, f sim.CallFault) string {
	w.t.Helper()
	region, nth := regions[r.IntN(2)], 1+r.IntN(3)
	pending, err := w.sim.Region(region).Fail(sim.Trigger{Match: match, Nth: nth}, f)
	check(w.t, err)
	w.pending = pending
	return fmt.Sprintf("call %d in %s that matches %q %s", nth, region, match, f)
}

func (w *world) failStorage(r *rand.Rand, f sim.StorageFault) string {
	w.t.Helper()
	match, nth := []string{"GET", "PUT", "fields", ""}[r.IntN(4)], 1+r.IntN(8)
	pending, err := w.sim.Storage().Fail(sim.Trigger{Match: match, Nth: nth}, f)
	check(w.t, err)
	w.pending = pending
	return fmt.Sprintf("storage request %d that matches %q %s", nth, match, f)
}
