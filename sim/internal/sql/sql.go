// Package sql parses the subset of Oracle SQL and PL/SQL that the simulator
// accepts into a syntax tree. It looks nothing up: names, types of expressions
// and privileges are package engine's.
//
// What is outside the subset is an error that quotes the construct
// (ORA-03001), never a tree that means something else. Every error is a
// *datum.Error that carries the byte offset of the offending token.
package sql

import "github.com/adbferry/adbferry/sim/internal/datum"

// maxText bounds the statements that are parsed, in bytes.
const maxText = 4 << 20

// A Parsed is a statement together with its placeholders.
type Parsed struct {
	Verb      string // first word in upper case
	Statement Statement
	// Binds are the placeholders: one per occurrence in SQL, one per distinct
	// name in PL/SQL (wire notes, section 10.3). Bind.Index counts in it.
	Binds []Placeholder
}

// A Placeholder is the name of a bind, upper case unless quoted, without colon.
type Placeholder struct {
	Name   string
	Return bool // target of a DML RETURNING clause
}

// Parse parses one statement. A single ";" at the end of SQL is not part of
// the language, as in Oracle (ORA-00911).
func Parse(text string) (*Parsed, error) {
	if len(text) > maxText {
		return nil, datum.Errorf(1795, "statement of more than %d bytes", maxText)
	}
	tokens, err := scan(text)
	if err != nil {
		return nil, err
	}
	p := &parser{text: text, tokens: tokens}
	return p.parse()
}

// ParseExpr parses a lone expression, such as a stored default or check.
func ParseExpr(text string) (Expr, error) {
	tokens, err := scan(text)
	if err != nil {
		return nil, err
	}
	p := &parser{text: text, tokens: tokens}
	var x Expr
	err = p.guard(func() {
		x = p.expr()
		p.end()
	})
	return x, err
}

// parse parses one whole statement: its first word decides which.
func (p *parser) parse() (*Parsed, error) {
	out := &Parsed{}
	err := p.guard(func() {
		first := p.peek()
		out.Verb = first.upper()
		switch {
		case first.isOp("("):
			out.Verb = "SELECT"
			out.Statement = p.query()
		case first.isOp("<<"):
			p.unimplemented("label")
		case first.kind != word:
			p.fail(900, "invalid SQL statement")
		default:
			parse, ok := statements[out.Verb]
			if !ok {
				p.fail(900, "invalid SQL statement")
			}
			out.Statement = parse(p)
		}
		p.end()
	})
	if err != nil {
		return nil, err
	}
	out.Binds = p.binds
	return out, nil
}

// statements maps a statement's first word to its parser. It is filled by init
// because the parsers of blocks refer back to it.
var statements map[string]func(*parser) Statement

func init() {
	statements = map[string]func(*parser) Statement{
		"SELECT":    func(p *parser) Statement { return p.query() },
		"WITH":      func(p *parser) Statement { return p.query() },
		"INSERT":    (*parser).insert,
		"UPDATE":    (*parser).update,
		"DELETE":    (*parser).delete,
		"CREATE":    (*parser).create,
		"DROP":      (*parser).drop,
		"ALTER":     (*parser).alter,
		"TRUNCATE":  (*parser).truncate,
		"RENAME":    (*parser).rename,
		"COMMENT":   (*parser).comment,
		"GRANT":     (*parser).grant,
		"REVOKE":    (*parser).revoke,
		"COMMIT":    (*parser).commit,
		"ROLLBACK":  (*parser).rollback,
		"SAVEPOINT": (*parser).savepoint,
		"SET":       (*parser).set,
		"BEGIN":     (*parser).anonymous,
		"DECLARE":   (*parser).anonymous,
		"CALL":      (*parser).callStatement,
	}
	for _, verb := range []string{
		"MERGE", "EXPLAIN", "LOCK", "PURGE", "FLASHBACK", "ANALYZE", "AUDIT",
		"NOAUDIT", "ASSOCIATE", "DISASSOCIATE", "ADMINISTER",
	} {
		statements[verb] = func(p *parser) Statement {
			p.unimplemented(verb)
			return nil
		}
	}
}
