package session

import (
	"context"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/ttc"
)

// reExecute serves the short call that runs a cursor's statement again.
func (c *connection) reExecute(ctx context.Context) error {
	var m ttc.ReExecute
	if err := m.Decode(c.r); err != nil {
		return err
	}
	cur, err := c.cursors.find(m.Cursor)
	if err == nil && cur.stmt == nil {
		err = datum.Errorf(1003, "no statement parsed")
	}
	if err != nil { // without a cursor nobody knows what the binds look like
		c.r.Drop()
		return err
	}
	executions, fetch := 1, uint64(0)
	if cur.stmt.Columns() == nil {
		executions = m.Executions(c.r, len(cur.binds))
	} else {
		fetch = m.Count
	}
	e, err := c.bindRows(cur, cur.binds, executions, false)
	if err != nil && !isOracle(err) {
		return err
	}
	if err == nil {
		err = bound(cur, len(cur.binds))
	}
	if denied := c.admit(ctx, ttc.FuncReExecute, cur.text); denied != nil {
		return denied
	}
	if err != nil {
		return c.failed(cur, err)
	}
	e.AutoCommit = m.Commit()
	return c.run(ctx, cur, e, reply{rows: fetch})
}
