package heap

import (
	"runtime"
	"slices"
	"strings"
	"testing"
)

// insertPieces inserts copies of rows that share memory.
func insertPieces(t testing.TB, table *Table, txn *Txn, rows []string) error {
	t.Helper()
	shared := strings.Join(rows, "")
	rows = slices.Clone(rows)
	begin := 0
	for i := range rows {
		end := begin + len(rows[i])
		rows[i], begin = shared[begin:end], end
	}
	_, err := table.InsertPieces(t.Context(), txn, rows, shared)
	return err
}

// filled makes a table of the numbers from 0 on and commits it.
func filled(t testing.TB, rows int) (*Store, *Table) {
	t.Helper()
	s := testStore(t)
	table := s.NewTable()
	txn := s.Begin()
	txn.NextStatement()
	for n := range rows {
		if err := table.Insert(t.Context(), txn, []string{number(n)}); err != nil {
			t.Fatal(err)
		}
	}
	txn.Commit()
	return s, table
}

// forms tells the forms of a table's blocks: r(ows), p(acked) or - for nothing.
func forms(table *Table) string {
	var b strings.Builder
	for i := range table.blocks {
		switch {
		case table.blocks[i].rows != nil:
			b.WriteByte('r')
		case table.blocks[i].packed != nil:
			b.WriteByte('p')
		default:
			b.WriteByte('-')
		}
	}
	return b.String()
}

func TestFullBlocksArePacked(t *testing.T) {
	long := strings.Repeat("x", packedRow)
	for name, tt := range map[string]struct {
		do   func(t *testing.T, s *Store, table *Table, txn *Txn)
		want string
	}{
		"nothing":       {func(*testing.T, *Store, *Table, *Txn) {}, "ppr"},
		"another block": {func(t *testing.T, _ *Store, table *Table, txn *Txn) { add(t, table, txn, table.Room(), number(1)) }, "ppp"},
		"a long row":    {func(t *testing.T, _ *Store, table *Table, txn *Txn) { add(t, table, txn, table.Room(), number(1)+long) }, "ppr"},
		"a deleted row": {func(t *testing.T, s *Store, table *Table, txn *Txn) {
			lock(t, s, table, txn, 300)
			table.Delete(300)
		}, "prr"},
		"a locked row": {func(t *testing.T, s *Store, table *Table, txn *Txn) { lock(t, s, table, txn, 0) }, "rpr"},
		"an undone block": {func(t *testing.T, _ *Store, table *Table, txn *Txn) {
			mark := txn.Mark()
			add(t, table, txn, table.Room()+blockRows, number(1))
			txn.RollbackTo(mark)
		}, "ppr-"},
	} {
		t.Run(name, func(t *testing.T) {
			s, table := filled(t, 2*blockRows+10)
			txn := s.Begin()
			txn.NextStatement()
			tt.do(t, s, table, txn)
			if got := forms(table); got != tt.want {
				t.Errorf("blocks %q, want %q", got, tt.want)
			}
			txn.Rollback()
			if got := contents(t, table, Snapshot{SCN: s.SCN()}); len(got) != 2*blockRows+10 || !slices.IsSorted(got) {
				t.Errorf("rows after a rollback: %v", got)
			}
		})
	}
}

func add(t *testing.T, table *Table, txn *Txn, count int, row string) {
	t.Helper()
	if err := table.Insert(t.Context(), txn, slices.Repeat([]string{row}, count)); err != nil {
		t.Fatal(err)
	}
}

func lock(t *testing.T, s *Store, table *Table, txn *Txn, p Position) {
	t.Helper()
	snap := Snapshot{SCN: s.SCN(), Txn: txn, Seq: txn.Statements()}
	if data, moved, gone, err := table.Lock(t.Context(), txn, p, snap, false); data != number(int(p)) || moved || gone || err != nil {
		t.Fatal(data, moved, gone, err)
	}
}

// The statements of a transaction see its earlier ones, block by block.
func TestPackedBlocksKnowTheirStatements(t *testing.T) {
	s := testStore(t)
	table := s.NewTable()
	txn := s.Begin()
	for n := range 3 * blockRows {
		if n%100 == 0 {
			txn.NextStatement()
		}
		add(t, table, txn, 1, number(n))
	}
	for seq := range txn.Statements() + 2 {
		want := min(100*max(0, int(seq)-1), 3*blockRows)
		if got := contents(t, table, Snapshot{SCN: s.SCN(), Txn: txn, Seq: seq}); len(got) != want {
			t.Errorf("statement %d sees %d rows, want %d", seq, len(got), want)
		}
		for p := range table.Size() {
			_, ok, err := table.Get(p, Snapshot{SCN: s.SCN(), Txn: txn, Seq: seq})
			if ok != (int(p) < want) || err != nil {
				t.Fatalf("statement %d sees row %d: %v, %v", seq, p, ok, err)
			}
		}
	}
	if got := contents(t, table, Snapshot{SCN: s.SCN()}); len(got) != 0 {
		t.Errorf("others see %d rows", len(got))
	}
}

func TestSharedMemoryIsKeptOnlyAsItIs(t *testing.T) {
	for name, insert := range map[string]func(*Table, *Txn, []string) error{
		"one block": func(table *Table, txn *Txn, rows []string) error { return insertPieces(t, table, txn, rows) },
		"a block and more": func(table *Table, txn *Txn, rows []string) error {
			return insertPieces(t, table, txn, append(slices.Clone(rows), number(1)))
		},
		"two halves": func(table *Table, txn *Txn, rows []string) error {
			return firstError(insertPieces(t, table, txn, rows[:100]), insertPieces(t, table, txn, rows[100:]))
		},
		"no memory of theirs": func(table *Table, txn *Txn, rows []string) error {
			_, err := table.InsertPieces(t.Context(), txn, rows, strings.Join(rows, ""))
			return err
		},
	} {
		s := testStore(t)
		table := s.NewTable()
		txn := s.Begin()
		var rows []string
		for n := range blockRows {
			rows = append(rows, number(n*n))
		}
		if err := insert(table, txn, rows); err != nil {
			t.Fatal(err)
		}
		txn.Commit()
		for p, want := range rows {
			if got, _, err := table.Get(Position(p), Snapshot{SCN: s.SCN()}); got != want || err != nil {
				t.Errorf("%s, row %d: %q, want %q, %v", name, p, got, want, err)
			}
		}
		if n := len(strings.Join(rows, "")); len(table.blocks[0].packed.data) != n {
			t.Errorf("%s: %d bytes are kept for %d", name, len(table.blocks[0].packed.data), n)
		}
	}
}

func firstError(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// The budget is twice the data, and rows of four scalars
// have some 50 bytes.
func TestRowsTakeLittleMoreThanTheirData(t *testing.T) {
	const rows = 200 * blockRows
	row := number(1) + strings.Repeat("x", 46)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	s := testStore(t)
	table := s.NewTable()
	txn := s.Begin()
	for range rows {
		add(t, table, txn, 1, row)
	}
	txn.Commit()
	runtime.GC()
	runtime.ReadMemStats(&after)
	perRow := float64(after.HeapAlloc-before.HeapAlloc) / rows
	if limit := 1.3 * float64(len(row)); perRow > limit {
		t.Errorf("%.1f bytes for a row of %d, at most %.1f", perRow, len(row), limit)
	}
	runtime.KeepAlive(table)
}
