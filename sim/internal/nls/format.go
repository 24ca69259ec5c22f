package nls

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// moment is a value being formatted.
type moment struct {
	datum.Clock
	kind         datum.Kind
	zone         string // TZR
	abbreviation string // TZD
	offset       int    // seconds east of Greenwich
	radix        byte
}

// date is midnight of the moment's day, for what depends on the calendar.
func (m *moment) date() time.Time {
	return time.Date(m.Year, time.Month(m.Month), m.Day, 0, 0, 0, 0, time.UTC)
}

// FormatDate renders a date or timestamp with a mask.
//
// Errors: ORA-01821 for a mask that does not fit the kind of value, ORA-00932.
func (s *Settings) FormatDate(v datum.Value, mask string) (string, error) {
	var scratch [64]byte
	b, err := s.formatDate(scratch[:0], v, mask)
	return string(b), err
}

// formatDate is FormatDate into a buffer, which stays as it is on an error.
func (s *Settings) formatDate(dst []byte, v datum.Value, mask string) ([]byte, error) {
	if v.IsNull() {
		return dst, nil
	}
	parsed, err := s.mask(mask)
	if err != nil {
		return dst, err
	}
	return s.AppendDate(dst, v, parsed)
}

// AppendDate appends what FormatDate returns of a value that is not NULL. On an
// error dst stays as it is.
func (s *Settings) AppendDate(dst []byte, v datum.Value, mask *DateMask) ([]byte, error) {
	if out, ok := mask.quick.append(dst, v); ok {
		return out, nil
	}
	m, err := s.moment(v)
	if err != nil {
		return dst, err
	}
	out := dst
	for i := range mask.elements {
		if out, err = m.append(out, &mask.elements[i]); err != nil {
			return dst, err
		}
	}
	return out, nil
}

// moment brings a value to its own or the session's time zone.
func (s *Settings) moment(v datum.Value) (moment, error) {
	m := moment{kind: v.Kind(), radix: s.decimalPoint()}
	switch v.Kind() {
	case datum.Date, datum.Timestamp:
		if m.Clock = v.Clock(); m.Month < 1 || m.Month > 12 {
			m.Clock = datum.ClockOf(v.Time()) // bytes that no database writes, as a file can hold
		}
		return m, nil
	case datum.TimestampTZ:
		m.zone = v.Zone()
	case datum.TimestampLTZ:
		m.zone = s.TimeZone
	default:
		return m, datum.Errorf(1481, "invalid number format model")
	}
	place, err := Location(m.zone)
	if err != nil {
		return m, err
	}
	local := v.Time().In(place)
	m.Clock = datum.ClockOf(local)
	m.abbreviation, m.offset = local.Zone()
	return m, nil
}

// decimalPoint is the first of NLS_NUMERIC_CHARACTERS.
func (s *Settings) decimalPoint() byte {
	if s.NumericCharacters == "" {
		return '.'
	}
	return s.NumericCharacters[0]
}

// append writes one element.
func (m *moment) append(b []byte, e *element) ([]byte, error) {
	switch {
	case e.code == "":
		return append(b, e.literal...), nil
	case strings.HasPrefix(e.code, "FF") || strings.HasPrefix(e.code, "TZ"):
		return m.appendFine(b, e)
	case strings.Contains(e.code, "Y") && e.code != "DAY" && e.code != "DY", strings.HasPrefix(e.code, "RR"), e.code == "CC":
		return m.appendYear(b, e), nil
	}
	switch e.code {
	case "MM":
		return pad(b, m.Month, 2, e.unpadded), nil
	case "MON":
		return append(b, e.style.in(monthNames[m.Month-1][:3])...), nil
	case "MONTH":
		return padName(b, e.style.in(monthNames[m.Month-1]), e.unpadded), nil
	case "DD":
		return pad(b, m.Day, 2, e.unpadded), nil
	case "DDD":
		return pad(b, m.date().YearDay(), 3, e.unpadded), nil
	case "D":
		return pad(b, int(m.date().Weekday())+1, 1, e.unpadded), nil
	case "DY":
		return append(b, e.style.in(dayNames[m.date().Weekday()][:3])...), nil
	case "DAY":
		return padName(b, e.style.in(dayNames[m.date().Weekday()]), e.unpadded), nil
	}
	return m.appendClock(b, e), nil
}

var (
	monthNames = []string{"JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER"}
	dayNames   = []string{"SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"}
)

const longestName = 9 // SEPTEMBER, WEDNESDAY

// pad writes a number with leading zeros, or without after FM.
func pad(b []byte, n, width int, unpadded bool) []byte {
	if unpadded {
		return strconv.AppendInt(b, int64(n), 10)
	}
	if n < 0 {
		return fmt.Appendf(b, "%0*d", width, n)
	}
	for unit := 10; width > 1; unit, width = unit*10, width-1 {
		if n < unit {
			b = append(b, '0')
		}
	}
	return strconv.AppendInt(b, int64(n), 10)
}

