package engine

import (
	"math"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

var (
	isTrue  = datum.FromBool(true)
	isFalse = datum.FromBool(false)
)

// comparison compiles a = b and its like; NULL on either side is unknown.
func (c *compiler) comparison(op string, a, b compiled) compiled {
	holds := comparator(op)
	padded := a.typ.Fixed && b.typ.Fixed
	return compiled{typ: booleanType(), nullable: true, eval: func(f *frame) (datum.Value, error) {
		v, err := a.eval(f)
		if err != nil {
			return datum.NULL, err
		}
		w, err := b.eval(f)
		if err != nil || v.IsNull() || w.IsNull() {
			return datum.NULL, err
		}
		n, err := f.run.s.compare(v, w, padded)
		if err != nil {
			return datum.NULL, err
		}
		if holds(n) {
			return isTrue, nil
		}
		return isFalse, nil
	}}
}

// comparator turns an operator into a test of a three-way comparison.
func comparator(op string) func(int) bool {
	switch op {
	case "=":
		return func(n int) bool { return n == 0 }
	case "<>":
		return func(n int) bool { return n != 0 }
	case "<":
		return func(n int) bool { return n < 0 }
	case "<=":
		return func(n int) bool { return n <= 0 }
	case ">":
		return func(n int) bool { return n > 0 }
	default:
		return func(n int) bool { return n >= 0 }
	}
}

// compare orders two values that are not NULL, converting one of them when
// their kinds differ. Padded compares texts without their trailing blanks, as
// two CHARs are.
//
// Errors: those of the conversion, ORA-00932.
func (s *Session) compare(a, b datum.Value, padded bool) (int, error) {
	if a.Kind() != b.Kind() {
		return s.compareMixed(a, b)
	}
	switch a.Kind() {
	case datum.Text:
		if padded {
			return strings.Compare(strings.TrimRight(a.Text(), " "), strings.TrimRight(b.Text(), " ")), nil
		}
	case datum.Rowid:
		return compareRowids(a, b)
	case datum.TimestampTZ:
		return strings.Compare(a.Bytes()[:11], b.Bytes()[:11]), nil
	case datum.BinaryDouble, datum.BinaryFloat:
		return compareFloats(a, b), nil
	case datum.Clob, datum.Blob:
		return 0, datum.Errorf(932, "inconsistent datatypes: expected - got %s", kindName(a.Kind()))
	default:
	}
	return datum.Compare(a, b), nil
}

// compareFloats sorts NaN last and equal to itself, as Oracle does, and takes
// both zeros for equal.
func compareFloats(a, b datum.Value) int {
	x, y := floatOf(a), floatOf(b)
	switch {
	case x == y, math.IsNaN(x) && math.IsNaN(y):
		return 0
	case x < y, math.IsNaN(y):
		return -1
	}
	return 1
}

func floatOf(v datum.Value) float64 {
	if v.Kind() == datum.BinaryFloat {
		return float64(v.Single())
	}
	return v.Double()
}

// precedence says which side of a mixed comparison is converted: the one of
// lower rank.
func precedence(k datum.Kind) int {
	switch k {
	case datum.TimestampTZ, datum.TimestampLTZ:
		return 9
	case datum.Timestamp:
		return 8
	case datum.Date:
		return 7
	case datum.IntervalDS, datum.IntervalYM:
		return 6
	case datum.BinaryDouble:
		return 5
	case datum.BinaryFloat:
		return 4
	case datum.Number:
		return 3
	case datum.Raw, datum.Rowid:
		return 2
	default:
		return 1
	}
}

// compareMixed converts one side to the other's kind, by precedence, and
// compares. A LOB compares with nothing.
func (s *Session) compareMixed(a, b datum.Value) (int, error) {
	if a.Kind() == datum.Clob && b.Kind() == datum.Text || a.Kind() == datum.Text && b.Kind() == datum.Clob {
		return 0, datum.Errorf(932, "inconsistent datatypes: expected - got CLOB")
	}
	if a.Kind() == datum.Rowid || b.Kind() == datum.Rowid {
		return compareRowids(a, b)
	}
	to := a.Kind()
	if precedence(b.Kind()) > precedence(a.Kind()) {
		to = b.Kind()
	}
	if to == datum.TimestampLTZ {
		to = datum.TimestampTZ
	}
	x, err := s.convert(a, datum.Type{Kind: to, Scale: -127})
	if err != nil {
		return 0, err
	}
	y, err := s.convert(b, datum.Type{Kind: to, Scale: -127})
	if err != nil {
		return 0, err
	}
	return s.compare(x, y, false)
}
