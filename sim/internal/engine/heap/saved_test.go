package heap

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/state"
)

// stored is a store with one table, as the part of a state.
type stored struct {
	store *Store
	table *Table
}

type storedPicture struct {
	*Picture
	table *Table
}

func (s *stored) Section() string        { return "heap" }
func (s *stored) Hold() func()           { return func() {} }
func (s *stored) Capture() state.Picture { return storedPicture{s.store.Capture(), s.table} }
func (p storedPicture) Save(c *state.Coder) {
	p.Picture.Save(c)
	p.SaveRows(c, p.table)
}

func (s *stored) Load(c *state.Coder) error {
	s.store.Load(c)
	s.table = s.store.LoadRows(c)
	return nil
}

// again returns what is loaded from what is saved.
func again(t testing.TB, store *Store, table *Table) (*Store, *Table) {
	t.Helper()
	capture := state.Take([]state.Part{&stored{store, table}})
	defer capture.Close()
	section, err := capture.Bytes(0)
	if err != nil {
		t.Fatal(err)
	}
	back := &stored{store: testStore(t)}
	if err := state.LoadBytes(back, section); err != nil {
		t.Fatal(err)
	}
	return back.store, back.table
}

// positions reads where the rows are that are visible now.
func positions(t testing.TB, s *Store, table *Table) (list []Position) {
	t.Helper()
	scan := table.Scan(Snapshot{SCN: s.SCN()})
	for {
		p, _, ok, err := scan.Next()
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			return list
		}
		list = append(list, p)
	}
}

func TestRowsKeepTheirPositions(t *testing.T) {
	for name, tt := range map[string]struct {
		rows int
		dead func(Position) bool
	}{
		"none":                 {0, nil},
		"one block in part":    {10, func(p Position) bool { return p == 3 }},
		"exactly one block":    {blockRows, func(p Position) bool { return p == 0 }},
		"blocks without a row": {5 * blockRows, func(p Position) bool { return p/blockRows%2 == 1 }},
		"dead at the end":      {2*blockRows + 7, func(p Position) bool { return p > 100 }},
		"all dead":             {blockRows + 1, func(Position) bool { return true }},
	} {
		t.Run(name, func(t *testing.T) {
			store := testStore(t)
			table := store.NewTable()
			txn := store.Begin()
			for n := range tt.rows {
				if err := table.Insert(t.Context(), txn, []string{number(n)}); err != nil {
					t.Fatal(err)
				}
			}
			txn.Commit()
			txn = store.Begin()
			txn.NextStatement()
			for p := range table.Size() {
				if tt.dead(p) {
					if _, _, _, err := table.Lock(t.Context(), txn, p, Snapshot{SCN: store.SCN()}, true); err != nil {
						t.Fatal(err)
					}
					table.Delete(p)
				}
			}
			txn.Commit()
			s, loaded := again(t, store, table)
			if got, want := positions(t, s, loaded), positions(t, store, table); !slices.Equal(got, want) {
				t.Errorf("positions %v, want %v", got, want)
			}
			if got, want := contents(t, loaded, Snapshot{SCN: s.SCN()}), contents(t, table, Snapshot{SCN: store.SCN()}); !slices.Equal(got, want) {
				t.Errorf("rows %v, want %v", got, want)
			}
			txn = s.Begin()
			at, err := loaded.InsertOne(t.Context(), txn, number(1))
			if err != nil || at != table.Size() {
				t.Errorf("the next row is at %d, %v", at, err)
			}
			txn.Rollback()
			s, loaded = again(t, s, loaded)
			if got := len(positions(t, s, loaded)); got != len(positions(t, store, table)) {
				t.Errorf("after a second time: %d rows", got)
			}
		})
	}
}

func TestShortAndLongRowsComeBack(t *testing.T) {
	store := testStore(t)
	table := store.NewTable()
	txn := store.Begin()
	var want []string
	for n := range 3 * blockRows {
		size := n * 7 % (2 * packedRow)
		if n%100 == 0 {
			size = 100_000 // more than a frame
		}
		want = append(want, string(Pack(nil, datum.Row{datum.FromInt(int64(n)), datum.FromClob(strings.Repeat("x", size))})))
	}
	if err := table.Insert(t.Context(), txn, want); err != nil {
		t.Fatal(err)
	}
	txn.Commit()
	s, loaded := again(t, store, table)
	for p, row := range want {
		if got, ok, err := loaded.Get(Position(p), Snapshot{SCN: s.SCN()}); got != row || !ok || err != nil {
			t.Fatalf("row %d: %d bytes instead of %d, %v, %v", p, len(got), len(row), ok, err)
		}
	}
}

