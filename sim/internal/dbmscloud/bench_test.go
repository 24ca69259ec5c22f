package dbmscloud_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/dbmscloud"
)

// benchRows is the size of the tables that the benchmarks move.
const benchRows = 100_000

// bench makes a world with a table SRC of benchRows rows, an empty table DST of
// its shape, and masks that keep every digit.
func bench(b *testing.B, columns int) *world {
	b.Helper()
	w := newWorld(b, dbmscloud.Knobs{})
	w.exec(explicit...)
	kinds := []string{"NUMBER", "VARCHAR2(60)", "DATE", "NUMBER(12,2)"}
	var defs, names []string
	for i := range columns {
		names = append(names, fmt.Sprintf("C%d", i))
		defs = append(defs, names[i]+" "+kinds[i%4])
	}
	for _, table := range []string{"SRC", "DST"} {
		w.exec("CREATE TABLE " + table + " (" + strings.Join(defs, ", ") + ")")
	}
	day := time.Date(2026, 11, 22, 13, 14, 15, 0, time.UTC)
	rows := func(yield func(datum.Row, error) bool) {
		for n := range benchRows {
			amount, err := datum.ParseNumber(fmt.Sprintf("%d.%02d", n, n%100))
			row := make(datum.Row, columns)
			for i := range row {
				row[i] = [...]datum.Value{
					datum.FromInt(int64(n)), datum.FromText("customer order number " + fmt.Sprint(n*7919)),
					datum.FromDate(day.Add(time.Duration(n) * time.Minute)), amount,
				}[i%4]
			}
			if !yield(row, err) {
				return
			}
		}
	}
	if _, err := w.session.Append(b.Context(), "ADMIN", "SRC", names, rows); err != nil {
		b.Fatal(err)
	}
	w.exec("COMMIT")
	return w
}

func BenchmarkExportCSV(b *testing.B) {
	for _, columns := range []int{4, 12} {
		b.Run(fmt.Sprintf("columns=%d", columns), func(b *testing.B) {
			w := bench(b, columns)
			uri := w.full() + "x"
			for b.Loop() {
				w.clear()
				w.mustExport(uri, "SELECT * FROM src", csv)
			}
			b.SetBytes(int64(len(w.content("x"))))
		})
	}
}

func BenchmarkCopyCSV(b *testing.B) {
	for _, columns := range []int{4, 12} {
		b.Run(fmt.Sprintf("columns=%d", columns), func(b *testing.B) {
			w := bench(b, columns)
			uri := w.full() + "x"
			w.mustExport(uri, "SELECT * FROM src", csv)
			b.SetBytes(int64(len(w.content("x"))))
			for b.Loop() {
				w.exec("TRUNCATE TABLE dst")
				w.mustLoad("dst", uri+"*", csv)
			}
		})
	}
}

// clear empties the bucket.
func (w *world) clear() {
	for _, name := range w.objects() {
		w.store.Delete("b", name)
	}
}
