package engine

import (
	"hash/fnv"
	"slices"
	"sync"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine/heap"
)

// A partitioning says to which partition a row belongs. All rows of a table
// lie in one heap; what partition a row is in follows from its key. Clones of
// a table share it, so that a partition that an INSERT made for an interval is
// there for all; like an identity it is not rolled back.
type partitioning struct {
	kind     string // RANGE, LIST or HASH
	slots    []int  // of the key columns
	interval *stride
	movement bool // rows may change their partition

	mu    sync.RWMutex
	parts []*partition // by position; ranges ascend
}

// A partition is one partition. Identity is by pointer.
type partition struct {
	name   string
	bounds []partitionBound
	made   bool        // by an INSERT, for an interval
	low    datum.Value // lower end of one that was made: others may be missing below it
}

// A partitionBound is one value of a partition: the upper end of a range in one column,
// or one value of a list.
type partitionBound struct {
	value datum.Value
	word  string // MAXVALUE or DEFAULT
}

// all returns the partitions by position.
func (p *partitioning) all() []*partition {
	if p == nil {
		return nil
	}
	p.mu.RLock()
	defer p.mu.RUnlock()
	return slices.Clone(p.parts)
}

// named finds a partition by its name.
func (p *partitioning) named(name string) *partition {
	list := p.all()
	if i := slices.IndexFunc(list, func(x *partition) bool { return x.name == name }); i >= 0 {
		return list[i]
	}
	return nil
}

// find returns the partition that a key belongs to, or nil.
func (p *partitioning) find(s *Session, key []datum.Value) (*partition, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.locate(s, key)
}

// locate is find for a caller that holds the mutex.
func (p *partitioning) locate(s *Session, key []datum.Value) (*partition, error) {
	if p.kind == "HASH" {
		return p.parts[hashOf(key)%uint64(len(p.parts))], nil
	}
	var byDefault *partition
	for _, x := range p.parts {
		if p.kind == "RANGE" {
			below, err := x.above(s, key)
			if below && x.made {
				n, err := s.compare(key[0], x.low, false)
				if n < 0 || err != nil {
					return nil, err
				}
			}
			if below || err != nil {
				return x, err
			}
			continue
		}
		for _, b := range x.bounds {
			if b.word == "DEFAULT" {
				byDefault = x
				continue
			}
			if same, err := sameKey(s, key[0], b.value); same || err != nil {
				return x, err
			}
		}
	}
	return byDefault, nil
}

// hashOf spreads keys over hash partitions. Oracle's own function is not
// published; this one is as good but puts rows elsewhere.
func hashOf(key []datum.Value) uint64 {
	h := fnv.New64a()
	_, _ = h.Write(heap.Pack(nil, key)) // never fails
	return h.Sum64() >> 7
}

// sameKey compares a key with a value of a list; NULL is in the list that says
// NULL.
func sameKey(s *Session, key, value datum.Value) (bool, error) {
	if key.IsNull() || value.IsNull() {
		return key.IsNull() && value.IsNull(), nil
	}
	n, err := s.compare(key, value, false)
	return n == 0, err
}

// above reports whether a key lies below the upper end of a range. NULL lies
// below MAXVALUE only.
func (x *partition) above(s *Session, key []datum.Value) (bool, error) {
	for i, b := range x.bounds {
		switch {
		case b.word == "MAXVALUE":
			return true, nil
		case key[i].IsNull():
			return false, nil
		}
		n, err := s.compare(key[i], b.value, false)
		if n != 0 || err != nil {
			return n < 0, err
		}
	}
	return false, nil
}

// route makes sure that a row, by its slots, has a partition. For an interval
// it makes one.
//
// Error: ORA-14400.
func (p *partitioning) route(s *Session, row datum.Row) error {
	if p == nil {
		return nil
	}
	key := p.key(row)
	x, err := p.find(s, key)
	if err != nil || x != nil {
		return err
	}
	if p.interval == nil || key[0].IsNull() {
		return datum.Errorf(14400, "inserted partition key does not map to any partition")
	}
	return p.extend(s, key)
}

// key picks the partition key out of a row's slots.
func (p *partitioning) key(row datum.Row) []datum.Value {
	key := make([]datum.Value, len(p.slots))
	for i, slot := range p.slots {
		if slot < len(row) {
			key[i] = row[slot]
		}
	}
	return key
}

// extend makes the partition of an interval that a key needs, unless somebody
// else just made it.
func (p *partitioning) extend(s *Session, key []datum.Value) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if x, err := p.locate(s, key); x != nil || err != nil {
		return err
	}
	last := p.parts[0]
	for _, x := range p.parts {
		if !x.made {
			last = x
		}
	}
	low, end, err := p.interval.around(last.bounds[0].value, key[0])
	if err == nil && datum.Compare(end, key[0]) <= 0 { // so far away that the arithmetic overflows
		err = datum.Errorf(14300, "partitioning key maps to a partition outside maximum permitted number of partitions")
	}
	if err != nil {
		return err
	}
	x := &partition{name: s.instance.catalog.partitionName(), bounds: []partitionBound{{value: end}}, low: low, made: true}
	at := len(p.parts)
	for i, other := range p.parts {
		n, err := s.compare(end, other.bounds[0].value, false)
		if err != nil {
			return err
		}
		if n < 0 {
			at = i
			break
		}
	}
	p.parts = slices.Insert(slices.Clone(p.parts), at, x)
	return nil
}

// stays makes sure that a changed row remains in its partition.
//
// Error: ORA-14402 unless rows may move.
func (t *table) stays(s *Session, before, after string) error {
	p := t.parts
	if p == nil || p.movement {
		return nil
	}
	row := make(datum.Row, t.slots)
	heap.Unpack(before, row)
	old, err := p.find(s, p.key(row))
	if err != nil {
		return err
	}
	clear(row)
	heap.Unpack(after, row)
	now, err := p.find(s, p.key(row))
	if err == nil && old != now {
		err = datum.Errorf(14402, "updating partition key column would cause a partition change")
	}
	return err
}
