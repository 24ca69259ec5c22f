package physics_test

// The facts of reference, section 1.9, one test each; sim/internal/dbmscloud/FACTS.md
// lists them.

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim/internal/physics"
)

func TestFact_1_9_ConcurrentStatementsOfTheServices(t *testing.T) {
	w, err := physics.Preset("4ecpu")
	if err != nil {
		t.Fatal(err)
	}
	for region, r := range w.Regions {
		got := map[string]int{}
		for level, s := range r.Services {
			got[level] = s.Concurrent
		}
		want := map[string]int{"high": 3, "medium": 1, "low": 300, "tp": 300, "tpurgent": 300}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s, 4 ECPUs (-want +got):\n%s", region, diff)
		}
	}
}
