package dbmscloud

import (
	"encoding/binary"
	"strings"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// clockMask is a date mask of digits and punctuation alone, which is what
// careful callers set. Values in years 1 to 9999 are written and read with it
// here; everything else is left to package nls.
type clockMask []clockPiece

// clockPiece is a field of a clock, or literal punctuation.
type clockPiece struct {
	field   clockField
	width   int
	literal byte
}

type clockField int

const (
	literalByte clockField = iota
	year                   // four digits
	signedYear             // a blank and four digits
	month
	day
	hour
	minute
	second
	fraction
	clockFields // how many there are
)

// clockCodes are the elements that a clockMask may have.
var clockCodes = []struct {
	code  string
	field clockField
	width int
}{
	{"SYYYY", signedYear, 5},
	{"YYYY", year, 4},
	{"HH24", hour, 2},
	{"MM", month, 2},
	{"MI", minute, 2},
	{"DD", day, 2},
	{"SS", second, 2},
	{"FF", fraction, 0}, // a digit follows
}

// compileClock takes a mask apart; nil when it is not of this kind. A mask
// names year, month and day, and nothing twice.
func compileClock(mask string) clockMask {
	var pieces clockMask
	var seen [clockFields]bool
	for rest := strings.ToUpper(mask); rest != ""; {
		piece, size := nextClockPiece(rest)
		if size == 0 || piece.field != literalByte && seen[piece.field] {
			return nil
		}
		seen[piece.field] = true
		pieces = append(pieces, piece)
		rest = rest[size:]
	}
	if seen[year] == seen[signedYear] || !seen[month] || !seen[day] || !seen[second] && seen[fraction] {
		return nil
	}
	return pieces
}

func nextClockPiece(rest string) (piece clockPiece, size int) {
	for _, c := range clockCodes {
		after, ok := strings.CutPrefix(rest, c.code)
		if !ok || strings.HasPrefix(after, "YY") || c.code == "DD" && strings.HasPrefix(after, "D") ||
			c.code == "SS" && strings.HasPrefix(after, "SSS") {
			continue
		}
		if c.field != fraction {
			return clockPiece{field: c.field, width: c.width}, len(c.code)
		}
		if after == "" || after[0] < '1' || after[0] > '9' {
			return clockPiece{}, 0
		}
		return clockPiece{field: fraction, width: int(after[0] - '0')}, len(c.code) + 1
	}
	if strings.IndexByte("-/:. ", rest[0]) >= 0 {
		return clockPiece{literal: rest[0], width: 1}, 1
	}
	if len(rest) > 2 && rest[0] == '"' && rest[2] == '"' && rest[1] == 'T' {
		return clockPiece{literal: 'T', width: 1}, 3
	}
	return clockPiece{}, 0
}

// append writes a DATE or TIMESTAMP; ok is false for years outside 1 to 9999.
func (m clockMask) append(dst []byte, v datum.Value) (out []byte, ok bool) {
	b := v.Bytes()
	if len(m) == 0 || len(b) < 7 || b[0] < 100 || b[1] < 100 || b[0]+b[1] == 200 {
		return dst, false
	}
	nanos := 0
	if len(b) >= 11 {
		nanos = int(binary.BigEndian.Uint32([]byte(b[7:11])))
	}
	for _, p := range m {
		switch p.field {
		case signedYear:
			dst = appendTwo(appendTwo(append(dst, ' '), b[0]-100), b[1]-100)
		case year:
			dst = appendTwo(appendTwo(dst, b[0]-100), b[1]-100)
		case month:
			dst = appendTwo(dst, b[2])
		case day:
			dst = appendTwo(dst, b[3])
		case hour:
			dst = appendTwo(dst, b[4]-1)
		case minute:
			dst = appendTwo(dst, b[5]-1)
		case second:
			dst = appendTwo(dst, b[6]-1)
		case fraction:
			if v.Kind() == datum.Date {
				return dst, false
			}
			for unit, n := 100_000_000, 0; n < p.width; n++ {
				dst = append(dst, byte('0'+nanos/unit%10))
				unit /= 10
			}
		default:
			dst = append(dst, p.literal)
		}
	}
	return dst, true
}

func appendTwo(dst []byte, n byte) []byte { return append(dst, '0'+n/10, '0'+n%10) }

// read reads a DATE or TIMESTAMP in exactly this form; ok is false for any
// other text, which may still be a date to package nls.
func (m clockMask) read(text string, kind datum.Kind) (v datum.Value, ok bool) {
	if len(m) == 0 {
		return datum.NULL, false
	}
	var fields [clockFields]int
	for _, p := range m {
		if len(text) < p.width {
			return datum.NULL, false
		}
		piece := text[:p.width]
		text = text[p.width:]
		if p.field == literalByte {
			if piece[0] != p.literal {
				return datum.NULL, false
			}
			continue
		}
		if p.field == signedYear && piece[0] == ' ' {
			piece = piece[1:]
		}
		n, ok := digitsOf(piece)
		if !ok {
			return datum.NULL, false
		}
		for range max(9-p.width, 0) {
			if p.field == fraction {
				n *= 10
			}
		}
		fields[p.field] = n
	}
	if text != "" {
		return datum.NULL, false
	}
	return clockValue(fields, kind)
}

func digitsOf(s string) (n int, ok bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// clockValue checks the fields and makes the value.
func clockValue(f [clockFields]int, kind datum.Kind) (datum.Value, bool) {
	y := f[year] + f[signedYear]
	if y < 1 || y > 9999 || f[month] < 1 || f[month] > 12 || f[day] < 1 || f[hour] > 23 || f[minute] > 59 || f[second] > 59 {
		return datum.NULL, false
	}
	t := time.Date(y, time.Month(f[month]), f[day], f[hour], f[minute], f[second], f[fraction], time.UTC)
	if t.Day() != f[day] {
		return datum.NULL, false
	}
	switch kind {
	case datum.Date:
		return datum.FromDate(t), f[fraction] == 0
	case datum.Timestamp:
		return datum.FromTimestamp(t), true
	default:
		return datum.NULL, false
	}
}
