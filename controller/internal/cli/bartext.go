package cli

import (
	"cmp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A speed is how fast something moves: its bytes into the bucket, its rows out of
// it, and all of it together, from which follows how long it still takes.
type speed struct{ bytes, rows, whole progress.Rate }

// add notes how far it is at a time.
func (s *speed) add(at time.Time, sum progress.Totals) {
	s.bytes.Add(at, float64(sum.Bytes))
	s.rows.Add(at, float64(sum.Rows))
	s.whole.Add(at, sum.Fraction)
}

// A barText is what stands beside a bar, in the order in which it is read. What
// is empty is left out.
type barText struct{ step, rows, bytes, byteRate, rowRate, left string }

// newBarText is the text for something that is busy with step, or stopped.
func newBarText(step string, moving bool, sum progress.Totals, s *speed) barText {
	t := barText{step: step, rows: number(sum.Rows) + " of " + number(sum.RowsTotal) + " rows", bytes: size(sum.Bytes)}
	if !moving {
		return t
	}
	if n := s.bytes.PerSecond(); n >= 1 {
		t.byteRate = size(int64(n)) + "/s"
	}
	if n := s.rows.PerSecond(); n >= 1 {
		t.rowRate = number(int64(n)) + " rows/s"
	}
	if left, known := s.whole.Until(1); known {
		t.left = left.Round(time.Second).String() + " left"
	}
	return t
}

// fit returns as much of the text as fits into a width; what matters least goes
// first. What is done stays even when it does not fit.
func (t barText) fit(width int) string {
	none := ""
	for _, less := range []*string{&none, &t.rowRate, &t.byteRate, &t.bytes, &t.rows, &t.left} {
		*less = ""
		if line := t.line(); utf8.RuneCountInString(line) <= width {
			return line
		}
	}
	return t.line()
}

// line is all of the text.
func (t barText) line() string {
	var parts []string
	for _, part := range []string{t.step, t.rows, t.bytes, t.byteRate, t.rowRate, t.left} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return " " + strings.Join(parts, ", ")
}

// shorten cuts the front off a name that is wider than width: names in a schema
// differ at their ends.
func shorten(name string, width int) string {
	runes := []rune(name)
	if len(runes) <= max(1, width) {
		return name
	}
	return "…" + string(runes[len(runes)-max(1, width)+1:])
}

// failureOf returns the failure of a table's or chunk's event; the migration's
// own is printed at the end.
func failureOf(e *pb.Event) *pb.Failure {
	return cmp.Or(e.GetTableChanged().GetFailure(), e.GetTableReplanned().GetFailure(), e.GetChunkChanged().GetFailure())
}
