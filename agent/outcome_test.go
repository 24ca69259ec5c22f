package agent_test

import (
	"fmt"
	"testing"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

// knobs are all ways in which COPY_DATA may treat transactions: what was
// open before it, what it loads, and what a failed load leaves.
func knobs() (all []sim.CloudKnobs) {
	for n := range 8 {
		all = append(all, sim.CloudKnobs{KeepCallerTransaction: n&1 != 0, LeaveUncommitted: n&2 != 0, PartialOnReject: n&4 != 0})
	}
	return all
}

// Whatever COPY_DATA commits, and wherever an import lost its agent or its
// database, an agent that remembers nothing finds out what became of it before it
// does anything: the rows are there once.
func TestAnImportOfADeadAgentIsSettledFirst(t *testing.T) {
	for _, k := range knobs() {
		t.Run(fmt.Sprintf("%+v", k), func(t *testing.T) {
			p := newPair(t, sim.Config{DemoRows: 40, Knobs: sim.Knobs{Cloud: k}})
			w := p.reroute(sim.Phoenix)
			p.target = p.start(sim.Phoenix)
			cut := sim.Decision{Cut: true}
			for _, moment := range []struct {
				name  string
				rows  int64 // on the target, after it
				begin func()
			}{
				{"before-copy", 0, func() { p.strike(sim.Phoenix, "staging.create", cut) }},
				{"in-copy", 0, func() { p.strike(sim.Phoenix, "dbmscloud.copy", cut) }},
				{"after-copy", 0, func() { p.strike(sim.Phoenix, "staging.count", cut) }},
				{"before-commit", 0, func() { p.atCommit(func() sim.Decision { return cut }) }},
				{"after-commit", 40, func() { p.muteCommit(w) }},
			} {
				plan, m := p.exported(moment.name)
				moment.begin()
				_, err := p.load(moment.name, plan, m, 1)
				if got := p.targetRows(); got != moment.rows || (err == nil) != (moment.rows != 0) {
					t.Errorf("%s: %d rows and %v, want %d rows", moment.name, got, err, moment.rows)
				}
				fresh := p.start(sim.Phoenix) // asked for the same attempt, as by a controller that knows no outcome
				for _, attempt := range []int32{1, 1, 2} {
					done, err := p.importOf(fresh, moment.name, plan, m, attempt)
					if err != nil || done.GetRowsImported() != 40 || p.targetRows() != 40 {
						t.Errorf("%s, attempt %d: %v, %v, %d rows", moment.name, attempt, done, err, p.targetRows())
					}
				}
				p.exec(sim.Phoenix, "DROP TABLE "+demo)
			}
		})
	}
}

// While the database cannot say what became of a commit, nobody does: the failure
// has its own name, and the rows are not loaded again before there is an answer.
func TestWhatTheDatabaseCannotSayIsUnknown(t *testing.T) {
	for _, k := range knobs() {
		t.Run(fmt.Sprintf("%+v", k), func(t *testing.T) {
			p := newPair(t, sim.Config{DemoRows: 40, Knobs: sim.Knobs{Cloud: k}})
			plan, m := p.exported("m1")
			p.atCommit(func() sim.Decision {
				p.strike(sim.Phoenix, "ledger.enter", sim.Decision{Code: 1034, Text: "the Oracle instance is not available"})
				return sim.Decision{Cut: true}
			})
			_, err := p.load("m1", plan, m, 1)
			wantReason(t, err, pb.Reason_REASON_OUTCOME_UNKNOWN)
			if !apierr.Retryable(err) {
				t.Error("another attempt would settle it, and is not asked for")
			}
			p.strike(sim.Phoenix, "ledger.find", sim.Decision{Code: 1034, Text: "the Oracle instance is not available"})
			if _, err := p.importOf(p.start(sim.Phoenix), "m1", plan, m, 2); err == nil || p.targetRows() != 0 {
				t.Errorf("without an answer: %v, %d rows", err, p.targetRows())
			}
			if done, err := p.importOf(p.target, "m1", plan, m, 3); err != nil || done.GetRowsImported() != 40 || p.targetRows() != 40 {
				t.Errorf("with an answer: %v, %v, %d rows", done, err, p.targetRows())
			}
		})
	}
}
