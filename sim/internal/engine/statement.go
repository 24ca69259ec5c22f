package engine

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// statement is a parsed statement of a session. It is compiled anew for every
// execution, so that it sees schema changes and the types of the binds.
type statement struct {
	s       *Session
	text    string
	parsed  *sql.Parsed
	columns []datum.Column
	binds   []database.Bind
}

// prepare parses a statement and compiles it once, for the description of its
// result, the modes of its binds and its errors.
func (s *Session) prepare(text string) (st *statement, err error) {
	defer s.contain(&err)
	parsed, err := sql.Parse(text)
	if err != nil {
		return nil, err
	}
	st = &statement{s: s, text: text, parsed: parsed}
	for _, b := range parsed.Binds {
		mode := database.In
		if b.Return {
			mode = database.Return
		}
		st.binds = append(st.binds, database.Bind{Name: b.Name, Mode: mode})
	}
	switch parsed := parsed.Statement.(type) {
	case *sql.Select:
		p, err := (&compiler{s: s}).query(parsed, nil)
		if err != nil {
			return nil, err
		}
		st.columns = p.columns
	case *sql.Block:
		s.bindModes(parsed, st.binds)
	case *sql.Insert, *sql.Update, *sql.Delete:
		if _, err := (&compiler{s: s}).modification(parsed, false); err != nil {
			return nil, err
		}
	}
	return st, nil
}

// Kind says which shape of call the statement has.
func (st *statement) Kind() database.StatementKind {
	switch st.parsed.Statement.(type) {
	case *sql.Select:
		return database.Query
	case *sql.Insert, *sql.Update, *sql.Delete:
		return database.DML
	case *sql.Block:
		return database.Block
	}
	return database.Other
}

// Verb is the first word of the statement.
func (st *statement) Verb() string { return st.parsed.Verb }

// Columns describes the result of a query.
func (st *statement) Columns() []datum.Column { return st.columns }

// Binds lists the placeholders.
func (st *statement) Binds() []database.Bind { return st.binds }

// Execute runs the statement.
func (st *statement) Execute(ctx context.Context, e database.Execution) (out *database.Outcome, err error) {
	defer st.s.contain(&err)
	defer st.s.busy(st.parsed.Verb, st.text)()
	for _, row := range e.Values {
		if len(row) < len(st.binds) {
			return nil, datum.Errorf(1008, "not all variables bound")
		}
	}
	if len(e.Values) == 0 && len(st.binds) > 0 {
		return nil, datum.Errorf(1008, "not all variables bound")
	}
	out, err = st.dispatch(ctx, e)
	if err != nil {
		if ctx.Err() != nil {
			err = database.Cancelled()
		}
		return nil, st.s.logged(st.parsed.Verb, err)
	}
	if e.AutoCommit {
		err = st.s.Commit(ctx)
	}
	return out, err
}

// dispatch runs the statement by its kind.
func (st *statement) dispatch(ctx context.Context, e database.Execution) (*database.Outcome, error) {
	s := st.s
	switch parsed := st.parsed.Statement.(type) {
	case *sql.Select:
		return st.query(ctx, parsed, e)
	case *sql.Insert, *sql.Update, *sql.Delete:
		return s.modify(ctx, parsed, e)
	case *sql.Block:
		return s.runBlocks(ctx, st.text, parsed, st.binds, e)
	default:
		return &database.Outcome{}, s.perform(ctx, parsed)
	}
}

// contain turns a panic into ORA-00600: a mistake of the simulator ends one
// call, as it would in a database, and not all sessions of the process.
func (s *Session) contain(err *error) {
	if r := recover(); r != nil {
		s.instance.config.Logger.Error("panic contained", "value", r, "stack", string(debug.Stack()))
		*err = datum.AsError(fmt.Errorf("%v", r))
	}
}

// logged notes an internal error before it goes out as ORA-00600.
func (s *Session) logged(verb string, err error) error {
	e := datum.AsError(err)
	if e.Code == 600 {
		s.instance.config.Logger.Error("internal error", "verb", verb, "error", err)
	}
	return e
}

// query opens a result set with the first row of binds.
func (st *statement) query(ctx context.Context, q *sql.Select, e database.Execution) (*database.Outcome, error) {
	var binds []datum.Value
	if len(e.Values) > 0 {
		binds = e.Values[0]
	}
	rows, columns, err := st.s.openQuery(ctx, q, e.Types, binds)
	if err != nil {
		return nil, err
	}
	st.columns = columns
	if q.ForUpdate != nil {
		if err := rows.preload(); err != nil {
			return nil, err
		}
	}
	return &database.Outcome{Rows: rows}, nil
}

// openQuery compiles and opens a query.
func (s *Session) openQuery(ctx context.Context, q *sql.Select, types []datum.Type, binds []datum.Value) (*resultSet, []datum.Column, error) {
	p, err := (&compiler{s: s, binds: types, placed: q}).query(q, nil)
	if err != nil {
		return nil, nil, err
	}
	r := s.newRun(ctx, binds)
	it, err := p.open(&frame{run: r})
	if err != nil {
		return nil, nil, err
	}
	return &resultSet{run: r, it: it, places: p.places, width: len(p.columns)}, p.columns, nil
}

// resultSet is an open query as database.Rows. The context of the call that
// fetches replaces that of the call that opened it.
type resultSet struct {
	run    *run
	it     iterator
	places *places   // nil when no LOB of a table is in the result
	width  int       // columns of the result
	row    datum.Row // the last one, ROWIDs included, when there are places
}

// Next returns the next row. An error ends the result set.
func (r *resultSet) Next(ctx context.Context) (_ datum.Row, err error) {
	defer r.run.s.contain(&err)
	if r.it == nil {
		return nil, io.EOF
	}
	r.run.ctx = ctx
	row, ok, err := r.it.next()
	if err != nil {
		r.Close()
		return nil, datum.AsError(err)
	}
	if !ok {
		r.Close()
		return nil, io.EOF
	}
	if r.places != nil {
		r.row = row
		row = row[:r.width]
	}
	return row, nil
}

// Place returns where the value of a column is stored.
func (r *resultSet) Place(column int) *database.LOBPlace { return r.places.of(r.row, column) }

// preload makes FOR UPDATE lock its rows now.
func (r *resultSet) preload() error {
	rows, err := drain(r.it)
	r.it = &sliceIterator{rows: rows}
	return err
}

func (r *resultSet) Close() {
	if r.it != nil {
		r.it.close()
		r.it = nil
	}
}
