package engine

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// testClock is a fixed time for expressions that show the clock.
var testClock = time.Date(2025, 3, 9, 14, 5, 6, 123456000, time.UTC)

// newSession opens a session of an administrator in a fresh database.
func testSession(t testing.TB) *Session {
	t.Helper()
	i := New(Config{Name: "ADBSJ", Now: func() time.Time { return testClock }})
	i.CreateUser("ADMIN", "Secret_12345")
	s := i.Internal("ADMIN")
	t.Cleanup(s.Close)
	return s
}

// exec runs statements that have to succeed.
func exec(t testing.TB, s *Session, statements ...string) {
	t.Helper()
	for _, text := range statements {
		if err := s.Exec(context.Background(), text); err != nil {
			t.Fatalf("%s\n%v", text, err)
		}
	}
}

// rowsOf runs a query and renders its rows: columns joined by "|", NULL as ~.
func rowsOf(s *Session, query string) ([]string, error) {
	cursor, err := s.Query(context.Background(), query)
	if err != nil {
		return nil, err
	}
	defer cursor.Rows.Close()
	var out []string
	for {
		row, err := cursor.Rows.Next(context.Background())
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		parts := make([]string, len(row))
		for i, v := range row {
			if parts[i], err = s.nls.Text(v); v.IsNull() {
				parts[i] = "~"
			}
			if v.Kind() == datum.Blob {
				parts[i] = "blob:" + v.Bytes()
			} else if err != nil {
				return nil, err
			}
		}
		out = append(out, strings.Join(parts, "|"))
	}
}

// query is rowsOf for a query that has to succeed, rows parted by "; ".
func query(t testing.TB, s *Session, text string) string {
	t.Helper()
	rows, err := rowsOf(s, text)
	if err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	return strings.Join(rows, "; ")
}

// failsWith checks the error of a statement.
func failsWith(t testing.TB, s *Session, text, want string) {
	t.Helper()
	err := s.Exec(context.Background(), text)
	if err == nil {
		var rows []string
		if rows, err = rowsOf(s, text); err == nil {
			t.Errorf("%s\nsucceeded with %q, want %s", text, rows, want)
			return
		}
	}
	if !strings.Contains(err.Error(), want) {
		t.Errorf("%s\ngot  %v\nwant %s", text, err, want)
	}
}

func TestTheFirstSteps(t *testing.T) {
	s := testSession(t)
	exec(t, s,
		"CREATE TABLE t (id NUMBER PRIMARY KEY, name VARCHAR2(10) NOT NULL, amount NUMBER(5,2) DEFAULT 1.5, d DATE)",
		"INSERT INTO t (id, name) VALUES (1, 'one')",
		"INSERT INTO t VALUES (2, 'two', 2.345, DATE '2024-02-29')",
		"COMMIT",
		"UPDATE t SET name = name || '!' WHERE id = 2",
		"BEGIN INSERT INTO t (id, name) SELECT id + 10, name FROM t; END;",
	)
	if got, want := query(t, s, "SELECT id, name, amount, d FROM t ORDER BY id"),
		"1|one|1.5|~; 2|two!|2.35|29-FEB-24; 11|one|1.5|~; 12|two!|1.5|~"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	failsWith(t, s, "INSERT INTO t (id, name) VALUES (1, 'dup')", "ORA-00001: unique constraint (ADMIN.SYS_C0008")
	failsWith(t, s, "INSERT INTO t (id) VALUES (9)", `ORA-01400: cannot insert NULL into ("ADMIN"."T"."NAME")`)
	exec(t, s, "ROLLBACK", "DELETE FROM t WHERE id = 1")
	if got := query(t, s, "SELECT COUNT(*), SUM(amount), MAX(name) FROM t"); got != "1|2.35|two" {
		t.Errorf("after delete: %s", got)
	}
}

// positionOfError returns the offset that a failing statement reports.
func positionOfError(s *Session, text string) int {
	_, err := rowsOf(s, text)
	if err == nil {
		return -1
	}
	return datum.AsError(err).Pos
}
