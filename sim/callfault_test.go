package sim_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim"
)

// A bench is one region with an empty table T and a driver's connection to it.
type bench struct {
	t   *testing.T
	sim *sim.Simulation
	*sim.Region
	db *sql.DB
}

func newBench(t *testing.T, config sim.Config) *bench {
	t.Helper()
	s := sim.StartT(t, config)
	b := &bench{t: t, sim: s, Region: s.Region(sim.SanJose)}
	b.must(b.Exec(t.Context(), "CREATE TABLE t (n NUMBER)"))
	b.db = dial(t, b.Region)
	b.must(b.db.PingContext(t.Context()))
	return b
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// fail sets a fault of calls.
func (b *bench) fail(when sim.Trigger, what sim.CallFault) *sim.PendingCallFault {
	b.t.Helper()
	p, err := b.Fail(when, what)
	b.must(err)
	return p
}

// rows returns how many rows of T are committed.
func (b *bench) rows() int64 {
	b.t.Helper()
	n, err := b.Count(b.t.Context(), "t")
	b.must(err)
	return n
}

func (b *bench) exec(statement string) error {
	_, err := b.db.ExecContext(b.t.Context(), statement)
	return err
}

// idle waits until all connections and what they ran are gone.
func (b *bench) idle() {
	b.t.Helper()
	eventually(b.t, "the last session ends", func() bool { return b.Sessions() == 0 })
}

// eventually waits for a condition that no event announces.
func eventually(t *testing.T, what string, reached func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for range 2000 {
		if reached() {
			return
		}
		<-tick.C
	}
	t.Fatalf("waited in vain: %s", what)
}

// isLost reports whether a call ended without an answer.
func isLost(err error) bool { return err != nil && oraCode(err) == 0 }

const insert = "INSERT INTO t VALUES (1)"

func TestTheNthMatchingStatementFails(t *testing.T) {
	b := newBench(t, sim.Config{})
	p := b.fail(sim.Trigger{Match: "^insert into t", Nth: 2}, sim.CallFault{Code: 1653})
	var got []int
	for range 4 {
		b.must(b.exec("SELECT 1 FROM dual"))
		got = append(got, oraCode(b.exec(insert)))
	}
	if diff := cmp.Diff([]int{0, 1653, 0, 0}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if b.rows() != 3 || p.Struck() != 1 {
		t.Errorf("%d rows, struck %d times", b.rows(), p.Struck())
	}
}

func TestARepeatingFaultStrikesUntilItIsHealed(t *testing.T) {
	b := newBench(t, sim.Config{})
	p := b.fail(sim.Trigger{Repeat: true}, sim.CallFault{Code: 12805, Text: "parallel query server died"})
	for range 3 {
		if err := b.exec(insert); oraCode(err) != 12805 || !strings.Contains(err.Error(), "query server died") {
			t.Errorf("got %v", err)
		}
	}
	if !p.Heal() {
		t.Error("the fault was gone")
	}
	b.must(b.exec(insert))
}

func TestAConnectionIsLostBeforeACallHasAnyEffect(t *testing.T) {
	b := newBench(t, sim.Config{})
	b.fail(sim.Trigger{Match: "INSERT"}, sim.CallFault{Drop: sim.DropBefore})
	if err := b.exec(insert); !isLost(err) {
		t.Errorf("got %v, want a lost connection", err)
	}
	if b.rows() != 0 {
		t.Errorf("%d rows", b.rows())
	}
}

func TestAnAnswerIsLostAfterTheCommit(t *testing.T) {
	inTransaction := func(ctx context.Context, db *sql.DB) error {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, insert); err != nil {
			return err
		}
		return tx.Commit()
	}
	direct := func(text string) func(context.Context, *sql.DB) error {
		return func(ctx context.Context, db *sql.DB) error { _, err := db.ExecContext(ctx, text); return err }
	}
	for name, tc := range map[string]struct {
		match string
		call  func(context.Context, *sql.DB) error
	}{
		"of a statement that commits itself": {"INSERT", direct(insert)},
		"of a block that commits":            {"BEGIN", direct("BEGIN " + insert + "; COMMIT; END;")},
		"of the commit call":                 {"^COMMIT$", inTransaction},
		"of whatever commits":                {"", inTransaction},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, sim.Config{})
			p := b.fail(sim.Trigger{Match: tc.match}, sim.CallFault{Drop: sim.DropAfterCommit})
			if err := tc.call(t.Context(), b.db); !isLost(err) {
				t.Errorf("got %v, want a lost connection", err)
			}
			if b.rows() != 1 || p.Struck() != 1 {
				t.Errorf("%d rows, struck %d times", b.rows(), p.Struck())
			}
			b.must(tc.call(t.Context(), b.db)) // on a new connection
			if b.rows() != 2 {
				t.Errorf("%d rows after trying again", b.rows())
			}
		})
	}
}

