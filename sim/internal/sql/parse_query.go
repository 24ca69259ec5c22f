package sql

import (
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// startsQuery looks through opening parentheses for SELECT or WITH.
func (p *parser) startsQuery() bool {
	n := 0
	for p.peekAt(n).isOp("(") {
		n++
	}
	return p.peekAt(n).is("SELECT") || p.peekAt(n).is("WITH")
}

// parenQuery parses a query in parentheses.
func (p *parser) parenQuery() *Select {
	p.expectOp("(")
	q := p.query()
	p.expectOp(")")
	return q
}

// query parses a SELECT with everything that may follow it.
func (p *parser) query() *Select {
	defer p.enter()()
	q := &Select{At: p.here()}
	if p.accept("WITH") {
		q.With = p.commonTables()
	}
	q.Body = p.body(q)
	if p.accept("ORDER", "BY") {
		q.OrderBy = p.orderItems()
	}
	p.limit(q)
	if p.peek().is("FOR") && p.peekAt(1).is("UPDATE") {
		q.ForUpdate = p.forUpdate()
	}
	return q
}

// commonTables parses the entries of WITH. Recursive ones show when a name is
// not found.
func (p *parser) commonTables() []CommonTable {
	if p.peek().is("FUNCTION") || p.peek().is("PROCEDURE") {
		p.unimplemented("WITH " + p.peek().upper())
	}
	var list []CommonTable
	for {
		c := CommonTable{Name: p.ident()}
		if p.peek().isOp("(") {
			c.Columns = p.identList()
		}
		p.expect("AS")
		c.Query = p.parenQuery()
		list = append(list, c)
		if !p.acceptOp(",") {
			return list
		}
	}
}

// body parses query blocks joined by set operators, which all bind alike.
func (p *parser) body(q *Select) Body {
	left := p.operand(q)
	for n := 0; ; p.link(&n) {
		at := p.here()
		var name string
		switch {
		case p.accept("UNION", "ALL"):
			name = "UNION ALL"
		case p.accept("UNION"):
			name = "UNION"
		case p.accept("INTERSECT"):
			name = "INTERSECT"
		case p.accept("MINUS"):
			name = "MINUS"
		default:
			return left
		}
		left = &SetOp{At: at, Op: name, Left: left, Right: p.operand(q)}
	}
}

// operand parses one side of a set operator, which may be in parentheses.
func (p *parser) operand(q *Select) Body {
	if p.peek().isOp("(") {
		defer p.enter()()
		p.at++
		b := p.body(q)
		p.expectOp(")")
		return b
	}
	return p.queryBlock(q)
}

// queryBlock parses SELECT … [INTO …] FROM … [WHERE …] and grouping; q takes
// the targets of INTO.
func (p *parser) queryBlock(q *Select) *QueryBlock {
	b := &QueryBlock{At: p.here()}
	if !p.accept("SELECT") {
		p.fail(928, "missing SELECT keyword")
	}
	if b.Distinct = p.accept("DISTINCT") || p.accept("UNIQUE"); !b.Distinct {
		p.accept("ALL")
	}
	b.Items = append(b.Items, p.selectItem())
	for p.acceptOp(",") {
		b.Items = append(b.Items, p.selectItem())
	}
	if p.peek().is("BULK") {
		p.unimplemented("BULK COLLECT")
	}
	if p.block && p.accept("INTO") {
		q.Into = p.targets()
	}
	p.expect("FROM")
	b.From = append(b.From, p.from())
	for p.acceptOp(",") {
		b.From = append(b.From, p.from())
	}
	if p.accept("WHERE") {
		b.Where = p.expr()
	}
	p.grouping(b)
	return b
}

// grouping parses CONNECT BY, GROUP BY and HAVING, and names the clauses that
// are not there.
func (p *parser) grouping(b *QueryBlock) {
	if p.accept("CONNECT", "BY") {
		if p.peek().is("NOCYCLE") {
			p.unimplemented("NOCYCLE")
		}
		b.Connect = p.expr()
	}
	for _, construct := range []string{"CONNECT", "START", "MODEL", "PIVOT", "UNPIVOT", "MATCH_RECOGNIZE", "WINDOW"} {
		if p.peek().is(construct) {
			p.unimplemented(construct)
		}
	}
	if p.accept("GROUP", "BY") {
		switch w := p.peek().upper(); w {
		case "ROLLUP", "CUBE", "GROUPING":
			p.unimplemented(w)
		}
		b.GroupBy = p.exprList()
	}
	if p.accept("HAVING") {
		b.Having = p.expr()
	}
}

// targets parses the variables of an INTO clause.
func (p *parser) targets() []Expr {
	list := []Expr{p.target()}
	for p.acceptOp(",") {
		list = append(list, p.target())
	}
	return list
}

// selectItem parses *, t.*, or an expression with its alias.
func (p *parser) selectItem() SelectItem {
	item := SelectItem{At: p.here()}
	if p.acceptOp("*") {
		return item
	}
	if of := p.starPath(); of != nil {
		item.Of = of
		return item
	}
	start := p.at
	item.Expr = p.expr()
	item.Text = p.source(start, p.at)
	if p.accept("AS") {
		item.Alias = p.alias()
	} else if t := p.peek(); t.kind == quoted || t.kind == word && !reserved[t.upper()] && !p.endsItem(t) {
		item.Alias = p.alias()
	}
	return item
}

// endsItem keeps BULK COLLECT from being taken for an alias.
func (p *parser) endsItem(t token) bool {
	return t.is("BULK") && p.peekAt(1).is("COLLECT")
}

// alias reads a column alias.
func (p *parser) alias() string {
	if t := p.peek(); t.kind != quoted && t.kind != word || reserved[t.upper()] {
		p.fail(923, "FROM keyword not found where expected")
	}
	return p.ident()
}

// starPath recognises t.* and s.t.*.
func (p *parser) starPath() []string {
	n := 0
	for {
		t := p.peekAt(n)
		if t.kind != word && t.kind != quoted || !p.peekAt(n+1).isOp(".") {
			return nil
		}
		if p.peekAt(n + 2).isOp("*") {
			break
		}
		n += 2
	}
	var path []string
	for i := 0; i <= n; i += 2 {
		path = append(path, p.peekAt(i).name())
	}
	p.at += n + 3
	return path
}

// source returns the text of tokens [from, to) without blanks, in upper case
// outside of literals: how Oracle names an expression column.
func (p *parser) source(from, to int) string {
	var out []byte
	for _, t := range p.tokens[from:to] {
		s := p.text[t.pos:t.end]
		if t.kind == word || t.kind == bind || t.kind == number {
			s = strings.ToUpper(s)
		}
		if len(out) > 0 && t.kind == word && isNameByte(out[len(out)-1]) {
			out = append(out, ' ')
		}
		out = append(out, s...)
	}
	return string(out)
}

// isNameByte reports a byte after which a following word needs a blank to stay
// a word of its own.
func isNameByte(c byte) bool {
	return c == '_' || c == '$' || c == '#' || isDigit(c) || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= 0x80 || c == '\''
}

// orderItems parses expr [ASC | DESC] [NULLS {FIRST | LAST}], ….
func (p *parser) orderItems() []OrderItem {
	var list []OrderItem
	for {
		item := OrderItem{Expr: p.expr()}
		if item.Desc = p.accept("DESC"); !item.Desc {
			p.accept("ASC")
		}
		if p.accept("NULLS") {
			first := p.accept("FIRST")
			if !first {
				p.expect("LAST")
			}
			item.NullsFirst = &first
		}
		list = append(list, item)
		if !p.acceptOp(",") {
			return list
		}
	}
}

// limit parses OFFSET n ROWS FETCH FIRST n ROWS ONLY.
func (p *parser) limit(q *Select) {
	if p.accept("OFFSET") {
		q.Offset = p.sum()
		p.rows()
	}
	if !p.accept("FETCH") {
		return
	}
	if !p.accept("FIRST") && !p.accept("NEXT") {
		p.fail(905, "missing keyword")
	}
	q.Fetch = &Literal{At: p.here(), Value: datum.FromInt(1)}
	if !p.peek().is("ROW") && !p.peek().is("ROWS") {
		q.Fetch = p.sum()
	}
	if p.peek().is("PERCENT") {
		p.unimplemented("FETCH PERCENT")
	}
	p.rows()
	if p.peek().is("WITH") {
		p.unimplemented("FETCH WITH TIES")
	}
	p.expect("ONLY")
}

// rows parses ROW or ROWS, which mean the same.
func (p *parser) rows() {
	if !p.accept("ROWS") && !p.accept("ROW") {
		p.fail(905, "missing keyword")
	}
}

// forUpdate parses FOR UPDATE [OF columns] [NOWAIT | SKIP LOCKED].
func (p *parser) forUpdate() *ForUpdate {
	f := &ForUpdate{At: p.here()}
	p.expect("FOR", "UPDATE")
	if p.accept("OF") {
		for p.expr(); p.acceptOp(","); p.expr() {
		}
	}
	switch {
	case p.accept("NOWAIT"):
		f.NoWait = true
	case p.accept("SKIP", "LOCKED"):
		f.SkipLocked = true
	case p.peek().is("WAIT"):
		p.unimplemented("FOR UPDATE WAIT")
	}
	return f
}
