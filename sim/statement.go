package sim

import (
	"context"
	"hash/maphash"
	"slices"
	"sync"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/session"
)

// A statementLog remembers which statements came over the wire and which
// procedures of DBMS_CLOUD were called, and lets hooks interfere.
type statementLog struct {
	seed maphash.Seed

	mu    sync.Mutex
	asked map[uint64]bool // hashes of statements as they came, which hold secrets
	known map[string]bool // statements without their secrets
	order []string
	hooks []*hookEntry
	calls []CloudCall
}

type hookEntry struct{ hook Hook }

// maxStatements bounds the memory of a simulation that runs for long.
const maxStatements = 10_000

func newStatementLog() *statementLog {
	return &statementLog{seed: maphash.MakeSeed(), asked: map[uint64]bool{}, known: map[string]bool{}}
}

func (l *statementLog) add(h Hook) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hooks = append(l.hooks, &hookEntry{h})
}

func (l *statementLog) statements() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.order)
}

// called notes a call of a DBMS_CLOUD procedure.
func (l *statementLog) called(c CloudCall) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.calls) < maxStatements {
		l.calls = append(l.calls, c)
	}
}

func (l *statementLog) cloudCalls() []CloudCall {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.calls)
}

func (l *statementLog) intercept(ctx context.Context, c session.Call) session.Decision {
	for _, entry := range l.note(c.SQL) {
		d := entry.hook(ctx, Call{SQL: c.SQL, User: c.User, Function: c.Function.String(), Service: c.Service})
		if d.Done {
			l.remove(entry)
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

// note keeps a statement, without its secrets, and returns the hooks to ask.
func (l *statementLog) note(sql string) []*hookEntry {
	hash := maphash.String(l.seed, sql)
	l.mu.Lock()
	defer l.mu.Unlock()
	if sql != "" && !l.asked[hash] && len(l.order) < maxStatements {
		l.asked[hash] = true
		if sql = masked(sql); !l.known[sql] {
			l.known[sql] = true
			l.order = append(l.order, sql)
		}
	}
	return slices.Clone(l.hooks)
}

func (l *statementLog) remove(entry *hookEntry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hooks = slices.DeleteFunc(l.hooks, func(e *hookEntry) bool { return e == entry })
}
