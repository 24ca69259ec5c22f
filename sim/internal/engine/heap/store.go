package heap

import (
	"context"
	"errors"
	"sort"
	"sync"
	"sync/atomic"
	"time"
)

// Errors of this package. The engine gives them their ORA- numbers.
var (
	ErrTooOld   = errors.New("snapshot too old")
	ErrBusy     = errors.New("row is locked")
	ErrDeadlock = errors.New("deadlock detected")
)

// A Duplicate is the error for a key that a unique index holds already.
type Duplicate struct{ Index *Index }

func (d *Duplicate) Error() string { return "duplicate key" }

// A Store is what the tables of one database share: the SCN, its relation to
// time, and the transactions.
type Store struct {
	now       func() time.Time
	retention time.Duration

	scn atomic.Uint64 // of the last commit

	// Of a store that was loaded (Load), set before it is used.
	resumed  uint64 // its first SCN
	restored *Txn   // which wrote all that it was loaded with

	pinned atomic.Uint64 // oldest SCN of pins, or the largest number

	mu      sync.Mutex // commits, history, pins and the waits-for graph
	history []mark
	lastTxn uint64
	pins    map[*Picture]struct{}
}

// mark says when an SCN was given out.
type mark struct {
	scn uint64
	at  time.Time
}

// firstSCN is where a new database starts; SCN 0 would be "not committed".
const firstSCN = 2_000_000

// NewStore makes a store whose versions stay readable for retention.
func NewStore(now func() time.Time, retention time.Duration) *Store {
	s := &Store{now: now, retention: retention, pins: map[*Picture]struct{}{}}
	s.pin()
	s.scn.Store(firstSCN)
	s.history = []mark{{scn: firstSCN, at: now()}}
	return s
}

// SCN returns the current SCN.
func (s *Store) SCN() uint64 { return s.scn.Load() }

// Advance takes a new SCN, for a change that is no transaction (DDL).
func (s *Store) Advance() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.advance(func(uint64) {})
}

// advance gives out the next SCN after publish has stored it where readers
// look, so that a snapshot taken at the new SCN sees all of the change.
func (s *Store) advance(publish func(uint64)) uint64 {
	scn := s.scn.Load() + 1
	publish(scn)
	s.scn.Store(scn)
	at := s.now()
	if last := &s.history[len(s.history)-1]; at.Sub(last.at) < 100*time.Millisecond {
		last.scn = scn
	} else {
		s.history = append(s.history, mark{scn: scn, at: at})
	}
	return scn
}

// At returns the SCN that was current at a time, as exactly as the history
// tells. ok is false for times before the database was made.
func (s *Store) At(t time.Time) (scn uint64, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := sort.Search(len(s.history), func(i int) bool { return s.history[i].at.After(t) })
	if i == 0 {
		return 0, false
	}
	return s.history[i-1].scn, true
}

// Retained reports whether versions replaced after scn are still kept.
func (s *Store) Retained(scn uint64) bool { return scn >= max(s.horizon(), s.resumed) }

// horizon is the oldest SCN that can be read.
func (s *Store) horizon() uint64 {
	scn, ok := s.At(s.now().Add(-s.retention))
	if !ok {
		return 0
	}
	return scn
}

// A Txn is a transaction: it begins with its first change.
type Txn struct {
	store   *Store
	id      uint64
	scn     atomic.Uint64 // commit SCN, 0 while open
	done    chan struct{} // closed when the transaction ends
	waits   *Txn          // whose end it waits for; guarded by store.mu
	seq     uint32        // statements so far
	undo    []undo
	barrier int // undo entries before it belong to a Mark and grow no more
	touched map[*Table]struct{}
}

// undo says how to take one change back.
type undo struct {
	table *Table
	first Position
	count int // inserted rows; 0 when one row got a new version
}

// Begin starts a transaction.
func (s *Store) Begin() *Txn {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastTxn++
	return &Txn{store: s, id: s.lastTxn, done: make(chan struct{}), touched: map[*Table]struct{}{}}
}

// ID numbers the transactions of a store.
func (t *Txn) ID() uint64 { return t.id }

// NextStatement begins a statement and returns its number: the statement sees
// the transaction's changes of smaller numbers.
func (t *Txn) NextStatement() uint32 {
	t.seq++
	return t.seq
}

// Mark returns the point RollbackTo returns to.
func (t *Txn) Mark() int {
	t.barrier = len(t.undo)
	return t.barrier
}

// Commit makes the transaction's changes visible and returns their SCN.
func (t *Txn) Commit() uint64 {
	s := t.store
	s.mu.Lock()
	scn := s.advance(func(scn uint64) {
		t.scn.Store(scn)
		for table := range t.touched {
			table.changed.Store(scn)
		}
	})
	s.mu.Unlock()
	t.end()
	return scn
}

// Rollback undoes everything and ends the transaction.
func (t *Txn) Rollback() {
	t.RollbackTo(0)
	t.end()
}

// touch notes that the transaction writes to a table.
func (t *Txn) touch(table *Table) {
	if _, ok := t.touched[table]; !ok {
		t.touched[table] = struct{}{}
		table.writers.Add(1)
	}
}

// end releases the tables and wakes whoever waits for the transaction.
func (t *Txn) end() {
	for table := range t.touched {
		table.writers.Add(-1)
	}
	t.undo, t.touched = nil, nil
	close(t.done)
}

// RollbackTo undoes the changes made after a Mark.
func (t *Txn) RollbackTo(mark int) {
	for i := len(t.undo) - 1; i >= mark; i-- {
		t.undo[i].apply()
	}
	t.undo = t.undo[:mark]
	t.barrier = mark
}

// apply takes the change back: inserted rows become slots that nobody sees,
// others their previous version.
func (u undo) apply() {
	u.table.mu.Lock()
	defer u.table.mu.Unlock()
	if u.count == 0 {
		v := u.table.row(u.first)
		*v = *v.prev
		return
	}
	u.table.remove(u.first, u.count)
}

// noteInsert remembers that the row at p was inserted.
func (t *Txn) noteInsert(table *Table, p Position) {
	t.touch(table)
	if n := len(t.undo); n > t.barrier {
		last := &t.undo[n-1]
		if last.table == table && last.count > 0 && last.first+Position(last.count) == p {
			last.count++
			return
		}
	}
	t.undo = append(t.undo, undo{table: table, first: p, count: 1})
}

// wait blocks until other has ended. Two transactions that wait for each other
// are a deadlock, which the one that notices reports.
func (t *Txn) wait(ctx context.Context, other *Txn) error {
	s := t.store
	s.mu.Lock()
	for w := other; w != nil; w = w.waits {
		if w == t {
			s.mu.Unlock()
			return ErrDeadlock
		}
	}
	t.waits = other
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		t.waits = nil
		s.mu.Unlock()
	}()
	select {
	case <-other.done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Statements returns the number of the last statement.
func (t *Txn) Statements() uint32 { return t.seq }
