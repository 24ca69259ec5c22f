// Package chaos kills adbferry's processes at random moments and looks whether
// every row arrives once. The two regions are simulated in this process, which
// is never killed; agents and controller are real processes, ended by SIGKILL.
package chaos

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/adbferry/adbferry/sim"
)

var (
	kills = flag.Int("kills", 6, "how many kills there are, over as many migrations as it takes")
	seed  = flag.Uint64("seed", 1, "seed of everything random: the same seed, victims and moments")
	rows  = flag.Int("rows", 900, "rows of the table that is moved")
	stops = flag.Int("stops", 6, "how many migrations are stopped, each at a random moment")
)

// most is how many kills one migration suffers at most.
const most = 3

// TestKilledProcessesLoseAndDoubleNothing moves the demo's table, large objects
// included, again and again, kills processes in the middle, and resumes until
// the migration ends. The rows are then compared by this test, not by adbferry.
func TestKilledProcessesLoseAndDoubleNothing(t *testing.T) {
	w := newWorld(t)
	calm := w.calm()
	random := rand.New(rand.NewPCG(*seed, 0))
	began := time.Now()
	var total tally
	for n := 1; total.killed() < *kills; n++ {
		s := &scene{world: w, random: random, calm: calm, id: fmt.Sprintf("chaos%d", n), target: fmt.Sprintf("CHAOS%d", n)}
		s.play(min(1+random.IntN(most), *kills-total.killed()))
		total.add(s.tally)
	}
	t.Logf("seed %d, a calm migration takes %v\n%s", *seed, calm.Round(time.Millisecond), total.table(time.Since(began)))
	total.judge(t)
}

// physics makes a migration of the demo's table last about a second, so that
// there is something to interrupt.
func physics() sim.Physics {
	service := sim.ServicePhysics{Latency: 4 * time.Millisecond, Jitter: 0.5, Concurrent: 3, WorkUnits: 1, Export: 1 << 20, Import: 1 << 20}
	region := sim.RegionPhysics{Services: map[string]sim.ServicePhysics{"high": service}}
	return sim.Physics{Seed: *seed, Regions: map[string]sim.RegionPhysics{sim.SanJose: region, sim.Phoenix: region}}
}
