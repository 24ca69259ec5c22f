package sql

// constraint parses a constraint if one comes next. For an inline constraint
// column is the column it belongs to.
func (p *parser) constraint(column string) (Constraint, bool) {
	c := Constraint{At: p.here()}
	named := p.peek().is("CONSTRAINT")
	if named {
		p.at++
		c.Name = p.ident()
	}
	switch {
	case p.accept("PRIMARY", "KEY"):
		c.Kind = "P"
	case p.peek().is("UNIQUE"):
		p.at++
		c.Kind = "U"
	case p.accept("CHECK"):
		c.Kind = "C"
	case column != "" && p.accept("NOT", "NULL"):
		c.Kind = "N"
	case column != "" && p.peek().is("REFERENCES"), column == "" && p.accept("FOREIGN", "KEY"):
		c.Kind = "R"
	default:
		if named {
			p.fail(904, ": invalid identifier")
		}
		return c, false
	}
	p.constraintBody(&c, column)
	p.constraintState(&c)
	return c, true
}

// constraintBody parses what a constraint is about: columns, a condition, or
// the key it refers to.
func (p *parser) constraintBody(c *Constraint, column string) {
	switch {
	case c.Kind == "C":
		p.expectOp("(")
		start := p.peek().pos
		c.CheckExpr = p.expr()
		c.Check = p.text[start:p.tokens[p.at-1].end]
		p.expectOp(")")
	case column != "":
		c.Columns = []string{column}
	default:
		c.Columns = p.identList()
	}
	if c.Kind == "R" {
		p.expect("REFERENCES")
		name := p.objectName()
		c.References = &name
		if p.peek().isOp("(") {
			c.RefColumns = p.identList()
		}
		switch {
		case p.accept("ON", "DELETE", "CASCADE"):
			c.OnDelete = "CASCADE"
		case p.accept("ON", "DELETE", "SET", "NULL"):
			c.OnDelete = "SET NULL"
		}
	}
}

// constraintState parses ENABLE, DISABLE and USING INDEX.
func (p *parser) constraintState(c *Constraint) {
	for {
		switch {
		case p.accept("ENABLE", "VALIDATE"), p.accept("ENABLE"), p.accept("VALIDATE"), p.accept("NOT", "DEFERRABLE"):
		case p.accept("INITIALLY", "IMMEDIATE"), p.accept("RELY"), p.accept("NORELY"):
		case p.accept("DISABLE"):
			c.Disabled = true
			p.accept("NOVALIDATE")
		case p.accept("ENABLE", "NOVALIDATE"), p.peek().is("DEFERRABLE"), p.peek().is("INITIALLY"):
			p.unimplemented("DEFERRABLE or NOVALIDATE constraint")
		case p.accept("USING", "INDEX"):
			p.usingIndex(c)
		default:
			return
		}
	}
}

// usingIndex parses the physical attributes of a key's index, which have no
// effect, or the name of an index there is.
func (p *parser) usingIndex(c *Constraint) {
	if p.physical() {
		for p.physical() {
		}
		return
	}
	if w := p.peek(); p.isIdent() && !w.is("ENABLE") && !w.is("DISABLE") {
		name := p.objectName()
		c.UsingIndex = &name
		return
	}
	if p.peek().isOp("(") {
		p.unimplemented("USING INDEX with a CREATE INDEX")
	}
}
