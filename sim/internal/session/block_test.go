package session_test

import (
	"context"
	"database/sql"
	"io"
	"strings"
	"testing"
	"time"

	go_ora "github.com/sijms/go-ora/v2"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
)

// onBlock scripts a block that gives back fixed values through its binds.
func onBlock(s *server, text string, binds []database.Bind, out ...database.OutValue) *[][]datum.Value {
	var seen [][]datum.Value
	s.on(text, script{
		kind: database.Block, binds: binds,
		run: func(_ context.Context, e database.Execution) (*database.Outcome, error) {
			seen = append(seen, e.Values...)
			return &database.Outcome{Out: out}, nil
		},
	})
	return &seen
}

func TestOutBindsOfEveryType(t *testing.T) {
	const block = "BEGIN P(:IN1, :TXT, :NUM, :TS, :RW, :IO); END;"
	s := start(t)
	seen := onBlock(s, block, []database.Bind{
		{Name: "IN1", Mode: database.In},
		{Name: "TXT", Mode: database.Out},
		{Name: "NUM", Mode: database.Out},
		{Name: "TS", Mode: database.Out},
		{Name: "RW", Mode: database.Out},
		{Name: "IO", Mode: database.InOut},
	}, database.OutValue{}, database.OutValue{Value: datum.FromText("Grüße")}, database.OutValue{Value: datum.FromInt(12345678901)},
		database.OutValue{Value: datum.FromTimestampTZ(moment, "+00:00")}, database.OutValue{Value: datum.FromRaw([]byte{1, 2})},
		database.OutValue{Value: datum.FromText("after")})
	db := s.connect(t)
	stmt, err := db.PrepareContext(t.Context(), block)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stmt.Close() }()
	for range 3 {
		var txt string
		var num int64
		var ts time.Time
		var raw []byte
		io := "before"
		_, err := stmt.ExecContext(t.Context(), "in",
			go_ora.Out{Dest: &txt, Size: 100}, sql.Out{Dest: &num}, sql.Out{Dest: &ts},
			go_ora.Out{Dest: &raw, Size: 10}, go_ora.Out{Dest: &io, Size: 100, In: true})
		if err != nil {
			t.Fatal(err)
		}
		if txt != "Grüße" || num != 12345678901 || !ts.Equal(moment) || string(raw) != "\x01\x02" || io != "after" {
			t.Errorf("got %q %d %v % x %q", txt, num, ts, raw, io)
		}
	}
	for _, row := range *seen {
		if row[0] != datum.FromText("in") || row[5] != datum.FromText("before") || !row[1].IsNull() {
			t.Errorf("the block saw %v", row)
		}
	}
}

func TestNullOutBinds(t *testing.T) {
	s := start(t)
	onBlock(s, "BEGIN P(:1, :2); END;", []database.Bind{{Name: "1", Mode: database.Out}, {Name: "2", Mode: database.Out}},
		database.OutValue{}, database.OutValue{})
	txt, unsized := "untouched", ""
	_, err := s.connect(t).ExecContext(t.Context(), "BEGIN P(:1, :2); END;",
		go_ora.Out{Dest: &txt, Size: 10}, sql.Out{Dest: &unsized})
	if err != nil || txt != "" {
		t.Errorf("%q: %v", txt, err)
	}
}

// TestOutTextThatDoesNotFit covers both a short bind and one without a size.
func TestOutTextThatDoesNotFit(t *testing.T) {
	s := start(t)
	onBlock(s, "BEGIN P(:1); END;", []database.Bind{{Name: "1", Mode: database.Out}},
		database.OutValue{Value: datum.FromText("too long")})
	db := s.connect(t)
	var short, unsized string // a character of the first may take four bytes
	for _, out := range []any{go_ora.Out{Dest: &short, Size: 1}, sql.Out{Dest: &unsized}} {
		if _, err := db.ExecContext(t.Context(), "BEGIN P(:1); END;", out); oraCode(err) != 6502 {
			t.Errorf("got %v", err)
		}
	}
	if err := db.PingContext(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestNamedBindsThatRepeat(t *testing.T) {
	const block = "BEGIN P(:A, :B, :A); END;"
	const dml = "INSERT INTO T VALUES (:A, :B, :A)"
	s := start(t)
	inBlock := onBlock(s, block, ins("A", "B"))
	var inSQL []datum.Value
	s.on(dml, script{
		kind: database.DML, binds: ins("A", "B", "A"),
		run: func(_ context.Context, e database.Execution) (*database.Outcome, error) {
			inSQL = e.Values[0]
			return &database.Outcome{Affected: 1}, nil
		},
	})
	db := s.connect(t)
	for _, text := range []string{block, dml} {
		if _, err := db.ExecContext(t.Context(), text, sql.Named("B", 2), sql.Named("A", "one")); err != nil {
			t.Fatal(err)
		}
	}
	one, two := datum.FromText("one"), datum.FromInt(2)
	if got := (*inBlock)[0]; got[0] != one || got[1] != two {
		t.Errorf("block got %v", got)
	}
	if inSQL[0] != one || inSQL[1] != two || inSQL[2] != one {
		t.Errorf("SQL got %v", inSQL)
	}
}

func TestLargeTextIntoABlock(t *testing.T) {
	s := start(t)
	seen := onBlock(s, "BEGIN P(:1, :2); END;", ins("1", "2"))
	long := strings.Repeat("x", 32767)
	if _, err := s.connect(t).ExecContext(t.Context(), "BEGIN P(:1, :2); END;", long, 7); err != nil {
		t.Fatal(err)
	}
	if got := (*seen)[0]; got[0] != datum.FromText(long) || got[1] != datum.FromInt(7) {
		t.Error("other values arrived")
	}
}

func TestRefCursor(t *testing.T) {
	const block = "BEGIN OPEN :1 FOR SELECT * FROM T; END;"
	s := start(t)
	s.on(block, script{
		kind: database.Block, binds: []database.Bind{{Name: "1", Mode: database.Out}},
		run: func(context.Context, database.Execution) (*database.Outcome, error) {
			return &database.Outcome{Out: []database.OutValue{{Cursor: &database.Cursor{
				Columns: []datum.Column{{Name: "N", Type: number}, {Name: "C", Type: text(10)}},
				Rows: &fakeRows{next: func(_ context.Context, n int) (datum.Row, error) {
					if n == 300 {
						return nil, io.EOF
					}
					return datum.Row{datum.FromInt(int64(n)), datum.FromText("row")}, nil
				}},
			}}}}, nil
		},
	})
	db := s.connect(t)
	var ref go_ora.RefCursor
	if _, err := db.ExecContext(t.Context(), block, sql.Out{Dest: &ref}); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ref.Close() }()
	rows, err := ref.Query()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	n := 0
	for rows.Next_() {
		var id int
		var name string
		if err := rows.Scan(&id, &name); err != nil {
			t.Fatal(err)
		}
		if id != n || name != "row" {
			t.Errorf("row %d is %d, %q", n, id, name)
		}
		n++
	}
	if n != 300 || rows.Err() != nil {
		t.Errorf("%d rows: %v", n, rows.Err())
	}
}
