package engine

import (
	"context"
	"slices"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// alterTable edits a clone of the table and stores it when all went well.
func (s *Session) alterTable(ctx context.Context, st *sql.AlterTable) error {
	old, err := s.alterable(st.Table, "ALTER")
	if err != nil {
		return err
	}
	if old.external != nil {
		return at(st.Table, unimplemented("ALTER TABLE of an external table"))
	}
	b := &tableBuilder{s: s, t: old.clone()}
	if err := b.alter(ctx, st); err != nil {
		b.undo()
		return err
	}
	s.replace(b.t)
	return nil
}

// replace stores an edited table.
func (s *Session) replace(t *table) {
	t.altered = s.instance.config.Now()
	t.changed = s.instance.store.Advance()
	s.instance.catalog.put(t)
}

// alter carries out the one action of an ALTER TABLE on the clone.
func (b *tableBuilder) alter(ctx context.Context, st *sql.AlterTable) error {
	switch {
	case st.Partition != nil:
		return b.partitionPart(ctx, st)
	case len(st.Add) > 0 || len(st.AddKeys) > 0:
		return b.addAll(ctx, st)
	case len(st.Modify) > 0:
		for i := range st.Modify {
			if err := b.modify(&st.Modify[i]); err != nil {
				return err
			}
		}
		return nil
	case len(st.DropColumns) > 0:
		return b.dropColumns(st)
	case st.DropKey != nil:
		return b.dropKey(st, *st.DropKey)
	case st.Switch != nil:
		return b.switchKey(st, st.Switch)
	default:
		return b.rename(st, st.Rename)
	}
}

// addAll adds columns and constraints. Rows that are there already read the
// default of a new column, as it is now.
func (b *tableBuilder) addAll(ctx context.Context, st *sql.AlterTable) error {
	for i := range st.Add {
		def := &st.Add[i]
		if err := b.column(def); err != nil {
			return err
		}
		col := b.t.columns[len(b.t.columns)-1]
		if col.identity != nil && b.t.rows.Blocks() > 0 {
			return at(def, unimplemented("ADD identity column to a table with rows"))
		}
		if col.byDefault != nil {
			x, err := (&compiler{s: b.s}).value(col.byDefault.expr, &scope{inCheck: true})
			if err != nil {
				return err
			}
			v, err := x.eval(&frame{run: b.s.newRun(ctx, nil)})
			if err != nil {
				return err
			}
			if col.missing, err = b.s.fit(v, b.t, col); err != nil {
				return err
			}
		}
	}
	return b.finish(st.Add, st.AddKeys)
}

// modify changes a column's type, default, nullability or visibility.
func (b *tableBuilder) modify(def *sql.ColumnDef) error {
	col := b.t.column(def.Name)
	if col == nil {
		return at(def, invalidIdentifier([]string{def.Name}))
	}
	switch {
	case def.Invisible:
		col.invisible = true
	case def.Visible && col.invisible:
		col.invisible = false
		b.t.columns = append(slices.DeleteFunc(b.t.columns, func(c *column) bool { return c == col }), col)
	case def.Virtual != "":
		return at(def, unimplemented("MODIFY virtual column"))
	}
	if def.Type != nil {
		if err := b.retype(col, def); err != nil {
			return err
		}
	}
	if err := b.revalue(col, def); err != nil {
		return err
	}
	if def.Null {
		b.allowNull(col)
	}
	return b.finish([]sql.ColumnDef{*def}, nil)
}

// revalue changes where the column takes its value from when none is given: a
// default, or the counter of an identity column.
func (b *tableBuilder) revalue(col *column, def *sql.ColumnDef) error {
	if def.HasDefault {
		if col.identity != nil {
			return at(def, datum.Errorf(30674, "identity column cannot have a default value"))
		}
		d, err := newExpression(def.Default)
		if err != nil {
			return err
		}
		col.byDefault, col.onNull = d, def.DefaultOnNull
	}
	if def.Identity != nil {
		if col.identity == nil {
			return at(def, datum.Errorf(30673, "column to be modified is not an identity column"))
		}
		last := col.identity.peek()
		col.identity = b.s.newIdentity(def.Identity)
		col.identity.start = max(last, def.Identity.Start)
	}
	return nil
}

// retype changes a column's type, if every value stays what it is.
func (b *tableBuilder) retype(col *column, def *sql.ColumnDef) error {
	t, err := b.s.columnType(def.Type)
	if err != nil {
		return err
	}
	empty := b.t.rows.Blocks() == 0
	if !empty && t.Kind != col.typ.Kind {
		return at(def, datum.Errorf(1439, "column to be modified must be empty to change datatype"))
	}
	old := *col
	col.typ, col.star = t, def.Type.Star
	if empty || t == old.typ {
		return nil
	}
	return b.refit(&old, col)
}

// refit makes sure that the stored values of a column fit its new type.
func (b *tableBuilder) refit(old, col *column) error {
	scan := b.t.rows.Scan(b.s.snapshot())
	buffer := make(datum.Row, col.slot+1)
	for {
		_, data, ok, err := scan.Next()
		if !ok || err != nil {
			return b.s.translate(b.t, err)
		}
		key, _ := keyValues(data, []int{col.slot}, buffer)
		v, broken := enforce(key[0], col.typ)
		switch {
		case broken.code == 12899:
			return datum.Errorf(1441, "cannot decrease column length because some value is too big")
		case broken.code != 0 || v != key[0]:
			if old.typ.Fixed && v.Kind() == datum.Text {
				return unimplemented("MODIFY of a CHAR column with rows")
			}
			return datum.Errorf(1440, "column to be modified must be empty to decrease precision or scale")
		}
	}
}

// allowNull drops a column's NOT NULL.
func (b *tableBuilder) allowNull(col *column) {
	col.notNull = false
	b.t.constraints = slices.DeleteFunc(b.t.constraints, func(k *constraint) bool { return k.notNull && k.columns[0] == col.name })
}

// dropColumns removes columns with their own constraints and indexes. Rows keep
// the old values in slots that nobody reads.
func (b *tableBuilder) dropColumns(st *sql.AlterTable) error {
	for _, name := range st.DropColumns {
		if b.t.column(name) == nil {
			return at(st.Table, invalidIdentifier([]string{name}))
		}
		if b.t.parts != nil && slices.Contains(b.t.parts.slots, b.t.column(name).slot) {
			return at(st.Table, datum.Errorf(12984, "cannot drop partitioning column"))
		}
		for _, k := range slices.Clone(b.t.constraints) {
			if !slices.Contains(k.columns, name) {
				continue
			}
			if len(k.columns) > 1 {
				return at(st.Table, datum.Errorf(12991, "column is referenced in a multi-column constraint"))
			}
			b.removeConstraint(k)
		}
		b.t.indexes = slices.DeleteFunc(b.t.indexes, func(x *index) bool { return x.reads(name) })
		b.t.columns = slices.DeleteFunc(b.t.columns, func(c *column) bool { return c.name == name })
	}
	if len(b.t.columns) == 0 {
		return at(st.Table, datum.Errorf(12983, "cannot drop all columns in a table"))
	}
	return nil
}

// removeConstraint drops a constraint and the index it made.
func (b *tableBuilder) removeConstraint(k *constraint) {
	b.t.constraints = slices.DeleteFunc(b.t.constraints, func(o *constraint) bool { return o == k })
	switch {
	case k.index != nil && k.index.name == k.name:
		b.removeIndex(k.index)
	case k.index != nil && !k.index.unique:
		b.unenforce(k.index)
	}
	switch {
	case k.notNull:
		b.t.column(k.columns[0]).notNull = false
	case k.kind == "P":
		for _, name := range k.columns {
			own := slices.ContainsFunc(b.t.constraints, func(o *constraint) bool { return o.notNull && o.columns[0] == name })
			b.t.column(name).notNull = own || b.t.column(name).identity != nil
		}
	}
}

func (b *tableBuilder) removeIndex(x *index) {
	b.t.indexes = slices.DeleteFunc(b.t.indexes, func(o *index) bool { return o == x })
	if x.heap != nil {
		b.t.rows.DropIndex(x.heap)
	}
}

// findKey finds the constraint that a DROP, ENABLE or DISABLE means.
func (b *tableBuilder) findKey(st *sql.AlterTable, key sql.DropKey) (*constraint, error) {
	for _, k := range b.t.constraints {
		if key.Name != "" && k.name == key.Name || key.Name == "" && k.kind == key.Kind && (key.Kind == "P" || slices.Equal(k.columns, key.Columns)) {
			return k, nil
		}
	}
	if key.Kind == "P" {
		return nil, at(st.Table, datum.Errorf(2441, "Cannot drop nonexistent primary key"))
	}
	return nil, at(st.Table, datum.Errorf(2443, "Cannot drop constraint  - nonexistent constraint"))
}

// dropKey drops a constraint, with CASCADE together with the foreign keys that
// refer to it.
func (b *tableBuilder) dropKey(st *sql.AlterTable, key sql.DropKey) error {
	k, err := b.findKey(st, key)
	if err != nil {
		return err
	}
	if err := b.s.unreferenced(b.t, k, key.Cascade); err != nil {
		return at(st.Table, err)
	}
	b.removeConstraint(k)
	return nil
}

// unreferenced makes sure that no foreign key needs a constraint; with cascade
// those that do are dropped.
func (s *Session) unreferenced(t *table, k *constraint, cascade bool) error {
	if k.kind != "P" && k.kind != "U" {
		return nil
	}
	for _, ref := range s.references(t) {
		if ref.constraint.refName != k.name {
			continue
		}
		if !cascade {
			return datum.Errorf(2273, "this unique/primary key is referenced by some foreign keys")
		}
		child := &tableBuilder{s: s, t: ref.child.clone()}
		child.removeConstraint(child.t.constraint(ref.constraint.name))
		s.replace(child.t)
	}
	return nil
}

// switchKey enables or disables a constraint.
func (b *tableBuilder) switchKey(st *sql.AlterTable, sw *sql.SwitchKey) error {
	k, err := b.findKey(st, sw.Key)
	if err != nil {
		return err
	}
	if k.disabled != sw.Enable {
		return nil
	}
	if !sw.Enable {
		if err := b.s.unreferenced(b.t, k, false); err != nil {
			return at(st.Table, datum.Errorf(2297, "cannot disable constraint (%s.%s) - dependencies exist", b.t.schema, k.name))
		}
		dup := *k
		b.removeConstraint(k)
		dup.disabled, dup.index = true, nil
		b.t.constraints = append(b.t.constraints, &dup)
		return nil
	}
	return b.enable(st, k)
}

// enable declares a disabled constraint again.
func (b *tableBuilder) enable(st *sql.AlterTable, k *constraint) error {
	b.t.constraints = slices.DeleteFunc(b.t.constraints, func(o *constraint) bool { return o == k })
	def := &sql.Constraint{At: st.At, Kind: k.kind, Name: k.name, Columns: k.columns, OnDelete: k.onDelete}
	switch {
	case k.notNull:
		def.Kind = "N"
	case k.kind == "C":
		def.Check, def.Columns = k.check.text, nil
	case k.kind == "R":
		def.References = &sql.Name{At: st.At, Schema: k.refSchema, Name: k.refTable}
		parent := b.s.instance.catalog.table(objectName{k.refSchema, k.refTable})
		if parent == nil || parent.constraint(k.refName) == nil {
			return at(st.Table, errNoTable())
		}
		def.RefColumns = parent.constraint(k.refName).columns
	}
	err := b.constraint(def)
	if err == nil {
		b.t.constraints[len(b.t.constraints)-1].generated = k.generated
	}
	return err
}

// rename renames a constraint or a column.
func (b *tableBuilder) rename(st *sql.AlterTable, r *sql.RenamePart) error {
	if r.Constraint {
		return b.renameConstraint(st, r)
	}
	return b.renameColumn(st, r)
}

func (b *tableBuilder) renameConstraint(st *sql.AlterTable, r *sql.RenamePart) error {
	k := b.t.constraint(r.From)
	switch {
	case k == nil:
		return at(st.Table, datum.Errorf(23292, "The constraint does not exist"))
	case b.s.constraintExists(b.t, r.To):
		return at(st.Table, datum.Errorf(2264, "name already used by an existing constraint"))
	}
	k.name, k.generated = r.To, false
	return nil
}

func (b *tableBuilder) renameColumn(st *sql.AlterTable, r *sql.RenamePart) error {
	col := b.t.column(r.From)
	switch what := b.holdsName(r.From); {
	case col == nil:
		return at(st.Table, invalidIdentifier([]string{r.From}))
	case b.t.column(r.To) != nil:
		return at(st.Table, errDuplicateColumn())
	case what != "":
		return at(st.Table, unimplemented("RENAME of a column "+what))
	}
	col.name = r.To
	for _, k := range b.t.constraints {
		if k.check != nil && slices.Contains(k.columns, r.From) {
			check, err := renamedIn(k.check, r)
			if err != nil {
				return at(st.Table, err)
			}
			k.check = check
		}
		k.columns = renamed(k.columns, r)
	}
	for i, x := range b.t.indexes {
		dup := *x
		dup.columns = renamed(x.columns, r)
		b.t.indexes[i] = &dup
		for _, k := range b.t.constraints {
			if k.index == x {
				k.index = &dup
			}
		}
	}
	return nil
}

// holdsName says what keeps a column's name where it is not changed with it, ""
// for nothing: conditions and expressions are kept as text.
func (b *tableBuilder) holdsName(name string) string {
	switch {
	case len(b.s.references(b.t)) > 0:
		return "of a referenced table"
	case slices.ContainsFunc(b.t.indexes, func(x *index) bool { return x.reads(name) && !slices.Contains(x.columns, name) }):
		return "of a function-based index"
	default:
		return ""
	}
}

// renamedIn writes an expression that is kept as text with the new name of a
// column. The old one is replaced where the parser has found it.
func renamedIn(x *expression, r *sql.RenamePart) (*expression, error) {
	var places []int
	var find func(sql.Expr)
	find = func(e sql.Expr) {
		if ref, ok := e.(*sql.Ref); ok && len(ref.Path) == 1 && ref.Path[0] == r.From {
			places = append(places, ref.Pos())
		}
		sql.Children(e, find)
	}
	find(x.expr)
	slices.Sort(places)
	text := x.text
	for _, p := range slices.Backward(places) {
		size := len(r.From)
		if text[p] == '"' {
			size += 2
		}
		text = text[:p] + `"` + r.To + `"` + text[p+size:]
	}
	return newExpression(text)
}

// renamed replaces one name in a list.
func renamed(names []string, r *sql.RenamePart) []string {
	out := slices.Clone(names)
	for i, n := range out {
		if n == r.From {
			out[i] = r.To
		}
	}
	return out
}
