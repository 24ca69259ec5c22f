package engine

import (
	"fmt"
	"slices"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// maxIndexKeys is the number of columns and expressions an index may have.
const maxIndexKeys = 32

// createIndex adds an index. Only a unique one has an effect; the others exist
// in the dictionary.
//
// Errors: ORA-00955, 00957, 01408, 01452, 01743, 01793, 02327, 14016, 14039,
// 25122.
func (s *Session) createIndex(st *sql.CreateIndex) error {
	old, err := s.alterable(st.Table, "INDEX")
	if err == nil && old.external != nil {
		err = at(st.Table, errExternal())
	}
	if err != nil {
		return err
	}
	if _, x := s.findIndex(old.schema, st.Index.Name); x != nil {
		return at(st.Index, errNameUsed())
	}
	b := &tableBuilder{s: s, t: old.clone()}
	x := &index{
		id: s.instance.catalog.nextID(), name: st.Index.Name, created: s.instance.config.Now(), unique: st.Unique, bitmap: st.Bitmap,
		reverse: st.Reverse, invisible: st.Invisible, local: st.Local, compress: st.Compress,
	}
	if err := b.indexKeys(x, st); err != nil {
		return err
	}
	if err := b.partitionedIndex(x); err != nil {
		return at(st.Table, err)
	}
	if err := b.build(x, x.unique); err != nil {
		b.undo()
		return at(st.Table, err)
	}
	s.replace(b.t)
	return nil
}

// indexKeys makes the keys of an index as they are declared.
func (b *tableBuilder) indexKeys(x *index, st *sql.CreateIndex) error {
	if len(st.Keys) > maxIndexKeys {
		return at(st.Table, datum.Errorf(1793, "maximum number of index columns is 32"))
	}
	for i := range st.Keys {
		name, k, err := b.indexKey(x, &st.Keys[i])
		switch {
		case err != nil:
			return at(st.Keys[i], err)
		case slices.Contains(x.columns, name):
			return at(st.Keys[i], errDuplicateColumn())
		}
		x.columns = append(x.columns, name)
		x.computed = append(x.computed, k)
	}
	if !slices.ContainsFunc(x.computed, func(k computedKey) bool { return k.expr != nil }) {
		x.computed = nil
	}
	for _, other := range b.t.indexes {
		if slices.Equal(other.columns, x.columns) {
			return at(st.Table, datum.Errorf(1408, "such column list already indexed"))
		}
	}
	return nil
}

// indexKey makes one key and says the name of its column, which is a hidden
// one for what is no plain column in ascending order.
func (b *tableBuilder) indexKey(x *index, def *sql.IndexKey) (string, computedKey, error) {
	if def.Expr == nil {
		col := b.t.column(def.Column)
		switch {
		case col == nil:
			return "", computedKey{}, invalidIdentifier([]string{def.Column})
		case isLOB(col.typ.Kind) || col.typ.Long:
			return "", computedKey{}, datum.Errorf(2327, "cannot create index on expression with datatype LOB")
		case !def.Descending:
			return def.Column, computedKey{}, nil
		}
		e, err := newExpression(quotedName(col.name))
		if err != nil {
			return "", computedKey{}, err
		}
		k := computedKey{expr: e, column: col.name, descending: true, typ: descending(col.typ)}
		return b.hiddenColumn(x, k), k, nil
	}
	k, err := b.indexExpression(def)
	if err != nil {
		return "", k, err
	}
	return b.hiddenColumn(x, k), k, nil
}

// descending is the type that values have in an index in descending order:
// their bytes, inverted and escaped.
func descending(t datum.Type) datum.Type {
	return datum.Type{Kind: datum.Raw, Size: int(dataLength(t))*3/2 + 1}
}

// indexExpression compiles an expression, and evaluates it for every row there
// is, because an index cannot be made over rows for which it fails.
func (b *tableBuilder) indexExpression(def *sql.IndexKey) (computedKey, error) {
	k := computedKey{descending: def.Descending}
	if name := impure(def.Expr); name != "" {
		return k, datum.Errorf(1743, "only pure functions can be indexed")
	}
	text := sql.NormalText(def.Text, func(name string) bool { return b.t.column(name) != nil })
	var err error
	if k.expr, err = newExpression(text); err != nil {
		return k, err
	}
	sc := &scope{inCheck: true}
	c := &compiler{s: b.s}
	sc.add(c.tableSource(b.t, b.t.name))
	compiled, err := c.value(k.expr.expr, sc)
	if err != nil {
		return k, err
	}
	if k.typ = compiled.typ; isLOB(k.typ.Kind) || k.typ.Long {
		return k, datum.Errorf(2327, "cannot create index on expression with datatype LOB")
	}
	if k.descending {
		k.typ = descending(k.typ)
	}
	always, err := newExpression("NVL2(" + text + ", 1, 1) = 1")
	if err != nil {
		return k, err
	}
	return k, b.everyRow(always, datum.Errorf(1743, "only pure functions can be indexed"))
}

// impure returns the first function of an expression whose result is not
// decided by its arguments, or "".
func impure(x sql.Expr) string {
	var name string
	switch x := x.(type) {
	case *sql.Ref:
		name = x.Path[len(x.Path)-1]
	case *sql.Call:
		name = x.Path[len(x.Path)-1]
	}
	switch name {
	case "SYSDATE", "SYSTIMESTAMP", "CURRENT_DATE", "CURRENT_TIMESTAMP", "LOCALTIMESTAMP", "SYS_GUID", "USER", "UID", "SYS_CONTEXT", "USERENV", "ROWNUM", "DBTIMEZONE", "SESSIONTIMEZONE":
		return name
	}
	found := ""
	sql.Children(x, func(child sql.Expr) {
		if found == "" {
			found = impure(child)
		}
	})
	return found
}

// hiddenColumn names the column of a computed key. An expression that is
// indexed already has its column.
func (b *tableBuilder) hiddenColumn(x *index, k computedKey) string {
	names := map[string]bool{}
	for _, other := range append(slices.Clone(b.t.indexes), x) {
		for i, o := range other.computed {
			if o.expr == nil {
				continue
			}
			if o.expr.text == k.expr.text && o.column == k.column && o.descending == k.descending {
				return other.columns[i]
			}
			names[other.columns[i]] = true
		}
	}
	for n := len(b.t.columns) + len(names) + 1; ; n++ {
		if name := fmt.Sprintf("SYS_NC%05d$", n); !names[name] {
			return name
		}
	}
}

// partitionedIndex checks what an index of a partitioned table has to be.
func (b *tableBuilder) partitionedIndex(x *index) error {
	switch {
	case x.local && b.t.parts == nil:
		return datum.Errorf(14016, "underlying table of a LOCAL partitioned index must be partitioned")
	case x.bitmap && !x.local && b.t.parts != nil:
		return datum.Errorf(25122, "Only LOCAL bitmap indexes are permitted on partitioned tables")
	case !x.local || !x.unique:
		return nil
	}
	for _, slot := range b.t.parts.slots {
		if !slices.Contains(x.columns, b.t.inSlot(slot).name) {
			return datum.Errorf(14039, "partitioning columns must form a subset of key columns of a UNIQUE index")
		}
	}
	return nil
}

// findIndex finds an index of a schema with its table; nil when there is none.
func (s *Session) findIndex(schema, name string) (*table, *index) {
	for _, t := range s.instance.catalog.all() {
		if t.schema != schema {
			continue
		}
		if i := slices.IndexFunc(t.indexes, func(x *index) bool { return x.name == name }); i >= 0 {
			return t, t.indexes[i]
		}
	}
	return nil, nil
}

// ownIndex finds an index that the session may change. Errors: ORA-01418,
// ORA-01031, ORA-00054.
func (s *Session) ownIndex(n sql.Name) (*table, *index, error) {
	schema := n.Schema
	if schema == "" {
		schema = s.Schema()
	}
	t, x := s.findIndex(schema, n.Name)
	if x == nil || !s.sees(t) {
		return nil, nil, at(n, datum.Errorf(1418, "specified index does not exist"))
	}
	t, err := s.alterable(sql.Name{At: n.At, Schema: t.schema, Name: t.name}, "INDEX")
	return t, x, err
}

// alterIndex renames an index or makes it invisible. The latter shows in the
// dictionary only, as there is no optimizer to hide it from.
func (s *Session) alterIndex(st *sql.AlterIndex) error {
	old, x, err := s.ownIndex(st.Index)
	if err != nil {
		return err
	}
	if _, taken := s.findIndex(old.schema, st.To); taken != nil {
		return at(st.Index, errNameUsed())
	}
	t, dup := old.clone(), *x
	switch {
	case st.To != "":
		dup.name, dup.generated = st.To, false
	case st.Visible, st.Invisible:
		dup.invisible = st.Invisible
	}
	t.indexes[slices.Index(t.indexes, x)] = &dup
	for _, k := range t.constraints {
		if k.index == x {
			k.index = &dup
		}
	}
	s.instance.catalog.put(t) // rows and columns stay: old snapshots stay readable
	return nil
}

// dropIndex removes an index unless a constraint needs it.
func (s *Session) dropIndex(st *sql.Drop) error {
	t, x, err := s.ownIndex(st.Object)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(t.constraints, func(k *constraint) bool { return k.index == x }) {
		return at(st.Object, datum.Errorf(2429, "cannot drop index used for enforcement of unique/primary key"))
	}
	b := &tableBuilder{s: s, t: t.clone()}
	b.removeIndex(x)
	s.replace(b.t)
	return nil
}
