package engine

import (
	"context"
	"fmt"
	"slices"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine/heap"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// build adds an index to the table; with enforce its keys are kept unique.
//
// Error: ORA-01452 when the rows have duplicates.
func (b *tableBuilder) build(x *index, enforce bool) error {
	if enforce {
		var err error
		if x.heap, err = b.s.instance.heapIndex(b.t, x); err != nil {
			return err
		}
		if err := b.t.rows.AddIndex(x.heap); err != nil {
			return datum.Errorf(1452, "cannot CREATE UNIQUE INDEX; duplicate keys found")
		}
		b.added = append(b.added, x.heap)
	}
	b.t.indexes = append(b.t.indexes, x)
	return nil
}

// keyIndex finds or makes the index of a primary or unique key.
//
// Errors: ORA-01418, ORA-14196 for an index that cannot serve; ORA-01452.
func (b *tableBuilder) keyIndex(k *constraint, def *sql.Constraint) (*index, error) {
	if def.UsingIndex == nil {
		return b.index(k.name, k.columns)
	}
	i := slices.IndexFunc(b.t.indexes, func(x *index) bool { return x.name == def.UsingIndex.Name })
	if i < 0 {
		return nil, datum.Errorf(1418, "specified index does not exist")
	}
	x := b.t.indexes[i]
	switch {
	case !slices.Equal(x.columns, k.columns), x.bitmap:
		return nil, datum.Errorf(14196, "Specified index cannot be used to enforce the constraint.")
	case x.heap != nil:
		return x, nil
	}
	dup := *x
	b.t.indexes = slices.Delete(b.t.indexes, i, i+1)
	if err := b.build(&dup, true); err != nil {
		return nil, err
	}
	b.t.indexes = slices.Insert(b.t.indexes[:len(b.t.indexes)-1], i, &dup)
	return &dup, nil
}

// unenforce lets an index that is not unique live on without the key that it
// was used for.
func (b *tableBuilder) unenforce(x *index) {
	i := slices.Index(b.t.indexes, x)
	if i < 0 || slices.ContainsFunc(b.t.constraints, func(k *constraint) bool { return k.index == x }) {
		return
	}
	dup := *x
	dup.heap = nil
	b.t.indexes[i] = &dup
	b.t.rows.DropIndex(x.heap)
}

// reads reports whether an index depends on a column.
func (x *index) reads(name string) bool {
	return slices.Contains(x.columns, name) ||
		slices.ContainsFunc(x.computed, func(k computedKey) bool { return k.expr != nil && mentions(k.expr.expr, name) })
}

// mentions reports whether an expression names a column.
func mentions(x sql.Expr, name string) bool {
	if ref, ok := x.(*sql.Ref); ok {
		return ref.Path[len(ref.Path)-1] == name
	}
	found := false
	sql.Children(x, func(child sql.Expr) { found = found || mentions(child, name) })
	return found
}

// keyExpression is what an index keeps for its i-th key, nil for a stored column.
func (t *table) keyExpression(x *index, i int) *expression {
	if x.computed != nil && x.computed[i].expr != nil {
		return x.computed[i].expr
	}
	return t.column(x.columns[i]).virtual
}

// heapIndex makes the index of the heap behind a definition.
func (i *Instance) heapIndex(t *table, x *index) (*heap.Index, error) {
	plain := true
	for n := range x.columns {
		plain = plain && t.keyExpression(x, n) == nil
	}
	if plain {
		return heap.NewIndex(t.slotsOf(x.columns), true), nil
	}
	compute, err := i.keyOf(t, x)
	if err != nil {
		return nil, err
	}
	return heap.NewComputedIndex(compute), nil
}

// keyOf compiles the keys of an index over a stored row. They are evaluated
// with default settings, whatever those of the session that writes. A key that
// fails is NULL here; the writer has reported it before.
func (i *Instance) keyOf(t *table, x *index) (func(data string) datum.Row, error) {
	s := newSession(i, &user{name: t.schema, role: Administrator}, 0, database.Login{})
	c, sc := &compiler{s: s}, &scope{inCheck: true}
	src := c.tableSource(t, t.name)
	sc.add(src)
	keys := make([]evaluator, len(x.columns))
	for n := range keys {
		e := t.keyExpression(x, n)
		if e == nil {
			keys[n] = columnEvaluator(0, src.offset+t.columnIndex(x.columns[n]))
			continue
		}
		k, err := c.value(e.expr, sc)
		if err != nil {
			return nil, fmt.Errorf("index %s: %w", x.name, err)
		}
		keys[n] = k.eval
	}
	rows := &tableRows{src: src, table: t}
	for n := range t.columns {
		src.columns[n].used = true
	}
	if err := c.virtuals(rows, sc); err != nil {
		return nil, err
	}
	rows.prepare()
	f := &frame{row: make([]datum.Value, sc.width), run: s.newRun(context.Background(), nil)}
	return func(data string) datum.Row {
		key := make(datum.Row, len(keys))
		if err := rows.place(f, 0, data); err != nil {
			return key
		}
		for n, eval := range keys {
			if v, err := eval(f); err == nil {
				key[n] = v
			}
		}
		return key
	}, nil
}

// systemColumns are the hidden columns that a table has for its indexes.
func (t *table) systemColumns() []tableColumn {
	var list []tableColumn
	for _, x := range t.indexes {
		for i, k := range x.computed {
			name := x.columns[i]
			if k.expr == nil || slices.ContainsFunc(list, func(c tableColumn) bool { return c.name == name }) {
				continue
			}
			col := &column{name: name, typ: k.typ, slot: -1, virtual: k.expr, invisible: true}
			list = append(list, tableColumn{column: col, table: t, internal: len(t.columns) + len(list) + 1, system: true})
		}
	}
	return list
}
