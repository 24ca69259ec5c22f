package engine

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine/heap"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// A grouping is the GROUP BY of a block, or its aggregates without one. Its
// row is the group keys followed by the aggregates' results.
type grouping struct {
	inner  *scope // the block's sources
	scope  *scope // what the select list sees
	keys   []compiled
	places map[string]int // fingerprint of a key → its slot
	aggs   []*aggregation
	having evaluator
	plain  bool // no GROUP BY: one group, even of no rows
}

func (g *grouping) width() int { return len(g.keys) + len(g.aggs) }

// grouping compiles GROUP BY and HAVING; it is nil for a block without groups.
func (c *compiler) grouping(b *sql.QueryBlock, q *sql.Select, sc *scope) (*grouping, error) {
	if len(b.GroupBy) == 0 && b.Having == nil && !aggregated(b, q) {
		return nil, nil
	}
	g := &grouping{inner: sc, places: map[string]int{}, plain: len(b.GroupBy) == 0}
	grouped := *sc
	grouped.groups = g
	g.scope = &grouped
	for _, x := range b.GroupBy {
		key, err := c.value(x, sc)
		if err != nil {
			return nil, err
		}
		if key.typ.Kind == datum.Clob || key.typ.Kind == datum.Blob {
			return nil, at(x, datum.Errorf(932, "inconsistent datatypes: expected - got %s", kindName(key.typ.Kind)))
		}
		if fp := sc.fingerprint(x); fp != "" {
			g.places[fp] = len(g.keys)
		}
		g.keys = append(g.keys, key)
	}
	if b.Having != nil {
		h, err := c.predicate(b.Having, g.scope)
		if err != nil {
			return nil, err
		}
		g.having = h.eval
	}
	return g, nil
}

// aggregated reports whether the select list or ORDER BY has an aggregate.
func aggregated(b *sql.QueryBlock, q *sql.Select) bool {
	for _, it := range b.Items {
		if it.Expr != nil && hasAggregate(it.Expr) {
			return true
		}
	}
	for _, o := range q.OrderBy {
		if hasAggregate(o.Expr) {
			return true
		}
	}
	return false
}

// hasAggregate looks for an aggregate outside of subqueries.
func hasAggregate(x sql.Expr) bool {
	if call, ok := x.(*sql.Call); ok && isAggregate(call) {
		return true
	}
	found := false
	sql.Children(x, func(y sql.Expr) { found = found || hasAggregate(y) })
	return found
}

func isAggregate(x *sql.Call) bool {
	_, ok := aggregates[x.Path[0]]
	return ok && len(x.Path) == 1
}

// grouped compiles what has a meaning of its own after grouping: a group key,
// an aggregate, or a column that is neither, which is an error.
func (c *compiler) grouped(x sql.Expr, sc *scope) (compiled, bool, error) {
	g := sc.groups
	if slot, ok := g.places[g.inner.fingerprint(x)]; ok {
		key := g.keys[slot]
		key.eval, key.parts, key.append, key.fixed = columnEvaluator(0, slot), nil, nil, nil
		return key, true, nil
	}
	switch x := x.(type) {
	case *sql.Call:
		if isAggregate(x) {
			out, err := c.aggregate(x, g)
			return out, true, err
		}
	case *sql.Ref:
		if src, i, err := g.inner.find(x.Path); src != nil && err == nil {
			_, err := g.slotOf(src, i)
			return compiled{}, true, at(x, err)
		}
	}
	return compiled{}, false, nil
}

// slotOf returns the place of a grouped column.
//
// Errors: ORA-00979, and ORA-00937 when there is no GROUP BY.
func (g *grouping) slotOf(src *source, i int) (int, error) {
	if slot, ok := g.places[columnPrint(src, i)]; ok {
		return slot, nil
	}
	if g.plain {
		return 0, datum.Errorf(937, "not a single-group group function")
	}
	return 0, datum.Errorf(979, "not a GROUP BY expression")
}

func columnPrint(src *source, i int) string { return fmt.Sprintf("$%d", src.offset+i) }

// fingerprint renders an expression so that two that mean the same read the
// same. It is "" for what cannot be a group key. Operators are reduced to a
// digest, and each is computed once: a chain of thousands stays linear.
func (sc *scope) fingerprint(x sql.Expr) string {
	if fp, ok := sc.prints[x]; ok {
		return fp
	}
	if sc.prints == nil {
		sc.prints = map[sql.Expr]string{}
	}
	fp := sc.print(x)
	sc.prints[x] = fp
	return fp
}

