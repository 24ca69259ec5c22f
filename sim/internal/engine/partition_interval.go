package engine

import (
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// A stride is the width of the partitions that an INTERVAL clause makes, of
// one kind: numbers, months, or time.
type stride struct {
	text   string // as declared
	number int64
	months int64
	length time.Duration
}

// newStride takes the value of an INTERVAL clause for a key of a type.
//
// Errors: ORA-14752 for one that does not suit the key or is not above zero,
// ORA-03001 for fractions.
func newStride(text string, v datum.Value, key datum.Type) (*stride, error) {
	s := &stride{text: text}
	numeric := key.Kind == datum.Number
	switch {
	case v.Kind() == datum.Number && numeric:
		n, ok := v.Int()
		if !ok {
			return nil, unimplemented("INTERVAL of a fraction")
		}
		s.number = n
	case v.Kind() == datum.IntervalYM && !numeric:
		s.months = v.Months()
	case v.Kind() == datum.IntervalDS && !numeric:
		seconds, nanos := v.Seconds()
		s.length = time.Duration(seconds)*time.Second + time.Duration(nanos)
	}
	if s.number <= 0 && s.months <= 0 && s.length <= 0 {
		return nil, datum.Errorf(14752, "Interval expression is not a constant of the correct type")
	}
	return s, nil
}

// around returns both ends of the interval that holds a key, counted from the
// upper end of the last range.
func (s *stride) around(from, key datum.Value) (low, high datum.Value, err error) {
	switch {
	case s.number > 0:
		start, ok := from.Int()
		n, fits := floorOf(key)
		if !ok || !fits {
			return low, high, unimplemented("INTERVAL beyond 64 bits")
		}
		below := start + (n-start)/s.number*s.number
		return datum.FromInt(below), datum.FromInt(below + s.number), nil
	case s.length > 0:
		below := from.Time().Add(key.Time().Sub(from.Time()) / s.length * s.length)
		return sameTimeKind(from, below), sameTimeKind(from, below.Add(s.length)), nil
	}
	a, b := from.Time(), key.Time()
	steps := (int64(b.Year()-a.Year())*12+int64(b.Month()-a.Month()))/s.months - 1
	if high, err = addMonths(from, max(0, steps)*s.months, false); err != nil {
		return low, high, err
	}
	for steps = max(0, steps) + 1; datum.Compare(high, key) <= 0; steps++ {
		low = high
		if high, err = addMonths(from, steps*s.months, false); err != nil {
			return low, high, err
		}
	}
	return low, high, nil
}

// floorOf is the greatest whole number not above v.
func floorOf(v datum.Value) (int64, bool) {
	if n, ok := v.Int(); ok {
		return n, true
	}
	f := v.Float()
	n := int64(f)
	if float64(n) > f {
		n--
	}
	return n, f > -1e15 && f < 1e15
}

// sameTimeKind makes a value of the kind of another.
func sameTimeKind(like datum.Value, t time.Time) datum.Value {
	if like.Kind() == datum.Date {
		return datum.FromDate(t)
	}
	return datum.FromTimestamp(t)
}
