//go:build !race

package schedules

import "testing"

// The same seed takes the same path, or a finding could not be looked into. With
// the race detector goroutines run in an order of chance.
func TestASeedTakesTheSamePathAgain(t *testing.T) {
	defer oneAfterTheOther()()
	for s := range uint64(8) {
		expectSamePath(t, 1000+s)
	}
}

func expectSamePath(t *testing.T, seed uint64) {
	t.Helper()
	before := play(t, seed, honest)
	var where string
	for range again {
		o := play(t, seed, honest)
		if where = difference(before, o); where == "" {
			return
		}
		before = o
	}
	t.Errorf("seed %d takes another path every time, at %s", seed, where)
}
