package nls

import (
	"testing"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// The conversions that exports, imports and digests do for every value.

func BenchmarkAppendDate(b *testing.B) {
	s, mask := testSettings(), "SYYYY-MM-DD HH24:MI:SS.FF9"
	v := datum.FromTimestamp(time.Date(2026, 11, 22, 13, 14, 15, 123456789, time.UTC))
	parsed, err := ParseDateMask(mask)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	var buf []byte
	for b.Loop() {
		buf, _ = s.AppendDate(buf[:0], v, &parsed)
	}
}

func BenchmarkParseDate(b *testing.B) {
	s := testSettings()
	for name, text := range map[string]string{"DD-MON-RR": "22-NOV-26", "YYYY-MM-DD HH24:MI:SS": "2026-11-22 13:14:15"} {
		mask, err := ParseDateMask(name)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.ReadDate(text, &mask, datum.Date); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkAppendNumber(b *testing.B) {
	s, v := testSettings(), num(b, "-1234567.25")
	mask, err := ParseNumberMask("TM9")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	var buf []byte
	for b.Loop() {
		buf, _ = s.AppendNumber(buf[:0], v, &mask)
	}
}

func BenchmarkReadNumber(b *testing.B) {
	s := testSettings()
	for mask, text := range map[string]string{"TM9": "-1234567.25", "XXXXXXXXXXXXXX": "0123456789ABCD"} {
		m, err := ParseNumberMask(mask)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(mask, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.ReadNumber(text, &m); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
