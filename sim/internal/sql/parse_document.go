package sql

// xmlSerialize parses XMLSERIALIZE({CONTENT | DOCUMENT} x AS type).
func (p *parser) xmlSerialize(at At) Expr {
	if !p.peekAt(1).isOp("(") {
		return nil
	}
	p.at += 2
	if !p.accept("CONTENT") {
		p.expect("DOCUMENT")
	}
	d := &Document{At: at, Name: "XMLSERIALIZE", X: p.expr(), Text: true}
	if p.accept("AS") {
		t := p.typeName()
		d.Returning = &t
	}
	p.expectOp(")")
	return d
}

// jsonSerialize parses JSON_SERIALIZE(x [RETURNING type] [EXTENDED]). Other
// options are refused.
func (p *parser) jsonSerialize(at At) Expr {
	if !p.peekAt(1).isOp("(") {
		return nil
	}
	p.at += 2
	d := &Document{At: at, Name: "JSON_SERIALIZE", X: p.expr(), Text: true}
	if p.accept("RETURNING") {
		t := p.typeName()
		d.Returning = &t
	}
	for _, option := range []string{"PRETTY", "ASCII", "ORDERED", "TRUNCATE"} {
		if p.peek().is(option) {
			p.unimplemented("JSON_SERIALIZE … " + option)
		}
	}
	d.Extended = p.accept("EXTENDED")
	p.expectOp(")")
	return d
}

// jsonConstructor parses JSON(x [EXTENDED]).
func (p *parser) jsonConstructor(at At) Expr { return p.constructor(at, "JSON") }

// xmlConstructor parses XMLTYPE(x).
func (p *parser) xmlConstructor(at At) Expr { return p.constructor(at, "XMLTYPE") }

func (p *parser) constructor(at At, name string) Expr {
	if !p.peekAt(1).isOp("(") {
		return nil
	}
	p.at += 2
	d := &Document{At: at, Name: name, X: p.expr()}
	d.Extended = name == "JSON" && p.accept("EXTENDED")
	p.expectOp(")")
	return d
}