func TestDeadRowsOfSharedBlocksStayApart(t *testing.T) {
	store := testStore(t)
	table := store.NewTable()
	txn := store.Begin()
	txn.NextStatement()
	rows := slices.Repeat([]string{number(1)}, 3*blockRows)
	if err := table.Insert(t.Context(), txn, rows); err != nil {
		t.Fatal(err)
	}
	txn.Rollback()
	s, loaded := again(t, store, table)
	txn = s.Begin()
	txn.NextStatement()
	if _, _, gone, err := loaded.Lock(t.Context(), txn, 5, Snapshot{SCN: s.SCN(), Txn: txn}, true); !gone || err != nil {
		t.Errorf("a dead row: gone %v, %v", gone, err)
	}
	if err := loaded.Insert(t.Context(), txn, rows[:3]); err != nil {
		t.Fatal(err)
	}
	txn.Commit()
	if got := contents(t, loaded, Snapshot{SCN: s.SCN()}); len(got) != 3 {
		t.Errorf("rows %v", got)
	}
}

func TestTheSCNMovesOnByMoreThanWasLost(t *testing.T) {
	store := testStore(t)
	table := store.NewTable()
	saved := store.SCN()
	capture := state.Take([]state.Part{&stored{store, table}})
	section, err := capture.Bytes(0)
	capture.Close()
	if err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		store.Advance()
	}
	later := time.Unix(100, 0)
	back := &stored{store: NewStore(func() time.Time { return later }, time.Hour)}
	if err := state.LoadBytes(back, section); err != nil {
		t.Fatal(err)
	}
	if got := back.store.SCN(); got < store.SCN() || got != back.store.Resumed() || got-saved < restartMargin+90*restartPace {
		t.Errorf("SCN %d after %d", got, saved)
	}
	if back.store.Retained(saved) || !back.store.Retained(back.store.SCN()) {
		t.Error("retained: only what came after the restart may be")
	}
	if scn, ok := back.store.At(time.Unix(50, 0)); !ok || scn >= back.store.Resumed() {
		t.Errorf("SCN %d at a time before the restart", scn)
	}
}

func TestAPictureKeepsItsVersions(t *testing.T) {
	store := NewStore(time.Now, 0) // no undo retention at all
	table := store.NewTable()
	change := func(n int) {
		txn := store.Begin()
		txn.NextStatement()
		if _, _, _, err := table.Lock(t.Context(), txn, 0, Snapshot{SCN: store.SCN(), Txn: txn}, true); err != nil {
			t.Fatal(err)
		}
		if err := table.Update(t.Context(), txn, 0, number(n)); err != nil {
			t.Fatal(err)
		}
		txn.Commit()
	}
	txn := store.Begin()
	if err := table.Insert(t.Context(), txn, []string{number(0)}); err != nil {
		t.Fatal(err)
	}
	txn.Commit()
	picture := store.Capture()
	for n := range 5 {
		change(n + 1)
	}
	if got := contents(t, table, Snapshot{SCN: picture.scn}); !slices.Equal(got, []int{0}) {
		t.Errorf("the picture sees %v", got)
	}
	picture.Close()
	for n := range 3 {
		change(n + 10)
	}
	if _, _, err := table.Get(0, Snapshot{SCN: picture.scn}); err == nil {
		t.Error("what a closed picture saw is still kept")
	}
}

func TestMalformedRowsAreNone(t *testing.T) {
	for name, tt := range map[string]struct {
		data string
		want bool
	}{
		"empty":            {"", true},
		"null":             {"\x00", true},
		"number":           {number(5), true},
		"long text":        {string(Pack(nil, datum.Row{datum.FromText(string(make([]byte, 300)))})), true},
		"empty clob":       {string([]byte{byte(datum.Clob), 0}), true},
		"unknown kind":     {"\x63\x01a", false},
		"short date":       {string([]byte{byte(datum.Date), 2, 1, 1}), false},
		"beyond the end":   {string([]byte{byte(datum.Text), 9, 'a'}), false},
		"length cut off":   {string([]byte{byte(datum.Text)}), false},
		"length too long":  {string([]byte{byte(datum.Text), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}), false},
		"empty text":       {string([]byte{byte(datum.Text), 0}), false},
		"number too large": {string(append([]byte{byte(datum.Number), 22}, make([]byte, 22)...)), false},
	} {
		if got := wellFormed([]byte(tt.data)); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
