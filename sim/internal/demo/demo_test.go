package demo

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

func TestRowsDoNotDependOnEachOther(t *testing.T) {
	w := newWriter()
	all := []datum.Row{}
	for row, err := range w.rows(1, 50) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, row)
	}
	alone := newWriter().order(37).row()
	if diff := cmp.Diff(all[36], alone, cmp.Comparer(func(a, b datum.Value) bool { return a == b })); diff != "" {
		t.Errorf("order 37 (-in a batch +alone):\n%s", diff)
	}
}

func TestDataHoldsWhatHurts(t *testing.T) {
	w := newWriter()
	found := map[string]int{}
	count := func(what string, is bool) {
		if is {
			found[what]++
		}
	}
	for id := 1; id <= 3000; id++ {
		o := w.order(id)
		notes := o.notes.Text()
		count("apostrophe in a name", strings.Contains(o.name, "'"))
		count("quote in a name", strings.Contains(o.name, `"`))
		count("name beyond ASCII", len(o.name) > len([]rune(o.name)))
		count("NULL discount", o.discount == "")
		count("zero total", o.total == "0.00")
		count("negative total", strings.HasPrefix(o.total, "-"))
		count("NULL notes", o.notes.IsNull())
		count("empty notes", o.notes.Kind() == datum.Clob && notes == "")
		count("notes beyond VARCHAR2", len(notes) > 32767)
		count("newline in notes", strings.Contains(notes, "\n"))
		count("backslash in notes", strings.Contains(notes, `\`))
		count("emoji in notes", strings.Contains(notes, "\U0001F680"))
		count("NULL updated_at", o.updated.IsNull())
		count("fractional seconds", o.placed.Nanosecond() > 0)
		if strings.ContainsAny(o.name+o.email, ",\n\r") || strings.HasPrefix(o.name, `"`) {
			t.Errorf("order %d: name %q or email %q breaks the tutorial's csv", id, o.name, o.email)
		}
		if len(o.name) > 200 || len(o.email) > 200 {
			t.Errorf("order %d: name or email too long", id)
		}
	}
	if len(found) != 14 {
		t.Errorf("not everything that hurts occurs: %v", found)
	}
}

func BenchmarkOrder(b *testing.B) {
	w := newWriter()
	for i := range b.N {
		w.order(i + 1).row()
	}
}
