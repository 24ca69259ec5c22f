package sql

import (
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// maxDepth bounds the nesting of expressions, queries and blocks, which the
// parser and the engine follow recursively.
const maxDepth = 200

// A parser walks over the tokens of one statement. Its methods report errors
// by fail, which unwinds to guard: a grammar reads better without an error
// check after every token.
type parser struct {
	text   string
	tokens []token
	at     int
	depth  int
	block  bool // inside PL/SQL: binds by name, errors as ORA-06550
	binds  []Placeholder
}

// failure is what fail unwinds with.
type failure struct{ err *datum.Error }

// guard runs a parser and returns what it failed with.
func (p *parser) guard(parse func()) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case failure:
			err = r.err
		default:
			panic(r)
		}
	}()
	parse()
	return nil
}

func (p *parser) peek() token { return p.peekAt(0) }

// peekAt looks n tokens ahead.
func (p *parser) peekAt(n int) token { return p.tokens[min(p.at+n, len(p.tokens)-1)] }

// advance consumes a token; the last one stays.
func (p *parser) advance() token {
	t := p.peek()
	if t.kind != end {
		p.at++
	}
	return t
}

func (p *parser) here() At { return At(p.peek().pos) }

// fail reports an error at the next token.
func (p *parser) fail(code int, format string, args ...any) {
	p.failAt(p.peek(), code, format, args...)
}

// failAt reports an error at a token. In PL/SQL every syntax error is an
// ORA-06550, except the refusal of a construct.
func (p *parser) failAt(t token, code int, format string, args ...any) {
	err := datum.Errorf(code, format, args...)
	if p.block && code != 3001 {
		err = p.plsql(t)
	}
	panic(failure{err.At(t.pos)})
}

// plsql is how PL/SQL reports a syntax error.
func (p *parser) plsql(t token) *datum.Error {
	line, column := Position(p.text, t.pos)
	symbol := p.text[t.pos:t.end]
	if t.kind == end {
		symbol = "end-of-file"
	}
	return datum.Errorf(6550, "line %d, column %d:\nPLS-00103: Encountered the symbol %q", line, column, strings.ToUpper(symbol))
}

// Position turns an offset into a line and a column, both from 1.
func Position(text string, pos int) (line, column int) {
	before := text[:min(pos, len(text))]
	return strings.Count(before, "\n") + 1, pos - strings.LastIndexByte(before, '\n')
}

// unimplemented refuses a construct by its name, as everything outside of the
// subset has to be.
func (p *parser) unimplemented(construct string) {
	p.fail(3001, "unimplemented feature: %q", construct)
}

// enter guards a recursive rule; the result undoes it.
func (p *parser) enter() func() {
	p.depth++
	if p.depth > maxDepth {
		p.fail(3001, "unimplemented feature: %q", "nesting deeper than 200 levels")
	}
	return func() { p.depth-- }
}

// maxLinks bounds the operators of one chain, such as a OR b OR …, whose tree
// is as deep as it is long.
const maxLinks = 10_000

// link counts one more operator of a chain.
func (p *parser) link(n *int) {
	if *n++; *n > maxLinks {
		p.fail(3001, "unimplemented feature: %q", "more than 10000 operators in a row")
	}
}

// accept consumes the keywords when they come next, all of them in a row.
func (p *parser) accept(keywords ...string) bool {
	for i, k := range keywords {
		if !p.peekAt(i).is(k) {
			return false
		}
	}
	p.at += len(keywords)
	return true
}

// acceptOp consumes an operator when it comes next.
func (p *parser) acceptOp(o string) bool {
	if p.peek().isOp(o) {
		p.at++
		return true
	}
	return false
}

// expect consumes a keyword that has to come.
func (p *parser) expect(keywords ...string) {
	for _, k := range keywords {
		if p.accept(k) {
			continue
		}
		if code, ok := missingKeyword[k]; ok {
			p.fail(code.number, "%s", code.text)
		}
		p.fail(905, "missing keyword")
	}
}

type message struct {
	number int
	text   string
}

var missingKeyword = map[string]message{
	"FROM":   {923, "FROM keyword not found where expected"},
	"SET":    {971, "missing SET keyword"},
	"VALUES": {926, "missing VALUES keyword"},
	"INTO":   {925, "missing INTO keyword"},
	"BY":     {924, "missing BY keyword"},
}

