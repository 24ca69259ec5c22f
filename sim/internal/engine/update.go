package engine

import (
	"context"
	"slices"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine/heap"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// change is what UPDATE and DELETE share: finding and locking the rows.
type change struct {
	table     *table
	source    *source
	op        operator
	tests     []evaluator
	width     int
	returning []compiled
	places    *places
	refs      []reference
	latest    heap.Position // of the row that was written last
}

// change compiles the target and the condition of an UPDATE or DELETE.
func (c *compiler) change(target *sql.Table, where sql.Expr, privilege string, clause *sql.Returning) (*change, *scope, error) {
	t, err := c.writable(target.Name, privilege)
	if err != nil {
		return nil, nil, err
	}
	if target.AsOf != nil {
		return nil, nil, at(target, datum.Errorf(8187, "snapshot expression not allowed here"))
	}
	alias := target.Alias
	if alias == "" {
		alias = t.name
	}
	sc := &scope{}
	it, err := c.heapItem(t, &sql.Table{Name: target.Name, Partition: target.Partition}, alias, sc)
	if err != nil {
		return nil, nil, err
	}
	conditions := conjuncts(where)
	op, err := c.source([]*item{it}, conditions, sc)
	if err != nil {
		return nil, nil, err
	}
	conditions = slices.DeleteFunc(conditions, mentionsRownum) // a row that moved keeps its number
	ch := &change{table: t, source: it.sources[0], width: sc.width, refs: c.s.references(t)}
	if ch.tests, err = c.predicates(conditions, sc); err != nil {
		return nil, nil, err
	}
	if ch.returning, ch.places, err = c.returning(clause, sc); err != nil {
		return nil, nil, err
	}
	// Every column is read, to write the row back; so is its place.
	for i := range ch.source.columns {
		ch.source.columns[i].used = true
	}
	ch.op = op
	return ch, sc, nil
}

// each calls write for every row that the condition selects, locked, with its
// current state in the frame.
func (ch *change) each(r *run, txn *heap.Txn, write func(f *frame, p heap.Position, before string) error) (n int64, returned []datum.Row, err error) {
	f := &frame{row: make([]datum.Value, ch.width), run: r}
	if err := ch.op.open(f); err != nil {
		return 0, nil, err
	}
	defer ch.op.close()
	for {
		ok, err := ch.op.next(f)
		if !ok || err != nil {
			return n, returned, err
		}
		p := positionOf(f.row[len(ch.source.columns)-1])
		before, moved, gone, err := ch.table.rows.Lock(r.ctx, txn, p, r.snap, true)
		if err != nil {
			return 0, nil, r.s.translate(ch.table, err)
		}
		if gone {
			continue
		}
		if moved {
			if ok, err := ch.recheck(f, p, before); err != nil {
				return 0, nil, err
			} else if !ok {
				continue
			}
		}
		if err := write(f, p, before); err != nil {
			return 0, nil, err
		}
		n++
		ch.latest = p
		if ch.returning != nil {
			values, err := evaluate(f, ch.returning)
			if err != nil {
				return 0, nil, err
			}
			returned = append(returned, values)
		}
	}
}

func (ch *change) last() datum.Value { return rowidOf(ch.table, ch.latest) }

func (ch *change) placed() *places { return ch.places }

// recheck loads the row as somebody else left it and tests the condition again.
func (ch *change) recheck(f *frame, p heap.Position, data string) (bool, error) {
	rows := &tableRows{src: ch.source, table: ch.table}
	rows.prepare()
	if err := rows.place(f, p, data); err != nil {
		return false, err
	}
	return pass(f, ch.tests)
}

// positionOf reads a row's position from its ROWID.
func positionOf(rowid datum.Value) heap.Position {
	text := rowid.Text()
	get := func(from, to int) (n heap.Position) {
		for _, c := range []byte(text[from:to]) {
			n = n<<6 | heap.Position(rowidValues[c])
		}
		return n
	}
	return get(9, 15)<<8 | get(15, 18)
}

var rowidValues = func() (v [256]byte) {
	for i := range datum.RowidDigits {
		v[datum.RowidDigits[i]] = byte(i)
	}
	return v
}()

// updating is a compiled UPDATE.
type updating struct {
	*change
	writer *writer
	set    []setColumn
	// keyed is set when a unique key changes: keys are checked when the
	// statement has ended, so that SET id = id + 1 works. Until then the rows
	// are taken out and wait here.
	keyed   bool
	pending []pendingRow
}

type pendingRow struct {
	position      heap.Position
	before, after string
}

// setColumn is one column of SET; query fills several from one row.
type setColumn struct {
	columns []int
	value   compiled
	query   *plan
}

// update compiles an UPDATE. Errors: ORA-00904, 00957, 54017, 32796.
func (c *compiler) update(st *sql.Update) (modification, error) {
	ch, sc, err := c.change(&st.Table, st.Where, "UPDATE", st.Returning)
	if err != nil {
		return nil, err
	}
	u := &updating{change: ch}
	if u.writer, err = c.writer(ch.table, nil, nil); err != nil {
		return nil, err
	}
	seen := map[int]bool{}
	for _, a := range st.Set {
		set := setColumn{}
		for _, ref := range a.Columns {
			i := ch.table.columnIndex(ref.Name)
			switch {
			case i < 0:
				return nil, at(ref, invalidIdentifier([]string{ref.Name}))
			case ch.table.columns[i].virtual != nil:
				return nil, at(ref, datum.Errorf(54017, "UPDATE operation disallowed on virtual columns"))
			case ch.table.columns[i].identity != nil && ch.table.columns[i].identity.always:
				return nil, at(ref, datum.Errorf(32796, "cannot update a generated always identity column"))
			case seen[i]:
				return nil, at(ref, errDuplicateColumn())
			}
			seen[i] = true
			u.keyed = u.keyed || ch.table.isKey(ref.Name)
			set.columns = append(set.columns, i)
		}
		if err := c.setValue(&set, a, u, sc); err != nil {
			return nil, err
		}
		u.set = append(u.set, set)
	}
	return u, nil
}

// setValue compiles the right side of one SET entry, which sees the row as it
// was.
func (c *compiler) setValue(set *setColumn, a sql.Assignment, u *updating, sc *scope) (err error) {
	switch {
	case a.Query != nil:
		if set.query, err = c.query(a.Query, sc); err == nil && len(set.query.columns) != len(set.columns) {
			err = at(a.Columns[0], datum.Errorf(947, "not enough values"))
		}
	case a.Value == nil:
		set.value = constant(datum.NULL, datum.Type{})
		if d := u.writer.plans[set.columns[0]].byDefault; d != nil {
			set.value.eval, set.value.fixed = d, nil
		}
	default:
		set.value, err = c.value(a.Value, sc)
	}
	return err
}

// execute changes the selected rows.
func (u *updating) execute(r *run, txn *heap.Txn) (int64, []datum.Row, error) {
	u.pending = nil
	n, returned, err := u.each(r, txn, func(f *frame, p heap.Position, before string) error {
		if err := u.assign(f); err != nil {
			return err
		}
		copy(u.writer.frame.row, f.row)
		packed, err := u.writer.finish(r)
		if err != nil {
			return err
		}
		after := string(packed)
		if err := u.table.stays(r.s, before, after); err != nil {
			return err
		}
		copy(f.row, u.writer.frame.row) // virtual columns, for RETURNING
		row := pendingRow{p, before, after}
		if u.keyed {
			u.table.rows.Delete(p)
			u.pending = append(u.pending, row)
			return nil
		}
		return u.store(r, txn, row)
	})
	for _, row := range u.pending {
		if err == nil {
			err = u.store(r, txn, row)
		}
	}
	return n, returned, err
}

// store writes a changed row.
func (u *updating) store(r *run, txn *heap.Txn, row pendingRow) error {
	if err := u.table.rows.Update(r.ctx, txn, row.position, row.after); err != nil {
		return r.s.translate(u.table, err)
	}
	if err := r.s.checkChildren(u.table, u.refs, row.before, row.after); err != nil {
		return err
	}
	return r.s.checkParents(u.table, []string{row.after})
}

// assign computes all values of SET from the old row before it changes it.
func (u *updating) assign(f *frame) error {
	var values []datum.Value
	for _, set := range u.set {
		if set.query == nil {
			v, err := set.value.eval(f)
			if err != nil {
				return err
			}
			values = append(values, v)
			continue
		}
		row, err := singleRow(set.query, f)
		if err != nil {
			return err
		}
		values = append(values, row...)
	}
	for _, set := range u.set {
		for _, i := range set.columns {
			v, err := f.run.s.fit(values[0], u.table, u.table.columns[i])
			if err != nil {
				return err
			}
			f.row[i], values = v, values[1:]
		}
	}
	return nil
}

// singleRow reads the one row of a query; no row is all NULL.
func singleRow(p *plan, f *frame) (datum.Row, error) {
	it, err := p.open(&frame{outer: f, run: f.run})
	if err != nil {
		return nil, err
	}
	rows, err := drain(it)
	switch {
	case err != nil:
		return nil, err
	case len(rows) > 1:
		return nil, datum.Errorf(1427, "single-row subquery returns more than one row")
	case len(rows) == 0:
		return make(datum.Row, len(p.columns)), nil
	}
	return rows[0], nil
}

func (u *updating) targets() []*table { return []*table{u.table} }

func (*updating) flush(context.Context) error { return nil }

// deleting is a compiled DELETE.
type deleting struct {
	*change
	cascades []*table
}

// delete compiles a DELETE.
func (c *compiler) delete(st *sql.Delete) (modification, error) {
	ch, _, err := c.change(&st.Table, st.Where, "DELETE", st.Returning)
	if err != nil {
		return nil, err
	}
	return &deleting{ch, c.s.cascades(nil, ch.table)}, nil
}

func (d *deleting) execute(r *run, txn *heap.Txn) (int64, []datum.Row, error) {
	return d.each(r, txn, func(_ *frame, p heap.Position, before string) error {
		d.table.rows.Delete(p)
		return r.deleted(txn, d.table, d.refs, before)
	})
}

// targets are the table and those that ON DELETE changes with it.
func (d *deleting) targets() []*table { return d.cascades }

func (*deleting) flush(context.Context) error { return nil }

// lockRows makes a query block lock the rows it yields.
func (c *compiler) lockRows(f *sql.ForUpdate, r *blockRun, sc *scope) error {
	if len(sc.sources) != 1 || sc.sources[0].table == nil || r.group != nil || r.distinct {
		return at(f, datum.Errorf(2014, "cannot select FOR UPDATE from view with DISTINCT, GROUP BY, etc."))
	}
	if f.SkipLocked {
		return at(f, unimplemented("SKIP LOCKED"))
	}
	src := sc.sources[0]
	if src.table.external != nil {
		return at(f, errExternal())
	}
	rowid := &src.columns[len(src.columns)-1]
	rowid.used = true
	slot := len(src.columns) - 1
	r.lock = func(fr *frame) error {
		s := fr.run.s
		if s.flashback != 0 {
			return datum.Errorf(8182, "operation not supported while in Flashback mode")
		}
		txn := s.begin()
		_, _, _, err := src.table.rows.Lock(fr.run.ctx, txn, positionOf(fr.row[slot]), fr.run.snap, !f.NoWait)
		return s.translate(src.table, err)
	}
	return nil
}
