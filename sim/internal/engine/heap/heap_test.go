package heap

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

func testStore(t testing.TB) *Store {
	t.Helper()
	now := time.Unix(0, 0)
	return NewStore(func() time.Time { now = now.Add(time.Second); return now }, time.Hour)
}

// number packs a row of one number.
func number(n int) string { return string(Pack(nil, datum.Row{datum.FromInt(int64(n))})) }

// contents reads the numbers a snapshot sees.
func contents(t testing.TB, table *Table, snap Snapshot) []int {
	t.Helper()
	var out []int
	row := make(datum.Row, 1)
	scan := table.Scan(snap)
	for {
		_, data, ok, err := scan.Next()
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			return out
		}
		Unpack(data, row)
		n, _ := row[0].Int()
		out = append(out, int(n))
	}
}

func TestPackKeepsEveryValue(t *testing.T) {
	long := make([]byte, 70_000)
	row := datum.Row{
		datum.NULL, datum.FromInt(-5), datum.FromText("x"), datum.FromClob(""), datum.FromClob(string(long)),
		datum.FromRaw(long[:127]), datum.FromRaw(long[:128]), datum.FromBool(false), datum.FromIntervalYM(-3),
	}
	packed := string(Pack(nil, row))
	got := make(datum.Row, len(row)+2)
	if n := Unpack(packed, got); n != len(row) || !slices.Equal(got[:n], row) {
		t.Errorf("%d values came back", n)
	}
	short := make(datum.Row, 2)
	if n := Unpack(packed, short); n != 2 || short[1] != row[1] {
		t.Errorf("prefix: %d %v", n, short)
	}
}

func TestUniqueIndexFollowsTransactions(t *testing.T) {
	s := testStore(t)
	table := s.NewTable()
	if err := table.AddIndex(NewIndex([]int{0}, true)); err != nil {
		t.Fatal(err)
	}
	insert := func(n int) error {
		txn := s.Begin()
		txn.NextStatement()
		if err := table.Insert(t.Context(), txn, []string{number(n)}); err != nil {
			txn.Rollback()
			return err
		}
		txn.Commit()
		return nil
	}
	if err := insert(1); err != nil {
		t.Fatal(err)
	}
	if _, ok := errors.AsType[*Duplicate](insert(1)); !ok {
		t.Error("a second 1 was accepted")
	}
	txn := s.Begin()
	txn.NextStatement()
	if err := table.Insert(t.Context(), txn, []string{number(2)}); err != nil {
		t.Fatal(err)
	}
	txn.Rollback()
	if err := insert(2); err != nil {
		t.Errorf("key of an undone insert: %v", err)
	}
	txn = s.Begin()
	txn.NextStatement()
	if _, _, _, err := table.Lock(t.Context(), txn, 0, Snapshot{SCN: s.SCN(), Txn: txn, Seq: 1}, true); err != nil {
		t.Fatal(err)
	}
	table.Delete(0)
	txn.Commit()
	if err := insert(1); err != nil {
		t.Errorf("key of a deleted row: %v", err)
	}
}

// Random transactions are checked against copies of the state at every SCN.
func TestSnapshotsAgreeWithAModel(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	s := testStore(t)
	table := s.NewTable()
	model := map[Position]int{}
	states := map[uint64][]int{s.SCN(): nil}
	for range 300 {
		txn := s.Begin()
		work := maps.Clone(model)
		for range 1 + r.IntN(4) {
			step(t, r, s, table, txn, work)
		}
		if r.IntN(3) == 0 {
			txn.Rollback()
			continue
		}
		scn := txn.Commit()
		model = work
		states[scn] = sorted(model)
	}
	for scn, want := range states {
		got := contents(t, table, Snapshot{SCN: scn})
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("SCN %d\n%s", scn, diff)
		}
	}
}

// step runs one statement; one in four is undone to its mark.
func step(t *testing.T, r *rand.Rand, s *Store, table *Table, txn *Txn, work map[Position]int) {
	t.Helper()
	seq := txn.NextStatement()
	mark := txn.Mark()
	undo := r.IntN(4) == 0
	snap := Snapshot{SCN: s.SCN(), Txn: txn, Seq: seq}
	n := r.IntN(1000)
	if len(work) == 0 || r.IntN(3) == 0 {
		first := table.Size()
		rows := 1
		if r.IntN(3) == 0 {
			rows = r.IntN(300) // blocks become full
		}
		insertNumbers(t, r, table, txn, n, rows)
		if undo {
			txn.RollbackTo(mark)
			return
		}
		for i := range rows {
			work[first+Position(i)] = n + i
		}
		return
	}
	keys := make([]Position, 0, len(work))
	for p := range work {
		keys = append(keys, p)
	}
	slices.Sort(keys)
	p := keys[r.IntN(len(keys))]
	if _, moved, gone, err := table.Lock(t.Context(), txn, p, snap, true); err != nil || moved || gone {
		t.Fatal(moved, gone, err)
	}
	remove := r.IntN(2) == 0
	if remove {
		table.Delete(p)
	} else if err := table.Update(t.Context(), txn, p, number(n)); err != nil {
		t.Fatal(err)
	}
	switch {
	case undo:
		txn.RollbackTo(mark)
	case remove:
		delete(work, p)
	default:
		work[p] = n
	}
}

// insertNumbers inserts numbers from n on: from pieces of one memory, or not.
func insertNumbers(t *testing.T, r *rand.Rand, table *Table, txn *Txn, n, count int) {
	t.Helper()
	rows := make([]string, count)
	for i := range rows {
		rows[i] = number(n + i)
	}
	insert := func(rows []string) error { return table.Insert(t.Context(), txn, rows) }
	if r.IntN(2) == 0 {
		insert = func(rows []string) error { return insertPieces(t, table, txn, rows) }
	}
	for len(rows) > 0 {
		n := min(len(rows), table.Room())
		if err := insert(rows[:n]); err != nil {
			t.Fatal(err)
		}
		rows = rows[n:]
	}
}

func sorted(m map[Position]int) []int {
	var out []int
	for _, n := range m {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// What is dropped after the retention is reported, not misread.
func TestForgottenVersionsAreReported(t *testing.T) {
	now := time.Unix(0, 0)
	s := NewStore(func() time.Time { return now }, time.Minute)
	table := s.NewTable()
	change := func(write func(txn *Txn)) uint64 {
		txn := s.Begin()
		txn.NextStatement()
		write(txn)
		defer func() { now = now.Add(time.Hour) }()
		return txn.Commit()
	}
	first := change(func(txn *Txn) {
		if err := table.Insert(t.Context(), txn, []string{number(1)}); err != nil {
			t.Fatal(err)
		}
	})
	for i := range 4 {
		change(func(txn *Txn) {
			if _, _, _, err := table.Lock(t.Context(), txn, 0, Snapshot{SCN: s.SCN()}, true); err != nil {
				t.Fatal(err)
			}
			if err := table.Update(t.Context(), txn, 0, number(i+2)); err != nil {
				t.Fatal(err)
			}
		})
	}
	if got := contents(t, table, Snapshot{SCN: s.SCN()}); fmt.Sprint(got) != "[5]" {
		t.Errorf("now: %v", got)
	}
	if _, _, _, err := table.Scan(Snapshot{SCN: first}).Next(); !errors.Is(err, ErrTooOld) {
		t.Errorf("dropped version: %v", err)
	}
	if s.Retained(first) || !s.Retained(s.SCN()) {
		t.Error("retention is not what it was set to")
	}
}
