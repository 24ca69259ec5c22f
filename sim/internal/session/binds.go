package session

import (
	"context"
	"errors"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/ttc"
)

// bindRows reads the bind rows of a call, to the end of the request. An Oracle
// error means that the request was read but cannot be carried out; any other
// means that it could not be read.
func (c *connection) bindRows(cur *cursor, binds []ttc.Bind, executions int, full bool) (database.Execution, error) {
	var e database.Execution
	if cur.stmt == nil { // a REF CURSOR has nothing to bind
		return e, c.r.Finish()
	}
	if err := declare(&e, binds); err != nil { // the layout of such a value is not known
		c.r.Drop()
		return e, err
	}
	plan := c.plan(cur, binds, executions, full, &e)
	e.Values = make([][]datum.Value, 0, min(executions, 4096))
	for range executions {
		e.Values = append(e.Values, plan.Read(c.r))
		if c.r.Err() != nil {
			break
		}
	}
	if err := c.r.Finish(); err != nil {
		return e, err
	}
	return e, plan.Invalid()
}

// bound checks that a statement about to be executed has as many binds as it
// has placeholders.
func bound(cur *cursor, binds int) error {
	if cur.stmt == nil {
		return nil
	}
	switch placeholders := len(cur.stmt.Binds()); {
	case binds < placeholders:
		return datum.Errorf(1008, "not all variables bound")
	case binds > placeholders:
		return datum.Errorf(1036, "illegal variable name/number")
	}
	return nil
}

// declare fills in the types of the binds.
func declare(e *database.Execution, binds []ttc.Bind) error {
	e.Types = make([]datum.Type, len(binds))
	for i, b := range binds {
		t, ok := b.Datum()
		if !ok {
			return datum.Errorf(3115, "unsupported network datatype or representation: %d", b.Type)
		}
		e.Types[i] = t
	}
	return nil
}

// plan tells how bind rows are laid out (wire notes, sections 10 and 11): full
// is the first execution or one that describes its binds again.
func (c *connection) plan(cur *cursor, binds []ttc.Bind, executions int, full bool, e *database.Execution) *ttc.RowPlan {
	known := cur.stmt.Binds()
	mode := func(i int) database.Mode {
		if i < len(known) {
			return known[i].Mode
		}
		return database.In
	}
	return ttc.Plan(binds, ttc.PlanOptions{
		Block:    cur.stmt.Kind() == database.Block,
		Rows:     executions,
		Resolver: func(i int, locator string) (datum.Value, error) { return c.located(e, len(binds), i, locator) },
		Absent: func(i int) bool {
			switch mode(i) {
			case database.Return:
				return !full || !c.r.Dialect.Placeholders
			case database.Out:
				return !full
			default:
				return false
			}
		},
		SameAs: func(i int) int { return firstOfName(known, i) },
	})
}

// located returns the value behind the locator of bind i of n, and notes where it
// is stored.
func (c *connection) located(e *database.Execution, n, i int, locator string) (datum.Value, error) {
	l, err := c.lobs.find(locator)
	if err != nil {
		return datum.NULL, err
	}
	if l.place != nil && e.Places == nil {
		e.Places = make([]*database.LOBPlace, n)
	}
	if e.Places != nil {
		e.Places[i] = l.place
	}
	return l.value(), nil
}

// firstOfName returns the first bind with the name of bind i.
func firstOfName(binds []database.Bind, i int) int {
	for j := range min(i, len(binds)) {
		if i < len(binds) && binds[j].Name == binds[i].Name {
			return j
		}
	}
	return i
}

// isOracle reports whether err is for the client to see.
func isOracle(err error) bool {
	_, ok := errors.AsType[*datum.Error](err)
	return ok
}

// visible turns what a database returned into what the client shall see.
func visible(err error) *datum.Error {
	if !isOracle(err) && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)) {
		return database.Cancelled()
	}
	return datum.AsError(err)
}
