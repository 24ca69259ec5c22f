package fault_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim/internal/fault"
)

// strike tells a set of an event and returns what strikes at it.
func strike(s *fault.Set[string], event string) string {
	for _, p := range s.Matching(event) {
		if p.Hit() {
			return p.Do
		}
	}
	return ""
}

func TestFaultsStrikeWhenTheyShould(t *testing.T) {
	for name, tc := range map[string]struct {
		trigger fault.Trigger
		events  string
		want    string // per event: x for a strike
		left    int
	}{
		"the first event of any kind":   {fault.Trigger{}, "a b", "x.", 0},
		"only what matches":             {fault.Trigger{Match: "b"}, "a b b", ".x.", 0},
		"without regard to letter case": {fault.Trigger{Match: "COPY_data"}, "copy_DATA", "x", 0},
		"a pattern":                     {fault.Trigger{Match: "^PUT .*/o/x"}, "get/o/x PUT./o/x", "..", 1},
		"the n-th":                      {fault.Trigger{Match: "a", Nth: 3}, "a b a b a a", "....x.", 0},
		"all from the n-th on":          {fault.Trigger{Match: "a", Nth: 2, Repeat: true}, "a a b a", ".x.x", 1},
	} {
		t.Run(name, func(t *testing.T) {
			var s fault.Set[string]
			if _, err := s.Add(tc.trigger, "x"); err != nil {
				t.Fatal(err)
			}
			got := ""
			for event := range strings.FieldsSeq(tc.events) {
				if strike(&s, event) == "" {
					got += "."
					continue
				}
				got += "x"
			}
			if got != tc.want || len(s.Pending()) != tc.left {
				t.Errorf("struck %s, %d left; want %s, %d", got, len(s.Pending()), tc.want, tc.left)
			}
		})
	}
}

func TestTheFirstFaultSetStrikesFirst(t *testing.T) {
	var s fault.Set[string]
	for _, name := range []string{"one", "two"} {
		if _, err := s.Add(fault.Trigger{}, name); err != nil {
			t.Fatal(err)
		}
	}
	got := []string{strike(&s, "e"), strike(&s, "e"), strike(&s, "e")}
	if diff := cmp.Diff([]string{"one", "two", ""}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOneShotStrikesOnceAmongManyAtATime(t *testing.T) {
	var s fault.Set[string]
	p, err := s.Add(fault.Trigger{Nth: 10}, "x")
	if err != nil {
		t.Fatal(err)
	}
	var (
		work sync.WaitGroup
		hits atomic.Int64
	)
	for range 100 {
		work.Go(func() {
			if strike(&s, "e") != "" {
				hits.Add(1)
			}
		})
	}
	work.Wait()
	if hits.Load() != 1 || p.Struck() != 1 {
		t.Errorf("struck %d times, and says %d", hits.Load(), p.Struck())
	}
}

func TestHealedFaultsDoNotStrike(t *testing.T) {
	var s fault.Set[string]
	one, _ := s.Add(fault.Trigger{}, "one")
	two, _ := s.Add(fault.Trigger{}, "two")
	if !one.Heal() || one.Heal() {
		t.Error("one heals once")
	}
	waiting := s.Matching("e")
	if n := s.Heal(); n != 1 {
		t.Errorf("healed %d", n)
	}
	if len(waiting) != 1 || waiting[0] != two || waiting[0].Hit() {
		t.Error("a healed fault struck at an event that was under way")
	}
}

func TestNonsenseIsRefused(t *testing.T) {
	var s fault.Set[string]
	for _, trigger := range []fault.Trigger{{Match: "("}, {Nth: -1}} {
		if _, err := s.Add(trigger, "x"); err == nil {
			t.Errorf("%+v is taken", trigger)
		}
	}
}

func TestTriggersReadAsWords(t *testing.T) {
	for want, trigger := range map[string]fault.Trigger{
		"the 1st":                            {},
		`the 2nd of "COPY_DATA"`:             {Match: "COPY_DATA", Nth: 2},
		`the 3rd of "x" and all that follow`: {Match: "x", Nth: 3, Repeat: true},
		"the 11th":                           {Nth: 11}, "the 101st": {Nth: 101}, "the 12th": {Nth: 12},
	} {
		if got := trigger.String(); got != want {
			t.Errorf("%+v reads %q, want %q", trigger, got, want)
		}
	}
}