func TestOnlyCallsThatLeaveNothingUncommittedCount(t *testing.T) {
	b := newBench(t, sim.Config{})
	p := b.fail(sim.Trigger{Match: "INSERT"}, sim.CallFault{Drop: sim.DropAfterCommit})
	tx, err := b.db.BeginTx(t.Context(), nil)
	b.must(err)
	if _, err := tx.ExecContext(t.Context(), insert); err != nil {
		t.Errorf("a call that leaves its work uncommitted: %v", err)
	}
	b.must(tx.Rollback())
	if code := oraCode(b.exec("INSERT INTO t VALUES ('x')")); code != 1722 {
		t.Errorf("a call that fails: ORA-%05d", code)
	}
	if p.Struck() != 0 {
		t.Errorf("struck %d times", p.Struck())
	}
	if err := b.exec(insert); !isLost(err) || b.rows() != 1 {
		t.Errorf("a call that commits: %v, %d rows", err, b.rows())
	}
}

func TestACallHangs(t *testing.T) {
	const hang = 200 * time.Millisecond
	b := newBench(t, sim.Config{})
	b.fail(sim.Trigger{Match: "INSERT"}, sim.CallFault{Hang: hang})
	start := time.Now()
	b.must(b.exec(insert))
	if took := time.Since(start); took < hang {
		t.Errorf("took %v", took)
	}
	b.fail(sim.Trigger{Match: "INSERT"}, sim.CallFault{Hang: time.Millisecond, Code: 60})
	if code := oraCode(b.exec(insert)); code != 60 {
		t.Errorf("ORA-%05d after hanging", code)
	}
}

func TestAnOrphanRunsOnToItsEnd(t *testing.T) {
	b := newBench(t, sim.Config{})
	b.fail(sim.Trigger{Match: "BEGIN"}, sim.CallFault{Orphan: true})
	block := "BEGIN FOR i IN 1 .. 2000 LOOP " + insert + "; END LOOP; COMMIT; " + insert + "; END;"
	tx, err := b.db.BeginTx(t.Context(), nil) // outside a transaction the driver has each call commit
	b.must(err)
	if _, err := tx.ExecContext(t.Context(), block); !isLost(err) {
		t.Errorf("got %v, want a lost connection", err)
	}
	_ = tx.Rollback() // fails, as the connection is gone
	b.idle()
	if b.rows() != 2000 {
		t.Errorf("%d rows: what is committed stays, and the rest is rolled back", b.rows())
	}
}

func TestAnOrphanEndsWithItsDatabase(t *testing.T) {
	b := newBench(t, sim.Config{})
	b.fail(sim.Trigger{Match: "BEGIN"}, sim.CallFault{Orphan: true})
	if err := b.exec("BEGIN DBMS_SESSION.SLEEP(600); " + insert + "; COMMIT; END;"); !isLost(err) {
		t.Errorf("got %v, want a lost connection", err)
	}
	b.Cut()
	b.idle()
	if b.rows() != 0 {
		t.Errorf("%d rows", b.rows())
	}
}

