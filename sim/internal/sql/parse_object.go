package sql

import "strings"

// drop parses DROP {TABLE | INDEX | USER} name with CASCADE and PURGE.
func (p *parser) drop() Statement {
	s := &Drop{At: p.here()}
	p.expect("DROP")
	switch kind := p.peek().upper(); kind {
	case "TABLE", "INDEX", "USER":
		p.at++
		if p.peek().is("IF") && p.peekAt(1).is("EXISTS") {
			p.unimplemented("IF EXISTS")
		}
		s.Kind, s.Object = kind, p.objectName()
	default:
		if p.peek().kind != word {
			p.fail(950, "invalid DROP option")
		}
		p.unimplemented("DROP " + kind)
	}
	if p.accept("CASCADE") {
		s.Cascade = true
		if s.Kind == "TABLE" {
			p.expect("CONSTRAINTS")
		}
	}
	if s.Kind == "TABLE" {
		p.accept("PURGE")
	}
	return s
}

// truncate parses TRUNCATE TABLE name [{DROP | REUSE} STORAGE].
func (p *parser) truncate() Statement {
	s := &Truncate{At: p.here()}
	p.expect("TRUNCATE")
	if p.peek().is("CLUSTER") {
		p.unimplemented("TRUNCATE CLUSTER")
	}
	if !p.accept("TABLE") {
		p.fail(3290, "Invalid truncate command - missing CLUSTER or TABLE keyword")
	}
	s.Table = p.objectName()
	if p.accept("DROP") || p.accept("REUSE") {
		p.expect("STORAGE")
	}
	return s
}

// rename parses RENAME a TO b, for tables of the own schema only.
func (p *parser) rename() Statement {
	s := &RenameTable{At: p.here()}
	p.expect("RENAME")
	s.Table = Name{At: p.here(), Name: p.ident()}
	p.expect("TO")
	s.To = p.ident()
	return s
}

// comment parses COMMENT ON {TABLE | COLUMN} name IS 'text'.
func (p *parser) comment() Statement {
	s := &Comment{At: p.here()}
	p.expect("COMMENT", "ON")
	switch {
	case p.accept("TABLE"):
		s.Table = p.objectName()
	case p.accept("COLUMN"):
		at := p.here()
		path := []string{p.ident()}
		for p.acceptOp(".") {
			path = append(path, p.ident())
		}
		if len(path) < 2 || len(path) > 3 {
			p.fail(1747, "invalid user.table.column, table.column, or column specification")
		}
		n := len(path)
		s.Column, s.Table = path[n-1], Name{At: at, Name: path[n-2]}
		if n == 3 {
			s.Table.Schema = path[0]
		}
	default:
		p.unimplemented("COMMENT ON " + p.peek().upper())
	}
	p.expect("IS")
	s.Text = p.literal()
	return s
}

// grant parses GRANT privileges [ON [DIRECTORY] object] TO grantees.
func (p *parser) grant() Statement {
	p.expect("GRANT")
	return p.privileges(false, "TO")
}

// revoke parses REVOKE privileges [ON object] FROM grantees.
func (p *parser) revoke() Statement {
	p.expect("REVOKE")
	return p.privileges(true, "FROM")
}

// privileges parses what GRANT and REVOKE share; direction is the word before the
// grantees, TO or FROM. A privilege may be several words, such as CREATE SESSION.
func (p *parser) privileges(revoke bool, direction string) Statement {
	s := &Grant{At: p.here(), Revoke: revoke}
	for more := true; more; more = p.acceptOp(",") {
		s.Privileges = append(s.Privileges, p.privilege(direction))
	}
	if p.accept("ON") {
		if p.peek().is("DIRECTORY") && !p.peekAt(1).is(direction) {
			s.Directory = p.accept("DIRECTORY")
		}
		n := p.objectName()
		s.Object = &n
	}
	p.expect(direction)
	for more := true; more; more = p.acceptOp(",") {
		if p.accept("PUBLIC") {
			s.Grantees = append(s.Grantees, "PUBLIC")
		} else {
			s.Grantees = append(s.Grantees, p.ident())
		}
	}
	if p.accept("WITH") {
		p.unimplemented("WITH GRANT OPTION")
	}
	return s
}

// privilege parses one privilege, up to a comma, ON or the direction.
func (p *parser) privilege(direction string) string {
	var words []string
	for !p.peek().isOp(",") && !p.peek().is("ON") && !p.peek().is(direction) {
		t := p.advance()
		if t.kind != word {
			p.at--
			p.fail(990, "missing or invalid privilege")
		}
		words = append(words, t.upper())
	}
	return strings.Join(words, " ")
}
