package definition

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A token is a piece of an expression: a name (quotes taken off, capitals if
// it had none), a text literal, or anything else, a character each.
type token struct {
	kind tokenKind
	text string
}

type tokenKind byte

const (
	nameToken tokenKind = iota
	literalToken
	otherToken
)

// tokens cuts an expression into tokens. White space and comments are gone. It
// takes any text; what is no SQL gives tokens all the same.
func tokens(text string) []token {
	var list []token
	for text != "" {
		n, t, ok := next(text)
		if ok {
			list = append(list, t)
		}
		text = text[n:]
	}
	return list
}

// next returns the length of the first token, at least 1, and whether it counts.
func next(text string) (n int, t token, ok bool) {
	r, size := utf8.DecodeRuneInString(text)
	switch {
	case unicode.IsSpace(r):
		return size, token{}, false
	case strings.HasPrefix(text, "--"):
		return through(text, 2, "\n"), token{}, false
	case strings.HasPrefix(text, "/*"):
		return through(text, 2, "*/"), token{}, false
	case r == '\'':
		n = literalEnd(text)
		return n, token{literalToken, text[:n]}, true
	case r == '"':
		n = through(text, 1, `"`)
		return n, token{nameToken, strings.Trim(text[:n], `"`)}, true
	case alternative(text) > 0:
		n = alternative(text)
		n = through(text, n+1, closing(text[n:])+"'")
		return n, token{literalToken, text[:n]}, true
	case unicode.IsLetter(r):
		n = wordEnd(text)
		return n, token{nameToken, strings.ToUpper(text[:n])}, true
	case unicode.IsDigit(r):
		n = wordEnd(text)
		return n, token{otherToken, text[:n]}, true
	default:
		return size, token{otherToken, text[:size]}, true
	}
}

// through returns the length of text up to the end of what closes it.
func through(text string, from int, end string) int {
	if i := strings.Index(text[from:], end); i >= 0 {
		return from + i + len(end)
	}
	return len(text)
}

// literalEnd finds the end of 'text', in which a quote is doubled.
func literalEnd(text string) int {
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] != '\'':
		case i+1 < len(text) && text[i+1] == '\'':
			i++
		default:
			return i + 1
		}
	}
	return len(text)
}

// alternative is where the delimiter of q'[…]' or nq'[…]' stands, 0 in what is
// no such literal.
func alternative(text string) int {
	for _, begin := range []string{"q'", "nq'"} {
		if len(text) > len(begin)+1 && strings.EqualFold(text[:len(begin)], begin) {
			return len(begin)
		}
	}
	return 0
}

// closing is what ends the delimiter of q'[…]'.
func closing(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	if i := strings.IndexRune("[{(<", r); i >= 0 {
		return "]})>"[i : i+1]
	}
	return text[:size]
}

func wordEnd(text string) int {
	end := strings.IndexFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '$' && r != '#'
	})
	if end < 0 {
		return len(text)
	}
	return end
}

// paths returns the names in an expression, each with what is behind its dots.
func paths(expression string) [][]string {
	list := tokens(expression)
	var found [][]string
	for i := 0; i < len(list); i++ {
		if list[i].kind != nameToken {
			continue
		}
		path := []string{list[i].text}
		for i+2 < len(list) && list[i+1] == (token{otherToken, "."}) && list[i+2].kind == nameToken {
			path = append(path, list[i+2].text)
			i += 2
		}
		found = append(found, path)
	}
	return found
}

// uses returns those of the columns that an expression names, in their order.
func uses(expression string, columns []string) []string {
	named := map[string]bool{}
	for _, path := range paths(expression) {
		named[path[0]] = true
		named[path[len(path)-1]] = true
	}
	return slices.DeleteFunc(slices.Clone(columns), func(c string) bool { return !named[c] })
}

// everywhere are owners of what every Oracle database has.
var everywhere = map[string]bool{"SYS": true, "PUBLIC": true, "MDSYS": true, "XDB": true, "CTXSYS": true}

// others returns what an expression names beside the columns given and what
// every database has: "SALES.ORDER_IDS". The dictionary writes the owner before
// every sequence, function and type, so that a name with a dot behind it is one.
func others(expression string, columns []string) []string {
	var found []string
	for _, path := range paths(expression) {
		if len(path) < 2 || everywhere[path[0]] || slices.Contains(columns, path[0]) {
			continue
		}
		if last := path[len(path)-1]; last == "NEXTVAL" || last == "CURRVAL" {
			path = path[:len(path)-1]
		}
		if name := strings.Join(path, "."); !slices.Contains(found, name) {
			found = append(found, name)
		}
	}
	return found
}

// same reports whether two expressions differ in blanks, comments, quotes of
// names and the case of words only.
func same(a, b string) bool { return slices.Equal(tokens(a), tokens(b)) }
