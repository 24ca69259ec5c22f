package nls

import (
	"strings"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// field is a numeric element of the clock or calendar.
type field struct {
	digits, min, max int
	code             int
	text             string
}

var fields = map[string]field{
	"DD":    {2, 1, 31, 1847, "day of month must be between 1 and last day of month"},
	"DDD":   {3, 1, 366, 1848, "day of year must be between 1 and 365 (366 for leap year)"},
	"J":     {7, 1, 5373484, 1854, "julian date must be between 1 and 5373484"},
	"HH24":  {2, 0, 23, 1850, "hour must be between 0 and 23"},
	"HH":    {2, 1, 12, 1849, "hour must be between 1 and 12"},
	"HH12":  {2, 1, 12, 1849, "hour must be between 1 and 12"},
	"MI":    {2, 0, 59, 1851, "minutes must be between 0 and 59"},
	"SS":    {2, 0, 59, 1852, "seconds must be between 0 and 59"},
	"SSSSS": {5, 0, 86399, 1853, "seconds in day must be between 0 and 86399"},
}

// number reads an element of digits and checks its range.
func (r *reader) number(code string) error {
	f := fields[code]
	n, _, err := r.digits(f.digits)
	if err != nil {
		return err
	}
	if n < f.min || n > f.max {
		return datum.Errorf(f.code, "%s", f.text)
	}
	r.store(code, n)
	return nil
}

// store keeps what a numeric element says.
func (r *reader) store(code string, n int) {
	switch code {
	case "DD":
		r.day, r.hasDay = n, true
	case "DDD":
		r.yearDay = n
	case "J":
		r.julian = n
	case "HH24":
		r.hour = n
	case "HH", "HH12":
		r.hour, r.hour12 = n, true
	case "MI":
		r.minute = n
	case "SS":
		r.second = n
	case "SSSSS":
		r.hour, r.minute, r.second = n/3600, n/60%60, n%60
	}
}

// readYear reads the year elements. Two-digit forms accept four digits, as
// Oracle's alternative formats do.
func (r *reader) readYear(code string) error {
	negative := false
	if code == "SYYYY" && (r.rest[0] == '-' || r.rest[0] == '+') {
		negative = r.rest[0] == '-'
		if r.rest = r.rest[1:]; r.rest == "" {
			return datum.Errorf(1840, "input value not long enough for date format")
		}
	}
	if code == "Y,YYY" {
		r.rest = strings.Replace(r.rest, ",", "", 1)
	}
	width := r.yearDigits(code)
	n, count, err := r.digits(width)
	if err != nil {
		return err
	}
	switch {
	case code[0] == 'R' && count <= 2:
		n = nearCentury(n, r.settings.Now().Year())
	case width < 4:
		unit := [...]int{1, 10, 100, 1000}[width]
		n += r.settings.Now().Year() / unit * unit
	}
	if n == 0 || n > 9999 {
		return datum.Errorf(1841, "(full) year must be between -4713 and +9999, and not be 0")
	}
	if negative {
		n = -n
	}
	r.year, r.hasYear = n, true
	return nil
}

// yearDigits is the number of digits a year element takes.
func (r *reader) yearDigits(code string) int {
	switch code {
	case "Y":
		return 1
	case "YYY":
		return 3
	case "YY", "RR":
		if !allDigits(r.rest, 4) {
			return 2
		}
	}
	return 4
}

// nearCentury is the RR rule: the year nearest to the present half century.
func nearCentury(n, now int) int {
	century := now / 100 * 100
	switch {
	case n < 50 && now%100 >= 50:
		century += 100
	case n >= 50 && now%100 < 50:
		century -= 100
	}
	return century + n
}

// allDigits reports whether s begins with n digits.
func allDigits(s string, n int) bool {
	if len(s) < n {
		return false
	}
	for i := range n {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}

// readMonth reads a number or a name, whatever the mask says of the two.
func (r *reader) readMonth(code string) error {
	if code == "MM" && isDigit(r.rest[0]) {
		n, _, err := r.digits(2)
		if err != nil {
			return err
		}
		if n < 1 || n > 12 {
			return datum.Errorf(1843, "not a valid month")
		}
		r.month, r.hasMonth = n, true
		return nil
	}
	i := r.name(monthNames)
	if i < 0 {
		return datum.Errorf(1843, "not a valid month")
	}
	r.month, r.hasMonth = i+1, true
	return nil
}

// dayName reads the name of a weekday; it is not compared with the date.
func (r *reader) dayName() error {
	if r.name(dayNames) < 0 {
		return datum.Errorf(1846, "not a valid day of the week")
	}
	return nil
}

// name takes one of several names off the text, whole or its first three
// letters, in any case, and returns which one; -1 when none is there.
func (r *reader) name(names []string) int {
	if len(r.rest) < 3 {
		return -1
	}
	var head [3]byte
	for i := range head {
		head[i] = upper(r.rest[i])
	}
	for i, name := range names {
		if name[0] != head[0] || name[1] != head[1] || name[2] != head[2] {
			continue
		}
		n := len(name)
		if len(r.rest) < n || !strings.EqualFold(r.rest[:n], name) {
			n = 3
		}
		r.rest = r.rest[n:]
		return i
	}
	return -1
}

func upper(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

// meridian reads AM, PM, AD or BC, with or without dots, whichever the mask
// has.
func (r *reader) meridian(code string) error {
	text := strings.ToUpper(r.rest)
	for _, form := range []string{"AM", "PM", "A.M.", "P.M.", "AD", "BC", "A.D.", "B.C."} {
		if !strings.HasPrefix(text, form) {
			continue
		}
		r.rest = r.rest[len(form):]
		switch form[0] {
		case 'P':
			r.pm, r.hasMeridian = true, true
		case 'B':
			r.bc = true
		case 'A':
			r.hasMeridian = r.hasMeridian || strings.Contains(form, "M")
		}
		return nil
	}
	if strings.Contains(code, "M") {
		return datum.Errorf(1855, "AM/A.M. or PM/P.M. required")
	}
	return datum.Errorf(1856, "BC/B.C. or AD/A.D. required")
}

// readZone reads a region, an offset in its place, or an abbreviation.
func (r *reader) readZone(code string) error {
	word, rest, _ := strings.Cut(r.rest, " ")
	if code == "TZD" {
		r.abbreviation, r.rest = word, rest
		return nil
	}
	if _, err := Location(word); err != nil {
		return err
	}
	r.zone, r.rest = word, rest
	if word[0] == '+' || word[0] == '-' || isDigit(word[0]) {
		seconds, err := offset(word)
		if err != nil {
			return err
		}
		r.zone = offsetText(seconds)
	}
	return nil
}

// offset reads TZH, which carries the sign, or TZM.
func (r *reader) offset(code string) error {
	sign := 1
	if code == "TZH" {
		if r.rest[0] == '-' {
			sign = -1
		}
		r.rest = strings.TrimLeft(r.rest, "+-")
	}
	n, _, err := r.digits(2)
	switch {
	case err != nil:
		return err
	case code == "TZH" && n > 15:
		return datum.Errorf(1874, "time zone hour must be between -15 and 15")
	case n > 59:
		return datum.Errorf(1875, "time zone minute must be between -59 and 59")
	}
	r.hasOffset = true
	if code == "TZH" {
		r.offsetHour = sign * n
		return nil
	}
	r.offsetMinute = n
	if r.offsetHour < 0 {
		r.offsetMinute = -n
	}
	return nil
}

// clock puts the fields together. What the mask left open is the first of the
// current month, midnight.
func (r *reader) clock() (datum.Clock, error) {
	r.complete()
	c := datum.Clock{Year: r.year, Month: r.month, Day: r.day, Hour: r.hour, Minute: r.minute, Second: r.second, Nanos: r.nanos}
	if r.hour12 {
		c.Hour %= 12
		if r.pm {
			c.Hour += 12
		}
	}
	switch {
	case r.julian >= 0:
		day := datum.ClockOf(time.Unix(int64(r.julian-julianEpoch)*86400, 0).UTC())
		c.Year, c.Month, c.Day, c.Nanos = day.Year, day.Month, day.Day, 0
	case r.yearDay > 0:
		day := datum.ClockOf(time.Date(c.Year, time.Month(c.Month), c.Day+r.yearDay-1, 0, 0, 0, 0, time.UTC))
		c.Year, c.Month, c.Day = day.Year, day.Month, day.Day
	case c.Day > 28 && c.Day > daysIn(c.Year, c.Month):
		return c, datum.Errorf(1839, "date not valid for month specified")
	case c.Year < -4712:
		return c, datum.Errorf(1841, "(full) year must be between -4713 and +9999, and not be 0")
	}
	return c, nil
}

// complete fills in what the mask left open.
func (r *reader) complete() {
	if !r.hasYear || !r.hasMonth {
		now := r.settings.Now().UTC()
		if !r.hasYear {
			r.year = now.Year()
		}
		if !r.hasMonth {
			r.month = int(now.Month())
			if r.yearDay > 0 {
				r.month = 1
			}
		}
	}
	if !r.hasDay {
		r.day = 1
	}
	if r.bc {
		r.year = -r.year
	}
}

// daysIn is the length of a month.
func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
