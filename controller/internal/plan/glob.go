package plan

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Match reports whether a name matches a glob: * is any text, ? any character.
// Letters match in their own case only, as the dictionary has them.
func Match(glob, name string) bool {
	star, resume := -1, 0 // the last *, and where the name goes on after what it took
	g, n := 0, 0
	for n < len(name) {
		size := runeBytes(name[n:])
		switch {
		case g < len(glob) && glob[g] == '*':
			star, resume = g, n
			g++
		case g < len(glob) && glob[g] == '?':
			g, n = g+1, n+size
		case g < len(glob) && strings.HasPrefix(glob[g:], name[n:n+size]):
			g, n = g+size, n+size
		case star >= 0: // the * takes one character more
			resume += runeBytes(name[resume:])
			g, n = star+1, resume
		default:
			return false
		}
	}
	return strings.Trim(glob[g:], "*") == ""
}

func runeBytes(text string) int {
	_, size := utf8.DecodeRuneInString(text)
	return size
}

// matchAny reports whether a name matches at least one of the globs, and notes
// in used all that it matches.
func matchAny(globs []string, name string, used map[string]bool) bool {
	found := false
	for _, g := range globs {
		if Match(g, name) {
			used[g], found = true, true
		}
	}
	return found
}

// checkGlobs refuses globs that no name can match.
func checkGlobs(schema string, globs []string) error {
	for _, g := range globs {
		if err := CheckName(g); err != nil {
			return invalid("schemas", "select tables of schema %s: glob %q: %v", schema, g, err).
				WithHint("a glob is a table name in which * stands for any text and ? for any character")
		}
	}
	return nil
}

// unused returns the globs that matched nothing, each once, in order.
func unused(globs []string, used map[string]bool) []string {
	var out []string
	for _, g := range globs {
		if !used[g] && !slices.Contains(out, fmt.Sprintf("%q", g)) {
			out = append(out, fmt.Sprintf("%q", g))
		}
	}
	return out
}
