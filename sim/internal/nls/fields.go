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
	store            func(r *reader, n int)
}

var fields = map[string]field{
	"DD": {2, 1, 31, 1847, "day of month must be between 1 and last day of month", func(r *reader, n int) { r.day, r.hasDay = n, true }},
	"DDD": {3, 1, 366, 1848, "day of year must be between 1 and 365 (366 for leap year)", func(r *reader, n int) {
		r.yearDay = n
	}},
	"J":     {7, 1, 5373484, 1854, "julian date must be between 1 and 5373484", func(r *reader, n int) { r.julian = n }},
	"HH24":  {2, 0, 23, 1850, "hour must be between 0 and 23", func(r *reader, n int) { r.hour = n }},
	"HH":    {2, 1, 12, 1849, "hour must be between 1 and 12", func(r *reader, n int) { r.hour, r.hour12 = n, true }},
	"HH12":  {2, 1, 12, 1849, "hour must be between 1 and 12", func(r *reader, n int) { r.hour, r.hour12 = n, true }},
	"MI":    {2, 0, 59, 1851, "minutes must be between 0 and 59", func(r *reader, n int) { r.minute = n }},
	"SS":    {2, 0, 59, 1852, "seconds must be between 0 and 59", func(r *reader, n int) { r.second = n }},
	"SSSSS": {5, 0, 86399, 1853, "seconds in day must be between 0 and 86399", func(r *reader, n int) { r.hour, r.minute, r.second = n/3600, n/60%60, n%60 }},
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
	f.store(r, n)
	return nil
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
	now := r.settings.Now().Year()
	switch {
	case code[0] == 'R' && count <= 2:
		n = nearCentury(n, now)
	case width < 4:
		unit := []int{1, 10, 100, 1000}[width]
		n += now / unit * unit
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
	return strings.Trim(s[:n], "0123456789") == ""
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
	upper := strings.ToUpper(r.rest)
	for i, name := range monthNames {
		for _, form := range []string{name, name[:3]} {
			if strings.HasPrefix(upper, form) {
				r.month, r.hasMonth, r.rest = i+1, true, r.rest[len(form):]
				return nil
			}
		}
	}
	return datum.Errorf(1843, "not a valid month")
}

// dayName reads the name of a weekday; it is not compared with the date.
func (r *reader) dayName() error {
	upper := strings.ToUpper(r.rest)
	for _, name := range dayNames {
		for _, form := range []string{name, name[:3]} {
			if strings.HasPrefix(upper, form) {
				r.rest = r.rest[len(form):]
				return nil
			}
		}
	}
	return datum.Errorf(1846, "not a valid day of the week")
}

// meridian reads AM, PM, AD or BC, with or without dots, whichever the mask
// has.
func (r *reader) meridian(code string) error {
	upper := strings.ToUpper(r.rest)
	for _, form := range []string{"AM", "PM", "A.M.", "P.M.", "AD", "BC", "A.D.", "B.C."} {
		if !strings.HasPrefix(upper, form) {
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

// time puts the fields together. What the mask left open is the first of the
// current month, midnight.
func (r *reader) time() (time.Time, error) {
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
	if !r.hasDay {
		r.day = 1
	}
	if r.bc {
		r.year = -r.year
	}
	hour := r.hour
	if r.hour12 {
		if hour == 12 {
			hour = 0
		}
		if r.pm {
			hour += 12
		}
	}
	day := time.Date(r.year, time.Month(r.month), r.day, hour, r.minute, r.second, r.nanos, time.UTC)
	switch {
	case r.julian >= 0:
		return time.Unix(int64(r.julian-julianEpoch)*86400, 0).UTC().Add(time.Duration(hour)*time.Hour + time.Duration(r.minute)*time.Minute + time.Duration(r.second)*time.Second), nil
	case r.yearDay > 0:
		return day.AddDate(0, 0, r.yearDay-1), nil
	case int(day.Month()) != r.month:
		return day, datum.Errorf(1839, "date not valid for month specified")
	case r.year < -4712:
		return day, datum.Errorf(1841, "(full) year must be between -4713 and +9999, and not be 0")
	}
	return day, nil
}
