package engine

import (
	"strings"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/nls"
)

// The functions on dates, time zones and intervals.
func init() {
	define(map[string]*function{
		"SYSDATE": {typ: returnsDate, bare: true, call: func(f *frame, _ []datum.Value) (datum.Value, error) {
			return datum.FromDate(f.run.now.UTC()), nil
		}},
		"SYSTIMESTAMP":      {max: 1, typ: stampType(datum.TimestampTZ), bare: true, call: systemTime},
		"CURRENT_TIMESTAMP": {max: 1, typ: stampType(datum.TimestampTZ), bare: true, call: currentTime},
		"LOCALTIMESTAMP":    {max: 1, typ: stampType(datum.Timestamp), bare: true, call: localTime(datum.Timestamp)},
		"CURRENT_DATE":      {typ: returnsDate, bare: true, call: localTime(datum.Date)},
		"DBTIMEZONE": {typ: returnsText(6), bare: true, call: func(*frame, []datum.Value) (datum.Value, error) {
			return datum.FromText("+00:00"), nil
		}},
		"SESSIONTIMEZONE": {typ: returnsText(75), bare: true, call: func(f *frame, _ []datum.Value) (datum.Value, error) {
			return datum.FromText(f.run.s.nls.TimeZone), nil
		}},
		"ADD_MONTHS":      {min: 2, max: 2, typ: returnsDate, strict: true, call: addMonthsCall},
		"LAST_DAY":        {min: 1, max: 1, typ: returnsDate, strict: true, call: lastDay},
		"MONTHS_BETWEEN":  {min: 2, max: 2, typ: returnsNumber, strict: true, call: monthsBetween},
		"FROM_TZ":         {min: 2, max: 2, typ: returnsKind(datum.TimestampTZ), strict: true, call: fromTZ},
		"SYS_EXTRACT_UTC": {min: 1, max: 1, typ: returnsKind(datum.Timestamp), strict: true, call: extractUTC},
		"TZ_OFFSET":       {min: 1, max: 1, typ: returnsText(7), strict: true, call: tzOffset},
		"NUMTODSINTERVAL": {min: 2, max: 2, typ: returnsKind(datum.IntervalDS), strict: true, call: numToDS},
		"NUMTOYMINTERVAL": {min: 2, max: 2, typ: returnsKind(datum.IntervalYM), strict: true, call: numToYM},
	})
}

// stampType is a timestamp with six fraction digits, as SYSTIMESTAMP has.
func stampType(k datum.Kind) func(*Session, []compiled) datum.Type {
	return func(*Session, []compiled) datum.Type { return datum.Type{Kind: k, Precision: 6, Scale: 6} }
}

// stamped rounds the clock to microseconds.
func stamped(f *frame) time.Time { return f.run.now.UTC().Truncate(time.Microsecond) }

// systemTime is SYSTIMESTAMP, in UTC as on ADB.
func systemTime(f *frame, _ []datum.Value) (datum.Value, error) {
	return datum.FromTimestampTZ(stamped(f), "+00:00"), nil
}

// currentTime is CURRENT_TIMESTAMP, in the session's time zone.
func currentTime(f *frame, _ []datum.Value) (datum.Value, error) {
	return datum.FromTimestampTZ(stamped(f), f.run.s.nls.TimeZone), nil
}

// localTime is the session's clock without its zone.
func localTime(kind datum.Kind) func(*frame, []datum.Value) (datum.Value, error) {
	return func(f *frame, _ []datum.Value) (datum.Value, error) {
		return f.run.s.toTime(datum.FromTimestampTZ(stamped(f), f.run.s.nls.TimeZone), kind)
	}
}

// date converts an argument to a DATE.
func (f *frame) date(v datum.Value) (datum.Value, error) {
	return f.run.s.convert(v, datum.Type{Kind: datum.Date})
}

// addMonthsCall is ADD_MONTHS: the end of a month stays the end of the month.
func addMonthsCall(f *frame, args []datum.Value) (datum.Value, error) {
	d, err := f.date(args[0])
	if err != nil {
		return datum.NULL, err
	}
	n, err := f.run.s.integer(args[1])
	if err != nil {
		return datum.NULL, err
	}
	return addMonths(d, int64(n), true)
}

// lastDay is LAST_DAY, which keeps the time of day.
func lastDay(f *frame, args []datum.Value) (datum.Value, error) {
	d, err := f.date(args[0])
	if err != nil {
		return datum.NULL, err
	}
	t := d.Time()
	return datum.FromDate(t.AddDate(0, 0, daysIn(t)-t.Day())), nil
}

// monthsBetween is whole months when both are the same day or both the last of
// their months, and counts the rest in thirty-firsts otherwise.
func monthsBetween(f *frame, args []datum.Value) (datum.Value, error) {
	d1, err := f.date(args[0])
	if err != nil {
		return datum.NULL, err
	}
	d2, err := f.date(args[1])
	if err != nil {
		return datum.NULL, err
	}
	a, b := d1.Time(), d2.Time()
	months := int64((a.Year()-b.Year())*12 + int(a.Month()) - int(b.Month()))
	if a.Day() == b.Day() || a.Day() == daysIn(a) && b.Day() == daysIn(b) {
		return datum.FromInt(months), nil
	}
	clock := func(t time.Time) int64 { return int64(t.Day()*86400 + t.Hour()*3600 + t.Minute()*60 + t.Second()) }
	rest, err := datum.Div(datum.FromInt(clock(a)-clock(b)), datum.FromInt(31*86400))
	if err != nil {
		return datum.NULL, err
	}
	return datum.Add(datum.FromInt(months), rest)
}

