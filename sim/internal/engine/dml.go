package engine

import (
	"context"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine/heap"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// A modification is a compiled INSERT, UPDATE or DELETE.
type modification interface {
	// execute runs it once with the binds of r and returns how many rows it
	// changed and, with RETURNING, the values of each.
	execute(r *run, txn *heap.Txn) (n int64, returned []datum.Row, err error)
	// flush writes what execute has put off.
	flush(ctx context.Context) error
	// last is the ROWID of the row that was written last, once there is one.
	last() datum.Value
	// placed tells where the LOBs of RETURNING are stored; nil when there are none.
	placed() *places
	// targets are the tables that it may write to.
	targets() []*table
}

// modification compiles a statement. Batched says that a failing execution need
// not be told apart from the ones before it.
func (c *compiler) modification(st sql.Statement, batched bool) (modification, error) {
	switch st := st.(type) {
	case *sql.Insert:
		return c.insert(st, batched)
	case *sql.Update:
		return c.update(st)
	case *sql.Delete:
		return c.delete(st)
	}
	return nil, unimplemented("statement")
}

// returningOf returns the RETURNING clause of a statement.
func returningOf(st sql.Statement) *sql.Returning {
	switch st := st.(type) {
	case *sql.Insert:
		return st.Returning
	case *sql.Update:
		return st.Returning
	case *sql.Delete:
		return st.Returning
	}
	return nil
}

// modify runs DML once per row of binds, as array DML. A failing execution is
// undone and, without BatchErrors, ends the call: what came before it stays.
func (s *Session) modify(ctx context.Context, st sql.Statement, e database.Execution) (*database.Outcome, error) {
	return s.modifyWith(ctx, &compiler{s: s, binds: e.Types}, st, e)
}

// modifyWith is modify with a compiler that may know PL/SQL variables.
func (s *Session) modifyWith(ctx context.Context, c *compiler, st sql.Statement, e database.Execution) (*database.Outcome, error) {
	var m modification
	txn, err := s.ready(ctx, func() ([]*table, error) {
		var err error
		if m, err = c.modification(st, !e.BatchErrors); err != nil {
			return nil, err
		}
		return m.targets(), nil
	})
	if err != nil {
		return nil, err
	}
	defer s.settle()
	out := &database.Outcome{}
	rows := e.Values
	if len(rows) == 0 {
		rows = [][]datum.Value{nil}
	}
	var all [][]datum.Row
	r := s.newRun(ctx, nil) // one for all: the clock is read, and memory taken, once per call rather than per row
	for i, binds := range rows {
		r.binds, r.snap = binds, s.snapshot()
		r.snap.Txn, r.snap.Seq = txn, txn.Statements()
		mark := txn.Mark()
		n, returned, err := m.execute(r, txn)
		if err != nil {
			if flushed := m.flush(ctx); flushed != nil {
				err = flushed // of an execution before this one
			}
			s.undo(txn, mark, m)
			n, returned = 0, nil
			if !e.BatchErrors || datum.AsError(err).Code == 1013 {
				return nil, err
			}
			out.Failed = append(out.Failed, database.BatchError{Row: i, Err: datum.AsError(err)})
		}
		out.Affected += n
		out.PerRow = append(out.PerRow, n)
		if returned != nil || returningOf(st) != nil {
			out.Returned = append(out.Returned, transpose(returned, returningOf(st)))
			all = append(all, returned)
		}
	}
	if p := m.placed(); p != nil {
		out.Place = func(execution, bind, row int) *database.LOBPlace { return p.of(all[execution][row], bind) }
	}
	if err := m.flush(ctx); err != nil || out.Affected == 0 {
		return out, err
	}
	out.LastRowid = m.last()
	return out, nil
}

// ready compiles a statement and makes the session's transaction a writer of
// its tables, so that no DDL changes them before it ends. Where DDL came in
// between, the statement is compiled again, for the tables as they are then.
func (s *Session) ready(ctx context.Context, compile func() ([]*table, error)) (*heap.Txn, error) {
	if s.flashback != 0 {
		return nil, datum.Errorf(8182, "operation not supported while in Flashback mode")
	}
	for {
		tables, err := compile()
		if err != nil {
			return nil, err
		}
		txn := s.begin()
		if s.enlist(txn, tables) {
			return txn, nil
		}
		s.settle()
		if ctx.Err() != nil {
			return nil, database.Cancelled()
		}
		s.instance.ddl.Lock()   // the DDL that was faster has ended by then
		s.instance.ddl.Unlock() //nolint:staticcheck // nothing is to be done, but to wait
	}
}

// enlist makes a transaction a writer of tables; it reports whether they still
// are what the catalog has. DDL of the session's own, which removes rows of a
// partition, keeps everybody else away already.
func (s *Session) enlist(txn *heap.Txn, tables []*table) bool {
	if len(s.fenced) > 0 {
		return true
	}
	for _, t := range tables {
		if !t.rows.Enlist(txn) || s.instance.catalog.table(objectName{t.schema, t.name}) != t {
			return false
		}
	}
	return true
}

// undo takes a failed execution back. Executions before it, whose rows may
// have been written by its flush, stay.
func (s *Session) undo(txn *heap.Txn, mark int, m modification) {
	if in, ok := m.(*insertion); ok && in.deferred() {
		return // rows are written one by one; the failing one was not
	}
	txn.RollbackTo(mark)
}

// settle ends a transaction that has changed nothing.
func (s *Session) settle() {
	if s.txn != nil && s.txn.Mark() == 0 && len(s.savepoints) == 0 {
		s.txn.Rollback()
		s.txn = nil
	}
}

// transpose turns rows of returned values into a list per bind.
func transpose(rows []datum.Row, clause *sql.Returning) [][]datum.Value {
	if clause == nil {
		return nil
	}
	out := make([][]datum.Value, len(clause.Into))
	for _, row := range rows {
		for i := range out {
			out[i] = append(out[i], row[i])
		}
	}
	return out
}

// returning compiles the expressions of a RETURNING clause, with the ROWIDs of
// its LOBs behind them.
func (c *compiler) returning(clause *sql.Returning, sc *scope) ([]compiled, *places, error) {
	if clause == nil {
		return nil, nil, nil
	}
	list, err := c.list(clause.Exprs, sc)
	if err != nil {
		return nil, nil, err
	}
	p, rowids, err := c.placesOf(clause.Exprs, sc)
	return append(list, rowids...), p, err
}
