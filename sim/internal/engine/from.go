package engine

import (
	"slices"

	"github.com/adbferry/adbferry/sim/internal/sql"
)

// An item is one member of a list of inner joins: a single source or an outer
// join, with the sources it brings.
type item struct {
	sources []*source
	leaf    leaf      // for a single source
	join    *leftJoin // for an outer join
	lateral *lateral  // for a lateral inline view and what stands before it
}

// leaf makes the operator of a single source from the conditions that concern
// only it.
type leaf func(conditions []sql.Expr) (operator, []sql.Expr, error)

// leftJoin keeps all rows of left.
type leftJoin struct {
	left, right []*item
	on          []sql.Expr
	inner       []sql.Expr // conditions of joins below left
	innerRight  []sql.Expr
}

// from registers the sources of a FROM entry and returns it as a list of
// inner-joined items and the conditions that join them.
func (c *compiler) from(f sql.From, sc *scope) ([]*item, []sql.Expr, error) {
	switch f := f.(type) {
	case *sql.Table:
		it, err := c.tableItem(f, sc)
		return []*item{it}, nil, err
	case *sql.TableFunction:
		it, err := c.tableFunctionItem(f, sc)
		return []*item{it}, nil, err
	case *sql.Derived:
		if f.Lateral {
			return nil, nil, at(f, unimplemented("LATERAL at the start of a join"))
		}
		p, err := c.query(f.Query, sc.outer)
		if err != nil {
			return nil, nil, err
		}
		return []*item{c.derivedItem(p, f.Alias, nil, sc)}, nil, nil
	case *sql.Join:
		return c.join(f, sc)
	}
	return nil, nil, at(f, unimplemented("FROM entry"))
}

// join registers both sides of an ANSI join. Inner joins become part of the
// surrounding list, so that all their conditions are placed together.
func (c *compiler) join(f *sql.Join, sc *scope) ([]*item, []sql.Expr, error) {
	if f.Kind == "FULL" {
		return nil, nil, at(f, unimplemented("FULL JOIN"))
	}
	left, inner, err := c.from(f.Left, sc)
	if err != nil {
		return nil, nil, err
	}
	if d, ok := f.Right.(*sql.Derived); ok && d.Lateral {
		return c.lateralJoin(f, d, left, inner, sc)
	}
	right, innerRight, err := c.from(f.Right, sc)
	if err != nil {
		return nil, nil, err
	}
	on := conjuncts(f.On)
	for _, name := range f.Using {
		eq, err := using(f, name, left, right)
		if err != nil {
			return nil, nil, err
		}
		on = append(on, eq)
	}
	if f.Kind == "INNER" || f.Kind == "CROSS" {
		return append(left, right...), append(append(inner, innerRight...), on...), nil
	}
	j := &leftJoin{left: left, right: right, on: on, inner: inner, innerRight: innerRight}
	if f.Kind == "RIGHT" {
		j.left, j.right, j.inner, j.innerRight = right, left, innerRight, inner
	}
	it := &item{join: j}
	for _, i := range append(append([]*item(nil), left...), right...) {
		it.sources = append(it.sources, i.sources...)
	}
	return []*item{it}, nil, nil
}

// using makes the equality of a USING column and hides it on the right side.
func using(f *sql.Join, name string, left, right []*item) (sql.Expr, error) {
	find := func(items []*item) (*source, int) {
		for _, it := range items {
			for _, src := range it.sources {
				for i := range src.columns {
					if src.columns[i].Name == name {
						return src, i
					}
				}
			}
		}
		return nil, 0
	}
	l, _ := find(left)
	r, i := find(right)
	if l == nil || r == nil {
		return nil, at(f, invalidIdentifier([]string{name}))
	}
	r.columns[i].hidden, r.columns[i].merged = true, true
	x := &sql.Binary{At: f.At, Op: "=", X: &sql.Ref{At: f.At, Path: []string{l.alias, name}}, Y: &sql.Ref{At: f.At, Path: []string{r.alias, name}}}
	return x, nil
}

