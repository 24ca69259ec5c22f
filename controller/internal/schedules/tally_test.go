package schedules

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"
)

// A tally is what happened in many schedules, added up.
type tally struct {
	schedules, findings int
	struck              map[kind]int
	ends                map[string]int
}

func (t *tally) add(o outcome) {
	if t.struck == nil {
		t.struck, t.ends = map[kind]int{}, map[string]int{}
	}
	t.schedules++
	t.findings += len(o.findings)
	t.ends[o.end]++
	for k, n := range o.struck {
		t.struck[k] += n
	}
}

// table is the tally for people.
func (t *tally) table(took time.Duration) string {
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintf(w, "schedules\t%d\t\n", t.schedules)
	for _, k := range kinds {
		_, _ = fmt.Fprintf(w, "fault: %s\t%d\t\n", k, t.struck[k])
	}
	for _, end := range slices.Sorted(maps.Keys(t.ends)) {
		_, _ = fmt.Fprintf(w, "ended: %s\t%d\t\n", strings.TrimPrefix(end, "REASON_"), t.ends[end])
	}
	_, _ = fmt.Fprintf(w, "findings\t%d\t\n", t.findings)
	_, _ = fmt.Fprintf(w, "wall time\t%v\t\n", took.Round(time.Millisecond))
	_ = w.Flush() // a strings.Builder takes everything
	return out.String()
}

// judge wants many schedules to have had every fault, and to end well mostly.
func (t *tally) judge(tb testing.TB) {
	tb.Helper()
	if t.schedules < 200 {
		return
	}
	for _, k := range kinds {
		if t.struck[k] == 0 {
			tb.Errorf("no %s in %d schedules", k, t.schedules)
		}
	}
	if t.ends["verified"]*2 < t.schedules {
		tb.Errorf("%d of %d schedules end verified: the faults are too many to tell anything", t.ends["verified"], t.schedules)
	}
}
