package heap

import (
	"math/rand/v2"
	"testing"
)

func TestFirstsAgreeWithAMap(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for _, mask := range []uint32{0xff, 0xffff_f000, 0xffff_ffff} { // hashes that collide, in a row or anywhere
		var f firsts
		model := map[uint32]Position{}
		for n := range 5000 {
			hash := r.Uint32() & mask
			if _, taken := model[hash]; !taken {
				model[hash] = Position(n)
				f.put(hash, Position(n))
			}
		}
		for hash := range uint32(300) {
			if _, ok := model[hash]; ok {
				continue
			}
			if p, ok := f.get(hash); ok {
				t.Errorf("mask %x: %x is at %d, but was never put", mask, hash, p)
			}
		}
		for hash, want := range model {
			if got, ok := f.get(hash); got != want || !ok {
				t.Errorf("mask %x: %x is at %d, %v, want %d", mask, hash, got, ok, want)
			}
		}
	}
}

// Keys that come and go leave their rows in the index: each is found, once.
func TestAnIndexKeepsAllRowsOfAKey(t *testing.T) {
	s, table := filled(t, 3*blockRows)
	x := NewIndex([]int{0}, true)
	if err := table.AddIndex(x); err != nil {
		t.Fatal(err)
	}
	for _, p := range []Position{9, 4, 600, 4} { // take the key of row 5, one after the other
		txn := s.Begin()
		txn.NextStatement()
		for _, q := range []Position{5, p} {
			if _, _, _, err := table.Lock(t.Context(), txn, q, Snapshot{SCN: s.SCN(), Txn: txn}, true); err != nil {
				t.Fatal(err)
			}
		}
		table.Delete(5)
		if err := table.Update(t.Context(), txn, p, number(5)); err != nil {
			t.Fatal(err)
		}
		if err := table.Update(t.Context(), txn, p, number(int(p))); err != nil {
			t.Fatal(err)
		}
		txn.Commit()
	}
	key, _ := x.keyOf(number(5))
	got := table.Lookup(x, key)
	if want := []Position{4, 5, 9, 600}; len(got) != len(want) || got[0] != 4 || got[3] != 600 {
		t.Errorf("positions %v, want %v", got, want)
	}
}
