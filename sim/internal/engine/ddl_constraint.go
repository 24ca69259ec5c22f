package engine

import (
	"context"
	"slices"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// constraint adds a constraint and makes sure that existing rows obey it.
func (b *tableBuilder) constraint(def *sql.Constraint) error {
	k := &constraint{name: def.Name, kind: def.Kind, columns: def.Columns, onDelete: def.OnDelete, disabled: def.Disabled, altered: b.s.instance.config.Now()}
	if k.name == "" {
		k.name, k.generated = b.s.instance.catalog.constraintName(), true
	} else if b.s.constraintExists(b.t, k.name) {
		return at(def, datum.Errorf(2264, "name already used by an existing constraint"))
	}
	for i, name := range k.columns {
		switch {
		case b.t.column(name) == nil:
			return at(def, invalidIdentifier([]string{name}))
		case slices.Contains(k.columns[:i], name):
			return at(def, errDuplicateColumn())
		}
	}
	var err error
	switch def.Kind {
	case "N":
		err = b.notNull(k, def.Columns[0])
	case "P", "U":
		err = b.uniqueKey(k, def)
	case "C":
		err = b.check(k, def)
	case "R":
		err = b.foreignKey(k, def)
	}
	if err != nil {
		return at(def, err)
	}
	b.t.constraints = append(b.t.constraints, k)
	return nil
}

// constraintExists looks for a constraint name in the table's schema.
func (s *Session) constraintExists(t *table, name string) bool {
	if t.constraint(name) != nil {
		return true
	}
	return slices.ContainsFunc(s.instance.catalog.all(), func(o *table) bool {
		return o.schema == t.schema && o.id != t.id && o.constraint(name) != nil
	})
}

// notNull marks the column; its rule is listed in the dictionary as a check.
func (b *tableBuilder) notNull(k *constraint, name string) error {
	k.kind, k.notNull = "C", true
	col := b.t.column(name)
	if k.disabled {
		return nil
	}
	col.notNull = true
	text := `"` + name + `" IS NOT NULL`
	var err error
	if k.check, err = newExpression(text); err != nil {
		return err
	}
	return b.everyRow(k.check, datum.Errorf(2296, "cannot enable (%s.%s) - null values found", b.t.schema, k.name))
}

// everyRow makes sure that a condition is not false for any existing row.
func (b *tableBuilder) everyRow(cond *expression, otherwise *datum.Error) error {
	if b.t.rows.Blocks() == 0 {
		return nil
	}
	c := &compiler{s: b.s}
	sc := &scope{}
	it, err := c.heapItem(b.t, &sql.Table{}, b.t.name, sc)
	if err != nil {
		return err
	}
	test, err := c.predicate(cond.expr, sc)
	if err != nil {
		return err
	}
	op, _, err := it.leaf(nil)
	if err != nil {
		return err
	}
	f := &frame{row: make([]datum.Value, sc.width), run: b.s.newRun(context.Background(), nil)}
	if err := op.open(f); err != nil {
		return err
	}
	defer op.close()
	for {
		ok, err := op.next(f)
		if !ok || err != nil {
			return err
		}
		v, err := test.eval(f)
		if err != nil {
			return err
		}
		if v.Kind() == datum.Boolean && !v.Bool() {
			return otherwise
		}
	}
}

// uniqueKey adds a primary or unique key with its index.
func (b *tableBuilder) uniqueKey(k *constraint, def *sql.Constraint) error {
	for _, other := range b.t.constraints {
		switch {
		case k.kind == "P" && other.kind == "P":
			return datum.Errorf(2260, "table can have only one primary key")
		case (other.kind == "P" || other.kind == "U") && slices.Equal(other.columns, k.columns):
			return datum.Errorf(2261, "such unique or primary key already exists in the table")
		}
	}
	for _, name := range k.columns {
		col := b.t.column(name)
		if isLOB(col.typ.Kind) {
			return datum.Errorf(2329, "column of datatype LOB cannot be unique or a primary key")
		}
		if col.virtual != nil {
			return unimplemented("key on a virtual column")
		}
		if k.kind == "P" && !k.disabled {
			col.notNull = true
			nulls, err := newExpression(`"` + name + `" IS NOT NULL`)
			if err != nil {
				return err
			}
			if err := b.everyRow(nulls, datum.Errorf(1449, "column contains NULL values; cannot alter to NOT NULL")); err != nil {
				return err
			}
		}
	}
	if k.disabled {
		return nil
	}
	index, err := b.keyIndex(k, def)
	if d := datum.AsError(err); err != nil && d.Code == 1452 {
		return datum.Errorf(2437, "cannot validate (%s.%s) - primary key violated", b.t.schema, k.name)
	}
	k.index = index
	return err
}

// index adds the index of a key; a unique one over the same columns is used as
// it is.
//
// Error: ORA-01452 when the rows have duplicates.
func (b *tableBuilder) index(name string, columns []string) (*index, error) {
	for _, x := range b.t.indexes {
		if x.unique && slices.Equal(x.columns, columns) {
			return x, nil
		}
	}
	x := &index{id: b.s.instance.catalog.nextID(), name: name, columns: columns, unique: true, created: b.s.instance.config.Now()}
	return x, b.build(x, true)
}

// undo takes indexes back that were built for a DDL that failed.
func (b *tableBuilder) undo() {
	for _, x := range b.added {
		b.t.rows.DropIndex(x)
	}
}

// check adds a CHECK condition, which may read the columns of the table and
// nothing else.
func (b *tableBuilder) check(k *constraint, def *sql.Constraint) error {
	var err error
	if k.check, err = newExpression(def.Check); err != nil {
		return err
	}
	sc := &scope{inCheck: true}
	c := &compiler{s: b.s}
	src := c.tableSource(b.t, b.t.name)
	sc.add(src)
	if _, err := c.predicate(k.check.expr, sc); err != nil {
		return err
	}
	for i, col := range b.t.columns {
		if src.columns[i].used {
			k.columns = append(k.columns, col.name)
		}
	}
	if k.disabled {
		return nil
	}
	return b.everyRow(k.check, datum.Errorf(2293, "cannot validate (%s.%s) - check constraint violated", b.t.schema, k.name))
}

// foreignKey links to an enabled primary or unique key. Errors: ORA-02268,
// ORA-02270.
func (b *tableBuilder) foreignKey(k *constraint, def *sql.Constraint) error {
	parent := b.t
	if def.References.Name != b.t.name || def.References.Schema != "" && def.References.Schema != b.t.schema {
		var err error
		if parent, err = b.s.lookup(def.References.Schema, def.References.Name); err != nil {
			return err
		}
		if err := b.s.allowed(parent, "REFERENCES"); err != nil {
			return err
		}
	}
	for _, target := range parent.constraints {
		wanted := target.kind == "P" && def.RefColumns == nil ||
			(target.kind == "P" || target.kind == "U") && slices.Equal(target.columns, def.RefColumns)
		if wanted && len(target.columns) == len(k.columns) && !target.disabled {
			k.refSchema, k.refTable, k.refName = parent.schema, parent.name, target.name
			return b.checkOrphans(k, parent, target)
		}
	}
	if def.RefColumns == nil {
		return datum.Errorf(2268, "referenced table does not have a primary key")
	}
	return datum.Errorf(2270, "no matching unique or primary key for this column-list")
}

// checkOrphans makes sure that existing rows have their parents.
func (b *tableBuilder) checkOrphans(k *constraint, parent *table, target *constraint) error {
	if k.disabled {
		return nil
	}
	slots := b.t.slotsOf(k.columns)
	buffer := make(datum.Row, slices.Max(slots)+1)
	scan := b.t.rows.Scan(b.s.snapshot())
	for {
		_, data, ok, err := scan.Next()
		if !ok || err != nil {
			return err
		}
		if key, complete := keyValues(data, slots, buffer); complete && !b.s.present(parent, target.index, key) {
			return datum.Errorf(2298, "cannot validate (%s.%s) - parent keys not found", b.t.schema, k.name)
		}
	}
}