var missingOp = map[string]message{
	"(": {906, "missing left parenthesis"},
	")": {907, "missing right parenthesis"},
	"=": {927, "missing equal sign"},
	",": {917, "missing comma"},
}

// expectOp consumes an operator that has to come.
func (p *parser) expectOp(o string) {
	if p.acceptOp(o) {
		return
	}
	m, ok := missingOp[o]
	if !ok {
		m = message{900, "invalid SQL statement"}
	}
	p.fail(m.number, "%s", m.text)
}

// end checks that nothing is left.
func (p *parser) end() {
	t := p.peek()
	switch {
	case t.kind == end:
	case t.isOp(";"):
		p.fail(911, "invalid character")
	default:
		p.fail(933, "SQL command not properly ended")
	}
}

// ident reads an identifier that may not be a reserved word.
func (p *parser) ident() string {
	t := p.peek()
	switch {
	case t.kind == quoted:
	case t.kind != word:
		p.fail(904, "%s: invalid identifier", p.shown(t))
	case reserved[t.upper()]:
		p.fail(904, ": invalid identifier")
	case len(t.text) > maxIdentifier:
		p.fail(972, "identifier is too long")
	}
	p.at++
	return t.name()
}

// shown is a token as an error message quotes it.
func (p *parser) shown(t token) string {
	if t.kind == end {
		return ""
	}
	return `"` + p.text[t.pos:t.end] + `"`
}

// isIdent reports whether a name comes next.
func (p *parser) isIdent() bool {
	t := p.peek()
	return t.kind == quoted || t.kind == word && !reserved[t.upper()]
}

// objectName reads [schema.]name.
func (p *parser) objectName() Name {
	if !p.isIdent() {
		p.fail(903, "invalid table name")
	}
	n := Name{At: p.here(), Name: p.ident()}
	if p.acceptOp(".") {
		n.Schema, n.Name = n.Name, p.ident()
	}
	if p.peek().isOp("@") {
		p.unimplemented("database link")
	}
	return n
}

// identList parses (name, …).
func (p *parser) identList() []string {
	p.expectOp("(")
	names := []string{p.ident()}
	for p.acceptOp(",") {
		names = append(names, p.ident())
	}
	p.expectOp(")")
	return names
}

// integer reads an unsigned integer literal.
func (p *parser) integer() int {
	t := p.peek()
	n := 0
	if t.kind != number || len(t.text) > 9 || strings.Trim(t.text, "0123456789") != "" {
		p.fail(2017, "integer value required")
	}
	for _, c := range t.text {
		n = n*10 + int(c-'0')
	}
	p.at++
	return n
}

// literal reads a string literal that has to come.
func (p *parser) literal() string {
	t := p.peek()
	if t.kind != text {
		p.fail(1780, "string literal required")
	}
	p.at++
	return t.text
}

// set makes a set of the words of a text.
func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// reserved are the words Oracle keeps from being used as names.
var reserved = set(`ACCESS ADD ALL ALTER AND ANY AS ASC AUDIT BETWEEN BY CHAR CHECK CLUSTER
	COLUMN COMPRESS CONNECT CREATE CURRENT DATE DECIMAL DEFAULT DELETE DESC DISTINCT
	DROP ELSE EXCLUSIVE EXISTS FILE FLOAT FOR FROM GRANT GROUP HAVING IDENTIFIED IMMEDIATE IN
	INCREMENT INDEX INITIAL INSERT INTEGER INTERSECT INTO IS LEVEL LIKE LOCK LONG
	MINUS MODE MODIFY NOAUDIT NOCOMPRESS NOT NOWAIT NULL NUMBER OF OFFLINE ON
	ONLINE OPTION OR ORDER PCTFREE PRIOR PUBLIC RAW RENAME RESOURCE REVOKE ROW ROWID ROWNUM
	ROWS SELECT SESSION SET SHARE SIZE SMALLINT START SUCCESSFUL SYNONYM SYSDATE TABLE THEN TO
	TRIGGER UID UNION UNIQUE UPDATE USER VALIDATE VALUES VARCHAR VARCHAR2 VIEW WHENEVER WHERE WITH`)
