package dbmscloud

import (
	"strings"
	"testing"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/nls"
)

// The short cuts must never differ from package nls: that is all these tests
// ask, of chosen and of fuzzed texts.

func FuzzNumberShortcut(f *testing.F) {
	for _, seed := range []string{
		"0", "-0", "1", "-1", "10", "99", "100", "101", "1.5", "12.05", "-12345678.9", "100000000000000000", "999999999999999999",
		"0.5", ".5", "00", "007", "1.", "1.50", "-", "", "1e5", "+1", "1,5", "--1", "123456789012345678.9", "1.2.3", "1000.0001",
	} {
		f.Add(seed)
	}
	settings := nls.Defaults(nil)
	f.Fuzz(func(t *testing.T, text string) {
		want, err := settings.Convert(text, number)
		got, ok := readNumber(text, '.')
		if ok && (err != nil || got != want) {
			t.Errorf("%q reads as %x, package nls says %x, %v", text, got.Bytes(), want.Bytes(), err)
		}
		if err != nil || want.IsNull() {
			return
		}
		wantText, err := settings.Text(want)
		if err != nil {
			t.Fatal(err)
		}
		if out, ok := appendNumber(nil, want.Bytes(), '.'); ok && string(out) != wantText {
			t.Errorf("%x is written %q, package nls writes %q", want.Bytes(), out, wantText)
		}
	})
}

func TestNumberShortcutTakesWhatExportsWrite(t *testing.T) {
	for _, text := range []string{"0", "7", "-7", "10", "100", "12345", "1234567890.5", "-99.99", "100000000000000000"} {
		v, ok := readNumber(strings.Replace(text, ".", ",", 1), ',')
		out, again := appendNumber(nil, v.Bytes(), '.')
		if !ok || !again || string(out) != text {
			t.Errorf("%s comes back as %q (%v, %v)", text, out, ok, again)
		}
	}
}

func FuzzClockShortcut(f *testing.F) {
	for _, mask := range []string{
		"YYYY-MM-DD HH24:MI:SS", "SYYYY-MM-DD HH24:MI:SS.FF9", `YYYY-MM-DD"T"HH24:MI:SS.FF6`, "YYYYMMDDHH24MISS", "DD/MM/YYYY", "YYYY",
		"yyyy.mm.dd hh24", "SYYYYMMDD", "YYYY-DDD", "YYYY-MM-DD SSSSS", "YYYYY-MM-DD", "RRRR-MM-DD", "YYYY-MM-DD HH:MI:SS AM",
	} {
		for _, text := range []string{"2026-11-22 13:14:15", " 2026-11-22 13:14:15.123456789", "2026-02-30 00:00:00", "0000-01-01 00:00:00", "2026-1-2 3:4:5"} {
			f.Add(mask, text)
		}
	}
	settings := nls.Defaults(nil)
	f.Fuzz(func(t *testing.T, mask, text string) {
		m := compileClock(mask)
		settings := withMask(settings, mask)
		for _, kind := range []datum.Kind{datum.Date, datum.Timestamp} {
			if m == nil || mask == "" {
				return
			}
			want, err := settings.Convert(text, datum.Type{Kind: kind})
			got, ok := m.read(text, kind)
			if ok && (err != nil || got != want) {
				t.Errorf("%q by %q reads as %v, package nls says %v, %v", text, mask, got.Time(), want.Time(), err)
			}
			if err != nil || want.IsNull() {
				continue
			}
			wantText, err := settings.Text(want)
			if out, ok := m.append(nil, want); ok && (err != nil || string(out) != wantText) {
				t.Errorf("%v by %q is written %q, package nls writes %q, %v", want.Time(), mask, out, wantText, err)
			}
		}
	})
}

func TestClockShortcutTakesCarefulMasks(t *testing.T) {
	for mask, want := range map[string]bool{
		"YYYY-MM-DD HH24:MI:SS": true, "SYYYY-MM-DD HH24:MI:SS.FF9": true, `YYYY-MM-DD"T"HH24:MI:SS.FF6`: true, "yyyymmdd": true,
		"DD-MON-RR": false, "YYYY": false, "YYYY-MM-DD YYYY": false, "YYYY-MM-DD HH24.FF": false, "YYYY-DDD": false, "": false,
		"YYYY-MM-DD SSSSS": false, "YYYY-MM-DD HH:MI": false, "YYYY-MM-DD FF3": false,
	} {
		if got := compileClock(mask) != nil; got != want {
			t.Errorf("%s: %v", mask, got)
		}
	}
}
