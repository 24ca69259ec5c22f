package nls

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// An element is one piece of a datetime format model: a code, or literal text
// (code "").
type element struct {
	code     string
	literal  string
	quoted   bool // the literal was in double quotes
	style    style
	unpadded bool // by FM
	short    short
}

// A DateMask is a datetime format model taken apart, for many values. It does
// not depend on any setting.
type DateMask struct {
	elements []element
	quick    quick
}

func newDateMask(list []element) DateMask { return DateMask{elements: list, quick: quickOf(list)} }

// ParseDateMask takes a datetime format model apart.
//
// Error: ORA-01821 for what is no element.
func ParseDateMask(mask string) (DateMask, error) {
	list, err := parseMask(mask)
	return newDateMask(list), err
}

// A style is the letter case a name is written in.
type style int

const (
	upperCase style = iota
	capitalised
	lowerCase
)

// codes are the elements of datetime masks; of two that begin alike the longer
// comes first.
var codes = []string{
	"SYYYY", "SSSSS", "Y,YYY", "MONTH", "A.M.", "P.M.", "A.D.", "B.C.", "YYYY", "RRRR", "IYYY", "HH24", "HH12",
	"YYY", "DDD", "DAY", "MON", "TZH", "TZM", "TZR", "TZD", "FF1", "FF2", "FF3", "FF4", "FF5", "FF6", "FF7", "FF8", "FF9",
	"YY", "RR", "IW", "WW", "DD", "DY", "MM", "HH", "MI", "SS", "FF", "AM", "PM", "AD", "BC", "CC",
	"Y", "D", "J", "Q", "W", "X",
}

// parseMask takes a datetime format model apart.
//
// Error: ORA-01821 for what is no element.
func parseMask(mask string) ([]element, error) {
	var list []element
	unpadded := false
	for rest := mask; rest != ""; {
		if len(rest) >= 2 && strings.EqualFold(rest[:2], "FM") {
			unpadded, rest = !unpadded, rest[2:]
			continue
		}
		if len(rest) >= 2 && strings.EqualFold(rest[:2], "FX") {
			return nil, datum.Errorf(3001, "unimplemented feature: %q", "FX format modifier")
		}
		e, size, err := nextElement(rest)
		if err != nil {
			return nil, err
		}
		e.unpadded = unpadded
		list, rest = append(list, withShort(e)), rest[size:]
	}
	return list, nil
}

// unsimulatedElements are elements that Oracle has, and suffixes of numbers in
// words and as ordinals, each before those that it begins with.
var unsimulatedElements = []string{"SYEAR", "YEAR", "RM", "DL", "DS", "TS", "SPTH", "THSP", "TH", "SP"}

// nextElement takes one element off a mask: a quoted text, a code, or a single
// punctuation character.
func nextElement(rest string) (e element, size int, err error) {
	if rest[0] == '"' {
		text, _, closed := strings.Cut(rest[1:], `"`)
		if !closed {
			return e, 0, datum.Errorf(1821, "date format not recognized")
		}
		return element{literal: text, quoted: true}, len(text) + 2, nil
	}
	for _, c := range unsimulatedElements {
		if len(rest) >= len(c) && strings.EqualFold(rest[:len(c)], c) {
			return e, 0, datum.Errorf(3001, "unimplemented feature: \"format element %s\"", rest[:len(c)])
		}
	}
	for _, c := range codes {
		if len(rest) >= len(c) && strings.EqualFold(rest[:len(c)], c) {
			return element{code: c, style: styleOf(rest[:len(c)])}, len(c), nil
		}
	}
	r, size := utf8.DecodeRuneInString(rest)
	if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '&' {
		return e, 0, datum.Errorf(1821, "date format not recognized")
	}
	return element{literal: rest[:size]}, size, nil
}

// styleOf looks at the first two letters of an element as written.
func styleOf(s string) style {
	switch {
	case s[0] >= 'a' && s[0] <= 'z':
		return lowerCase
	case len(s) > 1 && s[1] >= 'a' && s[1] <= 'z':
		return capitalised
	}
	return upperCase
}

// in writes a name given in capitals in a style.
func (s style) in(name string) string {
	switch s {
	case lowerCase:
		return strings.ToLower(name)
	case capitalised:
		return name[:1] + strings.ToLower(name[1:])
	default:
		return name
	}
}
