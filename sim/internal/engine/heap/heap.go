// Package heap keeps the rows of the simulated tables: packed, multi-version,
// with transactions, row locks, unique indexes and SCNs.
//
// It knows neither column types nor SQL. A row is a string that Pack makes; a
// reader sees the newest version that its Snapshot covers, so that statements
// are consistent and AS OF SCN works without copies.
package heap

import (
	"sync"
	"sync/atomic"
)

// A version is one state of a row. The newest is in its block by value; older
// ones hang behind it.
type version struct {
	data    string
	txn     *Txn     // who wrote it; nil for a slot whose insert was undone
	prev    *version // what it replaced, forgotten when the chain was cut
	seq     uint32   // statement of txn that wrote it
	deleted bool
}

// forgotten ends a chain whose older versions were dropped after the undo
// retention: a reader that gets here needs what is no longer kept.
var forgotten = &version{}

// A Position is the place of a row in its table; rows keep it for life.
type Position uint64

// A Table is the rows of one table.
type Table struct {
	store *Store

	mu      sync.RWMutex
	blocks  []block
	spare   []version // room for the rows of the next block, once one was packed
	indexes []*Index
	fenced  bool // DDL is changing the table: nobody becomes a writer

	changed atomic.Uint64 // SCN of the last commit that wrote it
	writers atomic.Int64  // open transactions that have written to it
}

// NewTable makes an empty table.
func (s *Store) NewTable() *Table { return &Table{store: s} }

// Changed returns the SCN of the last commit that wrote to the table.
func (t *Table) Changed() uint64 { return t.changed.Load() }

// Busy reports whether an open transaction has written to the table.
func (t *Table) Busy() bool { return t.writers.Load() > 0 }

// Fence keeps new writers away until Unfence, for DDL that would change what
// they were compiled for. It reports false, and does nothing, while an open
// transaction writes to the table.
func (t *Table) Fence() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.Busy() {
		return false
	}
	t.fenced = true
	return true
}

// Unfence lets writers in again.
func (t *Table) Unfence() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fenced = false
}

// Enlist makes a transaction a writer of the table until it ends, before it
// writes anything. It reports false while the table is fenced.
func (t *Table) Enlist(txn *Txn) bool {
	if _, ok := txn.touched[t]; ok {
		return true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.fenced {
		txn.touch(t)
	}
	return !t.fenced
}

// A Snapshot says which versions a statement sees: those committed at or
// before SCN and those that earlier statements of Txn (which may be nil) wrote.
type Snapshot struct {
	SCN uint64
	Txn *Txn
	Seq uint32
}

// covers reports whether the snapshot sees a version that a statement of a
// transaction wrote.
func (s *Snapshot) covers(txn *Txn, seq uint32) bool {
	if txn == nil {
		return true // an undone insert: there, but deleted
	}
	if txn == s.Txn && s.Txn != nil {
		return seq < s.Seq
	}
	scn := txn.scn.Load()
	return scn != 0 && scn <= s.SCN
}

// find returns what the snapshot sees of a row: nil when the row does not
// exist for it, or forgotten.
func (s *Snapshot) find(v *version) *version {
	for v != nil && v != forgotten && !s.covers(v.txn, v.seq) {
		v = v.prev
	}
	if v == nil || v.deleted {
		return nil
	}
	return v
}
