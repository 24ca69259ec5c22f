package sql

// anonymous parses a PL/SQL block; from here on names of binds are shared.
func (p *parser) anonymous() Statement {
	p.block = true
	b := p.nested()
	p.expectOp(";")
	return b
}

// callStatement parses CALL procedure(…) [INTO :x], a block of one call.
func (p *parser) callStatement() Statement {
	at := p.here()
	p.block = true
	p.expect("CALL")
	step := p.callStep()
	if p.accept("INTO") {
		step.Into = p.target()
	}
	return &Block{At: at, Body: []Step{step}}
}

// nested parses [DECLARE …] BEGIN … [EXCEPTION …] END [name].
func (p *parser) nested() *Block {
	defer p.enter()()
	b := &Block{At: p.here()}
	if p.accept("DECLARE") {
		for !p.peek().is("BEGIN") {
			b.Declarations = p.declaration(b.Declarations)
		}
	}
	p.expect("BEGIN")
	b.Body = p.steps("END", "EXCEPTION")
	if p.accept("EXCEPTION") {
		for p.accept("WHEN") {
			b.Handlers = append(b.Handlers, p.handler())
		}
	}
	p.expect("END")
	if !p.peek().isOp(";") {
		p.ident()
	}
	return b
}

// handler parses WHEN name [OR name …] THEN steps.
func (p *parser) handler() Handler {
	h := Handler{Names: []string{p.ident()}}
	for p.accept("OR") {
		h.Names = append(h.Names, p.ident())
	}
	p.expect("THEN")
	h.Body = p.steps("WHEN", "END")
	return h
}

// declaration parses one entry of DECLARE and appends it to list; a PRAGMA
// changes an entry instead.
func (p *parser) declaration(list []Declaration) []Declaration {
	d := Declaration{At: p.here()}
	switch {
	case p.peek().is("PRAGMA"):
		return p.pragma(list)
	case p.peek().is("TYPE"), p.peek().is("SUBTYPE"), p.peek().is("PROCEDURE"), p.peek().is("FUNCTION"):
		p.unimplemented(p.peek().upper() + " in a block")
	case p.accept("CURSOR"):
		d.Name = p.ident()
		if p.peek().isOp("(") {
			p.unimplemented("CURSOR with parameters")
		}
		p.expect("IS")
		d.Cursor = p.query()
		p.expectOp(";")
		return append(list, d)
	}
	d.Name = p.ident()
	if p.accept("EXCEPTION") {
		d.Exception = true
		p.expectOp(";")
		return append(list, d)
	}
	d.Constant = p.accept("CONSTANT")
	t := p.typeName()
	d.Type = &t
	d.NotNull = p.accept("NOT", "NULL")
	if p.acceptOp(":=") || p.accept("DEFAULT") {
		d.Init = p.expr()
	}
	p.expectOp(";")
	return append(list, d)
}

// pragma parses EXCEPTION_INIT, which gives a declared exception its number,
// and AUTONOMOUS_TRANSACTION, which it refuses.
func (p *parser) pragma(list []Declaration) []Declaration {
	p.expect("PRAGMA")
	if !p.accept("EXCEPTION_INIT") {
		p.unimplemented("PRAGMA " + p.peek().upper())
	}
	p.expectOp("(")
	name := p.ident()
	p.expectOp(",")
	code := int(p.signed())
	p.expectOp(")")
	p.expectOp(";")
	for i := range list {
		if list[i].Name == name && list[i].Exception {
			list[i].Code = -code
		}
	}
	return list
}

// steps parses statements up to one of the closing words.
func (p *parser) steps(closing ...string) []Step {
	var list []Step
	for {
		for _, w := range closing {
			if p.peek().is(w) && len(list) > 0 {
				return list
			}
		}
		list = append(list, p.step())
		p.expectOp(";")
	}
}

// step parses one statement of a block, without its semicolon: a keyword
// decides, and what begins with a name is an assignment or a call.
func (p *parser) step() Step {
	t := p.peek()
	at := At(t.pos)
	if t.kind == word {
		if parse, ok := stepParsers[t.upper()]; ok {
			return parse(p, at)
		}
	}
	if t.isOp("<<") {
		p.unimplemented("label")
	}
	if t.kind == bind {
		target := p.target()
		p.expectOp(":=")
		return &Assign{At: at, Target: target, Value: p.expr()}
	}
	if !p.isIdent() {
		p.fail(900, "invalid SQL statement")
	}
	mark := p.at
	x := p.reference()
	if p.acceptOp(":=") {
		if _, ok := x.(*Ref); !ok {
			p.unimplemented("assignment to an element")
		}
		return &Assign{At: at, Target: x, Value: p.expr()}
	}
	p.at = mark
	return p.callStep()
}

var stepParsers map[string]func(*parser, At) Step

func init() {
	static := func(p *parser, at At) Step {
		return &SQLStep{At: at, Statement: statements[p.peek().upper()](p)}
	}
	stepParsers = map[string]func(*parser, At) Step{
		"BEGIN": (*parser).nestedStep, "DECLARE": (*parser).nestedStep,
		"IF": (*parser).ifStep, "LOOP": (*parser).loopStep, "WHILE": (*parser).loopStep, "FOR": (*parser).loopStep,
		"EXIT": (*parser).exitStep, "CONTINUE": (*parser).exitStep,
		"EXECUTE": (*parser).immediate, "OPEN": (*parser).open, "RAISE": (*parser).raise,
		"RETURN": func(p *parser, at At) Step { p.at++; return &Return{at} },
		"NULL":   func(p *parser, at At) Step { p.at++; return &Nothing{at} },
		"SELECT": static, "WITH": static, "INSERT": static, "UPDATE": static, "DELETE": static,
		"COMMIT": static, "ROLLBACK": static, "SAVEPOINT": static, "MERGE": static, "LOCK": static, "SET": static,
	}
	for _, w := range []string{"FORALL", "FETCH", "CLOSE", "GOTO", "CASE", "PIPE"} {
		stepParsers[w] = func(p *parser, _ At) Step {
			p.unimplemented(w)
			return nil
		}
	}
}

// target parses something that can be assigned to: a variable or a bind.
func (p *parser) target() Expr {
	t := p.peek()
	if t.kind == bind {
		p.at++
		return p.placeholder(t)
	}
	at := p.here()
	path := []string{p.ident()}
	for p.acceptOp(".") {
		path = append(path, p.ident())
	}
	return &Ref{At: at, Path: path}
}

// callStep parses a procedure call, whose parentheses may be absent.
func (p *parser) callStep() *CallStep {
	at := p.here()
	switch x := p.reference().(type) {
	case *Call:
		return &CallStep{At: at, Call: x}
	case *Ref:
		return &CallStep{At: at, Call: &Call{At: x.At, Path: x.Path}}
	default:
		p.fail(900, "invalid SQL statement")
		return nil
	}
}
