package nls

import (
	"testing"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// The quick way of writing must never differ from the general one.
func FuzzQuickMask(f *testing.F) {
	for _, mask := range []string{
		"YYYY-MM-DD HH24:MI:SS", "SYYYY-MM-DD HH24:MI:SS.FF9", `YYYY-MM-DD"T"HH24:MI:SS.FF6`, "YYYYMMDDHH24MISS", "DD-MON-RR", "dd-Mon-yy", "YYYY",
		"YYYY-DDD", "YYYY-MM-DD SSSSS", "FMDD-MM-YYYY", "YYYY-MM-DD FF3", "",
	} {
		for _, seconds := range []int64{0, 1_800_000_000, -62135596800, 253402300799, -70000000000} {
			f.Add(mask, seconds, uint32(123456789))
		}
	}
	s := testSettings()
	f.Fuzz(func(t *testing.T, mask string, seconds int64, nanos uint32) {
		parsed, err := ParseDateMask(mask)
		at := time.Unix(seconds, int64(nanos%1e9)).UTC()
		if err != nil || at.Year() < -4712 || at.Year() > 9999 || at.Year() == 0 {
			return
		}
		general := parsed
		general.quick = quick{}
		for _, v := range []datum.Value{datum.FromDate(at), datum.FromTimestamp(at)} {
			got, gotErr := s.AppendDate(nil, v, &parsed)
			want, wantErr := s.AppendDate(nil, v, &general)
			if string(got) != string(want) || (gotErr == nil) != (wantErr == nil) {
				t.Errorf("%v by %q is written %q (%v), in general %q (%v)", at, mask, got, gotErr, want, wantErr)
			}
		}
	})
}

func TestQuickTakesUsualMasks(t *testing.T) {
	for mask, want := range map[string]bool{
		"YYYY-MM-DD HH24:MI:SS": true, "SYYYY-MM-DD HH24:MI:SS.FF9": true, `YYYY-MM-DD"T"HH24:MI:SS.FF6`: true, "DD-MON-RR": true,
		"YYYY-DDD": false, "DD-MON-RR HH.MI.SSXFF AM": false, "FMDD": false,
	} {
		parsed, err := ParseDateMask(mask)
		if _, ok := parsed.quick.append(nil, datum.FromTimestamp(time.Unix(0, 0).UTC())); err != nil || ok != want {
			t.Errorf("%s: %v, %v", mask, ok, err)
		}
	}
}

func TestReadingStopsWhereTheGeneralWayDoes(t *testing.T) {
	s := testSettings()
	for _, c := range []struct {
		text, mask string
		code       int
	}{
		{"31-04-2026", "DD-MM-YYYY", 1839},
		{"29-02-2025", "DD-MM-YYYY", 1839},
		{"32-01-2026", "DD-MM-YYYY", 1847},
		{"01-13-2026", "DD-MM-YYYY", 1843},
		{"2026-01-01 24:00:00", "YYYY-MM-DD HH24:MI:SS", 1850},
		{"2026-01-01 23:60:00", "YYYY-MM-DD HH24:MI:SS", 1851},
		{"2026-01-01 23:59:60", "YYYY-MM-DD HH24:MI:SS", 1852},
		{"2026-01-01x", "YYYY-MM-DD", 1830},
		{"01-FOO-26", "DD-MON-RR", 1843},
	} {
		if v, err := s.ParseDate(c.text, c.mask); datum.AsError(err).Code != c.code {
			t.Errorf("%s by %s: %v, %v", c.text, c.mask, v.Time(), err)
		}
	}
	for _, text := range []string{"29-02-2024", "29/2/2024", "29022024", " 29-Feb-2024", "29-FEBRUARY-2024"} {
		if v, err := s.ParseDate(text, "DD-MM-YYYY"); err != nil || v.Time().Format(time.DateOnly) != "2024-02-29" {
			t.Errorf("%s: %v, %v", text, v.Time(), err)
		}
	}
}
