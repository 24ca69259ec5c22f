package engine

import (
	"cmp"
	"math"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine/heap"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// compareRowids orders ROWIDs, or one and its text, by object, file, block and
// row. The order of the digits is not that of their characters.
//
// Error: ORA-01410 for text that is no ROWID.
func compareRowids(a, b datum.Value) (int, error) {
	x, y := a.Bytes(), b.Bytes()
	if !validRowid(x) || !validRowid(y) {
		return 0, errInvalidRowid()
	}
	for i := range datum.RowidLength {
		if n := cmp.Compare(rowidValues[x[i]], rowidValues[y[i]]); n != 0 {
			return n, nil
		}
	}
	return 0, nil
}

func errInvalidRowid() *datum.Error { return datum.Errorf(1410, "invalid ROWID") }

// validRowid reports whether text has the form of an extended ROWID.
func validRowid(text string) bool {
	return len(text) == datum.RowidLength && strings.Trim(text, datum.RowidDigits) == ""
}

// charToRowid is CHARTOROWID. Error: ORA-01410.
func charToRowid(f *frame, args []datum.Value) (datum.Value, error) {
	text, err := f.run.s.text(args[0])
	if err != nil {
		return datum.NULL, err
	}
	if !validRowid(text) {
		return datum.NULL, errInvalidRowid()
	}
	return datum.Of(datum.Rowid, text), nil
}

// A rowidBound is a condition that compares a table's ROWID with what does not
// depend on the table.
type rowidBound struct {
	low, high bool // which end of the range it sets
	value     compiled
}

// isRowidOf reports whether x is the ROWID of src, which is its last column, and
// other is known before any row is read.
func isRowidOf(src *source, x, other sql.Expr, sc *scope) bool {
	ref, ok := x.(*sql.Ref)
	if !ok {
		return false
	}
	found, i, err := sc.find(ref.Path)
	n := sc.needsOf(other)
	// A name that is not found is reported where the condition is compiled.
	return err == nil && found == src && i == len(src.columns)-1 && !n.late && len(n.sources) == 0
}

// rowidBounds finds the conditions that narrow a scan to a range of ROWIDs.
// They are tested again by the filter above the scan.
func (c *compiler) rowidBounds(src *source, conditions []sql.Expr, sc *scope) ([]rowidBound, error) {
	var list []rowidBound
	add := func(x, other sql.Expr, low, high bool) error {
		if !isRowidOf(src, x, other, sc) {
			return nil
		}
		value, err := c.compile(other, sc)
		list = append(list, rowidBound{low: low, high: high, value: value})
		return err
	}
	for _, x := range conditions {
		var err error
		switch x := x.(type) {
		case *sql.Between:
			if x.Not {
				continue
			}
			if err = add(x.X, x.Low, true, false); err == nil {
				err = add(x.X, x.High, false, true)
			}
		case *sql.Binary:
			low, high := x.Op == "=" || x.Op[0] == '>', x.Op == "=" || x.Op == "<" || x.Op == "<="
			if !low && !high {
				continue
			}
			if err = add(x.X, x.Y, low, high); err == nil {
				err = add(x.Y, x.X, high, low)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// narrow evaluates the bounds of a scan that is being opened.
func narrow(f *frame, t *table, scan *heap.Scan, bounds []rowidBound) error {
	first, last := heap.Position(0), heap.Position(math.MaxUint64-1)
	for _, b := range bounds {
		v, err := b.value.eval(f)
		if err != nil {
			return err
		}
		if v.IsNull() {
			last = 0 // true for no row
			continue
		}
		if v.Kind() != datum.Rowid && v.Kind() != datum.Text || !validRowid(v.Bytes()) {
			return nil // the filter says what is wrong
		}
		// A ROWID of another object lies before all rows or behind them.
		own, err := compareRowids(rowidOf(t, 0), datum.Of(datum.Rowid, v.Bytes()[:9]+strings.Repeat("A", 9)))
		if err != nil {
			return err
		}
		p := positionOf(v)
		switch {
		case own < 0:
			p = math.MaxUint64 - 1
		case own > 0:
			p = 0
		}
		if b.low {
			first = max(first, p)
		}
		if b.high {
			last = min(last, p)
		}
	}
	scan.Within(first, last)
	return nil
}
