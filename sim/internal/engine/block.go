package engine

import (
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// output is one column of a block's result.
type output struct {
	column datum.Column
	expr   sql.Expr // nil for a column of *
	compiled
}

// block compiles a query block together with the ORDER BY, OFFSET and FETCH
// that apply to it.
func (c *compiler) block(b *sql.QueryBlock, q *sql.Select, outer *scope) (*plan, error) {
	sc := &scope{outer: outer}
	r, err := c.blockRun(b, q, sc)
	if err != nil {
		return nil, err
	}
	p := &plan{open: r.open, columns: described(r.outputs)}
	if q.ForUpdate != nil {
		if err := c.lockRows(q.ForUpdate, r, sc); err != nil {
			return nil, err
		}
	}
	if c.placed == q && r.group == nil && !b.Distinct {
		if p.places, err = c.place(r, sc); err != nil {
			return nil, err
		}
	}
	if b.Distinct {
		if err := comparable(b, p.columns); err != nil {
			return nil, err
		}
	}
	return p, c.limit(q, p, outer)
}

// blockRun compiles what a block does from its FROM to its ORDER BY.
func (c *compiler) blockRun(b *sql.QueryBlock, q *sql.Select, sc *scope) (*blockRun, error) {
	items, conditions, err := c.fromList(b.From, sc)
	if err != nil {
		return nil, err
	}
	op, err := c.rows(b, items, conditions, sc)
	if err != nil {
		return nil, err
	}
	g, err := c.grouping(b, q, sc)
	if err != nil {
		return nil, err
	}
	results := sc
	if g != nil {
		results = g.scope
	}
	outputs, err := c.outputs(b, results)
	if err != nil {
		return nil, err
	}
	keys, err := c.orderKeys(q, outputs, results)
	if err != nil {
		return nil, err
	}
	return &blockRun{compiler: c, op: op, width: sc.width, outputs: outputs, keys: keys, distinct: b.Distinct, group: g}, nil
}

// described returns what a client is told about a block's columns.
func described(outputs []output) []datum.Column {
	var columns []datum.Column
	for _, o := range outputs {
		columns = append(columns, o.column)
	}
	return columns
}

// fromList compiles FROM into what is joined and the conditions of its joins. A
// lateral view sees what stands before it, so that becomes a part of the view's item.
func (c *compiler) fromList(from []sql.From, sc *scope) (items []*item, conditions []sql.Expr, err error) {
	for i, f := range from {
		if d, ok := f.(*sql.Derived); ok && d.Lateral && i > 0 {
			it, err := c.lateralItem(d, &lateral{left: items, inner: conditions}, sc)
			if err != nil {
				return nil, nil, err
			}
			items, conditions = []*item{it}, nil
			continue
		}
		list, on, err := c.from(f, sc)
		if err != nil {
			return nil, nil, err
		}
		items, conditions = append(items, list...), append(conditions, on...)
	}
	return items, conditions, nil
}

// rows builds the operator of FROM, WHERE and CONNECT BY.
func (c *compiler) rows(b *sql.QueryBlock, items []*item, conditions []sql.Expr, sc *scope) (operator, error) {
	where := conjuncts(b.Where)
	if b.Connect == nil {
		return c.source(items, append(conditions, where...), sc)
	}
	if t, ok := b.From[0].(*sql.Table); !ok || len(b.From) > 1 || t.Name.Name != "DUAL" {
		return nil, at(b.Connect, unimplemented("CONNECT BY on anything but DUAL"))
	}
	sc.levels = true
	one, err := c.joinList(items, nil, sc)
	if err != nil {
		return nil, err
	}
	test, err := c.predicate(b.Connect, sc)
	if err != nil {
		return nil, err
	}
	return c.numbered(&connectOp{operator: one, test: test.eval}, where, sc)
}

// source builds the operator of FROM and WHERE. Conditions on ROWNUM are
// tested last, on the rows that pass all others.
func (c *compiler) source(items []*item, conditions []sql.Expr, sc *scope) (operator, error) {
	var plain, onRownum []sql.Expr
	for _, x := range conditions {
		if mentionsRownum(x) {
			onRownum = append(onRownum, x)
		} else {
			plain = append(plain, x)
		}
	}
	op, err := c.joinList(items, plain, sc)
	if err != nil {
		return nil, err
	}
	return c.numbered(op, onRownum, sc)
}

// numbered gives rows their ROWNUM and tests conditions that may look at it.
func (c *compiler) numbered(op operator, conditions []sql.Expr, sc *scope) (operator, error) {
	stop := true
	for _, x := range conditions {
		stop = stop && boundsRownum(x)
	}
	tests, err := c.predicates(conditions, sc)
	return &rownumOp{operator: op, tests: tests, stop: stop}, err
}

// mentionsRownum reports whether a condition reads ROWNUM outside of
// subqueries.
func mentionsRownum(x sql.Expr) bool {
	if ref, ok := x.(*sql.Ref); ok {
		return len(ref.Path) == 1 && ref.Path[0] == "ROWNUM"
	}
	found := false
	sql.Children(x, func(y sql.Expr) { found = found || mentionsRownum(y) })
	return found
}

// boundsRownum recognises ROWNUM < n and ROWNUM <= n, which stay false once
// they are.
func boundsRownum(x sql.Expr) bool {
	cmp, ok := x.(*sql.Binary)
	if !ok || cmp.Op != "<" && cmp.Op != "<=" || !mentionsRownum(cmp.X) {
		return false
	}
	_, plain := cmp.X.(*sql.Ref)
	switch cmp.Y.(type) {
	case *sql.Literal, *sql.Bind:
		return plain
	}
	return false
}

// outputs compiles the select list.
func (c *compiler) outputs(b *sql.QueryBlock, sc *scope) ([]output, error) {
	var list []output
	for _, it := range b.Items {
		if it.Expr == nil {
			all, err := c.star(it, sc)
			if err != nil {
				return nil, err
			}
			list = append(list, all...)
			continue
		}
		x, err := c.value(it.Expr, sc)
		if err != nil {
			return nil, err
		}
		if x.typ.Kind == datum.Null {
			x.typ = datum.Type{Kind: datum.Text} // what Oracle describes NULL as
		}
		_, plain := it.Expr.(*sql.Ref)
		col := datum.Column{Name: itemName(it), Type: x.typ, Nullable: x.nullable || !plain}
		list = append(list, output{column: col, expr: it.Expr, compiled: x})
	}
	return list, nil
}

// itemName names a result column: its alias, its column, or its text.
func itemName(it sql.SelectItem) string {
	if it.Alias != "" {
		return it.Alias
	}
	if ref, ok := it.Expr.(*sql.Ref); ok {
		return ref.Path[len(ref.Path)-1]
	}
	return it.Text[:min(len(it.Text), 128)]
}

// star expands * and t.*.
func (c *compiler) star(it sql.SelectItem, sc *scope) ([]output, error) {
	var list []output
	known := false
	for _, src := range sc.sources {
		if !src.named(it.Of) {
			continue
		}
		known = true
		for i := range src.columns {
			if src.columns[i].hidden {
				continue
			}
			path := []string{src.columns[i].Name}
			if src.alias != "" {
				path = []string{src.alias, src.columns[i].Name}
			}
			x, err := c.compile(&sql.Ref{At: it.At, Path: path}, sc)
			if err != nil {
				return nil, err
			}
			list = append(list, output{column: src.columns[i].Column, expr: &sql.Ref{At: it.At, Path: path}, compiled: x})
		}
	}
	if !known {
		return nil, at(it, invalidIdentifier(it.Of))
	}
	return list, nil
}

// blockRun executes a block: source, groups, result, distinct, order.
type blockRun struct {
	compiler *compiler
	op       operator
	width    int
	outputs  []output
	keys     []orderKey
	distinct bool
	group    *grouping
	lock     func(*frame) error // FOR UPDATE: locks the current row
}

// open starts the pipeline: source, groups, projection, DISTINCT, order. The
// order of the stages is SQL's.
func (r *blockRun) open(outer *frame) (iterator, error) {
	f := &frame{row: make([]datum.Value, r.width), outer: outer.outer, run: outer.run}
	in := r.op
	if r.group != nil {
		in = &groupOp{grouping: r.group, input: r.op, inner: f}
		f = &frame{row: make([]datum.Value, r.group.width()), outer: outer.outer, run: outer.run}
	}
	if err := in.open(f); err != nil {
		return nil, err
	}
	p := &projection{in: in, f: f, outputs: r.outputs, keys: r.keys, row: make(datum.Row, len(r.outputs)+len(r.keys))}
	var it iterator = p
	if r.distinct {
		it = &distinct{iterator: it, width: len(r.outputs), seen: map[string]struct{}{}}
	}
	if r.lock != nil {
		p.lock = r.lock
		it = &eager{iterator: it}
	}
	if len(r.keys) > 0 {
		it = &sorter{iterator: it, keys: r.keys, width: len(r.outputs), s: f.run.s}
	}
	return it, nil
}

// projection computes the result columns, with the sort keys behind them.
type projection struct {
	in      operator
	f       *frame
	outputs []output
	keys    []orderKey
	row     datum.Row
	lock    func(*frame) error
}

func (p *projection) next() (datum.Row, bool, error) {
	ok, err := p.in.next(p.f)
	if !ok || err != nil {
		return nil, false, err
	}
	if p.lock != nil {
		if err := p.lock(p.f); err != nil {
			return nil, false, err
		}
	}
	for i := range p.outputs {
		if p.row[i], err = p.outputs[i].eval(p.f); err != nil {
			return nil, false, err
		}
	}
	n := len(p.outputs)
	for i := range p.keys {
		if k := &p.keys[i]; k.output >= 0 {
			p.row[n+i] = p.row[k.output]
		} else if p.row[n+i], err = k.eval(p.f); err != nil {
			return nil, false, err
		}
	}
	return p.row, true, nil
}

func (p *projection) close() { p.in.close() }

// eager reads everything before it yields the first row, as FOR UPDATE locks
// all its rows when it is executed.
type eager struct {
	iterator
	rows *sliceIterator
}

func (e *eager) next() (datum.Row, bool, error) {
	if e.rows == nil {
		rows, err := drain(e.iterator)
		if err != nil {
			return nil, false, err
		}
		e.rows = &sliceIterator{rows: rows}
	}
	return e.rows.next()
}
