//go:build !race

// The driver's own cancel path has unsynchronised accesses (wire notes, section
// 19), which the race detector reports; these tests stay out of its way.

package session_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
)

// onSlow scripts a block that runs until it is cancelled, and tells when it
// has begun and how it ended.
func onSlow(s *server) (begun chan struct{}, ended chan error) {
	begun, ended = make(chan struct{}), make(chan error, 1)
	s.on("BEGIN SLEEP; END;", script{
		kind: database.Block,
		run: func(ctx context.Context, _ database.Execution) (*database.Outcome, error) {
			begun <- struct{}{}
			<-ctx.Done()
			ended <- context.Cause(ctx)
			return nil, ctx.Err()
		},
	})
	return begun, ended
}

func TestCancelledCallLeavesAUsableConnection(t *testing.T) {
	s := start(t)
	begun, ended := onSlow(s)
	onCounter(s)
	db := s.connect(t)
	for range 5 {
		ctx, cancel := context.WithCancelCause(t.Context())
		go func() {
			<-begun
			cancel(nil)
		}()
		_, err := db.ExecContext(ctx, "BEGIN SLEEP; END;")
		if oraCode(err) != 1013 {
			t.Fatalf("got %v", err)
		}
		if err := <-ended; err == nil {
			t.Fatal("the call ended by itself")
		}
		if n, err := count(t.Context(), db, 100); n != 100 || err != nil {
			t.Fatalf("%d rows: %v", n, err)
		}
	}
	if n := s.listener.Connections(); n != 1 {
		t.Errorf("%d connections", n)
	}
}

// TestCancelDuringTheFirstRows interrupts a query that has become slow before
// its first reply is complete. Later replies the driver cannot interrupt: it
// does not watch the context while it fetches.
func TestCancelDuringTheFirstRows(t *testing.T) {
	s := start(t)
	slow := make(chan struct{}, 1)
	s.on("SELECT N FROM SLOW", script{
		kind:    database.Query,
		columns: []datum.Column{{Name: "N", Type: number}},
		run: func(context.Context, database.Execution) (*database.Outcome, error) {
			return &database.Outcome{Rows: &fakeRows{next: func(ctx context.Context, n int) (datum.Row, error) {
				if n < 10 {
					return datum.Row{datum.FromInt(int64(n))}, nil
				}
				slow <- struct{}{}
				<-ctx.Done()
				return nil, ctx.Err()
			}}}, nil
		},
	})
	db := s.connect(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	go func() {
		<-slow
		cancel(nil)
	}()
	rows, err := db.QueryContext(ctx, "SELECT N FROM SLOW")
	if err == nil {
		defer func() { _ = rows.Close() }()
		err = rows.Err()
	}
	if oraCode(err) != 1013 {
		t.Errorf("got %v", err)
	}
	if err := db.PingContext(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestDeadlinesAroundTheEndOfACall lets contexts expire at all moments of
// short calls: every call ends cleanly and the next one works.
func TestDeadlinesAroundTheEndOfACall(t *testing.T) {
	s := start(t)
	onCounter(s)
	s.on("BEGIN NULL; END;", script{
		kind: database.Block,
		run: func(context.Context, database.Execution) (*database.Outcome, error) {
			return &database.Outcome{}, nil
		},
	})
	db := s.connect(t)
	for i := range 300 {
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Duration(i)*time.Microsecond, errors.New("the test cancels its call"))
		_, _ = db.ExecContext(ctx, "BEGIN NULL; END;")
		cancel()
		if n, err := count(t.Context(), db, 3); n != 3 || err != nil {
			t.Fatalf("after %d µs: %d rows: %v", i, n, err)
		}
	}
}

// TestAClientThatGoesAwayEndsItsCall cuts the client's side while its call
// runs: the statement has to notice.
func TestAClientThatGoesAwayEndsItsCall(t *testing.T) {
	s := start(t)
	begun, ended := onSlow(s)
	gone := make(chan struct{})
	db := s.connectThrough(t, gone)
	go func() {
		<-begun
		close(gone)
	}()
	if _, err := db.ExecContext(t.Context(), "BEGIN SLEEP; END;"); err == nil {
		t.Error("no error")
	}
	if err := <-ended; err == nil {
		t.Error("the call ended by itself")
	}
}
