package heap

import (
	"slices"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/state"
)

// How far the SCN moves when a saved store comes back. Whatever was committed
// after it was saved is lost, but clients may remember its SCNs: they must not
// mean something else. So the SCN moves by more than can have been given out:
// 16,384 a second, the pace that Oracle itself keeps to, and a margin.
const (
	restartMargin = 1_000_000
	restartPace   = 16_384
)

// A Picture is what a store was at one instant. While it is not closed, the
// versions that it sees are kept, whatever the undo retention.
type Picture struct {
	store   *Store
	scn     uint64
	at      time.Time
	history []mark
}

// Capture notes what is committed now.
func (s *Store) Capture() *Picture {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := &Picture{store: s, scn: s.scn.Load(), at: s.now(), history: slices.Clone(s.history)}
	s.pins[p] = struct{}{}
	s.pin()
	return p
}

// Close lets go of the versions that only the picture needed.
func (p *Picture) Close() {
	p.store.mu.Lock()
	defer p.store.mu.Unlock()
	delete(p.store.pins, p)
	p.store.pin()
}

// pin notes the oldest SCN that a picture needs; the caller holds the lock.
func (s *Store) pin() {
	oldest := ^uint64(0)
	for p := range s.pins {
		oldest = min(oldest, p.scn)
	}
	s.pinned.Store(oldest)
}

// needs reports whether a snapshot at scn may still be read: within the undo
// retention, or by a picture.
func (s *Store) needs(scn uint64) bool { return scn >= s.pinned.Load() || s.Retained(scn) }

// Save writes the SCN and its history.
func (p *Picture) Save(c *state.Coder) {
	code(c, &p.scn, &p.at, &p.history)
}

// code carries what there is of a store beside its tables. The SCN tells
// whether it has changed.
func code(c *state.Coder, scn *uint64, at *time.Time, history *[]mark) {
	state.Int(c, scn)
	if c.Skims() {
		return
	}
	c.Time(at)
	state.List(c, history, func(c *state.Coder, m *mark) {
		state.Int(c, &m.scn)
		c.Time(&m.at)
	})
}

// Load takes up a saved store, before any table is made. The SCN moves on, and
// nothing before it can be read any more: see Resumed.
func (s *Store) Load(c *state.Coder) {
	var scn uint64
	var at time.Time
	var history []mark
	code(c, &scn, &at, &history)
	if c.Err() != nil {
		return
	}
	if scn < firstSCN || scn > maxSCN {
		c.Damaged("there is no SCN %d", scn)
		return
	}
	now := s.now()
	s.restored = &Txn{store: s, done: make(chan struct{})}
	s.restored.scn.Store(scn)
	close(s.restored.done)
	s.resumed = scn + restartMargin + restartPace*uint64(max(0, now.Sub(at)/time.Second))
	s.scn.Store(s.resumed)
	s.history = append(history, mark{scn: s.resumed, at: now})
}

// maxSCN is the largest that six bytes hold.
const maxSCN = 1<<48 - 1

// Resumed returns the SCN at which a saved store came back, or 0. What was
// before is no longer known: an older snapshot is ErrTooOld.
func (s *Store) Resumed() uint64 { return s.resumed }

// SaveRows writes the rows that the picture sees, with their positions, block
// by block.
func (p *Picture) SaveRows(c *state.Coder, t *Table) {
	scan := t.Scan(Snapshot{SCN: p.scn})
	state.Int(c, &scan.until)
	for scan.next < scan.until && c.Err() == nil {
		if err := scan.fill(); err != nil {
			c.Fail(err)
			return
		}
		state.Int(c, &scan.n)
		for i := range scan.n {
			slot := uint8(scan.batch[i].position % blockRows)
			state.Int(c, &slot)
			c.Text(&scan.batch[i].data)
		}
	}
}

// LoadRows makes the table whose rows SaveRows wrote. Each is found at its old
// position.
func (s *Store) LoadRows(c *state.Coder) *Table {
	t := s.NewTable()
	var size Position
	state.Int(c, &size)
	dead := deadBlock()
	var reader rowReader
	for size > 0 && c.Err() == nil {
		n := min(size, blockRows)
		var live int
		state.Int(c, &live)
		block := dead[:n:n]
		if live > 0 || n < blockRows { // a part of a block grows: it cannot be shared
			block = append(make([]version, 0, blockRows), block...)
		}
		reader.block(c, block, live, s.restored)
		t.blocks = append(t.blocks, block)
		size -= n
	}
	return t
}

// deadBlock is a block of rows that are all deleted. Nothing is ever written
// into one, so tables share it.
func deadBlock() []version {
	block := make([]version, blockRows)
	for i := range block {
		block[i].deleted = true
	}
	return block
}

// sharedRow is the length in bytes up to which the rows of a loaded block lie in
// one piece of memory. It is gone with the last of them.
const sharedRow = 512

// A rowReader reads the rows of one block after the other.
type rowReader struct {
	buffer []byte
	slots  [blockRows]uint8
	ends   [blockRows]int // in the buffer, by the order of reading
}

// block reads the live rows of a block.
func (r *rowReader) block(c *state.Coder, block []version, live int, txn *Txn) {
	if live < 0 || live > len(block) {
		c.Damaged("a block has %d rows", live)
		return
	}
	r.buffer = r.buffer[:0]
	for i := range live {
		state.Int(c, &r.slots[i])
		before := len(r.buffer)
		r.buffer = c.Append(r.buffer)
		if c.Err() != nil {
			return
		}
		slot := int(r.slots[i])
		if slot >= len(block) || !wellFormed(r.buffer[before:]) {
			c.Damaged("a row makes no sense")
			return
		}
		if block[slot] = (version{txn: txn}); len(r.buffer)-before > sharedRow {
			block[slot].data = string(r.buffer[before:])
			r.buffer = r.buffer[:before]
		}
		r.ends[i] = len(r.buffer)
	}
	shared, begin := string(r.buffer), 0
	for i, end := range r.ends[:live] {
		if v := &block[r.slots[i]]; v.data == "" {
			v.data = shared[begin:end]
		}
		begin = end
	}
}

// wellFormed reports whether data is a packed row, so that Unpack may be called.
func wellFormed(data []byte) bool {
	for at := 0; at < len(data); {
		kind := datum.Kind(data[at])
		at++
		if kind == datum.Null {
			continue
		}
		n, next, ok := checkedLength(data, at)
		if !ok || n > len(data)-next || !datum.WellFormed(kind, n) {
			return false
		}
		at = next + n
	}
	return true
}

// checkedLength reads a length; ok is false when it has no end, or more bytes
// than any length has.
func checkedLength(data []byte, at int) (n, next int, ok bool) {
	for shift := 0; shift < 56 && at < len(data); shift += 7 {
		b := data[at]
		at++
		n |= int(b&0x7f) << shift
		if b < 0x80 {
			return n, at, true
		}
	}
	return 0, 0, false
}
