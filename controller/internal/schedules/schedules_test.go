// Package schedules plays migrations with everything going wrong: the real
// controller (service, migrate, journal, fleet, over in-memory gRPC) between two
// agents whose databases, object store, network and processes fail by a plan
// that follows from a seed. Time is virtual, so a migration of an hour takes
// milliseconds, and thousands are played.
//
// The agents are those of controller/internal/agenttest for everything that
// plans; what moves rows is made anew here, with rows that can be told apart,
// statements that outlive their caller, transactions and objects. They keep
// the promises of AgentService, as Suite proves, and then they are made to die.
//
// A run has to end verified and identical, which the rows of both databases
// decide, or failed for a reason that a fault of the run explains. Anything else
// is a finding: its seed is printed with the command that plays it again.
//
// Only tests live here.
package schedules

import (
	"flag"
	"runtime"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/adbferry/adbferry/controller/internal/fleet"
)

var (
	seed      = flag.Uint64("seed", 0, "play this schedule alone, twice, and print what happened")
	first     = flag.Uint64("first", 1, "seed of the first schedule")
	schedules = flag.Int("schedules", 60, "how many schedules are played")
)

// TestMain takes the jitter out of the one patience that cannot be chosen.
func TestMain(m *testing.M) {
	fleet.Impatience.Steady = true
	goleak.VerifyTestMain(m)
}

// TestSchedules plays a number of schedules, or a single one with its story.
func TestSchedules(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // one after the other, in one order
	if *seed != 0 {
		replay(t, *seed)
		return
	}
	began := time.Now()
	var total tally
	for n := range *schedules {
		s := *first + uint64(n)
		o := play(t, s, honest)
		total.add(o)
		for _, f := range o.findings {
			t.Errorf("seed %d: %s\n\tplay it again: go test ./controller/internal/schedules -run TestSchedules -count=1 -v -args -seed %d", s, f, s)
		}
	}
	t.Logf("schedules %d to %d\n%s", *first, *first+uint64(*schedules)-1, total.table(time.Since(began)))
	total.judge(t)
}

// replay plays one schedule twice: both must take the same path.
func replay(t *testing.T, seed uint64) {
	t.Helper()
	o := play(t, seed, honest)
	for _, line := range o.path {
		t.Log(line)
	}
	for _, f := range o.findings {
		t.Errorf("seed %d: %s", seed, f)
	}
	t.Logf("seed %d ends %s", seed, o.end)
	expectSamePath(t, o, play(t, seed, honest))
}

// The same seed takes the same path, or a finding could not be looked into.
func TestASeedTakesTheSamePathAgain(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for s := range uint64(8) {
		expectSamePath(t, play(t, 1000+s, honest), play(t, 1000+s, honest))
	}
}

func expectSamePath(t *testing.T, a, b outcome) {
	t.Helper()
	for n := range min(len(a.path), len(b.path)) {
		if a.path[n] != b.path[n] {
			t.Errorf("seed %d takes another path at step %d:\n\t%s\n\t%s", a.seed, n, a.path[n], b.path[n])
			return
		}
	}
	if len(a.path) != len(b.path) || a.end != b.end {
		t.Errorf("seed %d ends %s after %d steps, and %s after %d", a.seed, a.end, len(a.path), b.end, len(b.path))
	}
}