// padName writes a name with blanks to the width of the longest, or without
// after FM.
func padName(b []byte, name string, unpadded bool) []byte {
	if unpadded {
		return append(b, name...)
	}
	return fmt.Appendf(b, "%-*s", longestName, name)
}

// appendYear writes the year elements. Only SYYYY shows the sign of a year
// before Christ.
func (m *moment) appendYear(b []byte, e *element) []byte {
	year := m.Year
	if year < 0 && e.code != "SYYYY" {
		year = -year
	}
	switch e.code {
	case "SYYYY":
		if year < 0 {
			return pad(append(b, '-'), -year, 4, e.unpadded)
		}
		if !e.unpadded {
			b = append(b, ' ')
		}
		return pad(b, year, 4, e.unpadded)
	case "YYYY", "RRRR":
		return pad(b, year, 4, e.unpadded)
	case "Y,YYY":
		return fmt.Appendf(b, "%d,%03d", year/1000, year%1000)
	case "IYYY":
		iso, _ := m.date().ISOWeek()
		return pad(b, iso, 4, e.unpadded)
	case "YYY":
		return pad(b, year%1000, 3, e.unpadded)
	case "YY", "RR":
		return pad(b, year%100, 2, e.unpadded)
	case "CC":
		return pad(b, (year+99)/100, 2, e.unpadded)
	default:
		return pad(b, year%10, 1, e.unpadded)
	}
}

// appendClock writes the time of day and the elements that count days and
// weeks.
func (m *moment) appendClock(b []byte, e *element) []byte {
	switch e.code {
	case "HH24":
		return pad(b, m.Hour, 2, e.unpadded)
	case "HH", "HH12":
		return pad(b, (m.Hour+11)%12+1, 2, e.unpadded)
	case "MI":
		return pad(b, m.Minute, 2, e.unpadded)
	case "SS":
		return pad(b, m.Second, 2, e.unpadded)
	case "SSSSS":
		return pad(b, m.Hour*3600+m.Minute*60+m.Second, 5, e.unpadded)
	case "X":
		return append(b, m.radix)
	case "J":
		return pad(b, julian(m.date()), 7, e.unpadded)
	case "Q":
		return pad(b, (m.Month+2)/3, 1, e.unpadded)
	case "WW":
		return pad(b, (m.date().YearDay()+6)/7, 2, e.unpadded)
	case "W":
		return pad(b, (m.Day+6)/7, 1, e.unpadded)
	case "IW":
		_, week := m.date().ISOWeek()
		return pad(b, week, 2, e.unpadded)
	}
	return append(b, e.style.in(m.meridian(e.code))...)
}

// meridian is AM, PM, AD or BC, with the dots the mask has.
func (m *moment) meridian(code string) string {
	letters := "AM"
	switch code {
	case "AM", "PM", "A.M.", "P.M.":
		if m.Hour >= 12 {
			letters = "PM"
		}
	default:
		letters = "AD"
		if m.Year < 0 {
			letters = "BC"
		}
	}
	if strings.Contains(code, ".") {
		return letters[:1] + "." + letters[1:] + "."
	}
	return letters
}

// julianEpoch is the Julian day number of 1970-01-01.
const julianEpoch = 2440588

// julian is the day number that J shows of a midnight.
func julian(t time.Time) int {
	return int(math.Floor(float64(t.Unix())/86400)) + julianEpoch
}

// appendFine writes fractions and zones, which a DATE does not have.
func (m *moment) appendFine(b []byte, e *element) ([]byte, error) {
	if m.kind == datum.Date || e.code[0] == 'T' && m.kind == datum.Timestamp {
		return b, datum.Errorf(1821, "date format not recognized")
	}
	switch e.code {
	case "TZR":
		return append(b, m.zone...), nil
	case "TZD":
		if m.zone == "" || m.zone[0] == '+' || m.zone[0] == '-' {
			return b, nil
		}
		return append(b, m.abbreviation...), nil
	case "TZH":
		return append(b, offsetText(m.offset)[:3]...), nil
	case "TZM":
		return append(b, offsetText(m.offset)[4:]...), nil
	}
	return appendFraction(b, m.Nanos, m.fractionDigits(e.code)), nil
}

// fractionDigits is the number of digits of FF: as many as the mask says, or
// as the value's type has. A value does not know its type, so that it is six,
// TIMESTAMP's default, unless that would lose something.
func (m *moment) fractionDigits(code string) int {
	switch {
	case code != "FF":
		return int(code[2] - '0')
	case m.Nanos%1000 != 0:
		return 9
	}
	return 6
}
