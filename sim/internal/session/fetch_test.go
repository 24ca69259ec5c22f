package session_test

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
)

const countTo = "SELECT ID, NAME, AT, AMOUNT FROM COUNTER WHERE ID <= :1"

// onCounter scripts a query of as many rows as its bind says.
func onCounter(s *server) {
	s.on(countTo, script{
		kind:  database.Query,
		binds: ins("1"),
		columns: []datum.Column{
			{Name: "ID", Type: number},
			{Name: "NAME", Type: text(40)},
			{Name: "AT", Type: datum.Type{Kind: datum.Timestamp, Scale: 6}},
			{Name: "AMOUNT", Type: number},
		},
		run: func(_ context.Context, e database.Execution) (*database.Outcome, error) {
			limit, _ := e.Values[0][0].Int()
			row := datum.Row{datum.NULL, datum.FromText("customer number such and such"), datum.FromTimestamp(moment), datum.FromInt(1234567)}
			return &database.Outcome{Rows: &fakeRows{next: func(_ context.Context, n int) (datum.Row, error) {
				if int64(n) == limit {
					return nil, io.EOF
				}
				row[0] = datum.FromInt(int64(n))
				return row, nil
			}}}, nil
		},
	})
}

// count reads the counter query to its end.
func count(ctx context.Context, q queryer, limit int) (int, error) {
	rows, err := q.QueryContext(ctx, countTo, limit)
	if err != nil {
		return 0, err
	}
	defer func() { _ = rows.Close() }()
	n := 0
	for rows.Next() {
		var id int
		var name string
		var at time.Time
		var amount string
		if err := rows.Scan(&id, &name, &at, &amount); err != nil {
			return n, err
		}
		if id != n {
			return n, fmt.Errorf("row %d has number %d", n, id)
		}
		n++
	}
	return n, rows.Err()
}

func TestFetchOfAnySize(t *testing.T) {
	s := start(t)
	onCounter(s)
	for _, prefetch := range []string{"1", "25", "1000"} {
		db := s.connect(t, "PREFETCH_ROWS", prefetch)
		for _, want := range []int{0, 1, 24, 25, 26, 1000, 1001, 20000} {
			if n, err := count(t.Context(), db, want); n != want || err != nil {
				t.Errorf("prefetch %s: %d rows of %d: %v", prefetch, n, want, err)
			}
		}
	}
}

func TestFetchOfManyRows(t *testing.T) {
	s := start(t)
	onCounter(s)
	if n, err := count(t.Context(), s.connect(t, "PREFETCH_ROWS", "1000"), 100_000); n != 100_000 || err != nil {
		t.Errorf("%d rows: %v", n, err)
	}
}

// TestErrorInTheMiddleOfAFetch wants the first reply's 25 rows and then the
// error; the driver drops the five rows that come in one reply with it.
func TestErrorInTheMiddleOfAFetch(t *testing.T) {
	s := start(t)
	s.on("SELECT 1/N FROM T", script{
		kind:    database.Query,
		columns: []datum.Column{{Name: "1/N", Type: number}},
		run: func(context.Context, database.Execution) (*database.Outcome, error) {
			return &database.Outcome{Rows: &fakeRows{next: func(_ context.Context, n int) (datum.Row, error) {
				if n == 30 {
					return nil, datum.Errorf(1476, "divisor is equal to zero")
				}
				return datum.Row{datum.FromInt(1)}, nil
			}}}, nil
		},
	})
	rows, err := s.connect(t).QueryContext(t.Context(), "SELECT 1/N FROM T")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	n := 0
	for rows.Next() {
		n++
	}
	if code := oraCode(rows.Err()); n != 25 || code != 1476 {
		t.Errorf("%d rows, then %v", n, rows.Err())
	}
}

// TestPreparedStatementsAreReused runs one cursor with changing binds, which
// the driver does by the short re-execute call.
func TestPreparedStatementsAreReused(t *testing.T) {
	s := start(t)
	onCounter(s)
	db := s.connect(t)
	stmt, err := db.PrepareContext(t.Context(), countTo)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stmt.Close() }()
	for want := range 60 {
		n, err := count(t.Context(), prepared{stmt}, want)
		if n != want || err != nil {
			t.Fatalf("%d rows of %d: %v", n, want, err)
		}
	}
}

// prepared is a statement in the shape of a pool that ignores the text.
type prepared struct{ *sql.Stmt }

func (p prepared) QueryContext(ctx context.Context, _ string, args ...any) (*sql.Rows, error) {
	return p.Stmt.QueryContext(ctx, args...)
}

func (p prepared) ExecContext(ctx context.Context, _ string, args ...any) (sql.Result, error) {
	return p.Stmt.ExecContext(ctx, args...)
}

func BenchmarkFetch(b *testing.B) {
	s := start(b)
	onCounter(s)
	db := s.connect(b, "PREFETCH_ROWS", "1000")
	b.ResetTimer()
	if _, err := count(b.Context(), db, b.N); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
