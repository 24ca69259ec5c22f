package dbmscloud

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// field is one field of a record: what the loader reads and how.
type field struct {
	name string     // as stored
	size int        // longest value in bytes
	kind datum.Kind // of mask; Null without one
	mask string
}

// maxField is the longest field that can be declared.
const maxField = 1 << 30

// parseFieldList reads a field_list in the forms of reference, section 2.3:
//
//	name [CHAR [(n)]] [[DATE_FORMAT] {DATE | TIMESTAMP [WITH [LOCAL] TIME ZONE]} [MASK] "mask"]
//
// parted by commas. A name in double quotes keeps its letter case. A mask may be
// in double or single quotes and holds its own quote character after a backslash.
//
// Error: what the loader says about its access parameters, under ORA-29913. A
// clause of the loader that is not simulated is reported the same way.
func parseFieldList(text string, defaultSize int) ([]field, error) {
	p := &fieldParser{rest: text, defaultSize: defaultSize}
	p.advance()
	var fields []field
	for p.err == nil {
		f := p.field()
		fields = append(fields, f)
		if p.token == "" {
			break
		}
		p.expect(",")
	}
	if p.err != nil {
		return nil, p.err
	}
	return fields, nil
}

// fieldParser reads tokens: words in upper case, punctuation, and texts in
// quotes, whose value is in quoted.
type fieldParser struct {
	rest        string
	token       string // "" at the end; the quote character for a text
	quoted      string
	defaultSize int
	err         error
}

func (p *fieldParser) field() field {
	f := field{name: p.name(), size: p.defaultSize}
	if p.accept("CHAR") && p.accept("(") {
		n, err := strconv.Atoi(p.token)
		if err != nil || n < 1 || n > maxField {
			p.fail("unsigned integer")
		}
		f.size = n
		p.advance()
		p.expect(")")
	}
	masked := p.accept("DATE_FORMAT")
	switch {
	case p.accept("DATE"):
		f.kind = datum.Date
	case p.accept("TIMESTAMP"):
		f.kind = p.timestamp()
	case masked:
		p.fail("date, timestamp")
		return f
	default:
		return f
	}
	p.accept("MASK")
	if p.token != `"` && p.token != "'" {
		p.fail("mask in quotes")
		return f
	}
	f.mask = p.quoted
	p.advance()
	return f
}

func (p *fieldParser) name() string {
	name := p.token
	switch {
	case p.token == `"` && p.quoted != "":
		name = p.quoted
	case p.token == "" || !isWord(rune(p.token[0])):
		p.fail("identifier")
	}
	p.advance()
	return name
}

func (p *fieldParser) timestamp() datum.Kind {
	if !p.accept("WITH") {
		return datum.Timestamp
	}
	kind := datum.TimestampTZ
	if p.accept("LOCAL") {
		kind = datum.TimestampLTZ
	}
	p.expect("TIME")
	p.expect("ZONE")
	return kind
}

func (p *fieldParser) accept(token string) bool {
	if p.err != nil || p.token != token {
		return false
	}
	p.advance()
	return true
}

func (p *fieldParser) expect(token string) {
	if !p.accept(token) {
		p.fail(strings.ToLower(token))
	}
}

func (p *fieldParser) fail(expected string) {
	if p.err != nil {
		return
	}
	found := strings.ToLower(p.token)
	if found == "" {
		found = "end of field list"
	}
	p.err = inOpen(cartridge(
		"KUP-00554: error encountered while parsing access parameters",
		`KUP-01005: syntax error: found "`+found+`": expecting one of: "`+expected+`"`,
	))
}

// advance reads the next token.
func (p *fieldParser) advance() {
	p.quoted = ""
	p.rest = strings.TrimLeftFunc(p.rest, unicode.IsSpace)
	if p.rest == "" {
		p.token = ""
		return
	}
	first, size := utf8.DecodeRuneInString(p.rest)
	if first == '"' || first == '\'' {
		p.token = string(first)
		p.quotedText(byte(first))
		return
	}
	if isWord(first) {
		size = strings.IndexFunc(p.rest, func(r rune) bool { return !isWord(r) })
		if size < 0 {
			size = len(p.rest)
		}
	}
	p.token, p.rest = strings.ToUpper(p.rest[:size]), p.rest[size:]
}

func isWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '$' || r == '#'
}

// quotedText reads up to the closing quote. A backslash before a quote or a
// backslash stands for that character.
func (p *fieldParser) quotedText(quote byte) {
	var b strings.Builder
	for i := 1; i < len(p.rest); i++ {
		switch ch := p.rest[i]; {
		case ch == quote:
			p.quoted, p.rest = b.String(), p.rest[i+1:]
			return
		case ch == '\\' && i+1 < len(p.rest) && strings.IndexByte(`"'\`, p.rest[i+1]) >= 0:
			i++
			b.WriteByte(p.rest[i])
		default:
			b.WriteByte(ch)
		}
	}
	p.rest = ""
	p.fail("closing quote")
}

// defaultFields is the field list of a load that gives none: a field per
// column, in column order (reference, section 2.1).
func defaultFields(columns []datum.Column, size int) []field {
	fields := make([]field, len(columns))
	for i, column := range columns {
		fields[i] = field{name: column.Name, size: size}
	}
	return fields
}
