package sim

import (
	"context"

	"github.com/adbferry/adbferry/sim/internal/session"
)

// A Call is a call that a client made over the wire.
type Call struct {
	SQL      string // "" for calls without a statement
	Function string // the call's name: execute, re-execute, fetch, commit, rollback, ping …
	User     string
	Service  string // the service name the client connected to
}

// A Decision says what becomes of a call. The zero value lets it happen.
type Decision struct {
	Done   bool // the hook has struck and is removed
	Code   int  // answer this ORA- number with Text, unless 0
	Text   string
	Cut    bool // close the connection without an answer
	Orphan bool // close the connection, and let the call run on to its end
	// Ended, when set, is told once how the call ended; when it returns true
	// the connection is closed in place of the answer.
	Ended func(Ended) (lose bool)
}

// Ended is how a call ended.
type Ended = session.Ended

// A Hook sees calls before they happen. It may block until ctx ends.
type Hook func(ctx context.Context, c Call) Decision

// Intercept shows the following calls to hook until it is done. Hooks are asked
// in the order they were added; the first that decides something settles it.
func (r *Region) Intercept(hook Hook) { r.seen.add(hook) }

// intercept decides about a call: hooks first, then faults; whatever still
// happens takes its time.
func (r *Region) intercept(ctx context.Context, c session.Call) session.Decision {
	d := r.seen.intercept(ctx, c)
	if d.Err == nil && !d.Cut && !d.Orphan {
		f := r.fail(ctx, c)
		f.Ended = both(d.Ended, f.Ended)
		d = f
	}
	if d.Err != nil || d.Cut || !executes(c) {
		return d
	}
	release, err := r.model.Statement(ctx, r.level(c.Service))
	if err != nil { // cancelled, which the session answers
		return d
	}
	d.Ended = both(d.Ended, func(Ended) bool { release(); return false })
	return d
}

// both tells two about the end of a call, either of whom may lose its answer.
func both(a, b func(Ended) bool) func(Ended) bool {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return func(e Ended) bool {
		lose := a(e)
		return b(e) || lose
	}
}
