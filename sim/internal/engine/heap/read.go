package heap

// A Scan reads the rows of a table that a snapshot sees, in order of position.
// Rows that are inserted while it runs are outside the snapshot anyway.
type Scan struct {
	table *Table
	snap  Snapshot
	next  Position
	until Position
	batch [blockRows]found
	n, at int
}

type found struct {
	position Position
	data     string
}

// Scan starts reading.
func (t *Table) Scan(snap Snapshot) *Scan {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return &Scan{table: t, snap: snap, until: t.size()}
}

// Next returns the next row; ok is false at the end.
//
// Error: ErrTooOld when a version that the snapshot needs is no longer kept.
func (s *Scan) Next() (p Position, data string, ok bool, err error) {
	for s.at == s.n {
		if s.next >= s.until {
			return 0, "", false, nil
		}
		if err := s.fill(); err != nil {
			return 0, "", false, err
		}
	}
	f := &s.batch[s.at]
	s.at++
	return f.position, f.data, true, nil
}

// fill reads the next block.
func (s *Scan) fill() error {
	s.table.mu.RLock()
	defer s.table.mu.RUnlock()
	s.n, s.at = 0, 0
	b := &s.table.blocks[s.next/blockRows]
	n := int(min(blockRows, s.until-s.next))
	switch {
	case b.packed != nil:
		s.fillPacked(b.packed, n)
	case b.rows != nil:
		for slot := range n {
			v := s.snap.find(&b.rows[slot])
			if v == forgotten {
				return ErrTooOld
			}
			if v != nil {
				s.take(slot, v.data)
			}
		}
	}
	s.next += Position(n)
	return nil
}

// take notes that the snapshot sees a row of the block that is read.
func (s *Scan) take(slot int, data string) {
	s.batch[s.n] = found{s.next + Position(slot), data}
	s.n++
}

// fillPacked reads the first slots of a packed block.
func (s *Scan) fillPacked(b *packed, slots int) {
	slot := 0
	for i := range b.runs {
		r := &b.runs[i]
		until := min(int(r.until), slots)
		if r.txn != nil && s.snap.covers(r.txn, r.seq) {
			for ; slot < until; slot++ {
				s.take(slot, b.row(slot))
			}
		}
		slot = until
	}
}

// Get returns what a snapshot sees of one row.
func (t *Table) Get(p Position, snap Snapshot) (data string, ok bool, err error) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if p >= t.size() {
		return "", false, nil
	}
	newest := t.at(p)
	v := snap.find(&newest)
	switch v {
	case nil:
		return "", false, nil
	case forgotten:
		return "", false, ErrTooOld
	}
	return v.data, true, nil
}

// Blocks returns how many blocks of rows the table has.
func (t *Table) Blocks() int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return len(t.blocks)
}
