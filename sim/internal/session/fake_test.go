package session_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/logon"
)

// A fake is a database without SQL: statements are known by their text, and
// each test scripts the ones it needs.
type fake struct {
	verifier database.Verifier

	mu     sync.Mutex
	stmts  map[string]script
	traces []database.Trace
	logins []database.Login
	events []string // commits, rollbacks, schema changes, closed sessions
	inTx   bool
}

// A script is a scripted statement.
type script struct {
	kind    database.StatementKind
	columns []datum.Column
	binds   []database.Bind
	run     func(ctx context.Context, e database.Execution) (*database.Outcome, error)
}

func newFake(password string) (*fake, error) {
	v, err := logon.NewVerifier(password)
	f := &fake{verifier: v, stmts: map[string]script{}}
	f.on("SELECT SYSTIMESTAMP FROM DUAL", script{
		kind:    database.Query,
		columns: []datum.Column{{Name: "SYSTIMESTAMP", Type: datum.Type{Kind: datum.TimestampTZ, Scale: 6}}},
		run:     constant(datum.FromTimestampTZ(moment, "+00:00")),
	})
	return f, err
}

func (f *fake) on(text string, s script) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stmts[text] = s
}

func (f *fake) event(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.events = append(f.events, fmt.Sprintf(format, args...))
}

func (f *fake) recorded() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.events)
}

func (f *fake) Serves(name string) bool {
	return strings.HasPrefix(strings.ToLower(name), "adbsj_")
}

func (f *fake) Verifier(user string) (database.Verifier, bool) {
	return f.verifier, user == "ADMIN"
}

func (f *fake) ChangePassword(_, password string) (err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.verifier, err = logon.NewVerifier(password)
	return err
}

func (f *fake) Open(_ context.Context, login database.Login) (database.Session, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.logins = append(f.logins, login)
	return &fakeSession{fake: f}, nil
}

type fakeSession struct {
	fake   *fake
	closed bool
}

func (s *fakeSession) ID() (sid, serial int) { return 101, 7 }

func (s *fakeSession) Prepare(_ context.Context, text string) (database.Statement, error) {
	s.fake.mu.Lock()
	defer s.fake.mu.Unlock()
	known, ok := s.fake.stmts[text]
	if !ok {
		return nil, datum.Errorf(942, "table or view does not exist").At(14)
	}
	return &fakeStatement{script: known, fake: s.fake, text: text}, nil
}

func (s *fakeSession) Commit(context.Context) error {
	s.fake.event("commit")
	s.fake.setTransaction(false)
	return nil
}

func (s *fakeSession) Rollback(context.Context) error {
	s.fake.event("rollback")
	s.fake.setTransaction(false)
	return nil
}

func (f *fake) setTransaction(open bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.inTx = open
}

func (s *fakeSession) InTransaction() bool {
	s.fake.mu.Lock()
	defer s.fake.mu.Unlock()
	return s.fake.inTx
}

func (s *fakeSession) Trace(t database.Trace) {
	s.fake.mu.Lock()
	defer s.fake.mu.Unlock()
	s.fake.traces = append(s.fake.traces, t)
}

func (s *fakeSession) SetSchema(_ context.Context, name string) error {
	if name == "NOWHERE" {
		return datum.Errorf(1435, "user does not exist")
	}
	s.fake.event("schema %s", name)
	return nil
}

func (s *fakeSession) NLS() map[string]string {
	return map[string]string{"NLS_LANGUAGE": "AMERICAN", "NLS_TERRITORY": "AMERICA", "NLS_DATE_FORMAT": "DD-MON-RR"}
}

func (s *fakeSession) LockedLOB(context.Context, database.LOBPlace) (datum.Value, error) {
	return datum.NULL, datum.Errorf(22920, "row containing the LOB value is not locked")
}

func (s *fakeSession) StoreLOB(context.Context, database.LOBPlace, datum.Value) error { return nil }

func (s *fakeSession) Close() {
	if !s.closed {
		s.closed = true
		s.fake.event("close")
	}
}

type fakeStatement struct {
	script
	fake *fake
	text string
}

func (s *fakeStatement) Kind() database.StatementKind { return s.kind }
func (s *fakeStatement) Columns() []datum.Column      { return s.columns }
func (s *fakeStatement) Binds() []database.Bind       { return s.binds }

func (s *fakeStatement) Verb() string {
	verb, _, _ := strings.Cut(s.text, " ")
	return strings.ToUpper(verb)
}

func (s *fakeStatement) Execute(ctx context.Context, e database.Execution) (*database.Outcome, error) {
	return s.run(ctx, e)
}

// rowsFunc is a result set that is computed row by row.
type rowsFunc func(ctx context.Context, n int) (datum.Row, error)

type fakeRows struct {
	next rowsFunc
	n    int
}

func (r *fakeRows) Next(ctx context.Context) (datum.Row, error) {
	row, err := r.next(ctx, r.n)
	r.n++
	return row, err
}

func (r *fakeRows) Close() {}

// result makes a script of rows that are given.
func result(rows ...datum.Row) database.Rows {
	return &fakeRows{next: func(_ context.Context, n int) (datum.Row, error) {
		if n >= len(rows) {
			return nil, io.EOF
		}
		return rows[n], nil
	}}
}

// constant answers every execution with one row.
func constant(values ...datum.Value) func(context.Context, database.Execution) (*database.Outcome, error) {
	return func(context.Context, database.Execution) (*database.Outcome, error) {
		return &database.Outcome{Rows: result(values)}, nil
	}
}

// ins names n IN binds.
func ins(names ...string) []database.Bind {
	binds := make([]database.Bind, len(names))
	for i, n := range names {
		binds[i] = database.Bind{Name: n, Mode: database.In}
	}
	return binds
}
