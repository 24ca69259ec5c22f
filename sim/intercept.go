package sim

import (
	"context"
	"slices"
	"sync"

	"github.com/adbferry/adbferry/sim/internal/datum"
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
// in the order they were added, until one decides something.
func (r *Region) Intercept(hook Hook) { r.hooks.add(hook) }

// intercept decides about a call: hooks first, then faults; whatever still
// happens takes its time.
func (r *Region) intercept(ctx context.Context, c session.Call) session.Decision {
	r.calls.add(c.SQL)
	d := r.hooks.decide(ctx, c)
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

// hooks are those of a region that are not done yet. The zero value has none.
type hooks struct {
	mu      sync.Mutex
	pending []*pendingHook
}

// A pendingHook has an address by which it is found again when it is done.
type pendingHook struct{ hook Hook }

func (h *hooks) add(hook Hook) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.pending = append(h.pending, &pendingHook{hook})
}

func (h *hooks) remove(done *pendingHook) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.pending = slices.DeleteFunc(h.pending, func(p *pendingHook) bool { return p == done })
}

func (h *hooks) list() []*pendingHook {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.pending)
}

// decide asks the hooks about a call, without the lock, since they may block.
func (h *hooks) decide(ctx context.Context, c session.Call) session.Decision {
	for _, p := range h.list() {
		d := p.hook(ctx, Call{SQL: c.SQL, User: c.User, Function: c.Function.String(), Service: c.Service})
		if d.Done {
			h.remove(p)
		}
		switch {
		case d.Cut:
			return session.Decision{Cut: true}
		case d.Code != 0:
			return session.Decision{Err: datum.Errorf(d.Code, "%s", d.Text)}
		case d.Orphan || d.Ended != nil:
			return session.Decision{Orphan: d.Orphan, Ended: d.Ended}
		}
	}
	return session.Decision{}
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
