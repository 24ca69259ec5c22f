package heap

import "math"

// firsts finds the first row of each key of an index by the key's hash. It
// takes 8 bytes for a place, and between 4/3 and 8/3 as many places as keys,
// half of what a map takes; and there is nothing in it to collect. Keys whose
// hashes share 32 bits are one key to it.
type firsts struct {
	places []place // a power of two of them, or none
	used   int
}

// A place of firsts: where the row is, plus one, or zero.
type place struct{ hash, row uint32 }

// maxIndexed is the number of rows that an index has room for; they would take
// more memory than machines have.
const maxIndexed = math.MaxUint32 - 1

// fewPlaces is what firsts begins with.
const fewPlaces = 16

// find returns the place that hash has or would have. There is one free.
func (t *firsts) find(hash uint32) *place {
	mask := uint32(len(t.places) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		if x := &t.places[i]; x.row == 0 || x.hash == hash {
			return x
		}
	}
}

// get returns the row that was put under a hash.
func (t *firsts) get(hash uint32) (p Position, ok bool) {
	if t.used == 0 {
		return 0, false
	}
	x := t.find(hash)
	return Position(x.row) - 1, x.row != 0
}

// put puts a row under a hash that has none.
func (t *firsts) put(hash uint32, p Position) {
	if p >= maxIndexed {
		panic("heap: more rows than an index has room for")
	}
	if t.used >= len(t.places)/4*3 {
		t.grow()
	}
	*t.find(hash) = place{hash: hash, row: uint32(p) + 1}
	t.used++
}

func (t *firsts) grow() {
	old := t.places
	t.places = make([]place, max(fewPlaces, 2*len(old)))
	for _, x := range old {
		if x.row != 0 {
			*t.find(x.hash) = x
		}
	}
}
