package session_test

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/session"
	"github.com/adbferry/adbferry/sim/internal/ttc"
)

// endings collects how the calls of one text ended, and loses those it shall.
type endings struct {
	mu   sync.Mutex
	seen []session.Ended
	lose bool
}

func (e *endings) intercept(text string) func(context.Context, session.Call) session.Decision {
	return func(_ context.Context, c session.Call) session.Decision {
		if c.Function != ttc.FuncExecute || c.SQL != text {
			return session.Decision{}
		}
		return session.Decision{Ended: func(end session.Ended) bool {
			e.mu.Lock()
			defer e.mu.Unlock()
			e.seen = append(e.seen, end)
			return e.lose
		}}
	}
}

func (e *endings) taken() []session.Ended {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.seen
}

func TestAnInterceptorLearnsHowCallsEnd(t *testing.T) {
	var e endings
	s := startWith(t, session.Options{Intercept: e.intercept(countTo)})
	onCounter(s)
	db := s.connect(t)
	if n, err := count(t.Context(), db, 10); n != 10 || err != nil {
		t.Fatalf("%d rows: %v", n, err)
	}
	if diff := cmp.Diff([]session.Ended{{}}, e.taken()); diff != "" {
		t.Errorf("a query that was read to its end (-want +got):\n%s", diff)
	}
}

func TestAnAnswerCanBeLostAfterTheCallWasCarriedOut(t *testing.T) {
	e := endings{lose: true}
	s := startWith(t, session.Options{Intercept: e.intercept(countTo)})
	onCounter(s)
	db := s.connect(t)
	var n int
	err := db.QueryRowContext(t.Context(), countTo, 1).Scan(&n)
	if err == nil || errors.Is(err, sql.ErrNoRows) || oraCode(err) != 0 {
		t.Errorf("got %v, want a lost connection", err)
	}
	if len(e.taken()) == 0 || e.taken()[0] != (session.Ended{}) {
		t.Errorf("endings: %+v", e.taken())
	}
}

func TestAnOrphanedCallRunsOnToItsEnd(t *testing.T) {
	const text = "BEGIN long; END;"
	s := startWith(t, session.Options{Intercept: func(_ context.Context, c session.Call) session.Decision {
		return session.Decision{Orphan: c.SQL == text}
	}})
	gone, ended := make(chan struct{}), make(chan error, 1)
	s.on(text, script{kind: database.Block, run: func(ctx context.Context, _ database.Execution) (*database.Outcome, error) {
		select {
		case <-gone:
		case <-ctx.Done():
		}
		ended <- ctx.Err()
		return &database.Outcome{}, nil
	}})
	db := s.connect(t)
	if _, err := db.ExecContext(t.Context(), text); err == nil || oraCode(err) != 0 {
		t.Errorf("got %v, want a lost connection", err)
	}
	close(gone) // the client has seen its connection end, and the call still runs
	if err := <-ended; err != nil {
		t.Errorf("the call was stopped: %v", err)
	}
}
