package engine

import (
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine/heap"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// setQuery compiles a query over a set operator: its ORDER BY sees only the
// result columns.
func (c *compiler) setQuery(q *sql.Select, outer *scope) (*plan, error) {
	p, err := c.body(q.Body, outer)
	if err != nil {
		return nil, err
	}
	if q.ForUpdate != nil {
		return nil, at(q.ForUpdate, datum.Errorf(2014, "cannot select FOR UPDATE from view with DISTINCT, GROUP BY, etc."))
	}
	sc := &scope{outer: outer}
	src := &source{}
	outputs := make([]output, len(p.columns))
	for i, col := range p.columns {
		src.columns = append(src.columns, sourceColumn{Column: col})
		outputs[i] = output{column: col, compiled: compiled{typ: col.Type, eval: columnEvaluator(0, i)}}
	}
	sc.add(src)
	keys, err := c.orderKeys(q, outputs, sc)
	if err != nil {
		return nil, err
	}
	out := &plan{columns: p.columns, open: p.open}
	if len(keys) > 0 {
		r := &blockRun{compiler: c, op: &derivedOp{src: src, plan: p}, width: sc.width, outputs: outputs, keys: keys}
		out.open = r.open
	}
	return out, c.limit(q, out, outer)
}

// setOperation compiles both sides and finds the types that they share, column
// by column.
func (c *compiler) setOperation(b *sql.SetOp, outer *scope) (*plan, error) {
	left, err := c.body(b.Left, outer)
	if err != nil {
		return nil, err
	}
	right, err := c.body(b.Right, outer)
	if err != nil {
		return nil, err
	}
	if len(left.columns) != len(right.columns) {
		return nil, at(b, datum.Errorf(1789, "query block has incorrect number of result columns"))
	}
	out := &plan{columns: append([]datum.Column(nil), left.columns...)}
	types := make([]datum.Type, len(out.columns))
	for i := range out.columns {
		a, z := left.columns[i], right.columns[i]
		t, err := unifyTypes(untyped(a.Type), untyped(z.Type))
		if err != nil {
			return nil, at(b, datum.Errorf(1790, "expression must have same datatype as corresponding expression"))
		}
		if t.Kind == datum.Null {
			t.Kind = datum.Text
		}
		types[i], out.columns[i].Type, out.columns[i].Nullable = t, t, a.Nullable || z.Nullable
	}
	if b.Op != "UNION ALL" {
		if err := comparable(b, out.columns); err != nil {
			return nil, err
		}
	}
	out.open = func(f *frame) (iterator, error) { return openSet(b.Op, left, right, types, f) }
	return out, nil
}

// untyped recognises the column of a bare NULL, which is described as a text
// without length and goes with any type.
func untyped(t datum.Type) datum.Type {
	if t.Kind == datum.Text && t.Size == 0 {
		return datum.Type{}
	}
	return t
}

// openSet combines two open inputs. INTERSECT and MINUS keep the right side in
// memory.
func openSet(op string, left, right *plan, types []datum.Type, f *frame) (iterator, error) {
	a, err := left.open(f)
	if err != nil {
		return nil, err
	}
	first := &converted{iterator: a, types: types, s: f.run.s}
	b, err := right.open(f)
	if err != nil {
		a.close()
		return nil, err
	}
	second := &converted{iterator: b, types: types, s: f.run.s}
	width := len(types)
	switch op {
	case "UNION ALL":
		return &chain{first, second}, nil
	case "UNION":
		return &distinct{iterator: &chain{first, second}, width: width, seen: map[string]struct{}{}}, nil
	}
	other, err := drain(second)
	if err != nil {
		first.close()
		return nil, err
	}
	keep := &membership{iterator: first, want: op == "INTERSECT", set: map[string]struct{}{}}
	for _, row := range other {
		keep.set[string(heap.Pack(nil, row))] = struct{}{}
	}
	return &distinct{iterator: keep, width: width, seen: map[string]struct{}{}}, nil
}

// converted brings rows to the common types of a set operator.
type converted struct {
	iterator
	types []datum.Type
	s     *Session
}

func (c *converted) next() (datum.Row, bool, error) {
	row, ok, err := c.iterator.next()
	if !ok || err != nil {
		return nil, false, err
	}
	for i, v := range row {
		if v.Kind() != c.types[i].Kind {
			if row[i], err = c.s.convert(v, c.types[i]); err != nil {
				return nil, false, err
			}
		}
	}
	return row, true, nil
}

// chain yields one iterator after the other.
type chain []iterator

func (c *chain) next() (datum.Row, bool, error) {
	for len(*c) > 0 {
		row, ok, err := (*c)[0].next()
		if ok || err != nil {
			return row, ok, err
		}
		(*c)[0].close()
		*c = (*c)[1:]
	}
	return nil, false, nil
}

func (c *chain) close() {
	for _, i := range *c {
		i.close()
	}
	*c = nil
}

// membership passes rows that are, or are not, in a set.
type membership struct {
	iterator
	want bool
	set  map[string]struct{}
}

func (m *membership) next() (datum.Row, bool, error) {
	for {
		row, ok, err := m.iterator.next()
		if !ok || err != nil {
			return nil, false, err
		}
		if _, in := m.set[string(heap.Pack(nil, row))]; in == m.want {
			return row, true, nil
		}
	}
}
