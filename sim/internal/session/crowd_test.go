package session_test

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/session"
)

// knock connects and says nothing.
func (s *server) knock(t *testing.T) net.Conn {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// ended waits until the server has closed a connection.
func ended(t *testing.T, conn net.Conn) {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	_, err := io.Copy(io.Discard, conn)
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		t.Fatal("the connection is still open")
	}
}

// shrinksTo waits until no more than n connections are served: a client learns
// that its connection is closed a little before the server has forgotten it.
func (s *server) shrinksTo(t *testing.T, n int) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for giveUp := time.After(30 * time.Second); s.listener.Connections() > n; {
		select {
		case <-tick.C:
		case <-giveUp:
			t.Fatalf("%d connections are served, want at most %d", s.listener.Connections(), n)
		}
	}
}

func TestThousandsOfHalfOpenConnectionsKeepNobodyOut(t *testing.T) {
	const crowd, bound = 2000, 50
	s := startWith(t, session.Options{HalfOpen: bound})
	onCounter(s)
	early := s.connect(t)
	if n, err := count(t.Context(), early, 3); n != 3 || err != nil {
		t.Fatalf("before the crowd: %d rows, %v", n, err)
	}
	conns := make([]net.Conn, crowd)
	for i := range conns {
		conns[i] = s.knock(t)
	}
	for _, conn := range conns[:crowd-bound] {
		ended(t, conn)
	}
	s.shrinksTo(t, bound+1)
	for name, db := range map[string]func() error{
		"one that was there": func() error { _, err := count(t.Context(), early, 3); return err },
		"one that comes":     func() error { _, err := count(t.Context(), s.connect(t), 3); return err },
	} {
		if err := db(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSilentClientsAreCutAfterAWhile(t *testing.T) {
	s := startWith(t, session.Options{LogonTimeout: 100 * time.Millisecond})
	ended(t, s.knock(t)) // before TLS
	ended(t, s.dial(t))  // and after it
}

func TestConnectionsAreBounded(t *testing.T) {
	s := startWith(t, session.Options{Connections: 2, LogonTimeout: time.Second})
	first, second := s.knock(t), s.knock(t)
	third := s.knock(t)
	ended(t, third)
	s.shrinksTo(t, 2)
	ended(t, first)
	ended(t, second)
	if err := s.connect(t).PingContext(t.Context()); err != nil {
		t.Errorf("when there is room again: %v", err)
	}
}

// TestACrashEndsOneConnectionOnly lets a statement panic, as a mistake in the
// engine would.
func TestACrashEndsOneConnectionOnly(t *testing.T) {
	s := start(t)
	onCounter(s)
	s.on("BEGIN crash; END;", script{kind: database.Block, run: func(context.Context, database.Execution) (*database.Outcome, error) {
		panic("a mistake")
	}})
	other := s.connect(t)
	if err := other.PingContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.connect(t).ExecContext(t.Context(), "BEGIN crash; END;"); err == nil || oraCode(err) != 0 {
		t.Errorf("got %v, want a lost connection", err)
	}
	if n, err := count(t.Context(), other, 3); n != 3 || err != nil {
		t.Errorf("another connection: %d rows, %v", n, err)
	}
}
