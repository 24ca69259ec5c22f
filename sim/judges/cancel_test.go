//go:build !race

// The driver's own cancel path has unsynchronised accesses, which the race
// detector reports; go-ora's cancelling scenarios stay out of its way.

package judges_test

import (
	"testing"

	"github.com/adbferry/adbferry/sim"
)

func TestCancelScenarios(t *testing.T) {
	r := start(t, 0).Region(sim.SanJose)
	t.Run(goOra, func(t *testing.T) {
		judgeInProcess(t, admit(t, r, goOra), of(load(t), goOra), true)
	})
}