func TestAnExportDiesHalfWayAndLeavesObjects(t *testing.T) {
	b := newBench(t, sim.Config{DemoRows: 50_000})
	par, err := b.sim.Storage().NewPAR(sim.PAR{Access: sim.AnyObjectReadWrite})
	b.must(err)
	b.fail(sim.Trigger{Match: "^PUT .*/o/half/", Nth: 2}, sim.CallFault{Transfers: true, Code: 12805})
	_, err = b.db.ExecContext(t.Context(), `BEGIN DBMS_CLOUD.EXPORT_DATA(file_uri_list => :1,
		query => 'SELECT * FROM customer_orders_demo', format => json_object('type' VALUE 'csv')); END;`, par+"half/x")
	if oraCode(err) != 12805 {
		t.Errorf("export: %v", err)
	}
	if objects := b.sim.Storage().Objects("half/"); len(objects) != 1 {
		t.Errorf("left %d objects: %v", len(objects), objects)
	}
	rows, err := b.Rows(t.Context(), "SELECT status FROM dba_load_operations WHERE type = 'EXPORT'")
	b.must(err)
	if diff := cmp.Diff([][]string{{"FAILED"}}, rows); diff != "" {
		t.Errorf("operations (-want +got):\n%s", diff)
	}
}

func TestAHookCanLoseAnAnswer(t *testing.T) {
	b := newBench(t, sim.Config{})
	var seen sim.Call
	b.Intercept(func(_ context.Context, c sim.Call) sim.Decision {
		if c.SQL != insert {
			return sim.Decision{}
		}
		seen = c
		return sim.Decision{Done: true, Ended: func(e sim.Ended) bool { return e.Code == 0 }}
	})
	if err := b.exec(insert); !isLost(err) || b.rows() != 1 {
		t.Errorf("%v, %d rows", err, b.rows())
	}
	if want := b.Service("high"); seen.User != "ADMIN" || seen.Function != "execute" || seen.Service != want {
		t.Errorf("seen as %+v", seen)
	}
}

func TestFaultsAreListedAndHealed(t *testing.T) {
	b := newBench(t, sim.Config{})
	b.fail(sim.Trigger{Match: "COPY_DATA", Nth: 2}, sim.CallFault{Code: 1653})
	b.fail(sim.Trigger{}, sim.CallFault{Transfers: true, Hang: time.Second})
	if _, err := b.sim.Storage().Fail(sim.Trigger{Match: "/o/x", Repeat: true}, sim.StorageFault{Status: 503}); err != nil {
		t.Fatal(err)
	}
	want := []string{
		`sanjose: call the 2nd of "COPY_DATA" fails with ORA-01653; struck 0 times`,
		`sanjose: transfer the 1st hangs for 1s; struck 0 times`,
		`storage: request the 1st of "/o/x" and all that follow is answered with 503; struck 0 times`,
	}
	if diff := cmp.Diff(want, b.sim.Faults()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if n := b.sim.Heal(); n != 3 || len(b.sim.Faults()) != 0 {
		t.Errorf("healed %d, left %v", n, b.sim.Faults())
	}
}

func TestFaultsThatMakeNoSenseAreRefused(t *testing.T) {
	r := sim.StartT(t, sim.Config{}).Region(sim.SanJose)
	for name, f := range map[string]sim.CallFault{
		"nothing":                  {},
		"two at once":              {Code: 1, Orphan: true},
		"a negative number":        {Code: -1},
		"a drop of another kind":   {Drop: "sometimes"},
		"a transfer that drops":    {Transfers: true, Drop: sim.DropBefore},
		"a text without a number":  {Text: "x", Orphan: true},
		"a lost answer that hangs": {Drop: sim.DropAfterCommit, Hang: 1},
	} {
		if _, err := r.Fail(sim.Trigger{}, f); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
