package heap

import (
	"hash/maphash"
	"slices"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// noPosition is the position of a row that is not stored yet.
const noPosition = ^Position(0)

// An Index finds rows by the equality of some of their values. It keeps only
// hashes and positions: whoever looks a key up checks what the row holds. Rows
// stay in it for all keys they ever had, because old snapshots need them.
type Index struct {
	Slots  []int // places of the key values in a packed row
	Unique bool

	seed  maphash.Seed
	width int
	first firsts
	more  map[uint32][]Position // further rows, in order
	row   datum.Row             // scratch, used under the table's write lock

	compute func(data string) datum.Row // makes the key of an index without Slots
}

// NewIndex makes an index over the values at slots.
func NewIndex(slots []int, unique bool) *Index {
	x := &Index{
		Slots: slots, Unique: unique, seed: maphash.MakeSeed(), width: slices.Max(slots) + 1,
		more: map[uint32][]Position{},
	}
	x.row = make(datum.Row, x.width)
	return x
}

// NewComputedIndex makes a unique index over values that compute makes of a
// packed row. It is called under the table's write lock, by one caller at a
// time.
func NewComputedIndex(compute func(data string) datum.Row) *Index {
	return &Index{
		Unique: true, seed: maphash.MakeSeed(), more: map[uint32][]Position{}, compute: compute,
	}
}

// AddIndex builds an index over the existing rows and keeps it up to date.
//
// Error: *Duplicate when it is unique and the rows are not.
func (t *Table) AddIndex(x *Index) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for p := range t.size() {
		v := t.at(p)
		if v.deleted {
			continue
		}
		if x.Unique {
			if holder, err := t.holder(x, nil, v.data, p); err != nil || holder != nil {
				return &Duplicate{Index: x}
			}
		}
		x.add(v.data, p)
	}
	t.indexes = append(t.indexes, x)
	return nil
}

// DropIndex forgets an index.
func (t *Table) DropIndex(x *Index) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.indexes = slices.DeleteFunc(t.indexes, func(i *Index) bool { return i == x })
}

// Key returns the key that values have, in the order of Slots; ok is false when
// all are NULL, which no index holds.
func (x *Index) Key(values datum.Row) (key []byte, ok bool) {
	for _, v := range values {
		ok = ok || !v.IsNull()
	}
	return Pack(nil, values), ok
}

// keyOf is Key of a packed row.
func (x *Index) keyOf(data string) ([]byte, bool) {
	if x.compute != nil {
		return x.Key(x.compute(data))
	}
	row := x.row
	clear(row)
	Unpack(data, row)
	var scratch [8]datum.Value
	values := scratch[:0]
	for _, s := range x.Slots {
		values = append(values, row[s])
	}
	return x.Key(values)
}

// matches compares the key of a row with a key, byte by byte.
func (x *Index) matches(data string, key []byte) bool {
	own, ok := x.keyOf(data)
	return ok && string(own) == string(key)
}

// add notes that the row at p has, or has had, the key of data.
func (x *Index) add(data string, p Position) {
	key, ok := x.keyOf(data)
	if !ok {
		return
	}
	h := x.hash(key)
	old, taken := x.first.get(h)
	if !taken {
		x.first.put(h, p)
		return
	}
	if old == p {
		return
	}
	if i, ok := slices.BinarySearch(x.more[h], p); !ok {
		x.more[h] = slices.Insert(x.more[h], i, p)
	}
}

func (x *Index) hash(key []byte) uint32 { return uint32(maphash.Bytes(x.seed, key)) }

// lookup returns the rows that may have a key; the caller holds a lock.
func (x *Index) lookup(key []byte) []Position {
	h := x.hash(key)
	p, ok := x.first.get(h)
	if !ok {
		return nil
	}
	return append([]Position{p}, x.more[h]...)
}

// Lookup returns the positions of rows that may have or have had a key.
func (t *Table) Lookup(x *Index, key []byte) []Position {
	t.mu.RLock()
	defer t.mu.RUnlock()
	found := x.lookup(key)
	slices.Sort(found)
	return found
}
