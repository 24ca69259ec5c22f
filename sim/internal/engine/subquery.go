package engine

import (
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine/heap"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// subquery compiles a query inside an expression.
func (c *compiler) subquery(q *sql.Select, sc *scope) (*plan, error) {
	if sc.inCheck {
		return nil, at(q, datum.Errorf(2251, "subquery not allowed here"))
	}
	return c.query(q, sc)
}

// correlated reports whether a query reads columns of an enclosing block, by
// compiling it without one.
func (c *compiler) correlated(q *sql.Select) bool {
	alone := *c
	_, err := alone.query(q, nil)
	return err != nil
}

// scalarQuery compiles (query) as a value. One that does not look outside is
// run once per execution.
func (c *compiler) scalarQuery(x *sql.Subquery, sc *scope) (compiled, error) {
	p, err := c.subquery(x.Query, sc)
	if err != nil {
		return compiled{}, err
	}
	if len(p.columns) != 1 {
		return compiled{}, at(x, datum.Errorf(913, "too many values"))
	}
	fixed := !c.correlated(x.Query)
	var cached *datum.Value
	return compiled{typ: p.columns[0].Type, nullable: true, eval: func(f *frame) (datum.Value, error) {
		if cached != nil {
			return *cached, nil
		}
		v, err := single(p, f)
		if fixed && err == nil {
			cached = &v
		}
		return v, err
	}}, nil
}

// single reads the one value of a scalar subquery; no row is NULL.
//
// Error: ORA-01427.
func single(p *plan, f *frame) (datum.Value, error) {
	it, err := p.open(&frame{outer: f, run: f.run})
	if err != nil {
		return datum.NULL, err
	}
	defer it.close()
	row, ok, err := it.next()
	if !ok || err != nil {
		return datum.NULL, err
	}
	v := row[0]
	if _, more, err := it.next(); more || err != nil {
		if err == nil {
			err = datum.Errorf(1427, "single-row subquery returns more than one row")
		}
		return datum.NULL, err
	}
	return v, nil
}

// exists compiles EXISTS (query), which reads one row.
func (c *compiler) exists(x *sql.Exists, sc *scope) (compiled, error) {
	p, err := c.subquery(x.Query, sc)
	if err != nil {
		return compiled{}, err
	}
	return truth(func(f *frame) (datum.Value, error) {
		it, err := p.open(&frame{outer: f, run: f.run})
		if err != nil {
			return datum.NULL, err
		}
		defer it.close()
		_, ok, err := it.next()
		return datum.FromBool(ok), err
	}), nil
}

// inQuery compiles X IN (query). An uncorrelated query is read once, and
// looked up by hash where the types allow.
func (c *compiler) inQuery(x *sql.In, left []compiled, sc *scope) (compiled, error) {
	p, err := c.subquery(x.Query, sc)
	if err != nil {
		return compiled{}, err
	}
	switch {
	case len(p.columns) > len(left):
		return compiled{}, at(x, datum.Errorf(913, "too many values"))
	case len(p.columns) < len(left):
		return compiled{}, at(x, datum.Errorf(947, "not enough values"))
	}
	m := &inSet{left: left, plan: p, fixed: !c.correlated(x.Query), hash: true}
	for i, l := range left {
		m.right = append(m.right, compiled{typ: p.columns[i].Type})
		k := l.typ.Kind
		m.hash = m.hash && k == p.columns[i].Type.Kind && !l.typ.Fixed && !p.columns[i].Type.Fixed && (k == datum.Text || k == datum.Number)
	}
	return negated(truth(m.eval), x.Not), nil
}

// inSet is the right side of an IN.
type inSet struct {
	left, right []compiled
	plan        *plan
	fixed, hash bool
	loaded      bool
	rows        []datum.Row
	set         map[string]struct{}
	nulls       bool
}

// eval looks the left side up, by hash where that decides it and row by row
// otherwise.
func (m *inSet) eval(f *frame) (datum.Value, error) {
	if !m.loaded || !m.fixed {
		if err := m.load(f); err != nil {
			return datum.NULL, err
		}
	}
	values, err := evaluate(f, m.left)
	if err != nil || len(m.rows) == 0 {
		return isFalse, err
	}
	known := true
	for _, v := range values {
		known = known && !v.IsNull()
	}
	if m.hash && known && !m.nulls {
		_, ok := m.set[string(heap.Pack(nil, values))]
		return datum.FromBool(ok), nil
	}
	answer := isFalse
	for _, row := range m.rows {
		eq, err := equalRows(f.run.s, m.left, m.right, values, row)
		if err != nil || eq.Bool() {
			return eq, err
		}
		if eq.IsNull() {
			answer = datum.NULL
		}
	}
	return answer, nil
}

// load reads the subquery into memory.
func (m *inSet) load(f *frame) error {
	it, err := m.plan.open(&frame{outer: f, run: f.run})
	if err != nil {
		return err
	}
	if m.rows, err = drain(it); err != nil {
		return err
	}
	m.loaded, m.nulls, m.set = true, false, map[string]struct{}{}
	for _, row := range m.rows {
		for _, v := range row {
			m.nulls = m.nulls || v.IsNull()
		}
		if m.hash {
			m.set[string(heap.Pack(nil, row))] = struct{}{}
		}
	}
	return nil
}
