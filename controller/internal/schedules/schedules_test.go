// Package schedules plays migrations with everything going wrong: the real
// controller (service, migrate, journal, fleet, over in-memory gRPC) between two
// agents whose databases, object store, network and processes fail by a plan
// that follows from a seed. Time is virtual, so a migration of an hour takes
// milliseconds, and thousands are played.
//
// The agents are those of controller/internal/agenttest for everything that
// plans; what moves rows is made anew here, with rows that can be told apart,
// statements that outlive their caller, transactions and objects. They keep
// the promises of AgentService, and then they are made to die.
//
// A run has to end verified and identical, which the rows of both databases
// decide, or failed for a reason that a fault of the run explains. Anything else
// is a finding: its seed is printed with the command that plays it again.
//
// Only tests live here.
package schedules

import (
	"flag"
	"fmt"
	"runtime"
	"runtime/debug"
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

// oneAfterTheOther makes goroutines run in one order, as far as the runtime lets
// them: with one processor, and without a garbage collector that stops them
// anywhere. The function it returns ends that.
func oneAfterTheOther() func() {
	processors, percent := runtime.GOMAXPROCS(1), debug.SetGCPercent(-1)
	return func() {
		runtime.GOMAXPROCS(processors)
		debug.SetGCPercent(percent)
	}
}

// again is how often a schedule is played at most to see it take a path once
// more. Most take it the next time; on a machine with too much to do, Go's
// scheduler sometimes lets goroutines of one moment change places.
const again = 8

// replay plays one schedule until it takes a path twice, or has a finding.
func replay(t *testing.T, seed uint64) {
	t.Helper()
	o := play(t, seed, honest)
	for n := 1; n < again && len(o.findings) == 0; n++ {
		next := play(t, seed, honest)
		if difference(o, next) == "" {
			break
		}
		o = next
	}
	for _, line := range o.path {
		t.Log(line)
	}
	for _, f := range o.findings {
		t.Errorf("seed %d: %s", seed, f)
	}
	t.Logf("seed %d ends %s", seed, o.end)
}

// difference says where two runs of a seed part, "" when they do not.
func difference(a, b outcome) string {
	for n := range min(len(a.path), len(b.path)) {
		if a.path[n] != b.path[n] {
			return fmt.Sprintf("step %d:\n\t%s\n\t%s", n, a.path[n], b.path[n])
		}
	}
	if len(a.path) != len(b.path) || a.end != b.end {
		return fmt.Sprintf("one ends %s after %d steps, the other %s after %d", a.end, len(a.path), b.end, len(b.path))
	}
	return ""
}
