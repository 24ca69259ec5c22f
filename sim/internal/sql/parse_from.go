package sql

import "strings"

// from parses one entry of a FROM clause with its ANSI joins.
func (p *parser) from() From {
	left := p.joined()
	for n := 0; ; p.link(&n) {
		j := p.joinKind()
		if j == nil {
			return left
		}
		if j.Left = left; strings.HasSuffix(j.Kind, " APPLY") {
			j.Right = p.applied()
		} else if j.Right = p.joined(); j.Kind != "CROSS" {
			p.joinCondition(j)
		}
		left = j
	}
}

// joinKind parses the words of a join, or returns nil.
func (p *parser) joinKind() *Join {
	j := &Join{At: p.here(), Kind: "INNER"}
	switch {
	case p.accept("JOIN"), p.accept("INNER", "JOIN"):
		return j
	case p.accept("CROSS", "JOIN"):
		j.Kind = "CROSS"
		return j
	case p.accept("CROSS", "APPLY"):
		j.Kind = "CROSS APPLY"
		return j
	case p.accept("OUTER", "APPLY"):
		j.Kind = "OUTER APPLY"
		return j
	case p.peek().is("NATURAL"):
		p.unimplemented("NATURAL JOIN")
	}
	for _, kind := range []string{"LEFT", "RIGHT", "FULL"} {
		if p.accept(kind, "JOIN") || p.accept(kind, "OUTER", "JOIN") {
			j.Kind = kind
			return j
		}
	}
	return nil
}

// applied parses what follows APPLY: an inline view.
func (p *parser) applied() From {
	if !p.peek().isOp("(") || !p.startsQuery() {
		p.unimplemented("APPLY of anything but an inline view")
	}
	return p.inlineView(true)
}

// inlineView parses (query) [alias].
func (p *parser) inlineView(lateral bool) *Derived {
	d := &Derived{At: p.here(), Query: p.parenQuery(), Lateral: lateral}
	d.Alias = p.tableAlias()
	return d
}

// joinCondition parses ON condition or USING (columns).
func (p *parser) joinCondition(j *Join) {
	if p.accept("USING") {
		j.Using = p.identList()
		return
	}
	p.expect("ON")
	j.On = p.expr()
}

// joined parses one table of a join.
func (p *parser) joined() From {
	defer p.enter()()
	if f := p.tableFunction(); f != nil {
		return f
	}
	t := p.peek()
	switch {
	case t.is("LATERAL") && p.peekAt(1).isOp("("):
		p.at++
		return p.inlineView(true)
	case t.is("ONLY"), t.is("XMLTABLE"), t.is("JSON_TABLE"):
		if p.peekAt(1).isOp("(") {
			p.unimplemented(t.upper())
		}
	case t.isOp("("):
		if p.startsQuery() {
			return p.inlineView(false)
		}
		p.at++
		f := p.from()
		p.expectOp(")")
		return f
	}
	return p.table()
}

// table parses name [PARTITION (p)] [AS OF SCN n | TIMESTAMP t] [alias]. Samples
// and version queries are refused by name.
func (p *parser) table() *Table {
	t := &Table{Name: p.objectName()}
	t.Partition = p.ofPartition()
	if w := p.peek(); w.is("SAMPLE") && (p.peekAt(1).isOp("(") || p.peekAt(1).is("BLOCK")) {
		p.unimplemented(w.upper())
	}
	if p.accept("AS", "OF") {
		at := p.here()
		if p.accept("TIMESTAMP") {
			t.AsOf = &Call{At: at, Path: []string{"TIMESTAMP_TO_SCN"}, Args: []Arg{{Value: p.sum()}}}
		} else {
			p.expect("SCN")
			t.AsOf = p.sum()
		}
	} else if p.peek().is("VERSIONS") && p.peekAt(1).is("BETWEEN") {
		p.unimplemented("VERSIONS BETWEEN")
	}
	t.Alias = p.tableAlias()
	return t
}

// clauseWords are the words that may follow a table and so are no alias.
var clauseWords = set("JOIN INNER LEFT RIGHT FULL CROSS NATURAL OUTER USING OFFSET FETCH RETURNING RETURN LOG LOOP PIVOT UNPIVOT MODEL PARTITION")

// tableAlias parses an alias if one comes next; AS is not allowed before it in
// Oracle.
func (p *parser) tableAlias() string {
	t := p.peek()
	if t.kind == quoted || t.kind == word && !reserved[t.upper()] && !clauseWords[t.upper()] {
		return p.ident()
	}
	return ""
}
