package session_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	go_ora "github.com/sijms/go-ora/v2"
	"github.com/sijms/go-ora/v2/network"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
)

// oraCode returns the number of an Oracle error, 0 for others.
func oraCode(err error) int {
	if e, ok := errors.AsType[*network.OracleError](err); ok {
		return e.ErrCode
	}
	return 0
}

const insert = "INSERT INTO COUNTER VALUES (:1, :2, :3, :4)"

// A sink is a scripted INSERT that keeps what it was given.
type sink struct {
	executions []database.Execution
	rows       int
	fail       func(row int) *datum.Error
}

func onInsert(s *server, k *sink) {
	s.on(insert, script{
		kind: database.DML, binds: ins("1", "2", "3", "4"),
		run: func(_ context.Context, e database.Execution) (*database.Outcome, error) {
			out := &database.Outcome{PerRow: make([]int64, len(e.Values))}
			for i := range e.Values {
				if k.fail != nil {
					if err := k.fail(i); err != nil {
						out.Failed = append(out.Failed, database.BatchError{Row: i, Err: err})
						continue
					}
				}
				out.PerRow[i] = 1
				out.Affected++
			}
			k.executions = append(k.executions, e)
			k.rows += int(out.Affected)
			s.setTransaction(!e.AutoCommit)
			return out, nil
		},
	})
}

func batch(n int) []any {
	ids, names := make([]int64, n), make([]string, n)
	times, amounts := make([]go_ora.TimeStamp, n), make([]int64, n)
	for i := range n {
		ids[i], names[i] = int64(i), "customer number such and such"
		times[i], amounts[i] = go_ora.TimeStamp(moment), 1234567
	}
	return []any{ids, names, times, amounts}
}

