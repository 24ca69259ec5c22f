package sim

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// idleWithin is how long AssertIdle waits for sessions whose clients have gone.
const idleWithin = 10 * time.Second

// AssertIdle fails the test unless nothing is left open: no connection, no
// session and thereby no open transaction, no operation of DBMS_CLOUD that
// runs. What has just been closed gets a few seconds to be gone.
//
// To have it asked at the end of a test, register it before what it watches
// over, because clean-ups run last first:
//
//	s := sim.StartT(t, sim.Config{})
//	t.Cleanup(func() { s.AssertIdle(t) })
func (s *Simulation) AssertIdle(t TB) {
	t.Helper()
	ctx := context.Background() // the test's own has ended when clean-ups run
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(idleWithin); ; <-tick.C {
		open, err := s.Open(ctx)
		switch {
		case err != nil:
			t.Errorf("look for what is open: %v", err)
			return
		case len(open) == 0:
			return
		case time.Now().After(end):
			t.Errorf("left open:\n%s", strings.Join(open, "\n"))
			return
		}
	}
}

// Open says in words which sessions and operations of DBMS_CLOUD are open, and
// which connections have no session yet.
func (s *Simulation) Open(ctx context.Context) ([]string, error) {
	var open []string
	for _, r := range s.regions {
		sessions, err := r.Rows(ctx, `SELECT sid, username, program, module FROM v$session
			WHERE sid <> SYS_CONTEXT('USERENV', 'SID') ORDER BY sid`)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.place.name, err)
		}
		for _, row := range sessions {
			open = append(open, fmt.Sprintf("%s: session %s of %s, program %q, module %q", r.place.name, row[0], row[1], row[2], row[3]))
		}
		if n := r.Sessions(); n > len(sessions) {
			open = append(open, fmt.Sprintf("%s: %d connections, %d sessions", r.place.name, n, len(sessions)))
		}
		operations, err := r.Rows(ctx, "SELECT id, type, sid FROM dba_load_operations WHERE status = 'RUNNING' ORDER BY id")
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.place.name, err)
		}
		for _, row := range operations {
			open = append(open, fmt.Sprintf("%s: operation %s (%s) of session %s", r.place.name, row[0], row[1], row[2]))
		}
	}
	return open, nil
}
