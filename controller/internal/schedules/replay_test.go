//go:build !race

package schedules

import "testing"

// The same seed takes the same path, or a finding could not be looked into. With
// the race detector goroutines run in an order of chance.
func TestASeedTakesTheSamePathAgain(t *testing.T) {
	defer oneAfterTheOther()()
	for s := range uint64(8) {
		expectSamePath(t, play(t, 1000+s, honest), play(t, 1000+s, honest))
	}
}
