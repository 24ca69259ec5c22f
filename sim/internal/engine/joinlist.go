package engine

import (
	"slices"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// needs says what a condition reads.
type needs struct {
	sources map[*source]bool // of the own block
	late    bool             // has a subquery, ROWNUM or an unknown name: test last
	outer   *source          // marked (+)
}

// needsOf looks at what a condition reads; errors show when it is compiled.
func (sc *scope) needsOf(x sql.Expr) needs {
	n := needs{sources: map[*source]bool{}}
	var visit func(sql.Expr)
	visit = func(x sql.Expr) {
		switch x := x.(type) {
		case *sql.Ref:
			src, _, err := sc.find(x.Path)
			if src == nil || err != nil {
				n.late = n.late || len(x.Path) == 1 && x.Path[0] == "ROWNUM" || err != nil
				return
			}
			n.sources[src] = true
			if x.Outer {
				n.outer = src
			}
		case *sql.Subquery, *sql.Exists:
			n.late = true
		case *sql.In:
			n.late = n.late || x.Query != nil
			sql.Children(x, visit)
		default:
			sql.Children(x, visit)
		}
	}
	visit(x)
	return n
}

// within reports whether all that is needed is among sources.
func (n needs) within(sources []*source) bool {
	if n.late {
		return false
	}
	for src := range n.sources {
		if !slices.Contains(sources, src) {
			return false
		}
	}
	return true
}

// joinList builds the operator for inner-joined items: each condition is
// tested as soon as what it reads is there. What has to wait is tested last.
func (c *compiler) joinList(items []*item, conditions []sql.Expr, sc *scope) (operator, error) {
	items, conditions, outerOn := c.oracleOuter(items, conditions, sc)
	var op operator
	var joined []*source
	for _, it := range items {
		var own []sql.Expr
		on, outer := outerOn[it]
		if !outer {
			own, conditions = split(conditions, sc, it.sources)
		}
		next, err := c.itemOperator(it, own, sc)
		if err != nil {
			return nil, err
		}
		before := joined
		joined = append(joined, it.sources...)
		if op == nil {
			op = next
			continue
		}
		if !outer {
			on, conditions = split(conditions, sc, joined)
		}
		if op, err = c.joinOperator(op, next, before, it.sources, on, outer, sc); err != nil {
			return nil, err
		}
	}
	return c.filter(op, conditions, sc)
}

// split parts conditions that can be tested with sources from the others.
// Those without any source stay for the end.
func split(conditions []sql.Expr, sc *scope, sources []*source) (now, later []sql.Expr) {
	for _, x := range conditions {
		if n := sc.needsOf(x); len(n.sources) > 0 && n.within(sources) {
			now = append(now, x)
		} else {
			later = append(later, x)
		}
	}
	return now, later
}

// oracleOuter finds the items that conditions with (+) make optional, puts
// them last and takes their conditions out of the list.
func (c *compiler) oracleOuter(items []*item, conditions []sql.Expr, sc *scope) ([]*item, []sql.Expr, map[*item][]sql.Expr) {
	on := map[*item][]sql.Expr{}
	var rest []sql.Expr
	for _, x := range conditions {
		n := sc.needsOf(x)
		i := slices.IndexFunc(items, func(it *item) bool { return n.outer != nil && slices.Contains(it.sources, n.outer) })
		if i < 0 {
			rest = append(rest, x)
			continue
		}
		on[items[i]] = append(on[items[i]], x)
	}
	if len(on) == 0 {
		return items, conditions, on
	}
	ordered := slices.Clone(items)
	slices.SortStableFunc(ordered, func(a, b *item) int {
		_, x := on[a]
		_, y := on[b]
		switch {
		case x == y:
			return 0
		case y:
			return -1
		}
		return 1
	})
	return ordered, rest, on
}

// itemOperator builds one member of a join list with the conditions that
// concern it alone.
func (c *compiler) itemOperator(it *item, own []sql.Expr, sc *scope) (operator, error) {
	if it.leaf != nil {
		op, rest, err := it.leaf(own)
		if err != nil {
			return nil, err
		}
		return c.filter(op, rest, sc)
	}
	if it.lateral != nil {
		return c.lateralOperator(it, own, sc)
	}
	j := it.join
	left, err := c.joinList(j.left, j.inner, sc)
	if err != nil {
		return nil, err
	}
	right, err := c.joinList(j.right, j.innerRight, sc)
	if err != nil {
		return nil, err
	}
	op, err := c.joinOperator(left, right, sourcesOf(j.left), sourcesOf(j.right), j.on, true, sc)
	if err != nil {
		return nil, err
	}
	return c.filter(op, own, sc)
}

func sourcesOf(items []*item) []*source {
	var list []*source
	for _, it := range items {
		list = append(list, it.sources...)
	}
	return list
}

// joinOperator joins two inputs: by hashing where the conditions have
// equalities between them, by trying all pairs otherwise.
func (c *compiler) joinOperator(left, right operator, leftSources, rightSources []*source, on []sql.Expr, outer bool, sc *scope) (operator, error) {
	j := &joinOp{left: left, right: right, outer: outer}
	for _, src := range rightSources {
		j.spans = append(j.spans, span{src.offset, src.offset + len(src.columns)})
	}
	var residual []sql.Expr
	for _, x := range on {
		l, r, ok, err := c.hashKey(x, leftSources, rightSources, sc)
		if err != nil {
			return nil, err
		}
		if !ok {
			residual = append(residual, x)
			continue
		}
		j.leftKey, j.rightKey = append(j.leftKey, l.eval), append(j.rightKey, r.eval)
	}
	var err error
	j.tests, err = c.predicates(residual, sc)
	return j, err
}

// hashKey recognises left = right whose values can be compared by their bytes.
func (c *compiler) hashKey(x sql.Expr, left, right []*source, sc *scope) (l, r compiled, ok bool, err error) {
	eq, ok := x.(*sql.Binary)
	if !ok || eq.Op != "=" {
		return l, r, false, nil
	}
	a, b := eq.X, eq.Y
	na, nb := sc.needsOf(a), sc.needsOf(b)
	if len(na.sources) == 0 || len(nb.sources) == 0 {
		return l, r, false, nil
	}
	if na.within(right) && nb.within(left) {
		a, b, na, nb = b, a, nb, na
	}
	if !na.within(left) || !nb.within(right) {
		return l, r, false, nil
	}
	if l, err = c.compile(a, sc); err != nil {
		return l, r, false, err
	}
	if r, err = c.compile(b, sc); err != nil {
		return l, r, false, err
	}
	hashable := l.typ.Kind == r.typ.Kind && l.typ.Fixed == r.typ.Fixed &&
		(l.typ.Kind == datum.Text && !l.typ.Fixed || l.typ.Kind == datum.Number || l.typ.Kind == datum.Date || l.typ.Kind == datum.Raw)
	return l, r, hashable, nil
}
