package schedules

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"sync"
	"time"
)

// A kind is one way in which something goes wrong.
type kind string

const (
	statementError kind = "statement error"
	sessionLost    kind = "session lost in a statement"
	commitLost     kind = "answer to a commit lost"
	undoGone       kind = "undo gone"
	storageError   kind = "storage error"
	parExpired     kind = "PAR expired"
	objectCut      kind = "object truncated"
	objectDoubled  kind = "object doubled"
	rowLost        kind = "row lost on the target"
	rowSwapped     kind = "row doubled for another"
	callCut        kind = "connection cut"
	callHalfOpen   kind = "connection half-open"
	sourceKilled   kind = "source agent killed"
	targetKilled   kind = "target agent killed"
	orphaned       kind = "statement outlives its agent"
	stopped        kind = "stopped and resumed"
	parReplaced    kind = "PAR replaced on the way"
	ferryKilled    kind = "controller killed"
	tailTorn       kind = "journal's tail torn"
)

// kinds in the order of the table.
var kinds = []kind{
	statementError, sessionLost, commitLost, undoGone, storageError, parExpired, objectCut, objectDoubled, rowLost, rowSwapped,
	callCut, callHalfOpen, sourceKilled, targetKilled, orphaned, stopped, parReplaced, ferryKilled, tailTorn,
}

// often is how many chances a kind has got to strike in a run, about: kinds
// with many get smaller odds.
var often = map[kind]float64{
	rowLost: 1, rowSwapped: 1, tailTorn: 10, orphaned: 10, stopped: 10, parReplaced: 10, objectCut: 0.5, objectDoubled: 0.5, parExpired: 0.3, undoGone: 0.5,
	statementError: 0.7, ferryKilled: 0.5, commitLost: 6,
}

// A chance decides what goes wrong, by the seed and the name of the place: not
// by the order in which places are reached, so that the same seed has the same
// faults whatever the scheduler does.
type chance struct {
	seed  uint64
	odds  map[kind]float64
	began time.Time

	mu     sync.Mutex
	calm   bool
	visits map[string]int
	struck map[kind]int
	path   []string
}

// newChance draws which kinds are about in this run, and how often they strike:
// all at once would only ever test the first.
func newChance(seed uint64) *chance {
	c := &chance{seed: seed, odds: map[kind]float64{}, began: time.Now(), visits: map[string]int{}, struck: map[kind]int{}}
	r := c.dice("odds")
	for _, k := range kinds {
		weight, ok := often[k]
		if !ok {
			weight = 1
		}
		if r.IntN(3) == 0 {
			c.odds[k] = weight * []float64{0.01, 0.03, 0.08}[r.IntN(3)]
		}
	}
	return c
}

// dice are a place's own, and others whenever it is reached again.
func (c *chance) dice(place string) *rand.Rand {
	h := fnv.New64a()
	c.mu.Lock()
	_, _ = fmt.Fprintf(h, "%s#%d", place, c.visits[place]) // a hash takes everything
	c.visits[place]++
	c.mu.Unlock()
	return rand.New(rand.NewPCG(c.seed, h.Sum64()))
}

// strikes reports whether something goes wrong at a place, and notes it.
func (c *chance) strikes(k kind, place string) bool {
	if c.odds[k] == 0 || c.quiet() || c.dice(string(k)+" "+place).Float64() >= c.odds[k] {
		return false
	}
	c.mu.Lock()
	c.struck[k]++
	c.mu.Unlock()
	c.note("%s: %s", k, place)
	return true
}

// note adds a step to the path.
func (c *chance) note(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.path = append(c.path, fmt.Sprintf("%12v %s", time.Since(c.began), fmt.Sprintf(format, args...)))
}

// soothe ends all faults.
func (c *chance) soothe() {
	c.note("nothing goes wrong any more")
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calm = true
}

func (c *chance) quiet() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.calm
}

// had reports whether any of some kinds struck.
func (c *chance) had(any ...kind) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range any {
		if c.struck[k] > 0 {
			return true
		}
	}
	return false
}

// takes is how long something lasts; never twice the same, so that no two things
// happen at the same moment.
func (c *chance) takes(place string, most time.Duration) time.Duration {
	return time.Duration(1 + c.dice("time "+place).Int64N(int64(most)))
}
