package engine

import (
	"context"
	"slices"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine/heap"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// maxColumns is the number of columns a table may have.
const maxColumns = 1000

// owned returns the schema that DDL on a name concerns, when the session may
// change it.
//
// Errors: ORA-01918, ORA-01031.
func (s *Session) owned(n sql.Name) (string, error) {
	schema := n.Schema
	if schema == "" {
		schema = s.Schema()
	}
	s.instance.mu.RLock()
	_, known := s.instance.users[schema]
	s.instance.mu.RUnlock()
	switch {
	case !known:
		return "", at(n, datum.Errorf(1918, "user '%s' does not exist", schema))
	case schema != s.user.name && s.user.role != Administrator:
		return "", at(n, errNoPrivilege())
	}
	return schema, nil
}

// alterable finds a table that the session may change, nobody is writing to,
// and nobody will be before the DDL has ended.
//
// Errors: ORA-00942, ORA-01031, ORA-00054.
func (s *Session) alterable(n sql.Name, privilege string) (*table, error) {
	t, err := s.lookup(n.Schema, n.Name)
	if err != nil {
		return nil, at(n, err)
	}
	if err := s.allowed(t, privilege); err != nil {
		return nil, at(n, err)
	}
	return t, s.fence(t)
}

// fence keeps writers away from a table while DDL changes it. Error: ORA-00054.
func (s *Session) fence(t *table) error {
	if slices.Contains(s.fenced, t.rows) {
		return nil
	}
	if !t.rows.Fence() {
		return s.translate(t, heap.ErrBusy)
	}
	s.fenced = append(s.fenced, t.rows)
	return nil
}

// unfence lets writers in again; those that waited are compiled anew.
func (s *Session) unfence() {
	for _, rows := range s.fenced {
		rows.Unfence()
	}
	s.fenced = nil
}

// createTable builds a table aside and stores it only when it is complete,
// filled from its query if it has one.
func (s *Session) createTable(ctx context.Context, st *sql.CreateTable) error {
	schema, err := s.owned(st.Table)
	if err != nil {
		return err
	}
	if s.instance.catalog.table(objectName{schema, st.Table.Name}) != nil {
		return at(st.Table, errNameUsed())
	}
	t := s.newTable(schema, st.Table.Name)
	b := &tableBuilder{s: s, t: t}
	source, err := b.columnsOf(st)
	if err != nil {
		return err
	}
	if err := b.finish(st.Columns, st.Constraints); err != nil {
		return err
	}
	if err := b.partition(ctx, st); err != nil {
		return err
	}
	if source != nil {
		if err := s.fill(ctx, t, source); err != nil {
			return err
		}
	}
	t.changed = s.instance.store.Advance()
	if err := s.instance.catalog.add(t); err != nil {
		return at(st.Table, err)
	}
	return nil
}

// newTable makes a table without columns that nobody can name yet.
func (s *Session) newTable(schema, name string) *table {
	now := s.instance.config.Now()
	return &table{
		id: s.instance.catalog.nextID(), schema: schema, name: name,
		rows: s.instance.store.NewTable(), created: now, altered: now,
	}
}

// columnsOf adds the columns that CREATE TABLE declares, or those of its query,
// whose plan it returns; nil without a query.
func (b *tableBuilder) columnsOf(st *sql.CreateTable) (source *plan, err error) {
	if st.Query != nil {
		if source, err = (&compiler{s: b.s}).query(st.Query, nil); err != nil {
			return nil, err
		}
		return source, b.fromQuery(st, source)
	}
	for i := range st.Columns {
		if err := b.column(&st.Columns[i]); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// fill inserts the rows of CREATE TABLE AS SELECT.
func (s *Session) fill(ctx context.Context, t *table, source *plan) error {
	c := &compiler{s: s}
	var refs []sql.ColumnRef
	for _, col := range t.columns {
		refs = append(refs, sql.ColumnRef{Name: col.name})
	}
	w, err := c.writer(t, refs, nil)
	if err != nil {
		return err
	}
	r := s.newRun(ctx, nil)
	it, err := source.open(&frame{run: r})
	if err != nil {
		return err
	}
	defer it.close()
	txn := s.begin()
	defer s.settle()
	_, err = s.appendRows(r, w, &batch{s: s, table: t, txn: txn}, func(yield func(datum.Row, error) bool) {
		for {
			row, ok, err := it.next()
			if !ok && err == nil || !yield(row, err) {
				return
			}
		}
	})
	if err != nil {
		_ = s.Rollback(ctx) // cannot fail
		return err
	}
	return s.Commit(ctx)
}

// tableBuilder adds columns and constraints to a table that is not in the
// catalog yet: a new one or a clone.
type tableBuilder struct {
	s     *Session
	t     *table
	added []*heap.Index // to take back when the DDL fails
}

// fromQuery makes the columns of CREATE TABLE AS SELECT.
func (b *tableBuilder) fromQuery(st *sql.CreateTable, p *plan) error {
	if len(st.Columns) > 0 && len(st.Columns) != len(p.columns) {
		return at(st, datum.Errorf(1730, "invalid number of column names specified"))
	}
	for i, out := range p.columns {
		name, pos := out.Name, sql.At(0)
		if len(st.Columns) > 0 {
			def := &st.Columns[i]
			name, pos = def.Name, def.At
			if def.Type != nil {
				return at(def, datum.Errorf(1773, "may not specify column datatypes in this CREATE TABLE"))
			}
		} else if !plainName(name) {
			return at(st.Query, datum.Errorf(998, "must name this expression with a column alias"))
		}
		if b.t.column(name) != nil {
			return at(pos, errDuplicateColumn())
		}
		if out.Type.Kind == datum.Text && out.Type.Size == 0 {
			return at(st.Query, datum.Errorf(1723, "zero-length columns are not allowed"))
		}
		out.Type.Long = false
		b.t.columns = append(b.t.columns, &column{name: name, typ: out.Type, slot: b.t.slots, notNull: out.Type.Kind != datum.Null && !out.Nullable})
		b.t.slots++
	}
	return nil
}

// plainName reports names that an expression without alias cannot have.
func plainName(s string) bool {
	return s != "" && !slices.ContainsFunc([]byte(s), func(c byte) bool {
		return c == '(' || c == '\'' || c == '+' || c == '|' || c == '*' || c == '/' || c == '-' || c == '.'
	})
}

// finish adds the constraints of columns and table.
func (b *tableBuilder) finish(columns []sql.ColumnDef, constraints []sql.Constraint) error {
	if len(b.t.columns) == 0 {
		return datum.Errorf(904, ": invalid identifier")
	}
	if len(b.t.columns) > maxColumns {
		return datum.Errorf(1792, "maximum number of columns in a table or view is 1000")
	}
	if err := b.virtuals(); err != nil {
		return err
	}
	for _, c := range columns {
		for i := range c.Constraints {
			if err := b.constraint(&c.Constraints[i]); err != nil {
				return err
			}
		}
	}
	for i := range constraints {
		if err := b.constraint(&constraints[i]); err != nil {
			return err
		}
	}
	return nil
}

// virtuals compiles virtual columns once: for errors, and for the type of
// those declared without one.
func (b *tableBuilder) virtuals() error {
	sc := &scope{inCheck: true}
	c := &compiler{s: b.s}
	sc.add(c.tableSource(b.t, b.t.name))
	for _, col := range b.t.columns {
		if col.virtual == nil {
			continue
		}
		x, err := c.value(col.virtual.expr, sc)
		if err != nil {
			return err
		}
		if col.typ.Kind == datum.Null {
			col.typ = x.typ
			col.typ.Fixed = false
		}
	}
	return nil
}
