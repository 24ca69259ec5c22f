package session

import (
	"context"
	"regexp"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/ttc"
)

// execute serves the call that parses, binds, defines, runs and fetches, in
// any combination.
func (c *connection) execute(ctx context.Context) error {
	var m ttc.Execute
	if err := m.Decode(c.r); err != nil {
		return err
	}
	cur, err := c.statement(ctx, &m)
	if err != nil {
		return c.unparsed(ctx, &m, err)
	}
	if len(m.Binds) > 0 || m.Parse() {
		cur.binds = m.Binds
	}
	executions := m.Executions()
	if len(cur.columns) > 0 {
		executions = 1
	}
	e, err := c.bindRows(cur, m.Binds, executions, true)
	if err != nil && !isOracle(err) {
		return err
	}
	if err == nil && m.Run() {
		err = bound(cur, len(m.Binds))
	}
	if denied := c.admit(ctx, ttc.FuncExecute, cur.text); denied != nil {
		return denied
	}
	if err != nil {
		return c.failed(cur, err)
	}
	if cur.id == 0 {
		if err := c.cursors.add(cur); err != nil {
			return err
		}
	}
	cur.rowCounts = m.RowCounts()
	e.AutoCommit, e.BatchErrors = m.Commit(), m.BatchErrors()
	return c.carryOut(ctx, cur, &m, e)
}

// carryOut does what an execute call asks for, once all of it has been read.
func (c *connection) carryOut(ctx context.Context, cur *cursor, m *ttc.Execute, e database.Execution) error {
	if m.Run() {
		return c.run(ctx, cur, e, reply{describe: true, vector: len(m.Binds) > 0, rows: m.Prefetch})
	}
	if m.Define() {
		if err := cur.define(m.Defines); err != nil {
			return c.failed(cur, err)
		}
	}
	if m.Fetch() {
		return c.rows(ctx, cur, m.FetchRows())
	}
	if m.DescribeOnly() && len(cur.columns) > 0 {
		ttc.Describe{Columns: cur.columns}.Encode(&c.w)
	}
	ttc.Parameters{Cursor: cur.id}.Encode(&c.w)
	c.end(cur, ttc.EndOfCall{})
	return nil
}

// statement finds or parses the statement of an execute call. A new one gets
// its cursor id only when the whole request has been understood.
func (c *connection) statement(ctx context.Context, m *ttc.Execute) (*cursor, error) {
	var cur *cursor
	if m.Cursor != 0 {
		known, err := c.cursors.find(m.Cursor)
		if err != nil {
			return nil, err
		}
		cur = known
	}
	switch {
	case m.SQL == "" && cur != nil:
		return cur, nil
	case m.SQL == "":
		return nil, datum.Errorf(1003, "no statement parsed")
	case cur == nil:
		cur = &cursor{}
	}
	stmt, err := c.session.Prepare(ctx, m.SQL)
	if err != nil {
		return nil, err
	}
	cur.end()
	c.lobs.retire(cur)
	*cur = cursor{id: cur.id, text: m.SQL, stmt: stmt}
	cur.describe(stmt.Columns())
	return cur, nil
}

var returning = regexp.MustCompile(`(?is)\breturn(ing)?\b.*\binto\b`)

// unparsed answers a call whose statement could not be parsed. Its bind rows
// have to be read over, and their layout guessed: every bind has a value,
// unless the text looks as if it returned some and the client sends none.
func (c *connection) unparsed(ctx context.Context, m *ttc.Execute, cause error) error {
	if returning.MatchString(m.SQL) && !c.r.Dialect.Placeholders {
		c.r.Drop()
	} else {
		plan := ttc.Plan(m.Binds, ttc.PlanOptions{
			Rows:     m.Executions(),
			Absent:   func(int) bool { return false },
			SameAs:   func(i int) int { return i },
			Resolver: func(int, string) (datum.Value, error) { return datum.NULL, nil },
		})
		for range m.Executions() {
			if plan.Empty() || c.r.Err() != nil {
				break
			}
			plan.Read(c.r)
		}
	}
	if err := c.r.Finish(); err != nil {
		return err
	}
	if err := c.admit(ctx, ttc.FuncExecute, m.SQL); err != nil {
		return err
	}
	return visible(cause)
}

// failed makes err the reply and names the cursor, if it has an id, so that
// the client can use or close it.
func (c *connection) failed(cur *cursor, err error) error {
	c.fault(visible(err), cur)
	return nil
}
