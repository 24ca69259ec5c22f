package engine

import (
	"testing"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

func TestSQLID(t *testing.T) {
	// A well-known one, which every database has.
	if got := sqlID("select * from dual"); got != "a5ks9fhw2v9s1" {
		t.Errorf("SQL_ID = %s", got)
	}
}

// TestOthersSeeWhatASessionDoes asks from within a statement of another
// session, which a package function lets happen.
func TestOthersSeeWhatASessionDoes(t *testing.T) {
	now := testClock
	i := New(Config{Now: func() time.Time { return now }})
	i.CreateUser("ADMIN", "x")
	dba, worker := i.Internal("ADMIN"), i.Internal("ADMIN")
	defer dba.Close()
	defer worker.Close()
	const watch = "SELECT status, last_call_et, sql_id, prev_sql_id, command, CASE WHEN sql_exec_start IS NOT NULL THEN 'running' END FROM v$session WHERE sid = "
	sid, _ := worker.ID()
	seen := func() string { return query(t, dba, watch+datum.FromInt(int64(sid)).Decimal()) }
	now = now.Add(5 * time.Second)
	if got := seen(); got != "INACTIVE|5|~|~|0|~" {
		t.Errorf("before its first call: %s", got)
	}
	var during string
	i.Register(Package{Name: "SPY", Procedures: []Procedure{setting("LOOK", func(*Session, *Args) {
		now = now.Add(7 * time.Second)
		during = seen()
	})}})
	const text = "BEGIN EXECUTE IMMEDIATE 'BEGIN spy.look; END;'; END;"
	exec(t, worker, text)
	if want := "ACTIVE|7|" + sqlID(text) + "|~|47|running"; during != want {
		t.Errorf("during a call: %s, want %s", during, want)
	}
	now = now.Add(3 * time.Second)
	if got, want := seen(), "INACTIVE|3|~|"+sqlID(text)+"|0|~"; got != want {
		t.Errorf("after the call: %s, want %s", got, want)
	}
	failsWith(t, worker, "BEGIN RAISE_APPLICATION_ERROR(-20001, 'x'); END;", "ORA-20001")
	if got := query(t, dba, "SELECT COUNT(*) FROM v$session WHERE status = 'ACTIVE'"); got != "1" {
		t.Errorf("%s sessions are active after a failed call, want the asking one", got)
	}
}

func TestLongOperations(t *testing.T) {
	now := testClock
	i := New(Config{Now: func() time.Time { return now }})
	i.CreateUser("ADMIN", "x")
	i.CreateUser("BOB", "x")
	s, bob := i.Internal("ADMIN"), i.Internal("BOB")
	defer s.Close()
	defer bob.Close()
	const rows = `SELECT opname, target, sofar, totalwork, units, elapsed_seconds, time_remaining, username, message FROM v$session_longops ORDER BY opname`
	known, unknown := s.Longop("COPY", "ADMIN.T", "Blocks", 200), s.Longop("EXPORT", "x", "Rows", 0)
	now = now.Add(5 * time.Second)
	if got := query(t, s, rows); got != "" {
		t.Errorf("after five seconds: %s", got)
	}
	known.Advance(50)
	unknown.Advance(70)
	now = now.Add(5 * time.Second)
	if got, want := query(t, s, rows), "COPY|ADMIN.T|50|200|Blocks|10|30|ADMIN|COPY: ADMIN.T : 50 out of 200 Blocks done; "+
		"EXPORT|x|70|0|Rows|10|~|ADMIN|EXPORT: x : 70 Rows done"; got != want {
		t.Errorf("after ten seconds\ngot  %s\nwant %s", got, want)
	}
	failsWith(t, bob, rows, "ORA-00942")
	exec(t, s, "GRANT SELECT ON v_$session_longops TO bob")
	unknown.End()
	known.End()
	now = now.Add(time.Hour)
	if got, want := query(t, bob, "SELECT sofar, totalwork, elapsed_seconds, time_remaining FROM v$session_longops ORDER BY opname"), "50|200|10|0; 70|70|10|0"; got != want {
		t.Errorf("after their end: %s, want %s", got, want)
	}
	s.Longop("SHORT", "", "Rows", 0).End()
	for range maxLongops + 5 {
		s.Longop("MANY", "", "Rows", 0).Advance(1)
	}
	if len(i.longops.all) != maxLongops {
		t.Errorf("%d operations are kept", len(i.longops.all))
	}
}
