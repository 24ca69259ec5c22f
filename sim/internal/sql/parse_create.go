package sql

import "strings"

// create parses CREATE TABLE, INDEX and USER. Other objects are refused by the
// words that name them.
func (p *parser) create() Statement {
	at := p.here()
	p.expect("CREATE")
	switch {
	case p.accept("TABLE"):
		return p.createTable(at)
	case p.accept("UNIQUE", "INDEX"):
		return p.createIndex(&CreateIndex{At: at, Unique: true})
	case p.accept("BITMAP", "INDEX"):
		return p.createIndex(&CreateIndex{At: at, Bitmap: true})
	case p.accept("INDEX"):
		return p.createIndex(&CreateIndex{At: at})
	case p.accept("USER"):
		return p.createUser(at)
	}
	words := []string{"CREATE"}
	for i := 0; i < 3 && p.peekAt(i).kind == word; i++ {
		words = append(words, p.peekAt(i).upper())
		if !createPrefixes[p.peekAt(i).upper()] {
			break
		}
	}
	if len(words) == 1 {
		p.fail(901, "invalid CREATE command")
	}
	p.unimplemented(strings.Join(words, " "))
	return nil
}

// createPrefixes are the words between CREATE and the kind of object.
var createPrefixes = set("OR REPLACE GLOBAL TEMPORARY PRIVATE PUBLIC")

// createTable parses CREATE TABLE name [(elements)] properties [AS query].
func (p *parser) createTable(at At) Statement {
	s := &CreateTable{At: at}
	if p.peek().is("IF") && p.peekAt(1).is("NOT") {
		p.unimplemented("IF NOT EXISTS")
	}
	s.Table = p.objectName()
	if p.acceptOp("(") {
		p.tableElements(s)
		p.expectOp(")")
	} else if !p.peek().is("AS") {
		p.fail(906, "missing left parenthesis")
	}
	p.tableProperties()
	for done := false; !done; {
		switch {
		case s.Partition == nil && p.accept("PARTITION", "BY"):
			s.Partition = p.partitioning()
		case p.accept("ENABLE", "ROW", "MOVEMENT"):
			s.Movement = true
		case p.accept("DISABLE", "ROW", "MOVEMENT"):
		default:
			done = true
		}
		p.tableProperties()
	}
	if p.accept("AS") {
		s.Query = p.query()
	}
	return s
}

// tableElements parses columns and out-of-line constraints, in any order.
func (p *parser) tableElements(s *CreateTable) {
	for {
		if c, ok := p.constraint(""); ok {
			s.Constraints = append(s.Constraints, c)
		} else {
			s.Columns = append(s.Columns, p.columnDef())
		}
		if !p.acceptOp(",") {
			return
		}
	}
}

// harmless are the physical properties a table may be declared with; they have
// no meaning here and so change nothing that can be observed. The value is the
// number of words or numbers that follow the keyword.
var harmless = map[string]int{
	"TABLESPACE": 1, "PCTFREE": 1, "PCTUSED": 1, "INITRANS": 1, "MAXTRANS": 1,
	"LOGGING": 0, "NOLOGGING": 0, "NOCOMPRESS": 0, "COMPRESS": 0, "PARALLEL": 0, "NOPARALLEL": 0,
	"CACHE": 0, "NOCACHE": 0, "MONITORING": 0, "NOMONITORING": 0,
}

// physical skips one harmless property; it reports whether there was one.
func (p *parser) physical() bool {
	t := p.peek()
	n, ok := harmless[t.upper()]
	switch {
	case t.kind != word:
		return false
	case ok:
		p.at += 1 + n
	case t.is("STORAGE") && p.peekAt(1).isOp("("):
		for p.peek().kind != end && !p.acceptOp(")") {
			p.at++
		}
		ok = true
	}
	return ok
}

// tableProperties skips the harmless properties and names the others.
func (p *parser) tableProperties() {
	for {
		t := p.peek()
		switch {
		case p.physical():
		case t.is("SEGMENT") && p.peekAt(1).is("CREATION"):
			p.at += 3
		case t.kind == end, t.is("AS"), t.is("PARTITION") && p.peekAt(1).is("BY"), p.peekAt(1).is("ROW") && p.peekAt(2).is("MOVEMENT"):
			return
		case t.kind == word:
			p.unimplemented(t.upper())
		default:
			p.fail(922, "missing or invalid option")
		}
	}
}

// columnDef parses name [type] properties. The type is absent in CREATE TABLE
// AS SELECT and may be for virtual columns.
func (p *parser) columnDef() ColumnDef {
	c := ColumnDef{At: p.here(), Name: p.ident()}
	if t := p.peek(); t.kind == word && !columnWords[t.upper()] {
		name := p.typeName()
		c.Type = &name
	}
	p.columnProperties(&c)
	return c
}

// columnWords are the words that may follow a column without a data type.
var columnWords = set("DEFAULT GENERATED AS NOT NULL PRIMARY UNIQUE CHECK REFERENCES CONSTRAINT INVISIBLE VISIBLE ENABLE DISABLE SORT")

