package engine

import (
	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// targets compiles an INTO list.
func (c *blockCompiler) targets(list []sql.Expr) ([]*variable, error) {
	out := make([]*variable, len(list))
	for i, x := range list {
		var err error
		if out[i], err = c.target(x); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// sqlStep compiles a static SQL statement: once now, for its errors, and again
// each time it runs.
func (c *blockCompiler) sqlStep(st *sql.SQLStep) (step, error) {
	switch s := st.Statement.(type) {
	case *sql.Select:
		return c.selectInto(st, s)
	case *sql.Insert, *sql.Update, *sql.Delete:
		return c.staticDML(st)
	}
	return c.guarded(st, func(x *execution) error { return x.s.perform(x.ctx, st.Statement) }), nil
}

// selectInto compiles SELECT … INTO, which has to find exactly one row.
func (c *blockCompiler) selectInto(st *sql.SQLStep, q *sql.Select) (step, error) {
	if q.Into == nil {
		return nil, at(st, datum.Errorf(6550, "PLS-00428: an INTO clause is expected in this SELECT statement"))
	}
	p, err := c.query(q, nil)
	if err != nil {
		return nil, err
	}
	into, err := c.targets(q.Into)
	if err != nil {
		return nil, err
	}
	switch {
	case len(p.columns) > len(into):
		return nil, at(st, datum.Errorf(913, "too many values"))
	case len(p.columns) < len(into):
		return nil, at(st, datum.Errorf(947, "not enough values"))
	}
	return c.guarded(st, func(x *execution) error {
		rows, err := c.openRows(x, q)
		if err != nil {
			return err
		}
		return c.fetchOne(x, rows, into)
	}), nil
}

// fetchOne stores the only row of a query.
//
// Errors: ORA-01403, ORA-01422.
func (c *blockCompiler) fetchOne(x *execution, rows *resultSet, into []*variable) error {
	defer rows.Close()
	row, ok, err := rows.it.next()
	if err != nil {
		return err
	}
	if !ok {
		c.counted(0)
		return datum.Errorf(1403, "no data found")
	}
	values := append(datum.Row(nil), row...)
	_, more, err := rows.it.next()
	switch {
	case err != nil:
		return err
	case more:
		return datum.Errorf(1422, "exact fetch returns more than requested number of rows")
	}
	c.counted(1)
	for i, v := range into {
		if err := x.s.assign(v, values[i]); err != nil {
			return err
		}
		v.stored, v.place = true, rows.places.of(values, i)
	}
	return nil
}

// counted sets SQL%ROWCOUNT and its companions.
func (c *blockCompiler) counted(n int64) {
	c.status.rowcount.value = datum.FromInt(n)
	c.status.found.value, c.status.notFound.value = datum.FromBool(n > 0), datum.FromBool(n == 0)
}

// staticDML compiles INSERT, UPDATE and DELETE of a block.
func (c *blockCompiler) staticDML(st *sql.SQLStep) (step, error) {
	if _, err := c.modification(st.Statement, false); err != nil {
		return nil, err
	}
	var into []*variable
	if clause := returningOf(st.Statement); clause != nil {
		var err error
		if into, err = c.targets(clause.Into); err != nil {
			return nil, err
		}
	}
	return c.guarded(st, func(x *execution) error {
		out, err := x.s.modifyWith(x.ctx, c.compiler, st.Statement, database.Execution{})
		if err != nil {
			return err
		}
		c.counted(out.Affected)
		return c.storeReturned(x, out, into)
	}), nil
}

// storeReturned stores what RETURNING gave; PL/SQL scalars take one row.
func (c *blockCompiler) storeReturned(x *execution, out *database.Outcome, into []*variable) error {
	if len(out.Returned) == 0 {
		return nil
	}
	for i, v := range into {
		values := out.Returned[0][i]
		switch len(values) {
		case 0:
			v.value = datum.NULL
		case 1:
			if err := x.s.assign(v, values[0]); err != nil {
				return err
			}
			v.stored = true
			if out.Place != nil {
				v.place = out.Place(0, i, 0)
			}
		default:
			return datum.Errorf(1422, "exact fetch returns more than requested number of rows")
		}
	}
	return nil
}

// openStep compiles OPEN target FOR query.
func (c *blockCompiler) openStep(st *sql.Open) (step, error) {
	v, err := c.target(st.Target)
	if err != nil {
		return nil, err
	}
	if st.Query != nil {
		if _, err := c.query(st.Query, nil); err != nil {
			return nil, err
		}
		return c.guarded(st, func(x *execution) error {
			p, err := c.placing(st.Query)
			if err != nil {
				return err
			}
			r := x.s.newRun(x.ctx, nil)
			it, err := p.open(&frame{run: r})
			v.cursor = &database.Cursor{Columns: p.columns, Rows: &resultSet{run: r, it: it, places: p.places, width: len(p.columns)}}
			return err
		}), nil
	}
	text, err := c.value(st.Text, &scope{})
	return c.guarded(st, func(x *execution) error {
		t, err := text.eval(x.frame())
		if err != nil {
			return err
		}
		v.cursor, err = x.s.Query(x.ctx, t.Text())
		return err
	}), err
}