// print computes a fingerprint.
func (sc *scope) print(x sql.Expr) string {
	if ref, ok := x.(*sql.Ref); ok {
		if src, i, err := sc.find(ref.Path); src != nil && err == nil {
			return columnPrint(src, i)
		}
		return strings.Join(ref.Path, ".")
	}
	if l, ok := x.(*sql.Literal); ok {
		return fmt.Sprintf("%d:%q", l.Value.Kind(), l.Value.Bytes())
	}
	if b, ok := x.(*sql.Bind); ok {
		return ":" + b.Name
	}
	head, ok := headOf(x)
	if !ok {
		return ""
	}
	complete := true
	sql.Children(x, func(y sql.Expr) {
		fp := sc.fingerprint(y)
		complete = complete && fp != ""
		head += "(" + fp + ")"
	})
	if !complete {
		return ""
	}
	sum := sha256.Sum256([]byte(head))
	return string(sum[:])
}

// headOf names a node without its operands.
func headOf(x sql.Expr) (string, bool) {
	switch x := x.(type) {
	case *sql.Call:
		return fmt.Sprintf("call %s %t %t", strings.Join(x.Path, "."), x.Star, x.Distinct), true
	case *sql.Unary:
		return "unary " + x.Op, true
	case *sql.Binary:
		return "binary " + x.Op, true
	case *sql.Logical:
		return x.Op, true
	case *sql.Not:
		return "not", true
	case *sql.IsNull:
		return fmt.Sprintf("null %t", x.Not), true
	case *sql.Between:
		return fmt.Sprintf("between %t", x.Not), true
	case *sql.Case:
		return fmt.Sprintf("case %t %t", x.Operand != nil, x.Else != nil), true
	case *sql.Cast:
		return fmt.Sprintf("cast %v", x.Type.Type), true
	case *sql.Extract:
		return "extract " + x.Field, true
	case *sql.Trim:
		return fmt.Sprintf("trim %s %t", x.Side, x.Chars != nil), true
	}
	return "", false
}

// group is one group being collected.
type group struct {
	keys   datum.Row
	states []accumulator
}

// groupOp collects its input into groups when it is opened.
type groupOp struct {
	*grouping
	input operator
	inner *frame
	list  []*group
	at    int
}

// open reads all of the input; groups keep the order of their first row.
func (o *groupOp) open(*frame) error {
	if err := o.input.open(o.inner); err != nil {
		return err
	}
	defer o.input.close()
	byKey := map[string]*group{}
	if o.plain {
		o.list = append(o.list, o.newGroup(nil))
		byKey[""] = o.list[0]
	}
	var key []byte
	values := make(datum.Row, len(o.keys))
	for {
		ok, err := o.input.next(o.inner)
		if !ok || err != nil {
			return err
		}
		for i := range o.keys {
			if values[i], err = o.keys[i].eval(o.inner); err != nil {
				return err
			}
		}
		key = heap.Pack(key[:0], values)
		g := byKey[string(key)]
		if g == nil {
			g = o.newGroup(append(datum.Row(nil), values...))
			byKey[string(key)] = g
			o.list = append(o.list, g)
		}
		for i, a := range o.aggs {
			if err := a.feed(o.inner, g.states[i]); err != nil {
				return err
			}
		}
	}
}

func (o *groupOp) newGroup(keys datum.Row) *group {
	g := &group{keys: keys}
	for _, a := range o.aggs {
		g.states = append(g.states, a.start())
	}
	return g
}

// next yields the groups that HAVING lets through.
func (o *groupOp) next(f *frame) (bool, error) {
	for o.at < len(o.list) {
		g := o.list[o.at]
		o.at++
		n := copy(f.row, g.keys)
		for i, state := range g.states {
			v, err := state.result(f.run.s)
			if err != nil {
				return false, err
			}
			f.row[n+i] = v
		}
		if o.having == nil {
			return true, nil
		}
		v, err := o.having(f)
		if err != nil || v.Bool() {
			return err == nil, err
		}
	}
	return false, nil
}

func (*groupOp) close() {}
