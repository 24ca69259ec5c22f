package engine

import (
	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// immediate is a compiled EXECUTE IMMEDIATE.
type immediate struct {
	text      compiled
	values    []compiled  // USING, eval nil for OUT
	targets   []*variable // USING, nil for IN
	into      []*variable
	returning []*variable
}

// immediateStep compiles EXECUTE IMMEDIATE; its text is parsed when it runs.
func (c *blockCompiler) immediateStep(st *sql.Immediate) (step, error) {
	im := &immediate{values: make([]compiled, len(st.Using)), targets: make([]*variable, len(st.Using))}
	var err error
	if im.text, err = c.value(st.Text, &scope{}); err != nil {
		return nil, err
	}
	for i, u := range st.Using {
		if u.In {
			if im.values[i], err = c.value(u.Value, &scope{}); err != nil {
				return nil, err
			}
		}
		if u.Out {
			if im.targets[i], err = c.target(u.Value); err != nil {
				return nil, err
			}
		}
	}
	if im.into, err = c.targets(st.Into); err != nil {
		return nil, err
	}
	if im.returning, err = c.targets(st.Returning); err != nil {
		return nil, err
	}
	return c.guarded(st, func(x *execution) error { return c.runImmediate(x, im) }), nil
}

// runImmediate parses and runs the text as a statement of the session,
// privileges and all.
func (c *blockCompiler) runImmediate(x *execution, im *immediate) error {
	v, err := im.text.eval(x.frame())
	if err != nil {
		return err
	}
	text, err := x.s.text(v)
	if err != nil {
		return err
	}
	st, err := x.s.prepare(text)
	if err != nil {
		return err
	}
	e, err := im.execution(x, st)
	if err != nil {
		return err
	}
	out, err := st.Execute(x.ctx, e)
	if err != nil {
		return err
	}
	return c.collect(x, im, st, out)
}

// execution evaluates USING for the binds of the statement; return binds
// follow those of USING.
func (im *immediate) execution(x *execution, st *statement) (database.Execution, error) {
	var e database.Execution
	values := make([]datum.Value, 0, len(st.binds))
	for i := range im.values {
		v, t := datum.NULL, datum.Type{}
		if im.values[i].eval != nil {
			var err error
			if v, err = im.values[i].eval(x.frame()); err != nil {
				return e, err
			}
			t = im.values[i].typ
		} else if im.targets[i] != nil {
			t = im.targets[i].typ
		}
		values = append(values, v)
		e.Types = append(e.Types, t)
	}
	for len(values) < len(st.binds) && st.binds[len(values)].Mode == database.Return {
		values = append(values, datum.NULL)
		e.Types = append(e.Types, datum.Type{})
	}
	switch {
	case len(values) < len(st.binds):
		return e, datum.Errorf(1008, "not all variables bound")
	case len(values) > len(st.binds):
		return e, datum.Errorf(1006, "bind variable does not exist")
	}
	e.Values = [][]datum.Value{values}
	return e, nil
}

// collect hands results back: INTO, OUT binds, RETURNING.
func (c *blockCompiler) collect(x *execution, im *immediate, st *statement, out *database.Outcome) error {
	if rows, ok := out.Rows.(*resultSet); ok {
		if len(im.into) == 0 {
			rows.Close()
			return nil // a query without INTO is parsed and not fetched
		}
		if len(st.columns) != len(im.into) {
			rows.Close()
			return datum.Errorf(1007, "variable not in select list")
		}
		return c.fetchOne(x, rows, im.into)
	}
	if st.Kind() == database.DML {
		c.counted(out.Affected)
	}
	for i, v := range im.targets {
		if v == nil || i >= len(out.Out) {
			continue
		}
		if err := x.s.assign(v, out.Out[i].Value); err != nil {
			return err
		}
	}
	return c.storeReturned(x, out, im.returning)
}
