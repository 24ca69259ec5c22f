package engine

import (
	"slices"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine/heap"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// An accumulator collects the values of one aggregate of one group. NULLs do
// not reach it.
type accumulator interface {
	add(s *Session, v datum.Value) error
	result(s *Session) (datum.Value, error)
}

// An aggregation is an aggregate call of a block.
type aggregation struct {
	arg      compiled // eval is nil for COUNT(*)
	distinct bool
	sortKeys []compiled         // of LISTAGG
	fresh    func() accumulator // the state of a group without rows
}

// aggregates makes the accumulator of each aggregate function and its type.
var aggregates = map[string]func(arg datum.Type) (func() accumulator, datum.Type){
	"COUNT": func(datum.Type) (func() accumulator, datum.Type) {
		return func() accumulator { return &counter{} }, numberType()
	},
	"SUM": func(t datum.Type) (func() accumulator, datum.Type) {
		return func() accumulator { return &summer{} }, sumType(t)
	},
	"AVG": func(t datum.Type) (func() accumulator, datum.Type) {
		return func() accumulator { return &averager{} }, sumType(t)
	},
	"MIN": func(t datum.Type) (func() accumulator, datum.Type) {
		return func() accumulator { return &extreme{want: -1} }, t
	},
	"MAX": func(t datum.Type) (func() accumulator, datum.Type) {
		return func() accumulator { return &extreme{want: 1} }, t
	},
	"LISTAGG": func(datum.Type) (func() accumulator, datum.Type) {
		return nil, datum.Type{Kind: datum.Text, Size: 4000, Chars: 4000}
	},
}

// sumType keeps binary floats and is NUMBER for everything else.
func sumType(t datum.Type) datum.Type {
	if isFloat(t.Kind) {
		return t
	}
	return numberType()
}

// aggregate compiles a call and gives it a slot behind the group keys.
func (c *compiler) aggregate(x *sql.Call, g *grouping) (compiled, error) {
	name := x.Path[0]
	a := &aggregation{distinct: x.Distinct}
	items, err := positional(x)
	if err != nil {
		return compiled{}, err
	}
	switch {
	case x.Star && name == "COUNT":
	case x.Star, len(items) == 0:
		return compiled{}, at(x, datum.Errorf(909, "invalid number of arguments"))
	case len(items) > 1 && name != "LISTAGG", len(items) > 2:
		return compiled{}, at(x, datum.Errorf(909, "invalid number of arguments"))
	default:
		if a.arg, err = c.value(items[0], g.inner); err != nil {
			return compiled{}, err
		}
	}
	if k := a.arg.typ.Kind; name != "COUNT" && (k == datum.Clob || k == datum.Blob) || k == datum.Clob && x.Distinct {
		return compiled{}, at(x, datum.Errorf(932, "inconsistent datatypes: expected - got %s", kindName(k)))
	}
	fresh, typ := aggregates[name](a.arg.typ)
	a.fresh = fresh
	if name == "LISTAGG" {
		if err := c.listagg(a, x, items, g); err != nil {
			return compiled{}, err
		}
	}
	g.aggs = append(g.aggs, a)
	index := len(g.aggs) - 1
	return compiled{typ: typ, nullable: name != "COUNT", eval: func(f *frame) (datum.Value, error) {
		return f.row[len(g.keys)+index], nil
	}}, nil
}

// start makes the state of a new group.
func (a *aggregation) start() accumulator {
	acc := a.fresh()
	if a.distinct {
		return &distinctOnly{accumulator: acc, seen: map[string]struct{}{}}
	}
	return acc
}

// feed gives the current row to a group.
func (a *aggregation) feed(f *frame, to accumulator) error {
	if a.arg.eval == nil {
		return to.add(f.run.s, isTrue)
	}
	v, err := a.arg.eval(f)
	if err != nil || v.IsNull() {
		return err
	}
	if l, ok := to.(*list); ok {
		if l.pending, err = evaluate(f, a.sortKeys); err != nil {
			return err
		}
	}
	return to.add(f.run.s, v)
}

type distinctOnly struct {
	accumulator
	seen map[string]struct{}
	key  []byte
}

func (d *distinctOnly) add(s *Session, v datum.Value) error {
	d.key = heap.Pack(d.key[:0], datum.Row{v})
	if _, ok := d.seen[string(d.key)]; ok {
		return nil
	}
	d.seen[string(d.key)] = struct{}{}
	return d.accumulator.add(s, v)
}

type counter struct{ n int64 }

func (c *counter) add(*Session, datum.Value) error { c.n++; return nil }

func (c *counter) result(*Session) (datum.Value, error) { return datum.FromInt(c.n), nil }

// summer adds NUMBERs exactly, and floats as floats.
type summer struct {
	sum   datum.Sum
	float datum.Value
}

func (a *summer) add(s *Session, v datum.Value) (err error) {
	if isFloat(v.Kind()) {
		if a.float.IsNull() {
			a.float = v
			return nil
		}
		a.float, err = floatOperation(s, '+', a.float, v)
		return err
	}
	if v, err = s.number(v); err != nil {
		return err
	}
	return a.sum.Add(v)
}

func (a *summer) result(*Session) (datum.Value, error) {
	if !a.float.IsNull() {
		return a.float, nil
	}
	return a.sum.Value()
}

type averager struct {
	summer
	n int64
}

func (a *averager) add(s *Session, v datum.Value) error {
	a.n++
	return a.summer.add(s, v)
}

func (a *averager) result(s *Session) (datum.Value, error) {
	sum, err := a.summer.result(s)
	if err != nil || sum.IsNull() {
		return datum.NULL, err
	}
	return mixedOperation(s, '/', sum, datum.FromInt(a.n))
}

// extreme is MIN (want -1) and MAX (want 1).
type extreme struct {
	want int
	best datum.Value
}

func (e *extreme) add(s *Session, v datum.Value) error {
	if e.best.IsNull() {
		e.best = v
		return nil
	}
	n, err := s.compare(v, e.best, false)
	if n*e.want > 0 {
		e.best = v
	}
	return err
}

func (e *extreme) result(*Session) (datum.Value, error) { return e.best, nil }

// list is LISTAGG: texts in the order of their keys.
type list struct {
	rows      []datum.Row // the text, then its keys
	pending   []datum.Value
	separator string
	sort      *sorter
}

// listagg compiles LISTAGG(text [, separator]) WITHIN GROUP (ORDER BY …).
func (c *compiler) listagg(a *aggregation, x *sql.Call, items []sql.Expr, g *grouping) error {
	separator := ""
	if len(items) == 2 {
		l, ok := items[1].(*sql.Literal)
		if !ok {
			return at(x, datum.Errorf(30497, "Argument should be a constant or a function of expressions in GROUP BY."))
		}
		separator = l.Value.Text()
	}
	order := &sorter{width: 1, s: c.s}
	for _, o := range x.Within {
		key, err := c.value(o.Expr, g.inner)
		if err != nil {
			return err
		}
		order.keys = append(order.keys, orderKey{desc: o.Desc, nullsFirst: o.Desc})
		a.sortKeys = append(a.sortKeys, key)
	}
	a.fresh = func() accumulator { return &list{separator: separator, sort: order} }
	return nil
}

func (l *list) add(s *Session, v datum.Value) error {
	text, err := s.text(v)
	l.rows = append(l.rows, append(datum.Row{datum.FromText(text)}, slices.Clone(l.pending)...))
	return err
}

func (l *list) result(s *Session) (datum.Value, error) {
	if err := l.sort.sort(l.rows); err != nil {
		return datum.NULL, err
	}
	texts := make([]string, len(l.rows))
	for i, r := range l.rows {
		texts[i] = r[0].Text()
	}
	out := strings.Join(texts, l.separator)
	if len(out) > 4000 && len(out) > s.instance.config.textLimit() {
		return datum.NULL, datum.Errorf(1489, "result of string concatenation is too long")
	}
	return datum.FromText(out), nil
}
