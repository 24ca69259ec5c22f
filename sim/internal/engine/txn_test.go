package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

func TestReadersSeeOnlyWhatIsCommitted(t *testing.T) {
	a := testSession(t)
	b := a.Instance().Internal("ADMIN")
	defer b.Close()
	exec(t, a, "CREATE TABLE t (x NUMBER)", "INSERT INTO t VALUES (1)")
	if got := query(t, b, "SELECT COUNT(*) FROM t"); got != "0" {
		t.Errorf("uncommitted rows seen: %s", got)
	}
	before := a.SCN()
	exec(t, a, "COMMIT")
	if got := query(t, b, "SELECT COUNT(*) FROM t"); got != "1" || a.SCN() <= before {
		t.Errorf("committed rows: %s, SCN %d after %d", got, a.SCN(), before)
	}
}

// A cursor keeps the state of the moment it was opened, whatever happens later.
func TestCursorsAreConsistent(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (x NUMBER)")
	for i := range 600 {
		exec(t, s, fmt.Sprintf("INSERT INTO t VALUES (%d)", i))
	}
	exec(t, s, "COMMIT")
	cursor, err := s.Query(t.Context(), "SELECT x FROM t")
	if err != nil {
		t.Fatal(err)
	}
	exec(t, s, "UPDATE t SET x = -1", "INSERT INTO t SELECT x FROM t", "COMMIT", "DELETE FROM t", "COMMIT")
	n := 0
	for {
		row, err := cursor.Rows.Next(t.Context())
		if errors.Is(err, io.EOF) {
			break
		}
		if v, _ := row[0].Int(); err != nil || v != int64(n) {
			t.Fatalf("row %d: %v %v", n, v, err)
		}
		n++
	}
	if n != 600 {
		t.Errorf("%d rows", n)
	}
}

func TestFlashback(t *testing.T) {
	now := testClock
	i := New(Config{Now: func() time.Time { return now }, UndoRetention: 15 * time.Minute})
	i.CreateUser("ADMIN", "x")
	s := i.Internal("ADMIN")
	defer s.Close()
	exec(t, s, "CREATE TABLE t (x NUMBER)", "INSERT INTO t VALUES (1)", "COMMIT")
	first := s.SCN()
	exec(t, s, "UPDATE t SET x = 2", "INSERT INTO t VALUES (3)", "COMMIT", "DELETE FROM t WHERE x = 3", "COMMIT")
	asOf := func(scn uint64) string { return fmt.Sprintf("SELECT x FROM t AS OF SCN %d ORDER BY x", scn) }
	if got := query(t, s, asOf(first)) + "; " + query(t, s, asOf(first+1)) + "; " + query(t, s, asOf(first+2)); got != "1; 2; 3; 2" {
		t.Errorf("three snapshots: %s", got)
	}
	failsWith(t, s, asOf(s.SCN()+1000), "ORA-08181")
	failsWith(t, s, "SELECT x FROM t AS OF SCN 0", "ORA-08181")
	failsWith(t, s, "SELECT x FROM t AS OF SCN 5", "ORA-01466")
	now = now.Add(10 * time.Minute)
	if got := query(t, s, asOf(first)); got != "1" {
		t.Errorf("within the retention: %s", got)
	}
	if got := query(t, s, "SELECT TIMESTAMP_TO_SCN(SYSTIMESTAMP) FROM DUAL"); got != fmt.Sprint(s.SCN()) {
		t.Errorf("TIMESTAMP_TO_SCN: %s, SCN %d", got, s.SCN())
	}
	now = now.Add(10 * time.Minute)
	exec(t, s, "CREATE TABLE other (x NUMBER)")
	failsWith(t, s, asOf(first), "ORA-01555")
	last := s.SCN()
	exec(t, s, "ALTER TABLE t ADD y NUMBER")
	failsWith(t, s, asOf(last), "ORA-01466: unable to read data - table definition has changed")
}

