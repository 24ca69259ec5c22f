package engine

import (
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine/heap"
)

// checkEvery is the number of rows between looks at a call's context.
const checkEvery = 1024

// rowsOp yields rows that are in memory: a dictionary view.
type rowsOp struct {
	src  *source
	rows func(f *frame) ([]datum.Row, error)
	list []datum.Row
	at   int
}

// open starts the operator again from its first row.
func (o *rowsOp) open(f *frame) (err error) {
	o.list, err = o.rows(f)
	o.at = 0
	return err
}

func (o *rowsOp) next(f *frame) (bool, error) {
	if o.at >= len(o.list) {
		return false, nil
	}
	copy(f.row[o.src.offset:], o.list[o.at])
	o.at++
	return true, nil
}

func (*rowsOp) close() {}

// derivedOp yields the rows of an inline view.
type derivedOp struct {
	src  *source
	plan *plan
	it   iterator
}

func (o *derivedOp) open(f *frame) (err error) {
	o.close()
	o.it, err = o.plan.open(&frame{outer: f.outer, run: f.run})
	return err
}

func (o *derivedOp) next(f *frame) (bool, error) {
	row, ok, err := o.it.next()
	copy(f.row[o.src.offset:], row)
	return ok, err
}

func (o *derivedOp) close() {
	if o.it != nil {
		o.it.close()
		o.it = nil
	}
}

// filterOp passes the rows for which all tests are true.
type filterOp struct {
	operator
	tests []evaluator
	count int
}

func (o *filterOp) next(f *frame) (bool, error) {
	for {
		ok, err := o.operator.next(f)
		if !ok || err != nil {
			return false, err
		}
		if o.count++; o.count%checkEvery == 0 {
			if err := f.run.cancelled(); err != nil {
				return false, err
			}
		}
		if ok, err = pass(f, o.tests); ok || err != nil {
			return ok, err
		}
	}
}

// pass reports whether all tests are true for the frame's row.
func pass(f *frame, tests []evaluator) (bool, error) {
	for _, t := range tests {
		v, err := t(f)
		if err != nil || !v.Bool() {
			return false, err
		}
	}
	return true, nil
}

// rownumOp numbers the rows that pass its tests; stop ends the input as soon
// as a test on ROWNUM fails, which no later row can pass.
type rownumOp struct {
	operator
	tests []evaluator
	stop  bool
	n     int64
}

func (o *rownumOp) open(f *frame) error {
	o.n = 0
	return o.operator.open(f)
}

func (o *rownumOp) next(f *frame) (bool, error) {
	for {
		// Known before a row is read: the last row wanted has been seen.
		f.rownum = o.n + 1
		if o.stop {
			if ok, err := pass(f, o.tests); !ok || err != nil {
				return false, err
			}
		}
		ok, err := o.operator.next(f)
		if !ok || err != nil {
			return false, err
		}
		if !o.stop {
			if ok, err = pass(f, o.tests); err != nil {
				return false, err
			}
			if !ok {
				continue
			}
		}
		o.n++
		return true, nil
	}
}

// connectOp repeats the row of DUAL as long as its condition holds for the
// next level: CONNECT BY LEVEL <= n. The first level is always there.
type connectOp struct {
	operator
	test  evaluator
	level int64
}

func (o *connectOp) open(f *frame) error {
	o.level = 0
	return o.operator.open(f)
}

func (o *connectOp) next(f *frame) (bool, error) {
	rownum := f.rownum
	defer func() { f.rownum = rownum }()
	o.level++
	f.level, f.rownum = o.level, o.level
	if o.level == 1 {
		return o.operator.next(f)
	}
	if o.level%checkEvery == 0 {
		if err := f.run.cancelled(); err != nil {
			return false, err
		}
	}
	v, err := o.test(f)
	return v.Bool(), err
}

// span is a range of slots.
type span struct{ from, to int }

// joinOp joins two inputs. The right one is read into memory once.
type joinOp struct {
	left, right       operator
	spans             []span // of the right side
	leftKey, rightKey []evaluator
	tests             []evaluator
	outer             bool

	rows    []datum.Row            // the right side, its spans one after the other
	buckets map[string][]datum.Row // the same by key, with keys
	current []datum.Row            // candidates for the left row
	matched bool
	active  bool
	key     []byte
	count   int
}

func (o *joinOp) open(f *frame) error {
	o.active = false
	if err := o.right.open(f); err != nil {
		return err
	}
	defer o.right.close()
	o.rows, o.buckets = nil, map[string][]datum.Row{}
	for {
		ok, err := o.right.next(f)
		if err != nil {
			return err
		}
		if !ok {
			return o.left.open(f)
		}
		var row datum.Row
		for _, s := range o.spans {
			row = append(row, f.row[s.from:s.to]...)
		}
		if len(o.rightKey) == 0 {
			o.rows = append(o.rows, row)
			continue
		}
		key, null, err := o.keyOf(f, o.rightKey)
		if err != nil {
			return err
		}
		if !null {
			o.buckets[string(key)] = append(o.buckets[string(key)], row)
		}
	}
}

// keyOf packs the join key of the current row; a NULL in it matches nothing.
func (o *joinOp) keyOf(f *frame, parts []evaluator) (key []byte, null bool, err error) {
	o.key = o.key[:0]
	for _, p := range parts {
		v, err := p(f)
		if err != nil || v.IsNull() {
			return nil, true, err
		}
		o.key = heap.Pack(o.key, datum.Row{v})
	}
	return o.key, false, nil
}

func (o *joinOp) next(f *frame) (bool, error) {
	for {
		if !o.active {
			if ok, err := o.advance(f); !ok || err != nil {
				return false, err
			}
		}
		for len(o.current) > 0 {
			row := o.current[0]
			o.current = o.current[1:]
			if o.count++; o.count%checkEvery == 0 {
				if err := f.run.cancelled(); err != nil {
					return false, err
				}
			}
			o.place(f, row)
			ok, err := pass(f, o.tests)
			if err != nil {
				return false, err
			}
			if ok {
				o.matched = true
				return true, nil
			}
		}
		o.active = false
		if o.outer && !o.matched {
			o.place(f, nil)
			return true, nil
		}
	}
}

// advance reads the next left row and finds its candidates.
func (o *joinOp) advance(f *frame) (bool, error) {
	ok, err := o.left.next(f)
	if !ok || err != nil {
		return false, err
	}
	o.active, o.matched, o.current = true, false, o.rows
	if len(o.leftKey) > 0 {
		key, null, err := o.keyOf(f, o.leftKey)
		if err != nil {
			return false, err
		}
		o.current = nil
		if !null {
			o.current = o.buckets[string(key)]
		}
	}
	return true, nil
}

// place puts a right row, or NULLs, into the frame.
func (o *joinOp) place(f *frame, row datum.Row) {
	for _, s := range o.spans {
		if row == nil {
			clear(f.row[s.from:s.to])
			continue
		}
		n := copy(f.row[s.from:s.to], row)
		row = row[n:]
	}
}

func (o *joinOp) close() {
	o.left.close()
	o.right.close()
	o.rows, o.buckets = nil, nil
}
