package engine

import (
	"context"
	"iter"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
)

// A TableInfo describes a heap table to Go code beside the wire.
type TableInfo struct {
	Schema, Name string
	Columns      []datum.Column // visible columns, in column order
	Virtual      []bool         // per column: computed, cannot be loaded
	External     bool           // an external table, which cannot be a target
}

// Query runs a SELECT as this session on a snapshot of its own. The caller
// closes the cursor's rows.
func (s *Session) Query(ctx context.Context, text string) (*database.Cursor, error) {
	return nil, unimplemented("SELECT")
}

// Exec runs any statement without binds and discards a result.
func (s *Session) Exec(ctx context.Context, text string) error {
	return unimplemented("EXECUTE")
}

// Table resolves a table name as given (no case folding); an empty schema
// means the current one.
//
// Error: ORA-00942 when there is no such table or the session may not see it.
func (s *Session) Table(ctx context.Context, schema, name string) (TableInfo, error) {
	return TableInfo{}, unimplemented("TABLE")
}

// Append inserts rows as one INSERT statement of the session's transaction: on
// an error nothing of it stays. The values of a row belong to columns, which
// are names as stored, and are of the columns' kinds or NULL. It does not commit.
//
// Errors: what rows yields; ORA-00942, 00904, and what constraints and lengths
// say (ORA-00001, 01400, 01438, 02290, 02291, 12899).
func (s *Session) Append(ctx context.Context, schema, table string, columns []string, rows iter.Seq2[datum.Row, error]) (int64, error) {
	return 0, unimplemented("INSERT")
}

// Prepare parses a statement.
func (s *Session) Prepare(ctx context.Context, text string) (database.Statement, error) {
	return nil, unimplemented("PREPARE")
}

// Commit makes the open transaction durable and visible.
func (s *Session) Commit(ctx context.Context) error { return nil }

// Rollback undoes the open transaction.
func (s *Session) Rollback(ctx context.Context) error { return nil }

// InTransaction reports whether a transaction is open.
func (s *Session) InTransaction() bool { return false }

// SCN returns the database's current system change number: a snapshot taken
// with it sees all that was committed before the call.
func (s *Session) SCN() uint64 { return 0 }

// Close rolls back and ends the session. It may be called twice.
func (s *Session) Close() {
	s.instance.mu.Lock()
	defer s.instance.mu.Unlock()
	delete(s.instance.sessions, s.sid)
}

func unimplemented(construct string) *datum.Error {
	return datum.Errorf(3001, "unimplemented feature: %q", construct)
}
