package engine

import (
	"context"
	"regexp"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
)

// A TableInfo describes a table to Go code beside the wire.
type TableInfo struct {
	Schema, Name string
	Columns      []datum.Column // visible columns, in column order
	Virtual      []bool         // per column: computed, cannot be loaded
	External     bool           // an external table, which cannot be a target
}

// Query runs a SELECT as this session on a snapshot of its own. The caller
// closes the cursor's rows.
func (s *Session) Query(ctx context.Context, text string) (*database.Cursor, error) {
	st, err := s.prepare(text)
	if err != nil {
		return nil, err
	}
	if st.Kind() != database.Query {
		return nil, datum.Errorf(900, "invalid SQL statement")
	}
	out, err := st.Execute(ctx, database.Execution{})
	if err != nil {
		return nil, err
	}
	return &database.Cursor{Columns: st.Columns(), Rows: out.Rows}, nil
}

// Exec runs any statement without binds and discards a result.
func (s *Session) Exec(ctx context.Context, text string) error {
	st, err := s.prepare(text)
	if err != nil {
		return err
	}
	out, err := st.Execute(ctx, database.Execution{})
	if err == nil && out.Rows != nil {
		out.Rows.Close()
	}
	return err
}

// Table resolves a table name as given (no case folding); an empty schema
// means the current one.
//
// Error: ORA-00942 when there is no such table or the session may not see it.
func (s *Session) Table(_ context.Context, schema, name string) (TableInfo, error) {
	t, err := s.lookup(schema, name)
	if err != nil {
		return TableInfo{}, err
	}
	return t.info(), nil
}

func (t *table) info() TableInfo {
	info := TableInfo{Schema: t.schema, Name: t.name, External: t.external != nil}
	for _, c := range t.visible() {
		info.Columns = append(info.Columns, c.described())
		info.Virtual = append(info.Virtual, c.virtual != nil)
	}
	return info
}

// Prepare parses a statement for the wire.
func (s *Session) Prepare(_ context.Context, text string) (database.Statement, error) {
	return s.prepare(text)
}

// CompilePattern compiles an Oracle regular expression as REGEXP_LIKE reads it.
//
// Errors: ORA-12725, 12726, 12728 for bad patterns, ORA-03001 for what is not
// simulated.
func CompilePattern(source string) (*regexp.Regexp, error) { return compilePattern(source, "") }

// unimplemented is the error for what the simulator does not have; it quotes
// the construct.
func unimplemented(construct string) *datum.Error {
	return datum.Errorf(3001, "unimplemented feature: %q", construct)
}
