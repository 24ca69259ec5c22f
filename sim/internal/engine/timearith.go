package engine

import (
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

const nanosPerDay = 86400 * 1_000_000_000

// withTime returns a value of the kind and zone of like at another time.
func withTime(like datum.Value, t time.Time) (datum.Value, error) {
	if t.Year() < -4712 || t.Year() > 9999 {
		return datum.NULL, datum.Errorf(1841, "(full) year must be between -4713 and +9999, and not be 0")
	}
	switch like.Kind() {
	case datum.Timestamp:
		return datum.FromTimestamp(t), nil
	case datum.TimestampTZ:
		return datum.FromTimestampTZ(t, like.Zone()), nil
	case datum.TimestampLTZ:
		return datum.FromTimestampLTZ(t), nil
	default:
		return datum.FromDate(t.Round(time.Second)), nil
	}
}

// timeOperation is arithmetic in which one side is a point in time.
func timeOperation(s *Session, op byte, a, b datum.Value) (datum.Value, error) {
	switch {
	case isTime(a.Kind()) && isTime(b.Kind()):
		if op != '-' {
			return datum.NULL, datum.Errorf(975, "date + date not allowed")
		}
		return timeDifference(a, b)
	case isTime(b.Kind()):
		if op != '+' {
			return datum.NULL, datum.Errorf(932, "inconsistent datatypes: expected NUMBER got DATE")
		}
		a, b = b, a
	case op != '+' && op != '-':
		return datum.NULL, datum.Errorf(932, "inconsistent datatypes: expected NUMBER got DATE")
	}
	sign := int64(1)
	if op == '-' {
		sign = -1
	}
	switch b.Kind() {
	case datum.IntervalYM:
		return addMonths(a, sign*b.Months(), false)
	case datum.IntervalDS:
		seconds, nanos := b.Seconds()
		// Days apart: a time.Duration ends after 292 years.
		t := a.Time().AddDate(0, 0, int(sign*(seconds/86400)))
		return withTime(a, t.Add(time.Duration(sign*(seconds%86400))*time.Second+time.Duration(sign*nanos)))
	default:
		days, err := s.number(b)
		if err != nil {
			return datum.NULL, err
		}
		return addDays(a, days, sign)
	}
}

// addDays adds a NUMBER of days; the result is a DATE whatever a is.
func addDays(a, days datum.Value, sign int64) (datum.Value, error) {
	seconds, err := datum.Mul(days, datum.FromInt(86400*sign))
	if err != nil {
		return datum.NULL, err
	}
	n, ok := datum.Round(seconds, 0, datum.HalfUp).Int()
	if !ok || n > 400_000_000_000 || n < -400_000_000_000 {
		return datum.NULL, datum.Errorf(1841, "(full) year must be between -4713 and +9999, and not be 0")
	}
	t := a.Time().Truncate(time.Second)
	return withTime(datum.FromDate(t), t.AddDate(0, 0, int(n/86400)).Add(time.Duration(n%86400)*time.Second))
}

// timeDifference is days between two DATEs, and an interval otherwise.
func timeDifference(a, b datum.Value) (datum.Value, error) {
	x, y := a.Time(), b.Time()
	seconds, nanos := x.Unix()-y.Unix(), int64(x.Nanosecond()-y.Nanosecond())
	if a.Kind() != datum.Date || b.Kind() != datum.Date {
		return datum.FromIntervalDS(seconds, nanos), nil
	}
	return datum.Div(datum.FromInt(seconds), datum.FromInt(86400))
}

// addMonths adds calendar months. With clip, as ADD_MONTHS does, the day is
// brought back to the end of the month and the last day stays the last; without
// it a day that does not exist is ORA-01839, as with intervals.
func addMonths(a datum.Value, months int64, clip bool) (datum.Value, error) {
	t := a.Time()
	first := time.Date(t.Year(), t.Month(), 1, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
	target := first.AddDate(0, int(months), 0)
	last := daysIn(target)
	day := t.Day()
	switch {
	case clip && (day > last || day == daysIn(first)):
		day = last
	case day > last:
		return datum.NULL, datum.Errorf(1839, "date not valid for month specified")
	}
	return withTime(a, target.AddDate(0, 0, day-1))
}

// daysIn is the number of days of t's month.
func daysIn(t time.Time) int {
	return time.Date(t.Year(), t.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// intervalOperation is arithmetic with intervals and numbers.
func intervalOperation(s *Session, op byte, a, b datum.Value) (datum.Value, error) {
	if isInterval(a.Kind()) && isInterval(b.Kind()) {
		if a.Kind() != b.Kind() || op != '+' && op != '-' {
			return datum.NULL, datum.Errorf(932, "inconsistent datatypes: expected %s got %s", kindName(a.Kind()), kindName(b.Kind()))
		}
		return addIntervals(a, b, op == '-')
	}
	if isInterval(b.Kind()) && op == '*' {
		a, b = b, a
	}
	if !isInterval(a.Kind()) || op != '*' && op != '/' {
		return datum.NULL, datum.Errorf(932, "inconsistent datatypes: expected NUMBER got %s", kindName(a.Kind()))
	}
	factor, err := s.number(b)
	if err != nil {
		return datum.NULL, err
	}
	if a.Kind() == datum.IntervalYM {
		n, err := scale(op, a.Months(), factor)
		return datum.FromIntervalYM(n), err
	}
	seconds, nanos := a.Seconds()
	total, err := datum.ParseNumber(datum.FromInt(seconds).Decimal() + "e9")
	if err != nil {
		return datum.NULL, err
	}
	if total, err = datum.Add(total, datum.FromInt(nanos)); err != nil {
		return datum.NULL, err
	}
	if total, err = numberOperation(op, total, factor); err != nil {
		return datum.NULL, err
	}
	return intervalOfNanos(datum.Round(total, 0, datum.HalfUp))
}

// addIntervals adds two intervals of one kind.
func addIntervals(a, b datum.Value, minus bool) (datum.Value, error) {
	sign := int64(1)
	if minus {
		sign = -1
	}
	if a.Kind() == datum.IntervalYM {
		return datum.FromIntervalYM(a.Months() + sign*b.Months()), nil
	}
	s, n := a.Seconds()
	s2, n2 := b.Seconds()
	return datum.FromIntervalDS(s+sign*s2, n+sign*n2), nil
}

// scale multiplies or divides a whole number and cuts the fraction.
func scale(op byte, n int64, factor datum.Value) (int64, error) {
	v, err := numberOperation(op, datum.FromInt(n), factor)
	if err != nil {
		return 0, err
	}
	out, _ := datum.Round(v, 0, datum.Truncate).Int()
	return out, nil
}

// intervalOfNanos makes an interval from a whole NUMBER of nanoseconds.
func intervalOfNanos(nanos datum.Value) (datum.Value, error) {
	billion := datum.FromInt(1_000_000_000)
	q, err := datum.Div(nanos, billion)
	if err != nil {
		return datum.NULL, err
	}
	seconds, ok := datum.Round(q, 0, datum.Truncate).Int()
	if !ok || seconds > 86400*1_000_000_000 || seconds < -86400*1_000_000_000 {
		return datum.NULL, datum.Errorf(1873, "the leading precision of the interval is too small")
	}
	rest, err := datum.Mod(nanos, billion)
	if err != nil {
		return datum.NULL, err
	}
	n, _ := rest.Int()
	return datum.FromIntervalDS(seconds, n), nil
}
