package engine

import (
	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// loopStep compiles the plain and the WHILE loop and dispatches the others.
func (c *blockCompiler) loopStep(st *sql.Loop) (step, error) {
	switch {
	case st.Query != nil || st.Cursor != "":
		return c.cursorLoop(st)
	case st.Var != "":
		return c.rangeLoop(st)
	}
	var test compiled
	if st.While != nil {
		var err error
		if test, err = c.predicate(st.While, &scope{}); err != nil {
			return nil, err
		}
	}
	body, err := c.sequence(st.Body)
	return func(x *execution) (flow, error) {
		for {
			if x.ctx.Err() != nil {
				return goOn, c.raise(st, database.Cancelled())
			}
			if test.eval != nil {
				v, err := test.eval(x.frame())
				if err != nil || !v.Bool() {
					return goOn, c.raise(st, err)
				}
			}
			if f, done, err := turn(x, body); done {
				return f, err
			}
		}
	}, err
}

// turn runs a loop's body once; done tells the loop to end with f and err.
func turn(x *execution, body step) (f flow, done bool, err error) {
	f, err = body(x)
	switch {
	case err != nil || f == leaveBlock:
		return f, true, err
	case f == exitLoop:
		return goOn, true, nil
	}
	return goOn, false, nil
}

// inside returns a compiler whose names include those of a loop.
func (c *blockCompiler) inside() *blockCompiler {
	inner := *c
	inner.names = newNames(c.names)
	dup := *c.compiler
	dup.vars = inner.names
	inner.compiler = &dup
	return &inner
}

// bounds evaluates the two bounds of a range; neither may be NULL.
func (x *execution) bounds(of []compiled) (low, high int, err error) {
	values, err := evaluate(x.frame(), of)
	if err != nil {
		return 0, 0, err
	}
	if values[0].IsNull() || values[1].IsNull() {
		return 0, 0, errNumericOrValue()
	}
	if low, err = x.s.integer(values[0]); err != nil {
		return 0, 0, err
	}
	high, err = x.s.integer(values[1])
	return low, high, err
}

// rangeLoop compiles FOR i IN a..b. The bounds are computed once; i cannot be
// assigned to.
func (c *blockCompiler) rangeLoop(st *sql.Loop) (step, error) {
	bounds, err := c.list([]sql.Expr{st.Low, st.High}, &scope{})
	if err != nil {
		return nil, err
	}
	inner := c.inside()
	v := &variable{typ: numberType(), constant: true}
	inner.names.variables[st.Var] = v
	body, err := inner.sequence(st.Body)
	return func(x *execution) (flow, error) {
		low, high, err := x.bounds(bounds)
		if err != nil {
			return goOn, c.raise(st, err)
		}
		for i := low; i <= high; i++ {
			if x.ctx.Err() != nil {
				return goOn, c.raise(st, database.Cancelled())
			}
			n := i
			if st.Reverse {
				n = high - (i - low)
			}
			v.value = datum.FromInt(int64(n))
			if f, done, err := turn(x, body); done {
				return f, err
			}
		}
		return goOn, nil
	}, err
}

// loopQuery returns the query of a cursor loop: its own, or that of the cursor
// it names, which the innermost block that declares one provides.
func (c *blockCompiler) loopQuery(st *sql.Loop) (*sql.Select, error) {
	if st.Query != nil {
		return st.Query, nil
	}
	for n := c.names; n != nil; n = n.outer {
		if q := n.cursors[st.Cursor]; q != nil {
			return q, nil
		}
	}
	return nil, at(st, datum.Errorf(201, "identifier '%s' must be declared", st.Cursor))
}

// cursorLoop compiles FOR r IN (query): the record's fields are the columns.
func (c *blockCompiler) cursorLoop(st *sql.Loop) (step, error) {
	q, err := c.loopQuery(st)
	if err != nil {
		return nil, err
	}
	p, err := c.query(q, nil)
	if err != nil {
		return nil, err
	}
	inner := c.inside()
	record := map[string]*variable{}
	fields := make([]*variable, len(p.columns))
	for i, col := range p.columns {
		fields[i] = &variable{typ: col.Type, constant: true}
		record[col.Name] = fields[i]
	}
	inner.names.records[st.Var] = record
	body, err := inner.sequence(st.Body)
	return func(x *execution) (flow, error) {
		rows, err := c.openRows(x, q)
		if err != nil {
			return goOn, c.raise(st, err)
		}
		defer rows.Close()
		for {
			row, ok, err := rows.it.next()
			if err != nil || !ok {
				return goOn, c.raise(st, err)
			}
			for i := range fields {
				fields[i].value = row[i]
			}
			if f, done, err := turn(x, body); done {
				return f, err
			}
		}
	}, err
}

// openRows runs a query of the block as of now.
func (c *blockCompiler) openRows(x *execution, q *sql.Select) (*resultSet, error) {
	p, err := c.placing(q)
	if err != nil {
		return nil, err
	}
	r := x.s.newRun(x.ctx, nil)
	it, err := p.open(&frame{run: r})
	if err != nil {
		return nil, err
	}
	return &resultSet{run: r, it: it, places: p.places, width: len(p.columns)}, nil
}

// placing compiles a query whose result tells where its LOBs are stored.
func (c *blockCompiler) placing(q *sql.Select) (*plan, error) {
	inner := *c.compiler
	inner.placed = q
	return inner.query(q, nil)
}
