package sim

import (
	"hash/maphash"
	"slices"
	"sync"
)

// A callLog remembers which statements came over the wire and which procedures
// of DBMS_CLOUD were called.
type callLog struct {
	seed maphash.Seed

	mu    sync.Mutex
	asked map[uint64]bool // hashes of statements as they came, since those may hold secrets
	known map[string]bool // statements without their secrets
	order []string        // the same in order of first appearance
	cloud []CloudCall
}

// maxRemembered bounds the memory of a simulation that runs for long: so many
// statements, and so many calls of DBMS_CLOUD.
const maxRemembered = 10_000

func newCallLog() *callLog {
	return &callLog{seed: maphash.MakeSeed(), asked: map[uint64]bool{}, known: map[string]bool{}}
}

// add remembers a statement without its secrets; "", a call without a
// statement, is not remembered. The hash spares statements that are repeated
// the search for secrets.
func (l *callLog) add(sql string) {
	if sql == "" {
		return
	}
	hash := maphash.String(l.seed, sql)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.asked[hash] || len(l.order) >= maxRemembered {
		return
	}
	l.asked[hash] = true
	if sql = masked(sql); !l.known[sql] {
		l.known[sql] = true
		l.order = append(l.order, sql)
	}
}

func (l *callLog) statements() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.order)
}

// addCloud remembers a call of a DBMS_CLOUD procedure.
func (l *callLog) addCloud(c CloudCall) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.cloud) < maxRemembered {
		l.cloud = append(l.cloud, c)
	}
}

func (l *callLog) cloudCalls() []CloudCall {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.cloud)
}
