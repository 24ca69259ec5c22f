package nls

import (
	"strings"
	"testing"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

func testSettings() Settings {
	return Defaults(func() time.Time { return time.Date(2025, 3, 9, 14, 5, 6, 0, time.UTC) })
}

func num(t testing.TB, s string) datum.Value {
	t.Helper()
	v, err := datum.ParseNumber(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestFormatDate(t *testing.T) {
	s := testSettings()
	at := time.Date(2024, 2, 9, 15, 4, 5, 123456789, time.UTC)
	berlin := datum.FromTimestampTZ(time.Date(2024, 7, 1, 10, 0, 0, 0, time.UTC), "Europe/Berlin")
	for _, c := range []struct {
		v          datum.Value
		mask, want string
	}{
		{datum.FromDate(at), "DD-MON-RR", "09-FEB-24"},
		{datum.FromDate(at), "SYYYY-MM-DD HH24:MI:SS", " 2024-02-09 15:04:05"},
		{datum.FromDate(at), "Month|month|MONTH", "February |february |FEBRUARY "},
		{datum.FromDate(at), "FMMonth DD, YYYY FMDD", "February 9, 2024 09"},
		{datum.FromDate(at), "Dy DAY D", "Fri FRIDAY    6"},
		{datum.FromDate(at), "HH:MI AM HH12 p.m. HH24", "03:04 PM 03 p.m. 15"},
		{datum.FromDate(at), "SSSSS DDD Q WW W J", "54245 040 1 06 2 2460350"},
		{datum.FromDate(at), `YYYY"T"MM`, "2024T02"},
		{datum.FromDate(at), "YYY YY Y Y,YYY CC AD", "024 24 4 2,024 21 AD"},
		{datum.FromDate(at), "yyyymmdd\"T\"hh24miss", "20240209T150405"},
		{datum.FromDate(time.Date(-44, 3, 15, 0, 0, 0, 0, time.UTC)), "SYYYY YYYY BC", "-0044 0044 BC"},
		{datum.FromTimestamp(at), "SS.FF9 FF3 FF FF1", "05.123456789 123 123456789 1"},
		{datum.FromTimestamp(at.Truncate(time.Second)), "SSXFF", "05.000000"},
		{datum.FromTimestamp(at), "DD-MON-RR HH.MI.SSXFF6 AM", "09-FEB-24 03.04.05.123456 PM"},
		{berlin, "HH24:MI TZH:TZM TZR TZD", "12:00 +02:00 Europe/Berlin CEST"},
		{datum.FromTimestampTZ(at, "-03:30"), "HH24:MI TZH:TZM TZR|TZD", "11:34 -03:30 -03:30|"},
		{datum.FromTimestampLTZ(at), "HH24 TZR", "15 +00:00"},
	} {
		if got, err := s.FormatDate(c.v, c.mask); err != nil || got != c.want {
			t.Errorf("%q = %q (%v), want %q", c.mask, got, err, c.want)
		}
	}
	for _, mask := range []string{"FF", "TZR", "YYYY-ZZ", "QQ?Z", `"open`} {
		if got, err := s.FormatDate(datum.FromDate(at), mask); datum.AsError(err).Code != 1821 {
			t.Errorf("%q = %q, %v", mask, got, err)
		}
	}
}

func TestParseDate(t *testing.T) {
	s := testSettings()
	const shown = "SYYYY-MM-DD HH24:MI:SS.FF9"
	for _, c := range []struct{ text, mask, want string }{
		{"2024-02-09 15:04:05", "YYYY-MM-DD HH24:MI:SS", " 2024-02-09 15:04:05.000000000"},
		{"2024-02-09", "YYYY-MM-DD HH24:MI:SS", " 2024-02-09 00:00:00.000000000"},
		{" 2024-02-09 15:04:05.123456789", "SYYYY-MM-DD HH24:MI:SS.FF9", " 2024-02-09 15:04:05.123456789"},
		{"2024-02-09 15:04:05.5", "SYYYY-MM-DD HH24:MI:SS.FF9", " 2024-02-09 15:04:05.500000000"},
		{"-0044-03-15 00:00:00", "SYYYY-MM-DD HH24:MI:SS", "-0044-03-15 00:00:00.000000000"},
		{"09-FEB-24", "DD-MON-RR", " 2024-02-09 00:00:00.000000000"},
		{"09-feb-99", "DD-MON-RR", " 1999-02-09 00:00:00.000000000"},
		{"09-FEB-2024", "DD-MON-RR", " 2024-02-09 00:00:00.000000000"},
		{"9-FEBRUARY-49", "DD-MON-RR", " 2049-02-09 00:00:00.000000000"},
		{"09/02/2024", "DD-MM-YYYY", " 2024-02-09 00:00:00.000000000"},
		{"15-JAN-2024", "DD-MM-YYYY", " 2024-01-15 00:00:00.000000000"},
		{"20240209", "YYYYMMDD", " 2024-02-09 00:00:00.000000000"},
		{"20240209150405", "YYYY-MM-DD HH24:MI:SS", " 2024-02-09 15:04:05.000000000"},
		{"12:30 AM", "HH:MI AM", " 2025-03-01 00:30:00.000000000"},
		{"12:30 PM", "HH:MI AM", " 2025-03-01 12:30:00.000000000"},
		{"09-FEB-24 03.04.05.123456 PM", "DD-MON-RR HH.MI.SSXFF AM", " 2024-02-09 15:04:05.123456000"},
		{"2024-060", "YYYY-DDD", " 2024-02-29 00:00:00.000000000"},
		{"2460350", "J", " 2024-02-09 00:00:00.000000000"},
		{"2024T05", `YYYY"T"MM`, " 2024-05-01 00:00:00.000000000"},
		{"54245", "SSSSS", " 2025-03-01 15:04:05.000000000"},
		{"24", "YY", " 2024-03-01 00:00:00.000000000"},
	} {
		v, err := s.ParseTimestamp(c.text, c.mask)
		if err != nil {
			t.Errorf("%q %q: %v", c.text, c.mask, err)
			continue
		}
		if got, err := s.FormatDate(v, shown); err != nil || got != c.want {
			t.Errorf("%q %q = %q (%v), want %q", c.text, c.mask, got, err, c.want)
		}
	}
	for _, c := range []struct {
		text, mask string
		code       int
	}{
		{"2024-13-01", "YYYY-MM-DD", 1843},
		{"2024-02-30", "YYYY-MM-DD", 1839},
		{"2024-02-32", "YYYY-MM-DD", 1847},
		{"2024", "YYYY-MM-DD", 1840},
		{"2024-02-09 x", "YYYY-MM-DD", 1830},
		{"20x4", "YYYY", 1830},
		{"x", "YYYY", 1858},
		{"25", "HH24", 1850},
		{"13", "HH", 1849},
		{"60", "MI", 1851},
		{"0000-01-01", "YYYY-MM-DD", 1841},
		{"10 XX", "HH AM", 1855},
		{"1", "Q", 1820},
		{"2024X05", `YYYY"T"MM`, 1861},
	} {
		if v, err := s.ParseDate(c.text, c.mask); datum.AsError(err).Code != c.code {
			t.Errorf("%q %q = %v, %v, want ORA-%05d", c.text, c.mask, v, err, c.code)
		}
	}
	if v, err := s.ParseDate("", "YYYY"); err != nil || !v.IsNull() {
		t.Errorf("empty text: %v %v", v, err)
	}
}

// What TZR TZD writes is read back as the same instant and zone, in the hour
// that happens twice as well.
func TestTimeZonesRoundTrip(t *testing.T) {
	s := testSettings()
	const mask = "SYYYY-MM-DD HH24:MI:SS.FF9 TZR TZD"
	for _, at := range []time.Time{
		time.Date(2024, 10, 27, 0, 30, 0, 1, time.UTC), time.Date(2024, 10, 27, 1, 30, 0, 0, time.UTC),
		time.Date(2024, 7, 1, 0, 0, 0, 0, time.UTC), time.Date(1925, 1, 1, 0, 0, 0, 999999999, time.UTC),
	} {
		for _, zone := range []string{"Europe/Berlin", "America/Los_Angeles", "UTC", "+05:30", "-08:00"} {
			v := datum.FromTimestampTZ(at, zone)
			text, err := s.FormatDate(v, mask)
			if err != nil {
				t.Fatal(err)
			}
			if back, err := s.ParseTimestampTZ(text, mask); err != nil || back != v {
				t.Errorf("%q came back as %v %q (%v)", text, back.Time(), back.Zone(), err)
			}
		}
	}
	for zone, code := range map[string]int{"Nowhere/City": 1882, "+16:00": 1874, "+01:77": 1875, "Local": 1882} {
		if _, err := Location(zone); datum.AsError(err).Code != code {
			t.Errorf("%s: %v", zone, err)
		}
	}
	if err := s.SetTimeZone("-00:0"); err != nil || s.TimeZone != "+00:00" {
		t.Errorf("lenient offset: %q %v", s.TimeZone, err)
	}
}

func TestFormatNumber(t *testing.T) {
	s := testSettings()
	european := s
	european.NumericCharacters = ",."
	for _, c := range []struct {
		s            Settings
		n, mask, out string
	}{
		{s, "1234.5", "9999.99", " 1234.50"},
		{s, "-1234.5", "9G999D99", "-1,234.50"},
		{european, "-1234.5", "9G999D99", "-1.234,50"},
		{s, "12", "0000", " 0012"},
		{s, "0.5", "999.99", "    .50"},
		{s, "0.5", "990.99", "   0.50"},
		{s, "0", "999", "   0"},
		{s, "12345", "999", "####"},
		{s, "5", "FM999", "5"},
		{s, "5.5", "FM999.999", "5.5"},
		{s, "5.5", "FM999.000", "5.500"},
		{s, "5", "S99", " +5"},
		{s, "-5", "99S", " 5-"},
		{s, "-5", "99MI", " 5-"},
		{s, "-5", "99PR", " <5>"},
		{s, "1234", "$9,999", " $1,234"},
		{s, "255", "XX", " FF"},
		{s, "255", "FM0xxx", "00ff"},
		{s, "256", "XX", "###"},
		{s, "1.5", "9V99", " 150"},
		{s, "12345.678", "9.99EEEE", " 1.23E+04"},
		{s, "0.1", "TM9", ".1"},
		{s, "-0.1", "TM9", "-.1"},
		{european, "1.5", "TM9", "1,5"},
		{s, "123456789012345678901234567890", "TM9", "123456789012345678901234567890"},
		{s, "1e70", "TM9", "1E+70"},
	} {
		if got, err := c.s.FormatNumber(num(t, c.n), c.mask); err != nil || got != c.out {
			t.Errorf("%s %q = %q (%v), want %q", c.n, c.mask, got, err, c.out)
		}
	}
	for _, mask := range []string{"", "9..9", "ABC", "G99", "9D9G9"} {
		if got, err := s.FormatNumber(num(t, "1"), mask); datum.AsError(err).Code != 1481 {
			t.Errorf("mask %q = %q, %v", mask, got, err)
		}
	}
}

func TestParseNumber(t *testing.T) {
	s := testSettings()
	for _, c := range []struct{ text, mask, want string }{
		{"1,234.5", "9G999D99", "1234.5"},
		{"-12", "999", "-12"},
		{"12-", "99S", "-12"},
		{"<12>", "99PR", "-12"},
		{"FF", "XXXX", "255"},
		{"52468495162347466", "99999999999999999", "52468495162347466"},
		{"1.5", "TM9", "1.5"},
		{"$12", "$99", "12"},
	} {
		if v, err := s.ParseNumber(c.text, c.mask); err != nil || v.Decimal() != c.want {
			t.Errorf("%q %q = %s (%v), want %s", c.text, c.mask, v.Decimal(), err, c.want)
		}
	}
	for _, c := range [][2]string{{"1234", "999"}, {"x", "999"}, {"1.55", "9.9"}, {"GG", "XX"}, {"FFF", "XX"}, {"12-", "99"}, {"-1", "XX"}} {
		if v, err := s.ParseNumber(c[0], c[1]); datum.AsError(err).Code != 1722 {
			t.Errorf("%v = %v, %v", c, v, err)
		}
	}
}

func TestImplicitText(t *testing.T) {
	s := testSettings()
	for _, c := range []struct {
		v    datum.Value
		want string
	}{
		{num(t, "0.5"), ".5"},
		{num(t, "-0.25"), "-.25"},
		{num(t, "100"), "100"},
		{num(t, "1e50"), "1.0000000000000000000000000000000000E+50"},
		{num(t, "1e-50"), "1.0000000000000000000000000000000000E-50"},
		{num(t, "0.6666666666666666666666666666666666666667"), ".666666666666666666666666666666666666667"},
		{datum.FromDouble(1.5), "1.5E+000"},
		{datum.FromDouble(0.1), "1.0000000000000001E-001"},
		{datum.FromFloat(1.5), "1.5E+000"},
		{datum.FromIntervalYM(27), "+02-03"},
		{datum.FromIntervalDS(-(10*86400 + 80493), -123456000), "-10 22:21:33.123456"},
		{datum.FromRaw([]byte{0xab, 1}), "AB01"},
		{datum.FromTimestampTZ(time.Date(2024, 7, 1, 10, 0, 0, 0, time.UTC), "Europe/Berlin"), "01-JUL-24 12.00.00.000000 PM Europe/Berlin"},
		{datum.NULL, ""},
	} {
		if got, err := s.Text(c.v); err != nil || got != c.want {
			t.Errorf("%v = %q (%v), want %q", c.v.Kind(), got, err, c.want)
		}
	}
}

// Text and Convert go back and forth for every kind whose default mask keeps
// the value.
func TestConvertReadsWhatTextWrites(t *testing.T) {
	s := testSettings()
	for name, mask := range map[string]string{
		"NLS_DATE_FORMAT": "SYYYY-MM-DD HH24:MI:SS", "NLS_TIMESTAMP_FORMAT": "SYYYY-MM-DD HH24:MI:SS.FF9",
		"NLS_TIMESTAMP_TZ_FORMAT": "SYYYY-MM-DD HH24:MI:SS.FF9 TZR",
	} {
		if err := s.Set(name, mask); err != nil {
			t.Fatal(err)
		}
	}
	at := time.Date(2024, 2, 29, 23, 59, 59, 987654321, time.UTC)
	for _, v := range []datum.Value{
		num(t, "-12.5"), datum.FromDate(at), datum.FromTimestamp(at), datum.FromTimestampTZ(at, "Asia/Tokyo"),
		datum.FromTimestampLTZ(at), datum.FromIntervalYM(-14), datum.FromIntervalDS(90061, 5000), datum.FromRaw([]byte("x")),
		datum.FromDouble(-2.25), datum.FromFloat(0.5), datum.FromClob("c"), datum.FromText("t"),
	} {
		text, err := s.Text(v)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := s.Convert(text, datum.Type{Kind: v.Kind()}); err != nil || back != v {
			t.Errorf("kind %d: %q came back as %v (%v)", v.Kind(), text, back, err)
		}
	}
}

func TestSettings(t *testing.T) {
	s := testSettings()
	for name, want := range map[string]int{
		"NLS_DATE_FORMAT=YYYY-QZ": 1821, "NLS_NUMERIC_CHARACTERS=.": 12705, "NLS_LANGUAGE=GERMAN": 12705, "NLS_NOSUCH=1": 2248,
	} {
		for i := range name {
			if name[i] != '=' {
				continue
			}
			if err := s.Set(name[:i], name[i+1:]); datum.AsError(err).Code != want {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	n := 0
	for range s.Parameters() {
		n++
	}
	if n != 17 {
		t.Errorf("%d parameters", n)
	}
}

func FuzzMasks(f *testing.F) {
	f.Add("2024-02-09", "YYYY-MM-DD")
	f.Add("09-FEB-24 03.04.05 PM +01:00", "DD-MON-RR HH.MI.SSXFF AM TZR")
	f.Add("1,234.50-", "FM9G990D99MI")
	f.Fuzz(func(t *testing.T, text, mask string) {
		s := testSettings()
		for _, parse := range []func(string, string) (datum.Value, error){s.ParseDate, s.ParseTimestamp, s.ParseTimestampTZ} {
			v, err := parse(text, mask)
			if err == nil && !v.IsNull() {
				if _, err := s.Text(v); err != nil {
					t.Errorf("%q %q: %v", text, mask, err)
				}
			}
		}
		if v, err := s.ParseNumber(text, mask); err == nil && !v.IsNull() && !datum.ValidNumber(v.Bytes()) {
			t.Errorf("%q %q gave a malformed number", text, mask)
		}
		_, _ = s.FormatNumber(datum.FromInt(-1234), mask)
		_, _ = s.FormatDate(datum.FromDate(time.Unix(0, 0)), mask)
	})
}

// An element that Oracle has and this does not is named, and not called a mistake.
func TestUnsimulatedElementsAreNamed(t *testing.T) {
	settings := Defaults(time.Now)
	date := datum.FromDate(time.Date(2025, 3, 9, 0, 0, 0, 0, time.UTC))
	for mask, want := range map[string]string{"DDth": "th", "DdSpTh": "SpTh", "Year": "Year", "SYEAR": "SYEAR", "DD-RM": "RM", "DL": "DL", "ds": "ds", "TS": "TS"} {
		_, err := settings.FormatDate(date, mask)
		if e := datum.AsError(err); err == nil || e.Code != 3001 || !strings.Contains(e.Text, `"format element `+want+`"`) {
			t.Errorf("%s: %v", mask, err)
		}
	}
	if _, err := settings.FormatDate(date, "XYZ"); datum.AsError(err).Code != 1821 {
		t.Errorf("no element: %v", err)
	}
	if _, err := settings.FormatNumber(datum.FromInt(4), "RN"); datum.AsError(err).Code != 3001 {
		t.Errorf("RN: %v", err)
	}
}