// columnProperties parses default, generation, visibility and inline
// constraints, in any order.
func (p *parser) columnProperties(c *ColumnDef) {
	for {
		switch {
		case p.accept("DEFAULT"):
			p.columnDefault(c)
		case p.accept("INVISIBLE"):
			c.Invisible = true
		case p.accept("VISIBLE"):
			c.Visible = true
		case p.peek().is("GENERATED"), p.peek().is("AS") && p.peekAt(1).isOp("("):
			p.generated(c)
		case p.accept("NULL"):
			c.Null = true
		case p.peek().is("ENCRYPT"), p.peek().is("COLLATE"):
			p.unimplemented(p.peek().upper())
		default:
			k, ok := p.constraint(c.Name)
			if !ok {
				return
			}
			c.Constraints = append(c.Constraints, k)
		}
	}
}

// columnDefault parses [ON NULL] expression and keeps its text, which the
// dictionary shows.
func (p *parser) columnDefault(c *ColumnDef) {
	if p.accept("ON", "NULL") {
		c.DefaultOnNull = true
	}
	start := p.peek().pos
	p.expr()
	c.Default, c.HasDefault = p.text[start:p.tokens[p.at-1].end], true
}

// generated parses identity and virtual columns.
func (p *parser) generated(c *ColumnDef) {
	always, onNull := true, false
	if p.accept("GENERATED") {
		if p.accept("BY", "DEFAULT") {
			always = false
			onNull = p.accept("ON", "NULL")
		} else {
			p.accept("ALWAYS")
		}
	}
	p.expect("AS")
	if p.accept("IDENTITY") {
		c.Identity = &Identity{Always: always, OnNull: onNull, Start: 1, By: 1}
		if p.acceptOp("(") {
			if !p.sequenceOptions(c.Identity) {
				p.fail(30669, "table can have only one identity column")
			}
			p.expectOp(")")
			return
		}
		p.sequenceOptions(c.Identity)
		return
	}
	p.expectOp("(")
	start := p.peek().pos
	p.expr()
	c.Virtual = p.text[start:p.tokens[p.at-1].end]
	p.expectOp(")")
	p.accept("VIRTUAL")
}

// sequenceOptions parses the options of an identity column up to the first token
// that is not one, and reports whether that is a closing parenthesis. Limits and caching are
// accepted and have no effect.
func (p *parser) sequenceOptions(i *Identity) bool {
	for {
		switch {
		case p.peek().is("START") && p.peekAt(1).is("WITH") && p.peekAt(2).is("LIMIT"):
			p.unimplemented("START WITH LIMIT VALUE")
		case p.accept("START", "WITH"):
			i.Start = p.signed()
		case p.accept("INCREMENT", "BY"):
			i.By = p.signed()
		case p.accept("CACHE"), p.accept("MINVALUE"), p.accept("MAXVALUE"):
			p.signed()
		case p.accept("NOCACHE"), p.accept("NOMAXVALUE"), p.accept("NOMINVALUE"), p.accept("NOCYCLE"), p.accept("NOORDER"), p.accept("ORDER"):
		case p.accept("NOKEEP"), p.accept("NOSCALE"):
		default:
			return p.peek().isOp(")")
		}
	}
}

// signed reads an integer literal that may be negative.
func (p *parser) signed() int64 {
	negative := p.acceptOp("-")
	t := p.peek()
	if t.kind != number {
		p.fail(1722, "invalid number")
	}
	p.at++
	l, ok := p.numberLiteral(t).(*Literal)
	if !ok {
		return 0
	}
	// A MAXVALUE of 28 nines does not fit; it stands for "no limit" here.
	n, _ := l.Value.Int()
	if negative {
		return -n
	}
	return n
}

// createUser parses CREATE USER name IDENTIFIED BY password with tablespaces
// and quotas, which have no effect.
func (p *parser) createUser(at At) Statement {
	s := &CreateUser{At: at, Name: p.ident()}
	p.expect("IDENTIFIED", "BY")
	s.Password = p.password()
	for p.userProperty() {
	}
	return s
}

// alterUser parses ALTER USER name with a new password, tablespaces or quotas.
func (p *parser) alterUser(at At) Statement {
	s := &AlterUser{At: at, Name: p.ident()}
	if p.accept("IDENTIFIED", "BY") {
		s.Password = p.password()
		if p.accept("REPLACE") {
			p.password()
		}
	} else if !p.userProperty() {
		p.unimplemented("ALTER USER … " + p.peek().upper())
	}
	for p.userProperty() {
	}
	if p.peek().kind == word {
		p.unimplemented("ALTER USER … " + p.peek().upper())
	}
	return s
}

// password reads a password, which is a name or in quotes.
func (p *parser) password() string {
	t := p.peek()
	if t.kind != word && t.kind != quoted {
		p.fail(988, "missing or invalid password(s)")
	}
	p.at++
	return t.text
}

// userProperty parses a tablespace or an unlimited quota, which have no effect.
func (p *parser) userProperty() bool {
	if !p.accept("DEFAULT", "TABLESPACE") && !p.accept("TEMPORARY", "TABLESPACE") && !p.accept("QUOTA", "UNLIMITED", "ON") {
		return false
	}
	p.ident()
	return true
}
