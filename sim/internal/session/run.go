package session

import (
	"context"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/ttc"
)

// A reply says what the reply to an execution has to hold besides the result.
type reply struct {
	describe bool   // the columns, before a query's rows
	vector   bool   // the directions of the binds, before values that come back
	rows     uint64 // how many rows of a query
}

// run executes the statement of a cursor and writes the reply.
func (c *connection) run(ctx context.Context, cur *cursor, e database.Execution, r reply) error {
	c.lobs.retire(cur)
	cur.end()
	cur.fetched = 0
	if cur.stmt == nil {
		return c.failed(cur, datum.Errorf(1003, "no statement parsed"))
	}
	if len(e.Values) > 1 && cur.stmt.Kind() == database.Block && !allIn(cur.stmt.Binds()) {
		return c.failed(cur, datum.Errorf(3115, "unsupported network datatype or representation: OUT binds of an array"))
	}
	out, err := cur.stmt.Execute(ctx, e)
	if err != nil {
		return c.failed(cur, err)
	}
	if cur.stmt.Kind() == database.Query {
		return c.opened(ctx, cur, out, r)
	}
	cur.fetched = uint64(out.Affected)
	if err := c.valuesBack(cur, out, r.vector); err != nil {
		return c.failed(cur, err)
	}
	ttc.Parameters{Cursor: cur.id, Counted: cur.rowCounts, RowCounts: out.PerRow}.Encode(&c.w)
	c.end(cur, affected(out))
	return nil
}

// allIn reports whether nothing comes back through the binds.
func allIn(binds []database.Bind) bool {
	for _, b := range binds {
		if b.Mode != database.In {
			return false
		}
	}
	return true
}

// affected makes the end of a call that changed rows, some of which may have
// failed.
func affected(out *database.Outcome) ttc.EndOfCall {
	end := ttc.EndOfCall{Rows: uint64(out.Affected), Rowid: out.LastRowid}
	if len(out.Failed) == 0 {
		return end
	}
	e := datum.Errorf(24381, "error(s) in array DML")
	end.Code, end.Text = e.Code, e.Text
	for _, f := range out.Failed {
		end.RowErrors = append(end.RowErrors, ttc.RowError{Row: f.Row, Code: f.Err.Code, Text: f.Err.Text})
	}
	return end
}

// opened answers the execution of a query: with first rows, unless there are
// LOB columns that the client has yet to define.
func (c *connection) opened(ctx context.Context, cur *cursor, out *database.Outcome, r reply) error {
	cur.describe(cur.stmt.Columns())
	cur.start(out.Rows)
	if r.describe {
		ttc.Describe{Columns: cur.columns}.Encode(&c.w)
	}
	if cur.lobs() || r.rows == 0 {
		ttc.Parameters{Cursor: cur.id}.Encode(&c.w)
		c.end(cur, ttc.EndOfCall{})
		return nil
	}
	return c.rows(ctx, cur, r.rows)
}

// end writes the end of a call on a cursor.
func (c *connection) end(cur *cursor, e ttc.EndOfCall) {
	if e.Code != codeNoData { // the end of a result set is no failure
		c.code = e.Code
	}
	e.InTransaction = c.session.InTransaction()
	e.Cursor = cur.id
	e.SQLType = cur.sqlType()
	e.Encode(&c.w)
}
