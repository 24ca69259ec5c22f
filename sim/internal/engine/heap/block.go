package heap

import (
	"sort"
	"strings"
	"unsafe"
)

// blockRows is the number of rows that are read under one lock acquisition.
const blockRows = 256

// packedRow is the longest row in bytes that is packed. The rows of a packed
// block lie in one piece of memory, which is gone with the last of them.
const packedRow = 512

// A block is blockRows rows, or fewer at the end of a table. It is in one of
// three forms: rows stand by themselves, which a block begins with; packed, once
// it is full; or neither, when it is full of rows that nobody sees.
type block struct {
	rows   []version // with room for blockRows
	packed *packed
}

// packed is a full block of short rows to which nothing happened after they were
// inserted. By itself, each would take 40 bytes more, which is what the values of
// a row of four columns take, with three pointers for the garbage collector to
// follow.
type packed struct {
	data string // the rows, one behind the other
	runs []run
	ends [blockRows]uint32 // where each ends in data
}

// A run is the neighbouring rows that one statement inserted.
type run struct {
	txn   *Txn // nil for slots whose insert was undone
	seq   uint32
	until uint32 // slot behind the last
}

// size returns how many rows the block has.
func (b *block) size() int {
	if b.rows != nil {
		return len(b.rows)
	}
	return blockRows
}

// at returns a copy of a row's newest version.
func (b *block) at(slot int) version {
	switch {
	case b.rows != nil:
		return b.rows[slot]
	case b.packed != nil:
		return b.packed.at(slot)
	}
	return version{deleted: true}
}

func (p *packed) at(slot int) version {
	i := sort.Search(len(p.runs), func(i int) bool { return int(p.runs[i].until) > slot })
	return p.runs[i].version(p.row(slot))
}

func (r *run) version(data string) version {
	return version{data: data, txn: r.txn, seq: r.seq, deleted: r.txn == nil}
}

// row returns the data of a row.
func (p *packed) row(slot int) string {
	if slot == 0 {
		return p.data[:p.ends[0]]
	}
	return p.data[p.ends[slot-1]:p.ends[slot]]
}

// unpack lets the rows of the block stand by themselves, so that they can be
// written to.
func (b *block) unpack() {
	if b.rows != nil {
		return
	}
	rows := make([]version, blockRows)
	for slot := range rows {
		rows[slot] = b.at(slot)
	}
	b.rows, b.packed = rows, nil
}

// pack packs a full block, into shared if its rows are just that. It reports
// false, and does nothing, when the block has long rows or such with a history.
func (b *block) pack(shared string) bool {
	size, runs := 0, 1
	same := true
	for slot := range b.rows {
		v := &b.rows[slot]
		if len(v.data) > packedRow || v.prev != nil || v.deleted != (v.txn == nil) {
			return false
		}
		same = same && isAt(shared, size, v.data)
		size += len(v.data)
		if slot > 0 && !v.sameStatement(&b.rows[slot-1]) {
			runs++
		}
	}
	p := &packed{runs: make([]run, 0, runs), data: shared}
	if !same || size != len(shared) {
		p.data = joined(b.rows, size)
	}
	end := 0
	for slot := range b.rows {
		v := &b.rows[slot]
		end += len(v.data)
		p.end(slot, end, v.txn, v.seq)
	}
	b.rows, b.packed = nil, p
	return true
}

// isAt reports whether piece lies in whole at an offset: not whether it is
// equal, but whether it is the same memory.
func isAt(whole string, offset int, piece string) bool {
	return offset+len(piece) <= len(whole) && unsafe.StringData(whole[offset:]) == unsafe.StringData(piece)
}

// joined copies rows behind each other.
func joined(rows []version, size int) string {
	var data strings.Builder
	data.Grow(size)
	for slot := range rows {
		data.WriteString(rows[slot].data)
	}
	return data.String()
}

// end notes who inserted the next row, and where it ends.
func (p *packed) end(slot, end int, txn *Txn, seq uint32) {
	p.ends[slot] = uint32(end)
	if n := len(p.runs); n > 0 && p.runs[n-1].txn == txn && p.runs[n-1].seq == seq {
		p.runs[n-1].until++
		return
	}
	p.runs = append(p.runs, run{txn: txn, seq: seq, until: uint32(slot + 1)})
}

// sameStatement reports whether two rows were inserted by one statement.
func (v *version) sameStatement(other *version) bool { return v.txn == other.txn && v.seq == other.seq }

// row returns a row's newest version, to be written to; the caller holds the
// write lock.
func (t *Table) row(p Position) *version {
	b := &t.blocks[p/blockRows]
	b.unpack()
	return &b.rows[p%blockRows]
}

// at returns a copy of a row's newest version; the caller holds a lock.
func (t *Table) at(p Position) version { return t.blocks[p/blockRows].at(int(p % blockRows)) }

// size returns the number of row slots; the caller holds the lock.
func (t *Table) size() Position {
	if len(t.blocks) == 0 {
		return 0
	}
	last := len(t.blocks) - 1
	return Position(last)*blockRows + Position(t.blocks[last].size())
}

// Room returns how many rows the table's last block still takes, or, when it is
// full, how many the next does. Rows that come block by block cost least.
func (t *Table) Room() int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return blockRows - int(t.size()%blockRows)
}

// push appends a row slot, whose data may be a piece of shared; the caller holds
// the write lock.
func (t *Table) push(v version, shared string) Position {
	if n := len(t.blocks); n == 0 || t.blocks[n-1].size() == blockRows {
		if t.spare == nil {
			t.spare = make([]version, 0, blockRows)
		}
		t.blocks = append(t.blocks, block{rows: t.spare})
		t.spare = nil
	}
	last := len(t.blocks) - 1
	b := &t.blocks[last]
	b.rows = append(b.rows, v)
	if rows := b.rows; len(rows) == blockRows && b.pack(shared) {
		clear(rows)
		t.spare = rows[:0]
	}
	return t.size() - 1
}

// remove makes inserted rows slots that nobody sees; the caller holds the write
// lock.
func (t *Table) remove(first Position, count int) {
	for count > 0 {
		b, slot := &t.blocks[first/blockRows], int(first%blockRows)
		n := min(count, blockRows-slot)
		if n == blockRows {
			*b = block{}
		} else {
			b.unpack()
			for i := range n {
				b.rows[slot+i] = version{deleted: true}
			}
		}
		first, count = first+Position(n), count-n
	}
}
