package sql

func (p *parser) nestedStep(at At) Step { return &Nested{At: at, Block: p.nested()} }

// ifStep parses IF … THEN … [ELSIF …] [ELSE …] END IF.
func (p *parser) ifStep(at At) Step {
	defer p.enter()()
	p.at++
	s := &If{At: at}
	for {
		b := Branch{If: p.expr()}
		p.expect("THEN")
		b.Then = p.steps("ELSIF", "ELSE", "END")
		s.Branches = append(s.Branches, b)
		if !p.accept("ELSIF") {
			break
		}
	}
	if p.accept("ELSE") {
		s.Else = p.steps("END")
	}
	p.expect("END", "IF")
	return s
}

// loopStep parses LOOP, WHILE and FOR loops up to END LOOP.
func (p *parser) loopStep(at At) Step {
	defer p.enter()()
	s := &Loop{At: at}
	switch {
	case p.accept("WHILE"):
		s.While = p.expr()
	case p.accept("FOR"):
		p.forHead(s)
	}
	p.expect("LOOP")
	s.Body = p.steps("END")
	p.expect("END", "LOOP")
	return s
}

// forHead parses i IN [REVERSE] a..b, r IN (query) and r IN cursor.
func (p *parser) forHead(s *Loop) {
	s.Var = p.ident()
	p.expect("IN")
	if s.Reverse = p.accept("REVERSE"); !s.Reverse {
		if p.startsQuery() && p.peek().isOp("(") {
			s.Query = p.parenQuery()
			return
		}
		if p.isIdent() && p.peekAt(1).is("LOOP") {
			s.Cursor = p.ident()
			return
		}
	}
	s.Low = p.sum()
	p.expectOp("..")
	s.High = p.sum()
}

// exitStep parses {EXIT | CONTINUE} [WHEN condition]; labels are refused.
func (p *parser) exitStep(at At) Step {
	s := &Exit{At: at, Continue: p.advance().is("CONTINUE")}
	if p.accept("WHEN") {
		s.When = p.expr()
	} else if !p.peek().isOp(";") {
		p.unimplemented("label")
	}
	return s
}

// immediate parses EXECUTE IMMEDIATE text [INTO …] [USING …] [RETURNING INTO
// …].
func (p *parser) immediate(at At) Step {
	p.at++
	p.expect("IMMEDIATE")
	s := &Immediate{At: at, Text: p.expr()}
	if p.peek().is("BULK") {
		p.unimplemented("BULK COLLECT")
	}
	if p.accept("INTO") {
		s.Into = p.targets()
	}
	if p.accept("USING") {
		for {
			s.Using = append(s.Using, p.using())
			if !p.acceptOp(",") {
				break
			}
		}
	}
	if p.accept("RETURNING") || p.accept("RETURN") {
		p.expect("INTO")
		s.Returning = p.targets()
	}
	return s
}

// using parses [IN | OUT | IN OUT] expr.
func (p *parser) using() Using {
	u := Using{In: true}
	switch {
	case p.accept("IN", "OUT"):
		u.Out = true
	case p.accept("OUT"):
		u.In, u.Out = false, true
	default:
		p.accept("IN")
	}
	u.Value = p.expr()
	return u
}

// open parses OPEN variable FOR {query | text}.
func (p *parser) open(at At) Step {
	p.at++
	s := &Open{At: at, Target: p.target()}
	if !p.accept("FOR") {
		p.unimplemented("OPEN cursor")
	}
	if p.startsQuery() {
		s.Query = p.query()
		return s
	}
	s.Text = p.expr()
	if p.peek().is("USING") {
		p.unimplemented("OPEN FOR USING")
	}
	return s
}

// raise parses RAISE [exception].
func (p *parser) raise(at At) Step {
	p.at++
	s := &Raise{At: at}
	if !p.peek().isOp(";") {
		s.Name = p.ident()
	}
	return s
}
