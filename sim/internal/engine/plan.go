package engine

import (
	"slices"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// A plan is a compiled query. It belongs to one execution; opening it again
// starts it over, as a correlated subquery needs.
type plan struct {
	columns []datum.Column
	open    func(f *frame) (iterator, error) // f is a frame whose outer and run are set
	places  *places                          // of a placed query; its ROWIDs stand behind the columns
}

// An iterator yields the rows of a query. A row may be reused by the next call.
type iterator interface {
	next() (row datum.Row, ok bool, err error)
	close()
}

// An operator produces rows of one block by filling the slots of its sources
// in the block's frame.
type operator interface {
	open(f *frame) error
	next(f *frame) (bool, error)
	close()
}

// query compiles a SELECT inside a scope, nil for the outermost.
func (c *compiler) query(q *sql.Select, outer *scope) (*plan, error) {
	if len(q.With) > 0 {
		inner := *c
		inner.with = append(slices.Clip(inner.with), commons(q)...)
		c = &inner
	}
	if q.ForUpdate != nil && outer != nil {
		return nil, at(q.ForUpdate, datum.Errorf(907, "missing right parenthesis"))
	}
	if block, ok := q.Body.(*sql.QueryBlock); ok {
		return c.block(block, q, outer)
	}
	return c.setQuery(q, outer)
}

// body compiles an operand of a set operator.
func (c *compiler) body(b sql.Body, outer *scope) (*plan, error) {
	switch b := b.(type) {
	case *sql.QueryBlock:
		return c.block(b, &sql.Select{At: b.At, Body: b}, outer)
	case *sql.SetOp:
		return c.setOperation(b, outer)
	}
	return nil, unimplemented("query body")
}

// common is a WITH entry: an inline view with a name.
type common struct {
	name    string
	columns []string
	query   *sql.Select
}

func commons(q *sql.Select) []*common {
	list := make([]*common, len(q.With))
	for i, w := range q.With {
		list[i] = &common{name: w.Name, columns: w.Columns, query: w.Query}
	}
	return list
}

// sliceIterator yields rows that are in memory.
type sliceIterator struct {
	rows []datum.Row
	at   int
}

func (i *sliceIterator) next() (datum.Row, bool, error) {
	if i.at >= len(i.rows) {
		return nil, false, nil
	}
	i.at++
	return i.rows[i.at-1], true, nil
}

func (*sliceIterator) close() {}

// drain reads the rest of an iterator into memory and closes it.
func drain(i iterator) ([]datum.Row, error) {
	defer i.close()
	var rows []datum.Row
	for {
		row, ok, err := i.next()
		if !ok || err != nil {
			return rows, err
		}
		rows = append(rows, append(datum.Row(nil), row...))
	}
}

// limited cuts an iterator by OFFSET and FETCH.
type limited struct {
	iterator
	skip, take int64 // take < 0: all
}

func (l *limited) next() (datum.Row, bool, error) {
	for ; l.skip > 0; l.skip-- {
		if _, ok, err := l.iterator.next(); !ok || err != nil {
			return nil, false, err
		}
	}
	if l.take == 0 {
		return nil, false, nil
	}
	row, ok, err := l.iterator.next()
	if ok {
		l.take--
	}
	return row, ok, err
}

// limit wraps a plan's opening in OFFSET and FETCH.
func (c *compiler) limit(q *sql.Select, p *plan, outer *scope) error {
	if q.Offset == nil && q.Fetch == nil {
		return nil
	}
	sc := &scope{outer: outer}
	var parts [2]compiled
	for i, x := range []sql.Expr{q.Offset, q.Fetch} {
		if x == nil {
			continue
		}
		var err error
		if parts[i], err = c.value(x, sc); err != nil {
			return err
		}
	}
	open := p.open
	p.open = func(f *frame) (iterator, error) {
		l := &limited{take: -1}
		if parts[0].eval != nil {
			n, _, err := limitValue(f, parts[0])
			if err != nil {
				return nil, err
			}
			l.skip = n
		}
		if parts[1].eval != nil {
			n, null, err := limitValue(f, parts[1])
			if err != nil {
				return nil, err
			}
			if l.take = n; null {
				l.take = 0
			}
		}
		var err error
		l.iterator, err = open(f)
		return l, err
	}
	return nil
}

// limitValue computes OFFSET or FETCH: a fraction is cut, a negative number is
// 0, NULL fetches nothing.
func limitValue(f *frame, x compiled) (n int64, null bool, err error) {
	v, err := x.eval(&frame{outer: f.outer, run: f.run})
	if err != nil || v.IsNull() {
		return 0, true, err
	}
	v, err = f.run.s.number(v)
	if err != nil {
		return 0, false, err
	}
	n, _ = datum.Round(v, 0, datum.Truncate).Int()
	return max(n, 0), false, nil
}
