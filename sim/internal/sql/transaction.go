package sql

// The statements of transactions and sessions.
type (
	// Commit is COMMIT.
	Commit struct{ At }
	// Rollback is ROLLBACK [TO savepoint].
	Rollback struct {
		At
		To string
	}
	// Savepoint is SAVEPOINT name.
	Savepoint struct {
		At
		Name string
	}
	// AlterSession is ALTER SESSION SET name = value …. Values are literals,
	// or the stored form of a name.
	AlterSession struct {
		At
		Settings []Setting
	}
	// Setting is one parameter of an AlterSession.
	Setting struct {
		At
		Name, Value string
	}
)

func (*Commit) statement()       {}
func (*Rollback) statement()     {}
func (*Savepoint) statement()    {}
func (*AlterSession) statement() {}

// commit parses COMMIT [WORK] [COMMENT 'text'] [WRITE …]; a commit is durable
// and visible at once, whatever WRITE says.
func (p *parser) commit() Statement {
	s := &Commit{At: p.here()}
	p.expect("COMMIT")
	p.accept("WORK")
	if p.accept("COMMENT") {
		p.literal()
	}
	if p.accept("WRITE") {
		for p.accept("BATCH") || p.accept("IMMEDIATE") || p.accept("NOWAIT") || p.accept("WAIT") {
		}
	}
	return s
}

// rollback parses ROLLBACK [WORK] [TO [SAVEPOINT] name].
func (p *parser) rollback() Statement {
	s := &Rollback{At: p.here()}
	p.expect("ROLLBACK")
	p.accept("WORK")
	if p.accept("TO") {
		p.accept("SAVEPOINT")
		s.To = p.ident()
	}
	return s
}

// savepoint parses SAVEPOINT name.
func (p *parser) savepoint() Statement {
	s := &Savepoint{At: p.here()}
	p.expect("SAVEPOINT")
	s.Name = p.ident()
	return s
}

// set names what SET statement is not there.
func (p *parser) set() Statement {
	p.expect("SET")
	p.unimplemented("SET " + p.peek().upper())
	return nil
}

// alterSession parses ALTER SESSION SET name = value …, several of them without
// commas.
func (p *parser) alterSession(at At) Statement {
	s := &AlterSession{At: at}
	if w := p.peek(); w.is("ENABLE") || w.is("DISABLE") || w.is("FORCE") || w.is("ADVISE") || w.is("CLOSE") {
		return p.parallelSession(s)
	}
	p.expect("SET")
	for {
		set := Setting{At: p.here()}
		if p.peek().kind != word {
			p.fail(922, "missing or invalid option")
		}
		set.Name = p.advance().upper()
		p.expectOp("=")
		t := p.advance()
		switch t.kind {
		case text, quoted:
			set.Value = t.text
		case word, number:
			set.Value = t.upper()
			if t.kind == number {
				set.Value = t.text
			}
		default:
			p.at--
			p.fail(922, "missing or invalid option")
		}
		s.Settings = append(s.Settings, set)
		if k := p.peek(); k.kind != word {
			return s
		}
	}
}

// parallelSession accepts ENABLE|DISABLE|FORCE PARALLEL DML|DDL|QUERY, which
// only chooses a plan.
func (p *parser) parallelSession(s *AlterSession) Statement {
	action := p.advance().upper()
	if !p.accept("PARALLEL") {
		p.unimplemented("ALTER SESSION " + action)
	}
	if !p.accept("DML") && !p.accept("DDL") && !p.accept("QUERY") {
		p.fail(922, "missing or invalid option")
	}
	if p.accept("PARALLEL") {
		p.integer()
	}
	return s
}
