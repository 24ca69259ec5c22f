package engine

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/adbferry/adbferry/sim/internal/state"
)

// churn changes a database in every way until the context ends: transactions
// that keep two tables equal, DDL, grants, statistics and jobs.
func churn(ctx context.Context, i *Instance, worker int) error {
	s := i.Internal("ADMIN")
	defer s.Close()
	for n := 0; ctx.Err() == nil; n++ {
		scratch := fmt.Sprintf("scratch%d_%d", worker, n)
		for _, statement := range []string{
			"INSERT INTO a (note) VALUES ('x')", "INSERT INTO b (note) VALUES ('x')", "COMMIT",
			"UPDATE a SET note = note || 'y' WHERE id = 1", "ROLLBACK",
			"CREATE TABLE " + scratch + " AS SELECT id FROM a WHERE id < 5", "RENAME " + scratch + " TO x" + scratch,
			"CREATE UNIQUE INDEX ix" + scratch + " ON x" + scratch + " (id)", "GRANT SELECT ON x" + scratch + " TO PUBLIC",
			"BEGIN DBMS_STATS.GATHER_TABLE_STATS(USER, 'A'); END;",
			"BEGIN DBMS_PARALLEL_EXECUTE.CREATE_TASK('" + scratch + "'); DBMS_PARALLEL_EXECUTE.DROP_TASK('" + scratch + "'); END;",
			"BEGIN DBMS_SCHEDULER.CREATE_JOB(job_name => '" + scratch + "', job_type => 'PLSQL_BLOCK', job_action => 'NULL;', enabled => TRUE); END;",
			"TRUNCATE TABLE x" + scratch, "DROP TABLE x" + scratch,
		} {
			if err := s.Exec(context.Background(), statement); err != nil {
				return fmt.Errorf("%s: %w", statement, err)
			}
		}
	}
	return nil
}

// TestSavesAreOfOneInstantWhateverGoesOn saves while others work, and looks for
// what no instant ever had.
func TestSavesAreOfOneInstantWhateverGoesOn(t *testing.T) {
	i := New(Config{Name: "ADBSJ"})
	defer i.Close()
	i.CreateUser("ADMIN", "Secret_12345")
	s := i.Internal("ADMIN")
	defer s.Close()
	for _, table := range []string{"a", "b"} {
		exec(t, s, "CREATE TABLE "+table+" (id NUMBER GENERATED ALWAYS AS IDENTITY PRIMARY KEY, note VARCHAR2(100))")
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	var work errgroup.Group
	for worker := range 3 {
		work.Go(func() error { return churn(ctx, i, worker) })
	}
	last := "0"
	for range 20 {
		path := filepath.Join(t.TempDir(), "state")
		capture := state.Take(i.Parts())
		err := capture.Save(path)
		capture.Close()
		if err != nil {
			t.Fatal(err)
		}
		back, err := load(path, Config{Name: "ADBSJ"})
		if err != nil {
			t.Fatal(err)
		}
		fresh := back.Internal("ADMIN")
		if got := query(t, fresh, "SELECT (SELECT COUNT(*) FROM a) - COUNT(*), COUNT(DISTINCT note), MAX(note) FROM b"); got != "0|1|x" && got != "0|0|~" {
			t.Errorf("a and b: %s", got)
		}
		now := query(t, fresh, "SELECT COUNT(*) FROM a WHERE id >= 0")
		if len(now) < len(last) || len(now) == len(last) && now < last {
			t.Errorf("%s rows after %s", now, last)
		}
		last = now
		exec(t, fresh, "INSERT INTO a (note) VALUES ('new')", "INSERT INTO b (note) VALUES ('new')") // no number twice
		fresh.Close()
		back.Close()
	}
	cancel(nil)
	if err := work.Wait(); err != nil {
		t.Error(err)
	}
}
