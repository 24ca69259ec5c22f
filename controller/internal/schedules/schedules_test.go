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
	workers   = flag.Int("workers", 1, "how many processes play them")
	report    = flag.String("report", "", "file in which a worker reports")
)

// TestMain takes the jitter out of the one patience that cannot be chosen.
func TestMain(m *testing.M) {
	fleet.Impatience.Steady = true
	goleak.VerifyTestMain(m)
}

// TestSchedules plays a number of schedules, or a single one with its story.
func TestSchedules(t *testing.T) {
	if *seed != 0 {
		defer oneAfterTheOther()()
		replay(t, *seed)
		return
	}
	began := time.Now()
	total := newTally()
	switch {
	case *report != "":
		defer oneAfterTheOther()()
		total.playAll(t, *first, *schedules)
		total.write(t, *report)
		return
	case *workers > 1:
		total.share(t, *workers)
	default:
		defer oneAfterTheOther()()
		total.playAll(t, *first, *schedules)
	}
	for _, f := range total.Findings {
		t.Error(f)
	}
	t.Logf("schedules %d to %d\n%s", *first, *first+uint64(*schedules)-1, total.table(time.Since(began)))
	total.judge(t)
}

// oneAfterTheOther makes goroutines run in one order; the function it returns ends that.
func oneAfterTheOther() func() {
	before := runtime.GOMAXPROCS(1)
	return func() { runtime.GOMAXPROCS(before) }
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
