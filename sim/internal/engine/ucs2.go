package engine

import (
	"unicode/utf8"
	"unsafe"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// Characters of CLOBs and NCLOBs are UCS-2 code units in a database whose
// character set is multibyte, as AL32UTF8 is (SecureFiles guide, "UCS2 Codepoint
// Semantics"): a character beyond U+FFFF counts as two, and positions can be
// between its halves. A half that a function returns alone is no character any
// more.

// ucs2Step is how many code units lie between two marks of an index.
const ucs2Step = 4096

// A ucs2Index finds code units in a long text without counting from its start.
type ucs2Index struct {
	text  string
	units int
	// marks has the place of every ucs2Step-th unit; none when every unit is one byte.
	marks []ucs2Mark
}

// A ucs2Mark is the byte offset of a character and whether its second half is
// meant.
type ucs2Mark struct {
	at   int
	half bool
}

func newUCS2Index(text string) *ucs2Index {
	x := &ucs2Index{text: text}
	for i, r := range text {
		for half := range datum.UTF16Units(r) {
			if x.units%ucs2Step == 0 {
				x.marks = append(x.marks, ucs2Mark{i, half == 1})
			}
			x.units++
		}
	}
	if x.units == len(text) {
		x.marks = nil
	}
	return x
}

// located returns the index of a text; the last one is kept, because a LOB is
// usually read piece by piece.
func (s *Session) located(text string) *ucs2Index {
	if x := s.lastLOB; x != nil && len(x.text) == len(text) && unsafe.StringData(x.text) == unsafe.StringData(text) {
		return x
	}
	s.lastLOB = newUCS2Index(text)
	return s.lastLOB
}

// offset returns the byte offset of a unit and whether the unit is the second
// half of the character there.
func (x *ucs2Index) offset(unit int) (at int, half bool) {
	if x.marks == nil || unit >= x.units {
		return min(unit, len(x.text)), false
	}
	m, n := x.marks[unit/ucs2Step], unit/ucs2Step*ucs2Step
	if m.half {
		n--
	}
	for i, r := range x.text[m.at:] {
		switch w := datum.UTF16Units(r); {
		case n == unit:
			return m.at + i, false
		case n+w > unit:
			return m.at + i, true
		default:
			n += w
		}
	}
	return len(x.text), false
}

// cut returns units [from, to). Halves of characters become replacement
// characters.
func (x *ucs2Index) cut(from, to int) string {
	if to = min(to, x.units); from >= to {
		return ""
	}
	if x.marks == nil {
		return x.text[from:to]
	}
	start, headless := x.offset(from)
	end, tailless := len(x.text), false
	if to < x.units {
		end, tailless = x.offset(to)
	}
	var head, tail string
	if headless {
		_, w := utf8.DecodeRuneInString(x.text[start:])
		start, head = start+w, string(utf8.RuneError)
	}
	if tailless {
		tail = string(utf8.RuneError)
	}
	if start > end { // one half of one character
		return head
	}
	return head + x.text[start:end] + tail
}
