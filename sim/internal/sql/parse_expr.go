package sql

import "github.com/adbferry/adbferry/sim/internal/datum"

// expr parses an expression or condition: OR binds weakest, then AND, NOT, the
// comparisons, + - ||, * /, and the signs.
func (p *parser) expr() Expr {
	defer p.enter()()
	x := p.and()
	for n := 0; p.peek().is("OR"); p.link(&n) {
		at := p.here()
		p.at++
		x = &Logical{At: at, Op: "OR", X: x, Y: p.and()}
	}
	return x
}

// and parses conditions joined by AND.
func (p *parser) and() Expr {
	x := p.not()
	for n := 0; p.peek().is("AND"); p.link(&n) {
		at := p.here()
		p.at++
		x = &Logical{At: at, Op: "AND", X: x, Y: p.not()}
	}
	return x
}

// not parses NOT condition; NOT IN, NOT LIKE and NOT BETWEEN belong to
// condition.
func (p *parser) not() Expr {
	if !p.peek().is("NOT") {
		return p.condition()
	}
	defer p.enter()()
	at := p.here()
	p.at++
	return &Not{At: at, X: p.not()}
}

// condition parses a sum and the comparison that may follow it.
func (p *parser) condition() Expr {
	at := p.here()
	if p.accept("EXISTS") {
		return &Exists{At: at, Query: p.parenQuery()}
	}
	x := p.sum()
	switch t := p.peek(); {
	case t.kind == op:
		return p.comparison(x, t)
	case p.accept("IS"):
		return p.is(at, x)
	case t.is("NOT"):
		next := p.peekAt(1)
		if !next.is("IN") && !next.is("LIKE") && !next.is("BETWEEN") {
			return x
		}
		p.at++
		return p.membership(at, x, true)
	default:
		return p.membership(at, x, false)
	}
}

// comparison parses what follows x if t compares, which other signs do not.
func (p *parser) comparison(x Expr, t token) Expr {
	switch t.text {
	case "=", "<>", "<", "<=", ">", ">=":
	default:
		return x
	}
	p.at++
	if w := p.peek(); w.is("ANY") || w.is("ALL") || w.is("SOME") {
		p.unimplemented(w.upper() + " comparison")
	}
	return &Binary{At: At(t.pos), Op: t.text, X: x, Y: p.sum()}
}

// membership parses IN, BETWEEN and LIKE after x, if one of them follows.
func (p *parser) membership(at At, x Expr, negated bool) Expr {
	switch {
	case p.accept("IN"):
		return p.in(at, x, negated)
	case p.accept("BETWEEN"):
		low := p.sum()
		p.expect("AND")
		return &Between{At: at, X: x, Low: low, High: p.sum(), Not: negated}
	case p.accept("LIKE"):
		like := &Like{At: at, X: x, Pattern: p.sum(), Not: negated}
		if p.accept("ESCAPE") {
			like.Escape = p.sum()
		}
		return like
	default:
		return x
	}
}

// is parses [NOT] NULL after IS. IS OF, IS JSON and the like are refused by
// name.
func (p *parser) is(at At, x Expr) Expr {
	not := p.accept("NOT")
	if !p.accept("NULL") {
		p.unimplemented("IS " + p.text[p.peek().pos:p.peek().end])
	}
	return &IsNull{At: at, X: x, Not: not}
}

// in parses the list or query after IN.
func (p *parser) in(at At, x Expr, not bool) Expr {
	in := &In{At: at, X: x, Not: not}
	p.expectOp("(")
	if p.startsQuery() {
		in.Query = p.query()
	} else {
		in.List = p.exprList()
	}
	p.expectOp(")")
	return in
}

// exprList parses expressions parted by commas.
func (p *parser) exprList() []Expr {
	list := []Expr{p.expr()}
	for p.acceptOp(",") {
		list = append(list, p.expr())
	}
	return list
}

// sum parses operands joined by + - and ||, which bind alike.
func (p *parser) sum() Expr {
	x := p.product()
	for n := 0; ; p.link(&n) {
		t := p.peek()
		if !t.isOp("+") && !t.isOp("-") && !t.isOp("||") {
			return x
		}
		p.at++
		x = &Binary{At: At(t.pos), Op: t.text, X: x, Y: p.product()}
	}
}

// product parses operands joined by * and /, and by MOD in PL/SQL.
func (p *parser) product() Expr {
	x := p.unary()
	for n := 0; ; p.link(&n) {
		t := p.peek()
		if !t.isOp("*") && !t.isOp("/") {
			if p.block && t.is("MOD") {
				p.at++
				x = &Call{At: At(t.pos), Path: []string{"MOD"}, Args: []Arg{{Value: x}, {Value: p.unary()}}}
				continue
			}
			return x
		}
		p.at++
		x = &Binary{At: At(t.pos), Op: t.text, X: x, Y: p.unary()}
	}
}

// unary parses a sign and its operand. A minus becomes part of a number
// literal, so that -1 is one constant.
func (p *parser) unary() Expr {
	t := p.peek()
	if t.isOp("-") || t.isOp("+") {
		defer p.enter()()
		p.at++
		x := p.unary()
		if l, ok := x.(*Literal); ok && l.Value.Kind() == datum.Number && t.text == "-" {
			if v, err := datum.ParseNumber("-" + l.Value.Decimal()); err == nil && l.Value.Decimal()[0] != '-' {
				return &Literal{At: At(t.pos), Value: v}
			}
		}
		return &Unary{At: At(t.pos), Op: t.text, X: x}
	}
	if t.is("PRIOR") || t.is("CONNECT_BY_ROOT") {
		p.unimplemented(t.upper())
	}
	return p.postfix(p.primary())
}

// postfix parses what may follow an operand.
func (p *parser) postfix(x Expr) Expr {
	for n := 0; ; p.link(&n) {
		t := p.peek()
		switch {
		case t.is("AT") && p.peekAt(1).is("TIME") && p.peekAt(2).is("ZONE"):
			p.at += 3
			x = &AtZone{At: At(t.pos), X: x, Zone: p.primary()}
		case t.is("AT") && p.peekAt(1).is("LOCAL"):
			p.at += 2
			x = &AtZone{At: At(t.pos), X: x}
		case t.isOp("(") && p.peekAt(1).isOp("+") && p.peekAt(2).isOp(")"):
			ref, ok := x.(*Ref)
			if !ok {
				p.fail(1468, "a predicate may reference only one outer-joined table")
			}
			p.at += 3
			ref.Outer = true
		case t.is("OVER") && p.peekAt(1).isOp("("):
			p.unimplemented("OVER")
		case t.isOp("**"):
			p.at++
			x = &Call{At: At(t.pos), Path: []string{"POWER"}, Args: []Arg{{Value: x}, {Value: p.unary()}}}
		case t.isOp("["):
			p.unimplemented("[")
		default:
			return x
		}
	}
}
