package nls

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// reader collects the fields of a text that is read with a mask.
type reader struct {
	settings *Settings
	rest     string

	year, month, day, yearDay int
	hour, minute, second      int
	nanos                     int
	hasYear, hasMonth, hasDay bool
	hour12, pm, hasMeridian   bool
	bc                        bool
	julian                    int
	zone, abbreviation        string
	offsetHour, offsetMinute  int
	hasOffset                 bool
}

// ParseDate reads a DATE with a mask.
//
// Errors: ORA-01821 for the mask, and ORA-01830, 01839 to 01862, 01882 for
// what is wrong with the text.
func (s *Settings) ParseDate(text, mask string) (datum.Value, error) {
	return s.parse(text, mask, datum.Date)
}

// ParseTimestamp reads a TIMESTAMP with a mask; errors are those of ParseDate.
func (s *Settings) ParseTimestamp(text, mask string) (datum.Value, error) {
	return s.parse(text, mask, datum.Timestamp)
}

func (s *Settings) parse(text, mask string, kind datum.Kind) (datum.Value, error) {
	parsed, err := s.mask(mask)
	if err != nil {
		return datum.NULL, err
	}
	return s.ReadDate(text, parsed, kind)
}

// ReadDate reads a Date, Timestamp or TimestampTZ with a mask that has been
// taken apart; errors are those of ParseDate.
func (s *Settings) ReadDate(text string, mask *DateMask, kind datum.Kind) (datum.Value, error) {
	r := reader{settings: s, rest: strings.TrimSpace(text), julian: -1}
	if r.rest == "" {
		return datum.NULL, nil
	}
	if err := r.read(mask.elements); err != nil {
		return datum.NULL, err
	}
	c, err := r.clock()
	if err != nil {
		return datum.NULL, err
	}
	switch kind {
	case datum.Date:
		return c.Date(), nil
	case datum.Timestamp:
		return c.Timestamp(), nil
	default:
		return r.zoned(c)
	}
}

// ParseTimestampTZ reads a TIMESTAMP WITH TIME ZONE with a mask; without a
// zone the session's is taken. Errors are those of ParseDate.
func (s *Settings) ParseTimestampTZ(text, mask string) (datum.Value, error) {
	return s.parse(text, mask, datum.TimestampTZ)
}

// zoned puts a clock into the zone that was read, or the session's.
func (r *reader) zoned(c datum.Clock) (datum.Value, error) {
	zone := r.zone
	switch {
	case zone == "" && r.hasOffset:
		zone = offsetText(r.offsetHour*3600 + r.offsetMinute*60)
	case zone == "":
		zone = r.settings.TimeZone
	}
	place, err := Location(zone)
	if err != nil {
		return datum.NULL, err
	}
	return datum.FromTimestampTZ(placed(c, place, r.abbreviation), zone), nil
}

// placed reads a clock in a place. An abbreviation decides between the
// two instants of an hour that is repeated when summer time ends.
func placed(c datum.Clock, place *time.Location, abbreviation string) time.Time {
	out := time.Date(c.Year, time.Month(c.Month), c.Day, c.Hour, c.Minute, c.Second, c.Nanos, place)
	if name, _ := out.Zone(); abbreviation == "" || name == abbreviation {
		return out
	}
	for _, by := range []time.Duration{-time.Hour, time.Hour} {
		other := out.Add(by)
		if name, _ := other.Zone(); name == abbreviation && other.Hour() == c.Hour {
			return other
		}
	}
	return out
}

// read follows the mask through a text that is not empty.
func (r *reader) read(list []element) error {
	for i := range list {
		if r.rest == "" {
			if !optional(list[i:]) {
				return datum.Errorf(1840, "input value not long enough for date format")
			}
			break
		}
		e := &list[i]
		if r.shortcut(e) {
			continue
		}
		if err := r.element(e); err != nil {
			return err
		}
	}
	if strings.TrimSpace(r.rest) != "" {
		return datum.Errorf(1830, "date format picture ends before converting entire input string")
	}
	return nil
}

