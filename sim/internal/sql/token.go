package sql

import "strings"

type tokenKind uint8

const (
	end    tokenKind = iota
	word             // unquoted identifier or keyword
	quoted           // "identifier"
	text             // string literal, unescaped in token.text
	number           // numeric literal
	bind             // :name
	op               // operator or punctuation
)

type token struct {
	kind     tokenKind
	national bool // N'…'
	text     string
	pos, end int
}

// upper returns a word in upper case and "" for any other token.
func (t token) upper() string {
	if t.kind != word {
		return ""
	}
	return strings.ToUpper(t.text)
}

func (t token) is(keyword string) bool {
	return t.kind == word && strings.EqualFold(t.text, keyword)
}

func (t token) isOp(s string) bool { return t.kind == op && t.text == s }

// name returns an identifier as stored.
func (t token) name() string {
	if t.kind == quoted {
		return t.text
	}
	return strings.ToUpper(t.text)
}
