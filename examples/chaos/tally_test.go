package chaos

import (
	"fmt"
	"strings"
	"testing"
	"text/tabwriter"
	"time"
)

// A tally is what happened, added up.
type tally struct {
	kills           map[string]int // by victim
	resumes         int
	lost, doubled   int
	written, redone int64 // bytes in the bucket, and those of them that no import read
	largest         int64 // chunk, in bytes
	orphans         int   // database calls that outlived their client
}

func (t *tally) add(o tally) {
	if t.kills == nil {
		t.kills = map[string]int{}
	}
	for who, n := range o.kills {
		t.kills[who] += n
	}
	t.resumes += o.resumes
	t.lost += o.lost
	t.doubled += o.doubled
	t.written += o.written
	t.redone += o.redone
	t.largest = max(t.largest, o.largest)
	t.orphans += o.orphans
}

func (t *tally) killed() (n int) {
	for _, k := range t.kills {
		n += k
	}
	return n
}

// table is the tally for people.
func (t *tally) table(took time.Duration) string {
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, who := range victims {
		_, _ = fmt.Fprintf(w, "kills of %s\t%d\t\n", who, t.kills[who])
	}
	_, _ = fmt.Fprintf(w, "resumes\t%d\t\n", t.resumes)
	_, _ = fmt.Fprintf(w, "orphaned calls\t%d\t\n", t.orphans)
	_, _ = fmt.Fprintf(w, "rows lost\t%d\t\n", t.lost)
	_, _ = fmt.Fprintf(w, "rows doubled\t%d\t\n", t.doubled)
	_, _ = fmt.Fprintf(w, "bytes written\t%d\t\n", t.written)
	_, _ = fmt.Fprintf(w, "bytes redone\t%d\t\n", t.redone)
	_, _ = fmt.Fprintf(w, "largest chunk\t%d\t\n", t.largest)
	_, _ = fmt.Fprintf(w, "wall time\t%v\t\n", took.Round(time.Second))
	_ = w.Flush() // a strings.Builder takes everything
	return out.String()
}

// judge holds the tally against the bars.
func (t *tally) judge(tb testing.TB) {
	tb.Helper()
	if t.lost > 0 || t.doubled > 0 {
		tb.Errorf("%d rows lost, %d doubled: none may be", t.lost, t.doubled)
	}
	if most := int64(t.killed()) * lanes * t.largest; t.redone > most {
		tb.Errorf("%d bytes redone: each kill may cost one chunk per lane, %d in all", t.redone, most)
	}
}
