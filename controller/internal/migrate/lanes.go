package migrate

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// How many statements a service level bears at a time before it makes them wait
// (reference, section 1.9). high takes three, and more would only queue. medium
// depends on the number of ECPUs, of which the smallest give one or two. The
// others bear hundreds; more than these only share the same cores.
const (
	lanesHigh   = 3
	lanesMedium = 2
	lanesMany   = 8
	lanesElse   = 3
)

// Lanes returns how many exports and imports of a plan would run at a time.
func (r *Runs) Lanes(p *pb.MigrationPlan) (exports, imports int) {
	return lanesOf(p.GetSource(), p.GetSpec().GetSourceLanes(), r.options.Limits.Lanes),
		lanesOf(p.GetTarget(), p.GetSpec().GetTargetLanes(), r.options.Limits.Lanes)
}

// lanesOf decides how many lanes a database has: as many as were asked for, else
// what its service level bears, at most limit unless that is 0.
func lanesOf(d *pb.DatabaseDescription, asked int32, limit int) int {
	if asked > 0 {
		return int(asked)
	}
	n := lanesElse
	switch d.GetServiceLevel() {
	case "high":
		n = lanesHigh
	case "medium":
		n = lanesMedium
	case "low", "tp", "tpurgent":
		n = lanesMany
	}
	if limit > 0 {
		n = min(n, limit)
	}
	return n
}

// queued is how long an export may show nothing in the bucket while another one
// grows before it is taken to wait in the database's line.
const queued = time.Minute

// lanes bound how much is done at one database at a time. Who comes first goes
// first. A database that answers busy, or makes exports wait, gets fewer until
// work succeeds again.
type lanes struct {
	database string
	most     int
	now      func() time.Time
	say      func(text string) // tells that there are fewer lanes

	mu      sync.Mutex
	open    int // lanes at present: 1 to most
	taken   int
	waiting []chan struct{} // closed when it is one's turn
	grown   time.Time       // when some export was last seen to grow
}

func newLanes(database string, most int, now func() time.Time, say func(string)) *lanes {
	return &lanes{database: database, most: most, now: now, say: say, open: most}
}

// in does something in a lane of its own. While it waits for one, a stop ends it.
func (l *lanes) in(stop context.Context, do func() error) error {
	if err := l.enter(stop); err != nil {
		return err
	}
	err := do()
	l.leave(err)
	return err
}

// enter waits for a lane, and takes none after a stop.
func (l *lanes) enter(stop context.Context) error {
	if stop.Err() != nil {
		return errStopped
	}
	turn := l.queue()
	select {
	case <-turn:
		return nil
	case <-stop.Done():
		l.unqueue(turn)
		return errStopped
	}
}

// queue waits in line: the channel is closed once it has a lane.
func (l *lanes) queue() (turn chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	turn = make(chan struct{})
	l.waiting = append(l.waiting, turn)
	l.admit()
	return turn
}

// unqueue leaves the line, or gives back the lane that came at the same moment.
func (l *lanes) unqueue(turn chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := slices.Index(l.waiting, turn); i >= 0 {
		l.waiting = slices.Delete(l.waiting, i, i+1)
		return
	}
	l.taken--
	l.admit()
}

// admit lets in who waits, as far as lanes are open. The caller holds the lock.
func (l *lanes) admit() {
	for len(l.waiting) > 0 && l.taken < l.open {
		close(l.waiting[0])
		l.waiting = l.waiting[1:]
		l.taken++
	}
}

// leave gives a lane back. What went well opens one more, up to the most; an
// answer that the database is busy closes half of those in use.
func (l *lanes) leave(err error) {
	l.mu.Lock()
	fewer := false
	switch {
	case err == nil:
		l.open = min(l.open+1, l.most)
	case busy(err):
		fewer = l.narrow(l.taken / 2)
	}
	l.taken--
	l.admit()
	open := l.open
	l.mu.Unlock()
	if fewer {
		l.say(fmt.Sprintf("%s answers that it is busy: %d at a time from now on, and more again when that goes well", l.database, open))
	}
}

// narrow closes lanes until n are open, at least one. The caller holds the lock.
func (l *lanes) narrow(n int) bool {
	before := l.open
	l.open = min(l.open, max(n, 1))
	return l.open < before
}

// busy reports whether a failure asks for patience: it says how long to wait. A
// connection that broke says so too, and nothing about how much there is to do.
func busy(err error) bool {
	switch f := apierr.FailureOf(err); f.GetReason() {
	case pb.Reason_REASON_STORAGE_BUSY:
		return true
	case pb.Reason_REASON_CONNECTION_LOST, pb.Reason_REASON_OUTCOME_UNKNOWN:
		return false
	default:
		return f.GetRetryable() && f.GetRetryDelay().AsDuration() > 0
	}
}

// A queueWatch watches one export for signs that it waits in the database's line.
type queueWatch struct {
	lanes *lanes
	began time.Time
	done  bool // it grew, or was found waiting
}

// watch begins to watch an export that has a lane.
func (l *lanes) watch() *queueWatch { return &queueWatch{lanes: l, began: l.now()} }

// saw takes a tick of the export, in the order they come. When it waits while
// others grow, one lane is closed, so that nobody waits in the database.
func (g *queueWatch) saw(p *pb.ChunkProgress) {
	l, now := g.lanes, g.lanes.now()
	l.mu.Lock()
	if p.GetBytes() > 0 {
		l.grown, g.done = now, true
	}
	waits := !g.done && now.Sub(g.began) > queued && l.grown.After(g.began)
	fewer := waits && l.narrow(l.taken-1)
	g.done = g.done || waits
	open := l.open
	l.mu.Unlock()
	if fewer {
		l.say(fmt.Sprintf("%s makes exports wait in line: %d at a time from now on, and more again when that goes well", l.database, open))
	}
}