// shortcut reads two digits of a field that are there and in range, or a
// punctuation character that is the mask's. Everything else is left to element.
func (r *reader) shortcut(e *element) bool {
	size := 2
	switch {
	case e.short == noShort:
		return false
	case e.short == shortLiteral:
		if e.quoted || len(e.literal) != 1 || r.rest[0] != e.literal[0] || e.literal == " " {
			return false
		}
		size = 1
	case len(r.rest) < 2 || !isDigit(r.rest[0]) || !isDigit(r.rest[1]):
		return false
	case !r.twoDigits(e.short, int(r.rest[0]-'0')*10+int(r.rest[1]-'0')):
		return false
	}
	r.rest = r.rest[size:]
	return true
}

// twoDigits stores a field, if it is one of two digits and in range.
func (r *reader) twoDigits(field short, n int) bool {
	switch {
	case field == shortDay && n >= 1 && n <= 31:
		r.day, r.hasDay = n, true
	case field == shortMonth && n >= 1 && n <= 12:
		r.month, r.hasMonth = n, true
	case field == shortHour && n <= 23:
		r.hour = n
	case field == shortMinute && n <= 59:
		r.minute = n
	case field == shortSecond && n <= 59:
		r.second = n
	default:
		return false
	}
	return true
}

// optional reports whether the text may end before these elements: the time of
// day and the zone need not be there, and neither need punctuation.
func optional(list []element) bool {
	for _, e := range list {
		switch e.code {
		case "HH24", "HH", "HH12", "MI", "SS", "SSSSS", "AM", "PM", "A.M.", "P.M.", "X", "TZR", "TZD", "TZH", "TZM":
		case "":
			if e.quoted {
				return false
			}
		default:
			if !strings.HasPrefix(e.code, "FF") {
				return false
			}
		}
	}
	return true
}

// element reads what one element stands for.
func (r *reader) element(e *element) error {
	if e.code == "" {
		return r.literal(e)
	}
	if e.code != "X" {
		r.rest = strings.TrimLeft(r.rest, " ")
	}
	switch e.code {
	case "X":
		if r.rest[0] == '.' || r.rest[0] == ',' {
			r.rest = r.rest[1:]
		}
		return nil
	case "MM", "MON", "MONTH":
		return r.readMonth(e.code)
	case "DAY", "DY":
		return r.dayName()
	case "AM", "PM", "A.M.", "P.M.", "AD", "BC", "A.D.", "B.C.":
		return r.meridian(e.code)
	case "TZR", "TZD":
		return r.readZone(e.code)
	case "TZH", "TZM":
		return r.offset(e.code)
	case "D", "Q", "W", "WW", "IW", "IYYY", "CC":
		return datum.Errorf(1820, "format code cannot appear in date input format")
	}
	if strings.HasPrefix(e.code, "FF") {
		return r.fraction(e.code)
	}
	if strings.ContainsAny(e.code, "YR") {
		return r.readYear(e.code)
	}
	return r.number(e.code)
}

// literal skips punctuation: any of it stands for any other, and it may be
// missing where a digit or letter follows anyway.
func (r *reader) literal(e *element) error {
	if e.quoted {
		rest, ok := strings.CutPrefix(r.rest, e.literal)
		if !ok {
			return datum.Errorf(1861, "literal does not match format string")
		}
		r.rest = rest
		return nil
	}
	if e.literal == " " {
		r.rest = strings.TrimLeft(r.rest, " ")
		return nil
	}
	c, size := utf8.DecodeRuneInString(r.rest)
	if unicode.IsLetter(c) || unicode.IsDigit(c) {
		return nil
	}
	if c == ' ' && strings.HasPrefix(strings.TrimLeft(r.rest, " "), e.literal) {
		r.rest = strings.TrimLeft(r.rest, " ")
		size = len(e.literal)
	}
	r.rest = r.rest[size:]
	return nil
}

// digits takes up to n digits.
func (r *reader) digits(n int) (value, count int, err error) {
	for count < n && count < len(r.rest) && isDigit(r.rest[count]) {
		value = value*10 + int(r.rest[count]-'0')
		count++
	}
	if count == 0 {
		return 0, 0, datum.Errorf(1858, "a non-numeric character was found where a numeric was expected")
	}
	r.rest = r.rest[count:]
	return value, count, nil
}

// fraction reads up to nine digits behind the radix.
func (r *reader) fraction(code string) error {
	n := 9
	if len(code) == 3 {
		n = int(code[2] - '0')
	}
	value, count, err := r.digits(n)
	if err != nil {
		return datum.Errorf(1880, "the fractional seconds must be between 0 and 999999999")
	}
	for ; count < 9; count++ {
		value *= 10
	}
	r.nanos = value
	return nil
}