func TestFlashbackByTime(t *testing.T) {
	now := testClock
	i := New(Config{Now: func() time.Time { return now }, UndoRetention: 15 * time.Minute})
	i.CreateUser("ADMIN", "x")
	s := i.Internal("ADMIN")
	defer s.Close()
	exec(t, s, "CREATE TABLE t (x NUMBER)", "INSERT INTO t VALUES (1)", "COMMIT")
	now = now.Add(5 * time.Minute)
	exec(t, s, "UPDATE t SET x = 2", "COMMIT")
	now = now.Add(2 * time.Minute)
	for at, want := range map[string]string{
		"SYSTIMESTAMP": "2", "SYSTIMESTAMP - INTERVAL '3' MINUTE": "1", "SYSDATE - 3/1440": "1", "TIMESTAMP '2025-03-09 14:11:00'": "2",
		"TO_TIMESTAMP('09.03.2025 14:08', 'DD.MM.YYYY HH24:MI') ": "1", "(SYSTIMESTAMP - NUMTODSINTERVAL(90, 'SECOND'))": "2",
	} {
		if got := query(t, s, "SELECT x FROM t AS OF TIMESTAMP "+at); got != want {
			t.Errorf("at %s: %s, want %s", at, got, want)
		}
	}
	failsWith(t, s, "SELECT x FROM t AS OF TIMESTAMP SYSTIMESTAMP - 1", "ORA-08180")
	failsWith(t, s, "SELECT x FROM t AS OF TIMESTAMP SYSTIMESTAMP + 1", "ORA-08180")
	now = now.Add(20 * time.Minute)
	exec(t, s, "UPDATE t SET x = 3", "COMMIT")
	failsWith(t, s, "SELECT x FROM t AS OF TIMESTAMP SYSTIMESTAMP - INTERVAL '25' MINUTE", "ORA-01555")
}

func TestStatementsAreAtomic(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (x NUMBER PRIMARY KEY)", "INSERT INTO t VALUES (5)", "COMMIT", "INSERT INTO t VALUES (6)")
	failsWith(t, s, "INSERT INTO t SELECT x - 1 FROM t UNION ALL SELECT 5 FROM DUAL", "ORA-00001")
	failsWith(t, s, "UPDATE t SET x = x + 1 WHERE x = 5", "ORA-00001")
	if got := query(t, s, "SELECT x FROM t ORDER BY x"); got != "5; 6" {
		t.Errorf("after failures: %s", got)
	}
	exec(t, s, "INSERT INTO t VALUES (7)", "UPDATE t SET x = x + 1", "UPDATE t SET x = x - 1", "DELETE FROM t WHERE x = 7")
	exec(t, s, "SAVEPOINT sp", "DELETE FROM t", "ROLLBACK TO sp", "DELETE FROM t WHERE x = 6", "ROLLBACK")
	if got := query(t, s, "SELECT x FROM t"); got != "5" {
		t.Errorf("after rollback: %s", got)
	}
	failsWith(t, s, "ROLLBACK TO sp", "ORA-01086")
}

func TestWritersWaitForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := testSession(t)
		b := a.Instance().Internal("ADMIN")
		defer b.Close()
		exec(t, a, "CREATE TABLE t (id NUMBER PRIMARY KEY, n NUMBER)", "INSERT INTO t VALUES (1, 0)", "COMMIT")
		exec(t, a, "UPDATE t SET n = n + 1 WHERE id = 1")
		failsWith(t, b, "TRUNCATE TABLE t", "ORA-00054")
		failsWith(t, b, "DROP TABLE t", "ORA-00054")
		failsWith(t, b, "SELECT * FROM t FOR UPDATE NOWAIT", "ORA-00054")
		var g errgroup.Group
		g.Go(func() error { return b.Exec(context.Background(), "UPDATE t SET n = n + 10 WHERE id = 1") })
		synctest.Wait()
		exec(t, a, "COMMIT")
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		exec(t, b, "COMMIT")
		if got := query(t, a, "SELECT n FROM t"); got != "11" {
			t.Errorf("an update was lost: %s", got)
		}
		// The same for a key that is being inserted.
		exec(t, a, "INSERT INTO t VALUES (2, 0)")
		g = errgroup.Group{}
		g.Go(func() error { return b.Exec(context.Background(), "INSERT INTO t VALUES (2, 0)") })
		synctest.Wait()
		exec(t, a, "COMMIT")
		if err := g.Wait(); datum.AsError(err).Code != 1 {
			t.Errorf("duplicate of a committed insert: %v", err)
		}
	})
}

func TestDeadlocksAndCancelledWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := testSession(t)
		b := a.Instance().Internal("ADMIN")
		defer b.Close()
		exec(t, a, "CREATE TABLE t (id NUMBER PRIMARY KEY)", "INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)", "COMMIT")
		exec(t, a, "UPDATE t SET id = 1 WHERE id = 1")
		exec(t, b, "UPDATE t SET id = 2 WHERE id = 2")
		var g errgroup.Group
		ctx, cancel := context.WithCancelCause(context.Background())
		g.Go(func() error { return b.Exec(ctx, "DELETE FROM t WHERE id = 1") })
		synctest.Wait()
		failsWith(t, a, "DELETE FROM t WHERE id = 2", "ORA-00060")
		cancel(context.Canceled)
		if err := g.Wait(); datum.AsError(err).Code != 1013 {
			t.Errorf("cancelled wait: %v", err)
		}
	})
}

// Transfers between accounts by several sessions keep the total.
func TestConcurrentSessions(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE acc (id NUMBER PRIMARY KEY, n NUMBER)")
	for i := range 10 {
		exec(t, s, fmt.Sprintf("INSERT INTO acc VALUES (%d, 100)", i))
	}
	exec(t, s, "COMMIT")
	var g errgroup.Group
	for w := range 4 {
		g.Go(func() error {
			own := s.Instance().Internal("ADMIN")
			defer own.Close()
			for i := range 50 {
				from, to := (w*7+i)%10, (w*3+i*3+1)%10
				from, to = min(from, to), max(from, to) // in order: no deadlocks
				block := fmt.Sprintf("BEGIN UPDATE acc SET n = n - 1 WHERE id = %d; UPDATE acc SET n = n + 1 WHERE id = %d; COMMIT; END;", from, to)
				if err := own.Exec(context.Background(), block); err != nil {
					return err
				}
				rows, err := rowsOf(own, "SELECT SUM(n) FROM acc")
				if err != nil || rows[0] != "1000" {
					return fmt.Errorf("total %v %w", rows, err)
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
}

func TestAppend(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (id NUMBER PRIMARY KEY, v VARCHAR2(3), d NUMBER DEFAULT 9)")
	rows := func(ids ...int64) func(func(datum.Row, error) bool) {
		return func(yield func(datum.Row, error) bool) {
			for _, id := range ids {
				if !yield(datum.Row{datum.FromText("x"), datum.FromInt(id)}, nil) {
					return
				}
			}
		}
	}
	if n, err := s.Append(t.Context(), "", "T", []string{"V", "ID"}, rows(1, 2, 3)); n != 3 || err != nil {
		t.Fatal(n, err)
	}
	if _, err := s.Append(t.Context(), "ADMIN", "T", []string{"V", "ID"}, rows(4, 5, 2)); datum.AsError(err).Code != 1 {
		t.Errorf("duplicate: %v", err)
	}
	if got := query(t, s, "SELECT id, v, d FROM t ORDER BY id"); got != "1|x|9; 2|x|9; 3|x|9" {
		t.Error(got)
	}
	if _, err := s.Append(t.Context(), "", "NOWHERE", []string{"V"}, rows(1)); datum.AsError(err).Code != 942 {
		t.Error(err)
	}
	exec(t, s, "ROLLBACK")
	if got := query(t, s, "SELECT COUNT(*) FROM t"); got != "0" {
		t.Errorf("after rollback: %s", got)
	}
}