func TestArrayInsert(t *testing.T) {
	s := start(t)
	var k sink
	onInsert(s, &k)
	db := s.connect(t)
	args := batch(1000)
	args[1].([]string)[999] = strings.Repeat("last ", 200)
	res, err := db.ExecContext(t.Context(), insert, args...)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := res.RowsAffected(); n != 1000 || err != nil {
		t.Errorf("%d rows affected: %v", n, err)
	}
	e := k.executions[0]
	if !e.AutoCommit || !e.BatchErrors || len(e.Values) != 1000 {
		t.Errorf("%d rows, auto-commit %t, batch errors %t", len(e.Values), e.AutoCommit, e.BatchErrors)
	}
	want := []datum.Value{
		datum.FromInt(999), datum.FromText(strings.Repeat("last ", 200)),
		datum.FromTimestamp(moment), datum.FromInt(1234567),
	}
	if diff := cmp.Diff(want, e.Values[999], cmp.Comparer(func(a, b datum.Value) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	if e.Types[1].Kind != datum.Text || e.Types[2].Kind != datum.Timestamp {
		t.Errorf("declared as %+v", e.Types)
	}
}

// TestFailedRowsOfABatch relies on what the driver does with them: it reports
// the first and drops the count, although the others went in.
func TestFailedRowsOfABatch(t *testing.T) {
	s := start(t)
	k := sink{fail: func(row int) *datum.Error {
		if row == 1 || row == 3 {
			return datum.Errorf(1, "unique constraint (ADMIN.PK) violated on row %d", row)
		}
		return nil
	}}
	onInsert(s, &k)
	_, err := s.connect(t).ExecContext(t.Context(), insert, batch(5)...)
	if err == nil || !strings.Contains(err.Error(), "violated on row 1") {
		t.Errorf("got %v", err)
	}
	if k.rows != 3 {
		t.Errorf("%d rows went in", k.rows)
	}
}

func TestPreparedBatches(t *testing.T) {
	s := start(t)
	var k sink
	onInsert(s, &k)
	db := s.connect(t)
	stmt, err := db.PrepareContext(t.Context(), insert)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stmt.Close() }()
	for i := 1; i <= 20; i++ {
		if _, err := stmt.ExecContext(t.Context(), batch(i)...); err != nil {
			t.Fatal(err)
		}
		if got := len(k.executions[i-1].Values); got != i {
			t.Fatalf("batch of %d arrived as %d rows", i, got)
		}
	}
}

func TestTransactions(t *testing.T) {
	s := start(t)
	var k sink
	onInsert(s, &k)
	db := s.connect(t)
	for _, commit := range []bool{true, false} {
		tx, err := db.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.ExecContext(t.Context(), insert, 1, "x", moment, 2); err != nil {
			t.Fatal(err)
		}
		end := tx.Rollback
		if commit {
			end = tx.Commit
		}
		if err := end(); err != nil {
			t.Fatal(err)
		}
	}
	if k.executions[0].AutoCommit {
		t.Error("committed inside a transaction")
	}
	if diff := cmp.Diff([]string{"commit", "rollback"}, s.recorded()); diff != "" {
		t.Error(diff)
	}
}

func TestErrorsCarryNumberTextAndPosition(t *testing.T) {
	s := start(t)
	s.on("BEGIN RAISE; END;", script{
		kind: database.Block,
		run: func(context.Context, database.Execution) (*database.Outcome, error) {
			return nil, datum.Errorf(20404, "Object not found").With("ORA-06512: at line 1")
		},
	})
	s.on("SELECT BUG", script{
		kind: database.Query,
		run: func(context.Context, database.Execution) (*database.Outcome, error) {
			return nil, errors.New("nil map")
		},
	})
	db := s.connect(t)
	for _, tc := range []struct {
		sql  string
		code int
		text string
		pos  int
	}{
		{"SELECT * FROM MISSING", 942, "ORA-00942: table or view does not exist\n", 14},
		{"INSERT INTO MISSING VALUES (1)", 942, "ORA-00942: table or view does not exist\n", 14},
		{"BEGIN RAISE; END;", 20404, "ORA-20404: Object not found\nORA-06512: at line 1\n", 0},
		{"SELECT BUG", 600, "ORA-00600: internal error code, arguments: [adbferry-sim], [nil map]\n", 0},
	} {
		for range 2 {
			_, err := db.ExecContext(t.Context(), tc.sql)
			e, ok := errors.AsType[*network.OracleError](err)
			if !ok || e.ErrCode != tc.code || e.ErrMsg != tc.text || e.ErrPos() != tc.pos {
				t.Errorf("%s: %#v", tc.sql, err)
			}
		}
	}
}

// TestFailedStatementsWithBindsKeepTheConnection sends more bind rows than fit
// a packet with a statement that cannot be parsed.
func TestFailedStatementsWithBindsKeepTheConnection(t *testing.T) {
	s := start(t)
	var k sink
	onInsert(s, &k)
	db := s.connect(t)
	for _, args := range [][]any{{1, "x", time.Now(), 2}, batch(50000)} {
		_, err := db.ExecContext(t.Context(), strings.Replace(insert, "COUNTER", "MISSING", 1), args...)
		if oraCode(err) != 942 {
			t.Errorf("got %v", err)
		}
	}
	if _, err := db.ExecContext(t.Context(), insert, 1, "x", moment, 2); err != nil {
		t.Error(err)
	}
	if n := s.listener.Connections(); n != 1 {
		t.Errorf("%d connections", n)
	}
}

func TestReturning(t *testing.T) {
	const update = "UPDATE T SET N = N + 1 WHERE ID = :1 RETURNING N, NAME INTO :2, :3"
	s := start(t)
	s.on(update, script{
		kind: database.DML,
		binds: []database.Bind{
			{Name: "1", Mode: database.In}, {Name: "2", Mode: database.Return}, {Name: "3", Mode: database.Return},
		},
		run: func(context.Context, database.Execution) (*database.Outcome, error) {
			return &database.Outcome{Affected: 1, Returned: [][][]datum.Value{{
				{datum.FromInt(8)}, {datum.FromText("eight")},
			}}}, nil
		},
	})
	db := s.connect(t)
	for range 2 {
		var n int
		var name string
		_, err := db.ExecContext(t.Context(), update, 7, sql.Out{Dest: &n}, go_ora.Out{Dest: &name, Size: 100})
		if err != nil {
			t.Fatal(err)
		}
		if n != 8 || name != "eight" {
			t.Errorf("returned %d, %q", n, name)
		}
	}
}

func BenchmarkArrayInsert(b *testing.B) {
	s := start(b)
	var k sink
	onInsert(s, &k)
	stmt, err := s.connect(b).PrepareContext(b.Context(), insert)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = stmt.Close() }()
	args := batch(1000)
	b.ResetTimer()
	for n := 0; n < b.N; n += 1000 {
		if _, err := stmt.ExecContext(b.Context(), args...); err != nil {
			b.Fatal(err)
		}
		k.executions = k.executions[:0]
	}
	b.ReportMetric(float64(k.rows)/b.Elapsed().Seconds(), "rows/s")
}
