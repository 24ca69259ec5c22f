package schedules

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"golang.org/x/sync/errgroup"
)

// A tally is what happened in many schedules, added up. Workers send theirs as
// JSON.
type tally struct {
	Schedules int
	Struck    map[kind]int
	Ends      map[string]int
	Findings  []string
	Playing   uint64 // seed, while one is played
}

func newTally() *tally { return &tally{Struck: map[kind]int{}, Ends: map[string]int{}} }

// playAll plays schedules of consecutive seeds.
func (t *tally) playAll(tb *testing.T, from uint64, count int) {
	tb.Helper()
	for n := range count {
		s := from + uint64(n)
		if *report != "" {
			t.Playing = s
			t.write(tb, *report)
		}
		o := play(tb, s, honest)
		t.Schedules++
		t.Ends[o.end]++
		for k, n := range o.struck {
			t.Struck[k] += n
		}
		if len(o.findings) > 0 {
			t.Findings = append(t.Findings, fmt.Sprintf(
				"seed %d: %s\n\t%s\nplay it again: go test ./controller/internal/schedules -run TestSchedules -count=1 -v -args -seed %d",
				s, strings.Join(o.findings, "\n"), strings.Join(o.path, "\n\t"), s))
		}
	}
	t.Playing = 0
}

// share has other processes play, each a part, and adds up what they report.
func (t *tally) share(tb *testing.T, workers int) {
	tb.Helper()
	var group errgroup.Group
	parts := make([]*tally, workers)
	for n := range workers {
		group.Go(func() (err error) {
			from, to := n**schedules/workers, (n+1)**schedules/workers
			parts[n], err = delegate(filepath.Join(tb.TempDir(), fmt.Sprint(n)), *first+uint64(from), to-from)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		tb.Fatal(err)
	}
	for _, part := range parts {
		t.add(part)
	}
}

// delegate has another process of this program play schedules.
func delegate(path string, from uint64, count int) (*tally, error) {
	cmd := exec.Command(os.Args[0], "-test.run=^TestSchedules$", "-test.timeout=0", "-report="+path, fmt.Sprintf("-first=%d", from), fmt.Sprintf("-schedules=%d", count))
	out, err := cmd.CombinedOutput()
	part := newTally()
	data, readErr := os.ReadFile(path)
	if readErr == nil {
		readErr = json.Unmarshal(data, part)
	}
	if err != nil || readErr != nil {
		return nil, fmt.Errorf("schedule %d broke the harness: %w\n%s", max(from, part.Playing), err, out[:min(len(out), 8000)])
	}
	return part, nil
}

// write leaves the tally for who asked for it.
func (t *tally) write(tb testing.TB, path string) {
	tb.Helper()
	data, err := json.Marshal(t)
	if err == nil {
		err = os.WriteFile(path, data, 0o600)
	}
	if err != nil {
		tb.Fatal(err)
	}
}

func (t *tally) add(o *tally) {
	t.Schedules += o.Schedules
	t.Findings = append(t.Findings, o.Findings...)
	for k, n := range o.Struck {
		t.Struck[k] += n
	}
	for end, n := range o.Ends {
		t.Ends[end] += n
	}
}

// table is the tally for people.
func (t *tally) table(took time.Duration) string {
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintf(w, "schedules\t%d\t\n", t.Schedules)
	for _, k := range kinds {
		_, _ = fmt.Fprintf(w, "fault: %s\t%d\t\n", k, t.Struck[k])
	}
	for _, end := range slices.Sorted(maps.Keys(t.Ends)) {
		_, _ = fmt.Fprintf(w, "ended: %s\t%d\t\n", strings.TrimPrefix(end, "REASON_"), t.Ends[end])
	}
	_, _ = fmt.Fprintf(w, "findings\t%d\t\n", len(t.Findings))
	_, _ = fmt.Fprintf(w, "wall time\t%v\t\n", took.Round(time.Millisecond))
	_ = w.Flush() // a strings.Builder takes everything
	return out.String()
}

// judge wants many schedules to have had every fault, and to end well mostly.
func (t *tally) judge(tb testing.TB) {
	tb.Helper()
	if t.Schedules < 1000 {
		return
	}
	for _, k := range kinds {
		if t.Struck[k] == 0 {
			tb.Errorf("no %s in %d schedules", k, t.Schedules)
		}
	}
	if t.Ends["verified"]*2 < t.Schedules {
		tb.Errorf("%d of %d schedules end verified: the faults are too many to tell anything", t.Ends["verified"], t.Schedules)
	}
}
