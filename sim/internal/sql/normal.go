package sql

import "strings"

// NormalText rewrites an expression as the dictionary shows those of indexes:
// columns in double quotes, other words in upper case, no white space but what
// parts two words. A text that is no expression comes back as it is.
func NormalText(text string, column func(name string) bool) string {
	tokens, err := scan(text)
	if err != nil {
		return text
	}
	var b strings.Builder
	for i, t := range tokens[:len(tokens)-1] {
		if i > 0 && apart(tokens[i-1], t) {
			b.WriteByte(' ')
		}
		switch {
		case t.kind == word && column(t.upper()) && !tokens[i+1].isOp("("):
			b.WriteString(`"` + t.upper() + `"`)
		case t.kind == word:
			b.WriteString(t.upper())
		default:
			b.WriteString(text[t.pos:t.end])
		}
	}
	return b.String()
}

// apart reports whether two tokens need a blank between them.
func apart(a, b token) bool {
	return a.kind != op && b.kind != op || a.isOp(")") && b.kind == word
}
