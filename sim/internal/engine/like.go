package engine

import (
	"strings"
	"unicode/utf8"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// like compiles LIKE. The pattern is parsed for each row, as it may differ from
// row to row.
func (c *compiler) like(x *sql.Like, sc *scope) (compiled, error) {
	parts := []sql.Expr{x.X, x.Pattern}
	if x.Escape != nil {
		parts = append(parts, x.Escape)
	}
	args, err := c.list(parts, sc)
	if err != nil {
		return compiled{}, err
	}
	return negated(truth(func(f *frame) (datum.Value, error) {
		values, err := evaluate(f, args)
		if err != nil || values[0].IsNull() || values[1].IsNull() {
			return datum.NULL, err
		}
		texts := make([]string, len(values))
		for i, v := range values {
			if texts[i], err = f.run.s.text(v); err != nil {
				return datum.NULL, err
			}
		}
		escape := rune(-1)
		if x.Escape != nil {
			if utf8.RuneCountInString(texts[2]) != 1 {
				return datum.NULL, datum.Errorf(1425, "escape character must be character string of length 1")
			}
			escape, _ = utf8.DecodeRuneInString(texts[2])
		}
		pattern, err := parsePattern(texts[1], escape)
		return datum.FromBool(err == nil && pattern.match(texts[0])), err
	}), x.Not), nil
}

// A pattern is a LIKE pattern cut at its % signs: the pieces have to occur in
// this order, the first at the start and the last at the end.
type pattern [][]rune

// anyRune stands for _ in a piece; it is no valid character.
const anyRune = rune(-2)

// parsePattern cuts a pattern into pieces. Error: ORA-01424 for a stray escape
// character.
func parsePattern(s string, escape rune) (pattern, error) {
	p := pattern{nil}
	escaped := false
	for _, r := range s {
		last := &p[len(p)-1]
		switch {
		case escaped:
			if r != '%' && r != '_' && r != escape {
				return nil, datum.Errorf(1424, "missing or illegal character following the escape character")
			}
			*last, escaped = append(*last, r), false
		case r == escape:
			escaped = true
		case r == '%':
			p = append(p, nil)
		case r == '_':
			*last = append(*last, anyRune)
		default:
			*last = append(*last, r)
		}
	}
	if escaped {
		return nil, datum.Errorf(1424, "missing or illegal character following the escape character")
	}
	return p, nil
}

// match anchors the first and the last piece and takes the leftmost match of
// those between, which is enough for %.
func (p pattern) match(s string) bool {
	if len(p) == 1 {
		rest, ok := cutPiece(s, p[0])
		return ok && rest == ""
	}
	rest, ok := cutPiece(s, p[0])
	if !ok {
		return false
	}
	for _, piece := range p[1 : len(p)-1] {
		if rest, ok = findPiece(rest, piece); !ok {
			return false
		}
	}
	last := p[len(p)-1]
	for ; ; rest = rest[runeLen(rest):] {
		if after, ok := cutPiece(rest, last); ok && after == "" {
			return true
		}
		if rest == "" {
			return false
		}
	}
}

func runeLen(s string) int {
	_, n := utf8.DecodeRuneInString(s)
	return n
}

// cutPiece removes a piece from the start of s.
func cutPiece(s string, piece []rune) (rest string, ok bool) {
	for _, want := range piece {
		r, n := utf8.DecodeRuneInString(s)
		if n == 0 || want != anyRune && r != want {
			return s, false
		}
		s = s[n:]
	}
	return s, true
}

// findPiece removes everything up to the end of the first match of a piece.
func findPiece(s string, piece []rune) (rest string, ok bool) {
	if literal := string(piece); !strings.ContainsRune(literal, utf8.RuneError) {
		i := strings.Index(s, literal)
		if i < 0 {
			return s, false
		}
		return s[i+len(literal):], true
	}
	for {
		if rest, ok = cutPiece(s, piece); ok || s == "" {
			return rest, ok
		}
		s = s[runeLen(s):]
	}
}
