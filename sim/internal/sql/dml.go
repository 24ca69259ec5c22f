package sql

// The data manipulation statements.
type (
	// Insert is INSERT INTO t (…) VALUES (…) or a query.
	Insert struct {
		At
		Table     Name
		Partition *PartitionRef // nil for the whole table
		Alias     string
		Columns   []ColumnRef
		Values    []Expr // a nil entry is DEFAULT
		Query     *Select
		Returning *Returning
	}
	// Update is UPDATE t SET … WHERE ….
	Update struct {
		At
		Table     Table
		Set       []Assignment
		Where     Expr
		Returning *Returning
	}
	// Delete is DELETE FROM t WHERE ….
	Delete struct {
		At
		Table     Table
		Where     Expr
		Returning *Returning
	}
	// ColumnRef is a column as named in an INSERT or SET list.
	ColumnRef struct {
		At
		Name string
	}
	// Assignment is one SET entry: one column and a value (nil is DEFAULT),
	// or several columns and a query.
	Assignment struct {
		Columns []ColumnRef
		Value   Expr
		Query   *Select
	}
	// Returning is RETURNING exprs INTO targets.
	Returning struct {
		Exprs []Expr
		Into  []Expr
	}
)

func (*Insert) statement() {}
func (*Update) statement() {}
func (*Delete) statement() {}

// insert parses INSERT INTO table [alias] [(columns)] {VALUES (…) | query}
// [RETURNING …]. Multi-table and view inserts are refused by name.
func (p *parser) insert() Statement {
	s := &Insert{At: p.here()}
	p.expect("INSERT")
	if w := p.peek(); w.is("ALL") || w.is("FIRST") {
		p.unimplemented("INSERT " + w.upper())
	}
	p.expect("INTO")
	if p.peek().isOp("(") {
		p.unimplemented("INSERT INTO (query)")
	}
	s.Table = p.objectName()
	s.Partition = p.ofPartition()
	if p.isIdent() && !clauseWords[p.peek().upper()] {
		s.Alias = p.ident()
	}
	if p.peek().isOp("(") && !p.startsQuery() {
		s.Columns = p.columnRefs()
	}
	if p.startsQuery() {
		s.Query = p.query()
	} else {
		p.expect("VALUES")
		if p.block && !p.peek().isOp("(") {
			p.unimplemented("INSERT VALUES record")
		}
		s.Values = p.valueList()
	}
	s.Returning = p.returning()
	p.errorLogging()
	return s
}

// errorLogging refuses LOG ERRORS, which would keep rows that fail.
func (p *parser) errorLogging() {
	if p.peek().is("LOG") && p.peekAt(1).is("ERRORS") {
		p.unimplemented("LOG ERRORS")
	}
}

// columnRefs parses (column, …) with the place of each name, for ORA-00904.
func (p *parser) columnRefs() []ColumnRef {
	p.expectOp("(")
	list := []ColumnRef{p.columnRef()}
	for p.acceptOp(",") {
		list = append(list, p.columnRef())
	}
	p.expectOp(")")
	return list
}

// columnRef reads a column, whose table may be named before it.
func (p *parser) columnRef() ColumnRef {
	c := ColumnRef{At: p.here(), Name: p.ident()}
	for p.acceptOp(".") {
		c = ColumnRef{At: p.here(), Name: p.ident()}
	}
	return c
}

// valueList parses the parenthesised list after VALUES.
func (p *parser) valueList() []Expr {
	p.expectOp("(")
	list := []Expr{p.valueOrDefault()}
	for p.acceptOp(",") {
		list = append(list, p.valueOrDefault())
	}
	p.expectOp(")")
	return list
}

// valueOrDefault parses an expression; DEFAULT is nil.
func (p *parser) valueOrDefault() Expr {
	if p.accept("DEFAULT") {
		return nil
	}
	return p.expr()
}

// update parses UPDATE table [alias] SET … [WHERE …] [RETURNING …].
func (p *parser) update() Statement {
	s := &Update{At: p.here()}
	p.expect("UPDATE")
	s.Table = *p.table()
	p.expect("SET")
	s.Set = append(s.Set, p.assignment())
	for p.acceptOp(",") {
		s.Set = append(s.Set, p.assignment())
	}
	if p.accept("WHERE") {
		s.Where = p.where()
	}
	s.Returning = p.returning()
	p.errorLogging()
	return s
}

// assignment parses column = {expr | DEFAULT} or (columns) = (query).
func (p *parser) assignment() Assignment {
	if p.peek().isOp("(") {
		a := Assignment{Columns: p.columnRefs()}
		p.expectOp("=")
		a.Query = p.parenQuery()
		return a
	}
	a := Assignment{Columns: []ColumnRef{p.columnRef()}}
	p.expectOp("=")
	a.Value = p.valueOrDefault()
	return a
}

// delete parses DELETE [FROM] table [alias] [WHERE …] [RETURNING …].
func (p *parser) delete() Statement {
	s := &Delete{At: p.here()}
	p.expect("DELETE")
	p.accept("FROM")
	s.Table = *p.table()
	if p.accept("WHERE") {
		s.Where = p.where()
	}
	s.Returning = p.returning()
	p.errorLogging()
	return s
}

// where parses the condition of UPDATE and DELETE.
func (p *parser) where() Expr {
	if p.peek().is("CURRENT") && p.peekAt(1).is("OF") {
		p.unimplemented("WHERE CURRENT OF")
	}
	return p.expr()
}

// returning parses RETURNING … INTO …, whose binds are outputs.
func (p *parser) returning() *Returning {
	if !p.accept("RETURNING") && !p.accept("RETURN") {
		return nil
	}
	r := &Returning{Exprs: p.exprList()}
	if p.peek().is("BULK") {
		p.unimplemented("BULK COLLECT")
	}
	p.expect("INTO")
	r.Into = p.targets()
	for _, t := range r.Into {
		if b, ok := t.(*Bind); ok && !p.block {
			p.binds[b.Index].Return = true
		}
	}
	if len(r.Into) != len(r.Exprs) {
		p.fail(947, "not enough values")
	}
	return r
}
