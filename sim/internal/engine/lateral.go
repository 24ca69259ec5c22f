package engine

import (
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// A lateral is an inline view that is run anew for every row of what stands
// before it, which it may look at: APPLY and LATERAL.
type lateral struct {
	left  []*item
	inner []sql.Expr // conditions of joins below left
	src   *source
	plan  *plan
	outer bool // rows of left without a match stay
}

// lateralJoin registers APPLY, and joins whose right side is LATERAL.
func (c *compiler) lateralJoin(f *sql.Join, d *sql.Derived, left []*item, inner []sql.Expr, sc *scope) ([]*item, []sql.Expr, error) {
	switch {
	case len(f.Using) > 0:
		return nil, nil, at(f, unimplemented("USING with LATERAL"))
	case f.Kind != "INNER" && f.Kind != "CROSS" && f.Kind != "CROSS APPLY" && f.Kind != "OUTER APPLY":
		return nil, nil, at(f, unimplemented(f.Kind+" JOIN LATERAL"))
	}
	it, err := c.lateralItem(d, &lateral{left: left, inner: inner, outer: f.Kind == "OUTER APPLY"}, sc)
	if err != nil {
		return nil, nil, err
	}
	return []*item{it}, conjuncts(f.On), nil
}

// lateralItem compiles the inline view in the scope of the block it stands in,
// as far as that is known.
func (c *compiler) lateralItem(d *sql.Derived, l *lateral, sc *scope) (*item, error) {
	p, err := c.query(d.Query, sc)
	if err != nil {
		return nil, err
	}
	l.src, l.plan = &source{alias: d.Alias}, p
	for _, col := range p.columns {
		l.src.columns = append(l.src.columns, sourceColumn{Column: col})
	}
	sc.add(l.src)
	return &item{sources: append(sourcesOf(l.left), l.src), lateral: l}, nil
}

// lateralOperator tests conditions on the left side before the inline view is
// run.
func (c *compiler) lateralOperator(it *item, own []sql.Expr, sc *scope) (operator, error) {
	l := it.lateral
	early, late := split(own, sc, sourcesOf(l.left))
	left, err := c.joinList(l.left, append(early, l.inner...), sc)
	if err != nil {
		return nil, err
	}
	return c.filter(&lateralOp{left: left, src: l.src, plan: l.plan, outer: l.outer}, late, sc)
}

// lateralOp runs an inline view for every row of its left side.
type lateralOp struct {
	left  operator
	src   *source
	plan  *plan
	outer bool

	it      iterator
	matched bool
}

func (o *lateralOp) open(f *frame) error {
	o.closeRight()
	return o.left.open(f)
}

func (o *lateralOp) next(f *frame) (bool, error) {
	for {
		if o.it == nil {
			ok, err := o.left.next(f)
			if !ok || err != nil {
				return false, err
			}
			if o.it, err = o.plan.open(&frame{outer: f, run: f.run}); err != nil {
				return false, err
			}
			o.matched = false
		}
		row, ok, err := o.it.next()
		if err != nil {
			return false, err
		}
		if ok {
			o.matched = true
			copy(f.row[o.src.offset:], row)
			return true, nil
		}
		if o.closeRight(); o.outer && !o.matched {
			clear(f.row[o.src.offset : o.src.offset+len(o.src.columns)])
			return true, nil
		}
	}
}

func (o *lateralOp) closeRight() {
	if o.it != nil {
		o.it.close()
		o.it = nil
	}
}

func (o *lateralOp) close() {
	o.closeRight()
	o.left.close()
}
