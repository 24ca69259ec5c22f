package engine

import (
	"slices"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine/heap"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// orderKey is one ORDER BY expression: a result column, or an expression of
// its own (output < 0).
type orderKey struct {
	output     int
	eval       evaluator
	desc       bool
	nullsFirst bool
}

// orderKeys compiles ORDER BY: positions and aliases mean result columns.
func (c *compiler) orderKeys(q *sql.Select, outputs []output, sc *scope) ([]orderKey, error) {
	var keys []orderKey
	inner := *sc
	inner.aliases = outputs
	sc = &inner
	for _, o := range q.OrderBy {
		k := orderKey{output: -1, desc: o.Desc, nullsFirst: o.Desc}
		if o.NullsFirst != nil {
			k.nullsFirst = *o.NullsFirst
		}
		var err error
		if k.output, err = outputIndex(o.Expr, outputs); err != nil {
			return nil, err
		}
		if k.output < 0 {
			x, err := c.value(o.Expr, sc)
			if err != nil {
				return nil, err
			}
			if x.typ.Kind == datum.Clob || x.typ.Kind == datum.Blob {
				return nil, at(o.Expr, datum.Errorf(932, "inconsistent datatypes: expected - got %s", kindName(x.typ.Kind)))
			}
			k.eval = x.eval
		} else if t := outputs[k.output].column.Type.Kind; t == datum.Clob || t == datum.Blob {
			return nil, at(o.Expr, datum.Errorf(932, "inconsistent datatypes: expected - got %s", kindName(t)))
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// outputIndex finds the result column that an ORDER BY expression names.
func outputIndex(x sql.Expr, outputs []output) (int, error) {
	switch x := x.(type) {
	case *sql.Literal:
		if x.Value.Kind() != datum.Number {
			return -1, nil
		}
		n, ok := x.Value.Int()
		if !ok || n < 1 || int(n) > len(outputs) {
			return 0, at(x, datum.Errorf(1785, "ORDER BY item must be the number of a SELECT-list expression"))
		}
		return int(n) - 1, nil
	case *sql.Ref:
		if len(x.Path) > 1 {
			return -1, nil
		}
		for i, o := range outputs {
			if o.column.Name == x.Path[0] {
				return i, nil
			}
		}
	}
	return -1, nil
}

// sorter reads all rows and yields them in order, without their keys.
type sorter struct {
	iterator
	keys   []orderKey
	width  int
	s      *Session
	sorted *sliceIterator
}

func (o *sorter) next() (datum.Row, bool, error) {
	if o.sorted == nil {
		rows, err := drain(o.iterator)
		if err != nil {
			return nil, false, err
		}
		if err := o.sort(rows); err != nil {
			return nil, false, err
		}
		o.sorted = &sliceIterator{rows: rows}
	}
	row, ok, err := o.sorted.next()
	if ok {
		row = row[:o.width]
	}
	return row, ok, err
}

// sort orders rows in place; rows that compare equal keep their order.
func (o *sorter) sort(rows []datum.Row) error {
	var failed error
	slices.SortStableFunc(rows, func(a, b datum.Row) int {
		for i, k := range o.keys {
			n, err := o.compare(a[o.width+i], b[o.width+i], k)
			if err != nil {
				failed = err
			}
			if n != 0 {
				return n
			}
		}
		return 0
	})
	return failed
}

// compare orders two keys; NULLs go where the key says, first or last.
func (o *sorter) compare(a, b datum.Value, k orderKey) (int, error) {
	if a.IsNull() || b.IsNull() {
		switch {
		case a.IsNull() && b.IsNull():
			return 0, nil
		case a.IsNull() == k.nullsFirst:
			return -1, nil
		}
		return 1, nil
	}
	n, err := o.s.compare(a, b, false)
	if k.desc {
		n = -n
	}
	return n, err
}

// comparable makes sure that rows can be told apart: LOBs cannot be compared.
//
// Error: ORA-00932.
func comparable(x interface{ Pos() int }, columns []datum.Column) error {
	for _, col := range columns {
		if isLOB(col.Type.Kind) {
			return at(x, datum.Errorf(932, "inconsistent datatypes: expected - got %s", kindName(col.Type.Kind)))
		}
	}
	return nil
}

// distinct passes each row once.
type distinct struct {
	iterator
	width int
	seen  map[string]struct{}
	key   []byte
}

func (d *distinct) next() (datum.Row, bool, error) {
	for {
		row, ok, err := d.iterator.next()
		if !ok || err != nil {
			return nil, false, err
		}
		d.key = heap.Pack(d.key[:0], row[:d.width])
		if _, ok := d.seen[string(d.key)]; !ok {
			d.seen[string(d.key)] = struct{}{}
			return row, true, nil
		}
	}
}
