package engine

import (
	"context"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine/heap"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// A writer turns values into stored rows of one table: conversion, lengths,
// defaults, identity, virtual columns, NOT NULL and CHECK.
type writer struct {
	s       *Session
	table   *table
	only    *partition // that rows have to be in, nil for any
	targets []int      // column index of each given value
	given   []bool
	frame   *frame // row: the columns in table order, then ROWID
	plans   []columnPlan
	checks  []check
	slots   datum.Row
	packed  []byte
	misfit  string // the column whose given value insert could not take; "" for none
}

// columnPlan is what a column gets besides given values.
type columnPlan struct {
	column    *column
	byDefault evaluator
	virtual   evaluator
}

type check struct {
	constraint *constraint
	eval       evaluator
}

// writer prepares writing rows whose values belong to the named columns. A
// virtual column may be named where its value is DEFAULT.
//
// Errors: ORA-00904, 00957, 54013, 32795.
func (c *compiler) writer(t *table, columns []sql.ColumnRef, defaults useDefault) (*writer, error) {
	w := &writer{
		s: c.s, table: t, given: make([]bool, len(t.columns)), slots: make(datum.Row, t.slots),
		frame: &frame{row: make([]datum.Value, len(t.columns)+1)},
	}
	for n, ref := range columns {
		i := t.columnIndex(ref.Name)
		switch {
		case i < 0:
			return nil, at(ref, invalidIdentifier([]string{ref.Name}))
		case w.given[i]:
			return nil, at(ref, errDuplicateColumn())
		case t.columns[i].virtual != nil && (defaults == nil || !defaults[n]):
			return nil, at(ref, datum.Errorf(54013, "INSERT operation disallowed on virtual columns"))
		}
		w.given[i] = true
		w.targets = append(w.targets, i)
	}
	return w, c.prepareWriter(w)
}

// prepareWriter compiles defaults, virtual columns and checks.
func (c *compiler) prepareWriter(w *writer) error {
	sc := &scope{inCheck: true}
	sc.add(c.tableSource(w.table, w.table.name))
	stored := &compiler{s: c.s}
	for _, col := range w.table.columns {
		p, err := stored.columnPlan(col, sc)
		if err != nil {
			return err
		}
		w.plans = append(w.plans, p)
	}
	for _, k := range w.table.constraints {
		if k.kind != "C" || k.notNull || k.disabled {
			continue
		}
		x, err := stored.predicate(k.check.expr, sc)
		if err != nil {
			return err
		}
		w.checks = append(w.checks, check{k, x.eval})
	}
	for _, x := range w.table.indexes {
		keys, err := stored.keyChecks(x, sc)
		if err != nil {
			return err
		}
		w.checks = append(w.checks, keys...)
	}
	return nil
}

// columnPlan compiles what a column's value is when none is given.
func (c *compiler) columnPlan(col *column, sc *scope) (columnPlan, error) {
	p := columnPlan{column: col}
	if col.byDefault != nil {
		x, err := c.value(col.byDefault.expr, &scope{inCheck: true})
		if err != nil {
			return p, err
		}
		p.byDefault = x.eval
	}
	if col.virtual != nil {
		x, err := c.value(col.virtual.expr, sc)
		if err != nil {
			return p, err
		}
		p.virtual = x.eval
	}
	return p, nil
}

// keyChecks compiles the expressions of a function-based index: a row fails where
// one does, as it would when the index is written.
func (c *compiler) keyChecks(x *index, sc *scope) ([]check, error) {
	var checks []check
	for _, k := range x.computed {
		if k.expr == nil || k.column != "" {
			continue
		}
		v, err := c.value(k.expr.expr, sc)
		if err != nil {
			return nil, err
		}
		checks = append(checks, check{eval: v.eval})
	}
	return checks, nil
}

func (t *table) columnIndex(name string) int {
	for i, c := range t.columns {
		if c.name == name {
			return i
		}
	}
	return -1
}

// useDefault marks a value that stands for DEFAULT in a list of values.
type useDefault []bool

// insert makes the stored form of a new row, which is valid until the following
// call.
func (w *writer) insert(r *run, values []datum.Value, defaults useDefault) ([]byte, error) {
	row := w.frame.row
	w.frame.run, w.misfit = r, ""
	clear(row)
	for i, target := range w.targets {
		if defaults != nil && defaults[i] {
			continue
		}
		row[target] = values[i]
	}
	for i := range w.plans {
		given := w.given[i]
		if given && defaults != nil {
			for j, target := range w.targets {
				given = given && (target != i || !defaults[j])
			}
		}
		v, err := w.value(r, &w.plans[i], row[i], given)
		if err != nil {
			if given {
				w.misfit = w.plans[i].column.name
			}
			return nil, err
		}
		row[i] = v
	}
	return w.finish(r)
}

// value decides what a column of a new row gets.
func (w *writer) value(r *run, p *columnPlan, v datum.Value, given bool) (datum.Value, error) {
	col := p.column
	switch {
	case col.virtual != nil:
		return datum.NULL, nil // computed by finish
	case col.identity != nil:
		return w.identity(col, v, given)
	case (!given || v.IsNull() && col.onNull) && p.byDefault != nil:
		d, err := p.byDefault(w.frame)
		if err != nil {
			return datum.NULL, err
		}
		v = d
	}
	return r.s.fit(v, w.table, col)
}

// identity decides between a given number and the generator. Error: ORA-32795.
func (w *writer) identity(col *column, v datum.Value, given bool) (datum.Value, error) {
	id := col.identity
	switch {
	case given && id.always:
		return datum.NULL, datum.Errorf(32795, "cannot insert into a generated always identity column")
	case given && !v.IsNull(), given && !id.onNull:
		return w.s.fit(v, w.table, col)
	}
	return w.s.fit(datum.FromInt(id.next()), w.table, col)
}

// finish computes virtual columns, checks the row in the frame and packs it; the
// result is valid until the following call.
func (w *writer) finish(r *run) ([]byte, error) {
	w.frame.run = r
	row := w.frame.row
	for i := range w.plans {
		p := &w.plans[i]
		if p.virtual != nil {
			v, err := p.virtual(w.frame)
			if err != nil {
				return nil, err
			}
			if row[i], err = r.s.fit(v, w.table, p.column); err != nil {
				return nil, err
			}
		}
		if p.column.notNull && row[i].IsNull() {
			return nil, w.nullError(p.column)
		}
		if p.column.slot >= 0 {
			w.slots[p.column.slot] = row[i]
		}
	}
	for _, k := range w.checks {
		v, err := k.eval(w.frame)
		if err != nil {
			return nil, err
		}
		if v.Kind() == datum.Boolean && !v.Bool() {
			return nil, datum.Errorf(2290, "check constraint (%s.%s) violated", w.table.schema, k.constraint.name)
		}
	}
	if err := w.route(r.s); err != nil {
		return nil, err
	}
	w.packed = heap.Pack(w.packed[:0], w.slots)
	return w.packed, nil
}

// route makes sure that there is a partition for the row, and that it is the
// one that the statement names. Errors: ORA-14400, ORA-14401.
func (w *writer) route(s *Session) error {
	parts := w.table.parts
	if err := parts.route(s, w.slots); err != nil || w.only == nil {
		return err
	}
	x, err := parts.find(s, parts.key(w.slots))
	if err == nil && x != w.only {
		err = datum.Errorf(14401, "inserted partition key is outside specified partition")
	}
	return err
}

// nullError tells an INSERT, whose row has no ROWID yet, from an UPDATE.
func (w *writer) nullError(c *column) error {
	name := `("` + w.table.schema + `"."` + w.table.name + `"."` + c.name + `")`
	if w.frame.row[len(w.frame.row)-1].IsNull() {
		return datum.Errorf(1400, "cannot insert NULL into %s", name)
	}
	return datum.Errorf(1407, "cannot update %s to NULL", name)
}

// batch collects stored rows and inserts them under few lock acquisitions. The
// rows of one flush share one allocation: a million rows in a heap of their own
// would keep the garbage collector busy for longer than loading them takes.
type batch struct {
	s     *Session
	table *table
	txn   *heap.Txn
	data  []byte // the rows, one behind the other
	ends  []int  // where each ends
	limit int    // rows that are written together, once there is one
	// misfit, when set, is told of values that do not fit their columns; without
	// an error their row is left out.
	misfit func(column string, err error) error
	rows   []string
	last   heap.Position // of the row that was written last
}

// batchBytes is how large a batch gets; with small rows, it is written when it
// fills a block of the table.
const batchBytes = 256 << 10

// add queues a copy of a row and writes the queue when it is full.
func (b *batch) add(ctx context.Context, row []byte) error {
	if len(b.ends) == 0 {
		b.limit = b.table.rows.Room()
	}
	b.data = append(b.data, row...)
	b.ends = append(b.ends, len(b.data))
	if len(b.ends) < b.limit && len(b.data) < batchBytes {
		return nil
	}
	return b.flush(ctx)
}

// flush writes the queued rows and checks their parents.
func (b *batch) flush(ctx context.Context) error {
	data, start := string(b.data), 0
	b.rows = b.rows[:0]
	for _, end := range b.ends {
		b.rows = append(b.rows, data[start:end])
		start = end
	}
	b.data, b.ends = b.data[:0], b.ends[:0]
	if len(b.rows) == 0 {
		return nil
	}
	last, err := b.table.rows.InsertPieces(ctx, b.txn, b.rows, data)
	if err != nil {
		return b.s.translate(b.table, err)
	}
	b.last = last
	return b.s.checkParents(b.table, b.rows)
}