// roundDate is TRUNC and ROUND of a date to a unit.
func roundDate(f *frame, args []datum.Value, how datum.Rounding) (datum.Value, error) {
	t := args[0].Time()
	unit := "DDD"
	if len(args) == 2 {
		unit = strings.ToUpper(args[1].Text())
	}
	start, next, ok := period(t, unit)
	if !ok {
		return datum.NULL, datum.Errorf(1898, "too many precision specifiers")
	}
	if how == datum.HalfUp {
		middle := start.Add(next.Sub(start) / 2)
		switch unit {
		case "MM", "MONTH", "MON": // from the 16th on, however long the month
			middle = start.AddDate(0, 0, 15)
		case "YYYY", "YEAR", "YY", "Y", "SYYYY": // from July on
			middle = start.AddDate(0, 6, 0)
		}
		if !t.Before(middle) {
			start = next
		}
	}
	return datum.FromDate(start), nil
}

// period returns the unit of time around t and the beginning of the next.
func period(t time.Time, unit string) (start, next time.Time, ok bool) {
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	first := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
	year := time.Date(t.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	switch unit {
	case "DD", "DDD", "J":
		return day, day.AddDate(0, 0, 1), true
	case "MM", "MONTH", "MON", "RM":
		return first, first.AddDate(0, 1, 0), true
	case "YYYY", "YEAR", "YY", "Y", "SYYYY", "YYY":
		return year, year.AddDate(1, 0, 0), true
	case "Q":
		quarter := year.AddDate(0, (int(t.Month())-1)/3*3, 0)
		return quarter, quarter.AddDate(0, 3, 0), true
	case "IW":
		monday := day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
		return monday, monday.AddDate(0, 0, 7), true
	case "DAY", "DY", "D":
		sunday := day.AddDate(0, 0, -int(day.Weekday()))
		return sunday, sunday.AddDate(0, 0, 7), true
	case "HH", "HH24", "HH12":
		return t.Truncate(time.Hour), t.Truncate(time.Hour).Add(time.Hour), true
	case "MI":
		return t.Truncate(time.Minute), t.Truncate(time.Minute).Add(time.Minute), true
	}
	return t, t, false
}

// fromTZ is FROM_TZ(timestamp, zone): the clock is taken as the zone's.
func fromTZ(f *frame, args []datum.Value) (datum.Value, error) {
	v, err := f.run.s.convert(args[0], datum.Type{Kind: datum.Timestamp})
	if err != nil {
		return datum.NULL, err
	}
	place, err := nls.Location(args[1].Text())
	if err != nil {
		return datum.NULL, err
	}
	t := v.Time()
	local := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), place)
	return datum.FromTimestampTZ(local, args[1].Text()), nil
}

// extractUTC is SYS_EXTRACT_UTC.
func extractUTC(f *frame, args []datum.Value) (datum.Value, error) {
	v, err := f.run.s.convert(args[0], datum.Type{Kind: datum.TimestampTZ})
	return datum.FromTimestamp(v.Time()), err
}

// tzOffset is TZ_OFFSET(zone) as of now.
func tzOffset(f *frame, args []datum.Value) (datum.Value, error) {
	text, err := f.run.s.nls.FormatDate(datum.FromTimestampTZ(f.run.now, args[0].Text()), "TZH:TZM")
	return datum.FromText(text), err
}

// dsUnits are the nanoseconds of the units of NUMTODSINTERVAL.
var dsUnits = map[string]int64{"DAY": nanosPerDay, "HOUR": 3600e9, "MINUTE": 60e9, "SECOND": 1e9}

// numToDS is NUMTODSINTERVAL(n, unit), exact to the nanosecond.
func numToDS(f *frame, args []datum.Value) (datum.Value, error) {
	n, err := f.run.s.number(args[0])
	if err != nil {
		return datum.NULL, err
	}
	unit, ok := dsUnits[strings.ToUpper(strings.TrimSpace(args[1].Text()))]
	if !ok {
		return datum.NULL, datum.Errorf(1760, "illegal argument for function")
	}
	nanos, err := datum.Mul(n, datum.FromInt(unit))
	if err != nil {
		return datum.NULL, err
	}
	return intervalOfNanos(datum.Round(nanos, 0, datum.HalfUp))
}

// numToYM is NUMTOYMINTERVAL(n, unit), rounded to whole months.
func numToYM(f *frame, args []datum.Value) (datum.Value, error) {
	n, err := f.run.s.number(args[0])
	if err != nil {
		return datum.NULL, err
	}
	unit := int64(1)
	switch strings.ToUpper(strings.TrimSpace(args[1].Text())) {
	case "YEAR":
		unit = 12
	case "MONTH":
	default:
		return datum.NULL, datum.Errorf(1760, "illegal argument for function")
	}
	months, err := datum.Mul(n, datum.FromInt(unit))
	if err != nil {
		return datum.NULL, err
	}
	whole, ok := datum.Round(months, 0, datum.HalfUp).Int()
	if !ok || whole > 12*999_999_999 || whole < -12*999_999_999 {
		return datum.NULL, datum.Errorf(1873, "the leading precision of the interval is too small")
	}
	return datum.FromIntervalYM(whole), nil
}
