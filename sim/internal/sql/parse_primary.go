package sql

import (
	"math"
	"strconv"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// primary parses a literal, a bind, a parenthesis, a special form or a name.
func (p *parser) primary() Expr {
	t := p.peek()
	at := At(t.pos)
	switch t.kind {
	case number:
		p.at++
		return p.numberLiteral(t)
	case text:
		p.at++
		return &Literal{At: at, Value: datum.FromText(t.text), National: t.national}
	case bind:
		p.at++
		return p.placeholder(t)
	case op:
		if t.text == "(" {
			return p.parenthesised()
		}
	case word:
		if parse, ok := wordExprs[t.upper()]; ok {
			if x := parse(p, at); x != nil {
				return x
			}
		}
		if reserved[t.upper()] && !pseudo[t.upper()] {
			p.fail(936, "missing expression")
		}
		return p.reference()
	case quoted:
		return p.reference()
	default:
	}
	p.fail(936, "missing expression")
	return nil
}

// pseudo are the reserved words that stand for a value.
var pseudo = set("SYSDATE USER UID ROWNUM ROWID LEVEL")

// wordExprs are the operands that begin with a word of their own. A parser
// that returns nil has consumed nothing: the word is a plain name.
var wordExprs map[string]func(*parser, At) Expr

func init() {
	wordExprs = map[string]func(*parser, At) Expr{
		"NULL":        (*parser).null,
		"TRUE":        (*parser).boolean,
		"FALSE":       (*parser).boolean,
		"CASE":        (*parser).caseExpr,
		"CAST":        (*parser).cast,
		"EXTRACT":     (*parser).extract,
		"TRIM":        (*parser).trim,
		"DATE":        (*parser).dateLiteral,
		"TIMESTAMP":   (*parser).timestampLiteral,
		"INTERVAL":    (*parser).intervalLiteral,
		"JSON_OBJECT": (*parser).jsonObject,
		"CURSOR":      (*parser).cursorExpr,

		"XMLSERIALIZE":   (*parser).xmlSerialize,
		"JSON_SERIALIZE": (*parser).jsonSerialize,
		"JSON":           (*parser).jsonConstructor,
		"XMLTYPE":        (*parser).xmlConstructor,
	}
}

// null parses NULL.
func (p *parser) null(at At) Expr {
	p.at++
	return &Literal{At: at}
}

// boolean accepts TRUE and FALSE in PL/SQL only.
func (p *parser) boolean(at At) Expr {
	if !p.block {
		return nil
	}
	return &Literal{At: at, Value: datum.FromBool(p.advance().is("TRUE"))}
}

// cursorExpr refuses CURSOR(query); CURSOR alone is a name.
func (p *parser) cursorExpr(At) Expr {
	if p.peekAt(1).isOp("(") {
		p.unimplemented("CURSOR expression")
	}
	return nil
}

// numberLiteral makes a NUMBER exactly as written, or a binary float when the
// literal ends in f or d.
func (p *parser) numberLiteral(t token) Expr {
	digits := strings.TrimRight(t.text, "fFdD")
	if len(digits) < len(t.text) {
		f, err := strconv.ParseFloat(digits, 64)
		if err != nil && !math.IsInf(f, 0) {
			p.failAt(t, 1722, "invalid number")
		}
		if c := t.text[len(t.text)-1]; c == 'f' || c == 'F' {
			return &Literal{At: At(t.pos), Value: datum.FromFloat(float32(f))}
		}
		return &Literal{At: At(t.pos), Value: datum.FromDouble(f)}
	}
	v, err := datum.ParseNumber(digits)
	if err != nil {
		e := datum.AsError(err)
		panic(failure{e.At(t.pos)})
	}
	return &Literal{At: At(t.pos), Value: v}
}

// placeholder notes a bind: per occurrence in SQL, per name in PL/SQL.
func (p *parser) placeholder(t token) *Bind {
	if p.block {
		for i, b := range p.binds {
			if b.Name == t.text {
				return &Bind{At: At(t.pos), Name: t.text, Index: i}
			}
		}
	}
	p.binds = append(p.binds, Placeholder{Name: t.text})
	if p.peek().kind == word && p.peek().is("INDICATOR") {
		p.unimplemented("INDICATOR")
	}
	return &Bind{At: At(t.pos), Name: t.text, Index: len(p.binds) - 1}
}

// parenthesised parses a subquery, a row or an expression in parentheses.
func (p *parser) parenthesised() Expr {
	defer p.enter()()
	at := p.here()
	p.expectOp("(")
	if p.startsQuery() {
		q := p.query()
		p.expectOp(")")
		return &Subquery{At: at, Query: q}
	}
	list := p.exprList()
	p.expectOp(")")
	if len(list) == 1 {
		return list[0]
	}
	return &Row{At: at, Items: list}
}

// reference parses a name and, if it is a call, its arguments.
func (p *parser) reference() Expr {
	at := p.here()
	path := []string{p.pathPart()}
	for p.peek().isOp(".") {
		p.at++
		if p.peek().isOp("*") {
			p.fail(936, "missing expression")
		}
		path = append(path, p.pathPart())
	}
	t := p.peek()
	switch {
	case t.isOp("%"):
		return p.attribute(at, path)
	case t.isOp("("):
		if p.peekAt(1).isOp("+") && p.peekAt(2).isOp(")") {
			return &Ref{At: at, Path: path}
		}
		return p.call(at, path)
	case t.isOp("@"):
		p.unimplemented("database link")
	}
	return &Ref{At: at, Path: path}
}

// pathPart reads one part of a name. After a dot, and for the functions that
// share their name with a keyword, reserved words are allowed.
func (p *parser) pathPart() string {
	t := p.peek()
	if t.kind != word && t.kind != quoted {
		p.fail(1747, "invalid user.table.column, table.column, or column specification")
	}
	if len(t.text) > maxIdentifier {
		p.fail(972, "identifier is too long")
	}
	p.at++
	return t.name()
}

// attribute parses SQL%ROWCOUNT and its like into a Ref of two parts joined by "%".
func (p *parser) attribute(at At, path []string) Expr {
	p.expectOp("%")
	last := len(path) - 1
	path[last] += "%" + p.pathPart()
	return &Ref{At: at, Path: path}
}

// call parses arguments in parentheses: *, [DISTINCT | ALL] list, or name =>
// value, and WITHIN GROUP behind them.
func (p *parser) call(at At, path []string) Expr {
	defer p.enter()()
	if len(path) == 1 && path[0] == "VALIDATE_CONVERSION" {
		p.unimplemented(path[0])
	}
	c := &Call{At: at, Path: path}
	p.expectOp("(")
	if p.acceptOp(")") {
		return c
	}
	if p.peek().isOp("*") && p.peekAt(1).isOp(")") {
		p.at += 2
		c.Star = true
		return c
	}
	if c.Distinct = p.accept("DISTINCT") || p.accept("UNIQUE"); !c.Distinct {
		p.accept("ALL")
	}
	c.Args = append(c.Args, p.arg())
	for p.acceptOp(",") {
		c.Args = append(c.Args, p.arg())
	}
	p.expectOp(")")
	if p.accept("WITHIN", "GROUP") {
		p.expectOp("(")
		p.expect("ORDER", "BY")
		c.Within = p.orderItems()
		p.expectOp(")")
	}
	return c
}

// arg parses one argument, by position or by name.
func (p *parser) arg() Arg {
	t := p.peek()
	if (t.kind == word || t.kind == quoted) && p.peekAt(1).isOp("=>") {
		p.at += 2
		return Arg{Name: t.name(), Value: p.expr()}
	}
	return Arg{Value: p.expr()}
}

// caseExpr parses CASE [operand] WHEN … THEN … [ELSE …] END.
func (p *parser) caseExpr(at At) Expr {
	p.at++
	c := &Case{At: at}
	if !p.peek().is("WHEN") {
		c.Operand = p.expr()
	}
	for p.accept("WHEN") {
		w := When{If: p.expr()}
		p.expect("THEN")
		w.Then = p.expr()
		c.Whens = append(c.Whens, w)
	}
	if len(c.Whens) == 0 {
		p.fail(905, "missing keyword")
	}
	if p.accept("ELSE") {
		c.Else = p.expr()
	}
	p.expect("END")
	return c
}
