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
		c.Damaged("the SCN %d is out of range", scn)
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
	var reader rowReader
	for size > 0 && c.Err() == nil {
		n := int(min(size, blockRows))
		var live int
		state.Int(c, &live)
		t.blocks = append(t.blocks, reader.block(c, n, live, s.restored))
		size -= Position(n)
	}
	return t
}

// A rowReader reads the rows of one block after the other.
type rowReader struct {
	buffer []byte
	slots  [blockRows]uint8
	ends   [blockRows]int    // in the buffer, by the order of reading
	long   [blockRows]string // rows that are not in the buffer
	apart  bool              // there are such
}

// block reads the live rows of a block of n rows. A part of a block grows, so
// its rows stand by themselves.
func (r *rowReader) block(c *state.Coder, n, live int, txn *Txn) block {
	if live < 0 || live > n {
		c.Damaged("a block has %d rows", live)
		return block{}
	}
	r.buffer, r.apart = r.buffer[:0], false
	for i := range live {
		if !r.row(c, i, n) {
			return block{}
		}
	}
	switch {
	case n < blockRows || r.apart:
		return r.rows(n, live, txn)
	case live > 0:
		return r.packed(live, txn)
	}
	return block{}
}

// row reads the i-th live row of a block of n rows; ok is false after an error.
func (r *rowReader) row(c *state.Coder, i, n int) (ok bool) {
	state.Int(c, &r.slots[i])
	begin := len(r.buffer)
	r.buffer = c.Append(r.buffer)
	if c.Err() != nil {
		return false
	}
	if int(r.slots[i]) >= n || i > 0 && r.slots[i] <= r.slots[i-1] || !wellFormed(r.buffer[begin:]) {
		c.Damaged("row %d of a block cannot be read", i)
		return false
	}
	if r.long[i] = ""; len(r.buffer)-begin > packedRow {
		r.long[i], r.apart = string(r.buffer[begin:]), true
		r.buffer = r.buffer[:begin]
	}
	r.ends[i] = len(r.buffer)
	return true
}

// rows makes a block of what was read, in which short rows share memory.
func (r *rowReader) rows(n, live int, txn *Txn) block {
	rows := make([]version, n, blockRows)
	for slot := range rows {
		rows[slot].deleted = true
	}
	shared, begin := string(r.buffer), 0
	for i, end := range r.ends[:live] {
		data := r.long[i]
		if data == "" {
			data = shared[begin:end]
		}
		rows[r.slots[i]] = version{data: data, txn: txn}
		begin = end
	}
	return block{rows: rows}
}

// packed makes a full block of what was read.
func (r *rowReader) packed(live int, txn *Txn) block {
	p := &packed{data: string(r.buffer)}
	i, end := 0, 0
	for slot := range blockRows {
		if i < live && int(r.slots[i]) == slot {
			end = r.ends[i]
			p.end(slot, end, txn, 0)
			i++
		} else {
			p.end(slot, end, nil, 0)
		}
	}
	return block{packed: p}
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
