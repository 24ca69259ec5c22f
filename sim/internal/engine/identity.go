package engine

import "sync"

// An identity is the generator behind an identity column. Clones of a table
// share it. Like a sequence it is not rolled back.
type identity struct {
	always, onNull bool
	start, by      int64
	sequence       string // name of the sequence in the dictionary

	mu   sync.Mutex
	last int64
	used bool
}

// next draws a number; it is used up whatever becomes of the row.
func (i *identity) next() int64 {
	i.mu.Lock()
	defer i.mu.Unlock()
	if !i.used {
		i.used, i.last = true, i.start
	} else {
		i.last += i.by
	}
	return i.last
}

// peek returns the number the generator would give next.
func (i *identity) peek() int64 {
	i.mu.Lock()
	defer i.mu.Unlock()
	if !i.used {
		return i.start
	}
	return i.last + i.by
}