// add gives a source its place in the block's row.
func (sc *scope) add(src *source) {
	src.offset = sc.width
	sc.width += len(src.columns)
	sc.sources = append(sc.sources, src)
}

// tableItem registers a table, a view or a WITH entry.
func (c *compiler) tableItem(f *sql.Table, sc *scope) (*item, error) {
	alias := f.Alias
	if alias == "" {
		alias = f.Name.Name
	}
	if f.Schema == "" {
		for i, w := range slices.Backward(c.with) {
			if w.name == f.Name.Name {
				return c.commonItem(w, i, alias, sc)
			}
		}
	}
	if t, err := c.s.lookup(f.Schema, f.Name.Name); err == nil {
		if err := c.s.allowed(t, "SELECT", "READ"); err != nil {
			return nil, at(f, err)
		}
		if t.external != nil {
			return c.externalItem(t, f, alias, sc)
		}
		return c.heapItem(t, f, alias, sc)
	}
	v := c.s.view(f.Schema, f.Name.Name)
	switch {
	case v == nil, f.Partition != nil:
		return nil, at(f, c.s.noTableOrView(f.Name))
	case f.AsOf != nil:
		return nil, at(f, unimplemented("AS OF on a dictionary view"))
	}
	return c.viewItem(v, alias, sc), nil
}

// viewItem registers a dictionary view.
func (c *compiler) viewItem(v *View, alias string, sc *scope) *item {
	src := &source{alias: alias, schema: "SYS"}
	for _, col := range v.Columns {
		src.columns = append(src.columns, sourceColumn{Column: col})
	}
	sc.add(src)
	return &item{sources: []*source{src}, leaf: func(conditions []sql.Expr) (operator, []sql.Expr, error) {
		rows, err := c.narrowed(v, conditions, sc)
		if err != nil {
			return nil, nil, err
		}
		out, err := c.filter(&rowsOp{src: src, rows: rows}, conditions, sc)
		return out, nil, err
	}}
}

// commonItem compiles a WITH entry anew for each use.
func (c *compiler) commonItem(w *common, depth int, alias string, sc *scope) (*item, error) {
	inner := *c
	inner.with = c.with[:depth] // an entry sees those before it
	p, err := inner.query(w.query, sc.outer)
	if err != nil {
		return nil, err
	}
	return c.derivedItem(p, alias, w.columns, sc), nil
}

// derivedItem registers an inline view.
func (c *compiler) derivedItem(p *plan, alias string, names []string, sc *scope) *item {
	src := &source{alias: alias}
	for i, col := range p.columns {
		if i < len(names) {
			col.Name = names[i]
		}
		src.columns = append(src.columns, sourceColumn{Column: col})
	}
	sc.add(src)
	return &item{sources: []*source{src}, leaf: c.filteredLeaf(&derivedOp{src: src, plan: p}, sc)}
}

// filteredLeaf puts a filter on an operator that has no access path to choose.
func (c *compiler) filteredLeaf(op operator, sc *scope) leaf {
	return func(conditions []sql.Expr) (operator, []sql.Expr, error) {
		out, err := c.filter(op, conditions, sc)
		return out, nil, err
	}
}

// filter puts conditions on top of an operator.
func (c *compiler) filter(op operator, conditions []sql.Expr, sc *scope) (operator, error) {
	if len(conditions) == 0 {
		return op, nil
	}
	tests, err := c.predicates(conditions, sc)
	return &filterOp{operator: op, tests: tests}, err
}

// predicates compiles conditions that all have to hold.
func (c *compiler) predicates(conditions []sql.Expr, sc *scope) ([]evaluator, error) {
	tests := make([]evaluator, len(conditions))
	for i, x := range conditions {
		p, err := c.predicate(x, sc)
		if err != nil {
			return nil, err
		}
		tests[i] = p.eval
	}
	return tests, nil
}

// conjuncts takes a condition apart at its ANDs.
func conjuncts(x sql.Expr) []sql.Expr {
	if x == nil {
		return nil
	}
	if l, ok := x.(*sql.Logical); ok && l.Op == "AND" {
		return append(conjuncts(l.X), conjuncts(l.Y)...)
	}
	return []sql.Expr{x}
}
