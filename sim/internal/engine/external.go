package engine

import (
	"context"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// An External says where the rows of an external table come from. It is plain
// data that never changes; the access driver knows what it means.
type External struct {
	Driver      string            // TYPE_NAME of USER_EXTERNAL_TABLES: ORACLE_LOADER
	Locations   []string          // URIs, which may hold secrets
	RejectLimit string            // a number, or UNLIMITED
	Parameters  map[string]string // the driver's own
}

// An AccessDriver reads external tables. It is called once for each time that a
// query reads one, and works with the rights and settings of session s. The
// context lives as long as the rows are read: through all calls that fetch them.
type AccessDriver func(ctx context.Context, s *Session, scan ExternalScan) (ExternalRows, error)

// ExternalRows are the rows of one scan. The caller closes them, at their end too.
type ExternalRows interface {
	// Next returns the next row, whose values belong to the table's columns in
	// their order and have been through ExternalScan.Fit, or io.EOF. The slice
	// may be used again for the following row; the values may not.
	Next() (datum.Row, error)
	Close()
}

// An ExternalScan is what an access driver has to know of a table.
type ExternalScan struct {
	Table TableInfo
	External

	s *Session
	t *table
}

// Fit makes a value one of column i: converted to its kind, within its limits,
// padded and rounded as a stored one.
//
// Errors: of the conversion; ORA-12899, 01438, 01873.
func (x ExternalScan) Fit(i int, v datum.Value) (datum.Value, error) {
	c := x.t.columns[i]
	v, err := x.s.fit(v, x.t, c)
	return padded(v, c.typ), err
}

// RegisterAccessDriver makes the external tables of a type readable. A driver of
// the same name is replaced.
func (i *Instance) RegisterAccessDriver(name string, d AccessDriver) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.drivers[name] = d
}

// ExternalScan resolves an external table as given (no case folding) for reading
// it beside SQL.
//
// Errors: ORA-00942, ORA-01031; ok is false for a table that is not external.
func (s *Session) ExternalScan(schema, name string) (scan ExternalScan, ok bool, err error) {
	t, err := s.lookup(schema, name)
	if err != nil {
		return ExternalScan{}, false, err
	}
	if err := s.allowed(t, "SELECT", "READ"); err != nil {
		return ExternalScan{}, false, err
	}
	if t.external == nil {
		return ExternalScan{}, false, nil
	}
	return s.scanOf(t), true, nil
}

func (s *Session) scanOf(t *table) ExternalScan {
	return ExternalScan{Table: t.info(), External: *t.external, s: s, t: t}
}

// CreateExternal makes an external table in the current schema. The columns are
// written as in CREATE TABLE, names and types only. Like any DDL it commits; what
// the locations hold is looked at by queries alone.
//
// Errors: of the column list; ORA-00955; ORA-30656 for LONG, ORA-30657 for
// constraints.
func (s *Session) CreateExternal(ctx context.Context, name, columns string, x External) error {
	if err := s.Commit(ctx); err != nil {
		return err
	}
	t, err := s.externalTable(name, columns)
	if err != nil {
		return err
	}
	if s.instance.catalog.table(objectName{t.schema, t.name}) != nil {
		return errNameUsed()
	}
	t.id = s.instance.catalog.nextID()
	t.external = &x
	t.changed = s.instance.store.Advance()
	return s.instance.catalog.add(t)
}

// DescribeExternal reads a column list as CreateExternal would, without making
// anything.
func (s *Session) DescribeExternal(name, columns string) (TableInfo, error) {
	t, err := s.externalTable(name, columns)
	if err != nil {
		return TableInfo{}, err
	}
	return t.info(), nil
}

// externalTable makes the definition of a table from its column list.
func (s *Session) externalTable(name, columns string) (*table, error) {
	// A comment in the list must not hide the parenthesis behind it.
	parsed, err := sql.Parse("CREATE TABLE " + quotedName(name) + " (\n" + columns + "\n)")
	if err != nil {
		return nil, err
	}
	st, ok := parsed.Statement.(*sql.CreateTable)
	if !ok || st.Query != nil || st.Partition != nil || st.Movement {
		return nil, unimplemented("column list of an external table with a clause behind it")
	}
	schema, err := s.owned(st.Table)
	if err != nil {
		return nil, err
	}
	t := &table{schema: schema, name: name, rows: s.instance.store.NewTable(), created: s.instance.config.Now()}
	t.altered = t.created
	b := &tableBuilder{s: s, t: t}
	for i := range st.Columns {
		if err := b.externalColumn(&st.Columns[i]); err != nil {
			return nil, err
		}
	}
	if len(st.Constraints) > 0 {
		return nil, errExternal()
	}
	return t, b.finish(nil, nil)
}

// externalColumn adds a column, which has a name and a type and nothing else.
func (b *tableBuilder) externalColumn(def *sql.ColumnDef) error {
	switch {
	case def.HasDefault, def.Identity != nil, def.Virtual != "", def.Invisible:
		return unimplemented("external column " + def.Name + " with more than a type")
	case len(def.Constraints) == 1 && def.Constraints[0].Kind == "N":
		return unimplemented("external column " + def.Name + " NOT NULL")
	case len(def.Constraints) > 0:
		return errExternal()
	case def.Type != nil && def.Type.Type.Long:
		return datum.Errorf(30656, "column type not supported on external organized table")
	}
	return b.column(def)
}

// errExternal is for what cannot be done to an external table (reference, section
// 4.3).
func errExternal() *datum.Error {
	return datum.Errorf(30657, "operation not supported on external organized table")
}
