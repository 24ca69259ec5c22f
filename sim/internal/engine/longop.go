package engine

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// longAfter is how long an operation runs before V$SESSION_LONGOPS has it
// (reference, section 8.4); maxLongops bounds the rows of ended ones.
const (
	longAfter  = 6 * time.Second
	maxLongops = 500
)

// A Longop is an operation that V$SESSION_LONGOPS shows when it takes long. Its
// methods may be called from any goroutine.
type Longop struct {
	s             *Session
	name, target  string
	units         string
	desc          string // of the target
	context       int64
	told          bool         // by the session itself: shown from the beginning
	total         atomic.Int64 // 0 when nobody knows
	started       time.Time
	sofar         atomic.Int64
	updated, done atomic.Pointer[time.Time]
}

// longops are the operations of a database, oldest first.
type longops struct {
	mu  sync.Mutex
	all []*Longop
}

// Longop begins an operation of the session: what is done, to what, and how
// much work of which unit it is, 0 when nobody knows. The caller ends it.
func (s *Session) Longop(name, target, units string, total int64) *Longop {
	o := &Longop{s: s, name: name, target: target, units: units, started: s.instance.config.Now()}
	o.total.Store(total)
	o.add()
	return o
}

// add makes an operation one of those of its database.
func (o *Longop) add() {
	o.updated.Store(&o.started)
	l := &o.s.instance.longops
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.all) >= maxLongops {
		l.all = slices.Delete(l.all, 0, 1)
	}
	l.all = append(l.all, o)
}

// Advance notes that n more units are done. A nil operation notes nothing.
func (o *Longop) Advance(n int64) {
	if o == nil {
		return
	}
	// The clock is read for a part of the calls: they come by the row.
	if before := o.sofar.Add(n) - n; before/longopStride != (before+n)/longopStride || before == 0 {
		now := o.s.instance.config.Now()
		o.updated.Store(&now)
	}
}

// longopStride is after how many units the time of an update is noted.
const longopStride = 1000

// End notes that the operation is over. It may be called twice.
func (o *Longop) End() {
	now := o.s.instance.config.Now()
	if o.done.CompareAndSwap(nil, &now) {
		o.updated.Store(&now)
	}
}

// A longopState is a row of V$SESSION_LONGOPS.
type longopState struct {
	*Longop
	sofar, total int64
	updated      time.Time
	elapsed      time.Duration
	ended        bool
}

// longOperations are those that run, or ran, for long enough.
func (s *Session) longOperations() []longopState {
	l := &s.instance.longops
	l.mu.Lock()
	all := slices.Clone(l.all)
	l.mu.Unlock()
	now := s.instance.config.Now()
	var list []longopState
	for _, o := range all {
		x := longopState{Longop: o, sofar: o.sofar.Load(), total: o.total.Load(), updated: *o.updated.Load(), elapsed: now.Sub(o.started)}
		if end := o.done.Load(); end != nil {
			x.ended, x.elapsed, x.total = true, end.Sub(o.started), max(x.total, x.sofar)
		}
		if x.elapsed >= longAfter || o.told {
			list = append(list, x)
		}
	}
	return list
}

// remaining is the estimate of the time left, if the work is known.
func (x longopState) remaining() (time.Duration, bool) {
	switch {
	case x.ended:
		return 0, true
	case x.total == 0 || x.sofar == 0:
		return 0, false
	}
	return time.Duration(float64(x.elapsed) * float64(x.total-x.sofar) / float64(x.sofar)), true
}

// message is the summary that the view has.
func (x longopState) message() string {
	if x.total == 0 {
		return fmt.Sprintf("%s: %s : %d %s done", x.name, x.target, x.sofar, x.units)
	}
	return fmt.Sprintf("%s: %s : %d out of %d %s done", x.name, x.target, x.sofar, x.total, x.units)
}
