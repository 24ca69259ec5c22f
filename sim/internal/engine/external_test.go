package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
)

// feed is an access driver whose tables count from 1 to the parameter LAST, as
// numbers and as texts; the row of the parameter BROKEN is an error.
type feed struct {
	opened, closed int
	served         int             // rows, of all scans
	ctx            context.Context //nolint:containedctx // of the last scan
}

type feedRows struct {
	*feed
	ctx          context.Context //nolint:containedctx // of this scan
	scan         ExternalScan
	next         int
	last, broken int
	row          datum.Row
}

func (f *feed) open(ctx context.Context, _ *Session, scan ExternalScan) (ExternalRows, error) {
	r := &feedRows{feed: f, ctx: ctx, scan: scan, row: make(datum.Row, len(scan.Table.Columns))}
	for name, to := range map[string]*int{"LAST": &r.last, "BROKEN": &r.broken} {
		if _, err := fmt.Sscan(scan.Parameters[name]+" 0", to); err != nil {
			return nil, err
		}
	}
	if r.last == 0 {
		return nil, datum.Errorf(29913, "no such place %s", strings.Join(scan.Locations, ", "))
	}
	f.opened++
	f.ctx = ctx
	return r, nil
}

func (r *feedRows) Next() (datum.Row, error) {
	if err := context.Cause(r.ctx); err != nil {
		return nil, err
	}
	if r.next++; r.next > r.last {
		return nil, io.EOF
	}
	if r.next == r.broken {
		return nil, datum.Errorf(30653, "reject limit reached")
	}
	r.served++
	for i := range r.row {
		v := datum.FromInt(int64(r.next))
		if i > 0 {
			v = datum.FromText(fmt.Sprintf("row %d", r.next))
		}
		var err error
		if r.row[i], err = r.scan.Fit(i, v); err != nil {
			return nil, err
		}
	}
	return r.row, nil
}

func (r *feedRows) Close() { r.closed++ }

// newFeed makes a database with the external table E of so many rows.
func newFeed(t *testing.T, parameters map[string]string) (*Session, *feed) {
	t.Helper()
	s, f := testSession(t), &feed{}
	s.Instance().RegisterAccessDriver("FEED", f.open)
	feedTable(t, s, "E", parameters)
	t.Cleanup(func() {
		if f.opened != f.closed || len(s.scans) > 0 {
			t.Errorf("%d scans opened, %d closed, %d open", f.opened, f.closed, len(s.scans))
		}
	})
	return s, f
}

func feedTable(t *testing.T, s *Session, name string, parameters map[string]string) {
	t.Helper()
	x := External{Driver: "FEED", Locations: []string{"https://store/a", "https://store/b"}, RejectLimit: "0", Parameters: parameters}
	if err := s.CreateExternal(t.Context(), name, "id NUMBER(5), name VARCHAR2(10) -- of the row", x); err != nil {
		t.Fatal(err)
	}
}

func TestExternalTablesAreQueriedLikeOthers(t *testing.T) {
	s, _ := newFeed(t, map[string]string{"LAST": "300"})
	exec(t, s, "CREATE TABLE h (id NUMBER, note VARCHAR2(10))", "INSERT INTO h VALUES (7, 'seven')")
	for text, want := range map[string]string{
		"SELECT COUNT(*), SUM(id), MAX(name) FROM e":                                  "300|45150|row 99",
		"SELECT * FROM e WHERE id = 12":                                               "12|row 12",
		"SELECT name FROM e WHERE ROWNUM <= 2":                                        "row 1; row 2",
		"SELECT id FROM e ORDER BY id DESC FETCH FIRST 2 ROWS ONLY":                   "300; 299",
		"SELECT h.note, e.name FROM e JOIN h ON h.id = e.id":                          "seven|row 7",
		"SELECT e.name FROM h LEFT JOIN e ON h.id = e.id":                             "row 7",
		"SELECT note, (SELECT MAX(id) FROM e WHERE e.id < h.id) FROM h":               "seven|6",
		"SELECT COUNT(*) FROM h WHERE EXISTS (SELECT 1 FROM e WHERE e.id = h.id)":     "1",
		"SELECT COUNT(*) FROM (SELECT id FROM e UNION SELECT id FROM admin.e)":        "300",
		"SELECT COUNT(*) FROM e a, e b WHERE a.id = b.id AND b.id > 290":              "10",
		"WITH x AS (SELECT id FROM e WHERE id < 3) SELECT COUNT(*) FROM x a, x b":     "4",
		"SELECT MOD(id, 2), COUNT(*) FROM e GROUP BY MOD(id, 2) ORDER BY 1":           "0|150; 1|150",
		"SELECT COUNT(*) FROM e WHERE id IN (SELECT id FROM e WHERE name = 'row 44')": "1",
	} {
		if got := query(t, s, text); got != want {
			t.Errorf("%s = %s, want %s", text, got, want)
		}
	}
}

func TestExternalTablesFillHeapTables(t *testing.T) {
	s, _ := newFeed(t, map[string]string{"LAST": "1000"})
	exec(t, s, "CREATE TABLE copied AS SELECT * FROM e WHERE id > 10", "INSERT INTO copied SELECT * FROM e WHERE id <= 10", "COMMIT",
		`BEGIN FOR r IN (SELECT id FROM e WHERE id < 4) LOOP INSERT INTO copied VALUES (r.id + 2000, 'looped'); END LOOP; COMMIT; END;`)
	if got, want := query(t, s, "SELECT COUNT(*), MIN(id), MAX(id), COUNT(DISTINCT name) FROM copied"), "1003|1|2003|1001"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := query(t, s, "SELECT data_type, data_precision FROM user_tab_columns WHERE table_name = 'COPIED' ORDER BY column_id"),
		"NUMBER|5; VARCHAR2|~"; got != want {
		t.Errorf("columns: got %s, want %s", got, want)
	}
}

func TestExternalTablesRefuseWhatNeedsStorage(t *testing.T) {
	s, _ := newFeed(t, map[string]string{"LAST": "3"})
	for text, want := range map[string]string{
		"INSERT INTO e VALUES (1, 'x')":                           "ORA-30657",
		"INSERT INTO e SELECT * FROM e":                           "ORA-30657",
		"UPDATE e SET id = 1":                                     "ORA-30657",
		"DELETE FROM e":                                           "ORA-30657",
		"TRUNCATE TABLE e":                                        "ORA-30657",
		"CREATE INDEX i ON e (id)":                                "ORA-30657",
		"SELECT * FROM e AS OF SCN 1":                             "ORA-30657",
		"SELECT * FROM e FOR UPDATE":                              "ORA-30657",
		"SELECT ROWID FROM e":                                     "ORA-00904",
		"SELECT * FROM e PARTITION (p)":                           "ORA-14501",
		"ALTER TABLE e ADD (x NUMBER)":                            `"ALTER TABLE of an external table"`,
		"BEGIN DBMS_STATS.GATHER_TABLE_STATS('ADMIN', 'E'); END;": "of an external table",
		"SELECT DBMS_METADATA.GET_DDL('TABLE', 'E') FROM dual":    "of an external table",
		"CREATE TABLE e (id NUMBER)":                              "ORA-00955",
		"CREATE TABLE k (id NUMBER REFERENCES e (id))":            "ORA-02270",
		`BEGIN DBMS_PARALLEL_EXECUTE.CREATE_TASK('t');
			DBMS_PARALLEL_EXECUTE.CREATE_CHUNKS_BY_ROWID('t', 'ADMIN', 'E', TRUE, 10); END;`: "ORA-29491",
	} {
		failsWith(t, s, text, want)
	}
	if got := query(t, s, "SELECT COUNT(*) FROM e"); got != "3" {
		t.Errorf("%s rows", got)
	}
}

func TestExternalTablesAreInTheDictionary(t *testing.T) {
	s, _ := newFeed(t, map[string]string{"LAST": "3"})
	exec(t, s, "CREATE TABLE h (c CLOB)", "COMMENT ON TABLE e IS 'from outside'", "COMMENT ON COLUMN e.id IS 'number'")
	for text, want := range map[string]string{
		"SELECT table_name, external, tablespace_name, segment_created FROM user_tables ORDER BY 1":     "E|YES|~|NO; H|NO|DATA|NO",
		"SELECT owner, external FROM all_tables WHERE table_name = 'E'":                                 "ADMIN|YES",
		"SELECT object_name, object_type, status FROM user_objects ORDER BY 1":                          "E|TABLE|VALID; H|TABLE|VALID",
		"SELECT column_name, data_type FROM user_tab_columns WHERE table_name = 'E' ORDER BY column_id": "ID|NUMBER; NAME|VARCHAR2",
		"SELECT table_name, type_owner, type_name, reject_limit, property FROM user_external_tables":    "E|SYS|FEED|0|ALL",
		"SELECT owner, table_name, location FROM all_external_locations ORDER BY location":              "ADMIN|E|https://store/a; ADMIN|E|https://store/b",
		"SELECT comments FROM user_tab_comments WHERE table_name = 'E'":                                 "from outside",
	} {
		if got := query(t, s, text); got != want {
			t.Errorf("%s = %s, want %s", text, got, want)
		}
	}
	exec(t, s, "RENAME e TO f")
	if got := query(t, s, "SELECT COUNT(*) FROM f"); got != "3" {
		t.Errorf("renamed: %s rows", got)
	}
	exec(t, s, "DROP TABLE f")
	failsWith(t, s, "SELECT * FROM f", "ORA-00942")
	if got := query(t, s, "SELECT COUNT(*) FROM dba_external_tables"); got != "0" {
		t.Errorf("dropped: still %s external tables", got)
	}
}

func TestExternalTablesCanBeGranted(t *testing.T) {
	s, _ := newFeed(t, map[string]string{"LAST": "3"})
	s.Instance().CreateUser("CLERK", "secret")
	clerk := s.Instance().Internal("CLERK")
	defer clerk.Close()
	failsWith(t, clerk, "SELECT * FROM admin.e", "ORA-00942")
	exec(t, s, "GRANT SELECT ON e TO clerk")
	if got := query(t, clerk, "SELECT COUNT(*) FROM admin.e"); got != "3" {
		t.Errorf("%s rows", got)
	}
	failsWith(t, clerk, "DELETE FROM admin.e", "ORA-01031")
	if _, ok, err := clerk.ExternalScan("ADMIN", "E"); !ok || err != nil {
		t.Errorf("scan: %v, %v", ok, err)
	}
	exec(t, s, "REVOKE SELECT ON e FROM clerk", "GRANT ALTER ON e TO clerk")
	if _, _, err := clerk.ExternalScan("ADMIN", "E"); datum.AsError(err).Code != 1031 {
		t.Errorf("scan without the right: %v", err)
	}
}

func TestAnErrorOfAScanWaitsForTheRowsBeforeIt(t *testing.T) {
	s, _ := newFeed(t, map[string]string{"LAST": "100", "BROKEN": "10"})
	if got, want := query(t, s, "SELECT MAX(id) FROM (SELECT id FROM e WHERE ROWNUM <= 9)"), "9"; got != want {
		t.Errorf("before the broken row: %s, want %s", got, want)
	}
	failsWith(t, s, "SELECT COUNT(*) FROM e", "ORA-30653")
	failsWith(t, s, "CREATE TABLE c AS SELECT * FROM e", "ORA-30653")
	failsWith(t, s, "SELECT * FROM c", "ORA-00942")
	feedTable(t, s, "NOWHERE", nil)
	failsWith(t, s, "SELECT COUNT(*) FROM nowhere", "ORA-29913: no such place https://store/a, https://store/b")
	failsWith(t, s, "SELECT COUNT(*) FROM dual d, nowhere", "ORA-29913")
	failsWith(t, s, "SELECT COUNT(*) FROM e, nowhere", "ORA-29913")
	failsWith(t, s, "SELECT id FROM e UNION ALL SELECT id FROM nowhere", "ORA-29913")
}

func TestValuesOfAScanFitTheirColumns(t *testing.T) {
	s, _ := newFeed(t, map[string]string{"LAST": "100000"})
	failsWith(t, s, "SELECT COUNT(*) FROM e", "ORA-01438") // 100000 has six digits
	x := External{Driver: "FEED", Parameters: map[string]string{"LAST": "100"}}
	if err := s.CreateExternal(t.Context(), "C", "id NUMBER, name CHAR(8)", x); err != nil {
		t.Fatal(err)
	}
	if got, want := query(t, s, "SELECT name || '.', LENGTH(name) FROM c WHERE id = 1"), "row 1   .|8"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestScansAreReadAheadInSteps(t *testing.T) {
	s, f := newFeed(t, map[string]string{"LAST": "50000"})
	if query(t, s, "SELECT id FROM e WHERE ROWNUM <= 1"); f.served > 3 {
		t.Errorf("%d rows were read for one", f.served)
	}
	f.served = 0
	if query(t, s, "SELECT MAX(id) FROM (SELECT id FROM e WHERE ROWNUM <= 1000)"); f.served > 1000+maxAhead {
		t.Errorf("%d rows were read for 1000", f.served)
	}
}

func TestAScanOutlivesItsCallAndEndsWithTheOneThatIsCancelled(t *testing.T) {
	s, f := newFeed(t, map[string]string{"LAST": "50000"})
	st, err := s.Prepare(t.Context(), "SELECT id FROM e")
	if err != nil {
		t.Fatal(err)
	}
	call, end := context.WithCancelCause(t.Context())
	out, err := st.Execute(call, database.Execution{})
	end(errors.New("the call has returned"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Rows.Close()
	call, end = context.WithCancelCause(t.Context())
	for range 1000 {
		if _, err := out.Rows.Next(call); err != nil {
			t.Fatal(err)
		}
	}
	end(errors.New("cancelled"))
	for range 2 * maxAhead {
		if _, err = out.Rows.Next(call); err != nil {
			break
		}
	}
	if datum.AsError(err).Code != 1013 || f.ctx.Err() == nil {
		t.Errorf("got %v, context of the scan: %v", err, f.ctx.Err())
	}
	if _, err := out.Rows.Next(t.Context()); !errors.Is(err, io.EOF) {
		t.Errorf("after the error: %v", err)
	}
}

func TestAScanEndsWithItsSession(t *testing.T) {
	s, f := newFeed(t, map[string]string{"LAST": "50000"})
	other := s.Instance().Internal("ADMIN")
	cursor, err := other.Query(t.Context(), "SELECT id FROM e")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cursor.Rows.Next(t.Context()); err != nil {
		t.Fatal(err)
	}
	other.Close()
	if f.closed != 1 || f.ctx.Err() == nil {
		t.Errorf("%d scans closed, context %v", f.closed, f.ctx.Err())
	}
	for range 2 {
		_, err = cursor.Rows.Next(t.Context())
	}
	if err == nil {
		t.Error("rows of a session that has ended")
	}
	cursor.Rows.Close()
}

func TestColumnListsOfExternalTables(t *testing.T) {
	s, _ := newFeed(t, map[string]string{"LAST": "1"})
	for columns, want := range map[string]int{
		"":                                       904,
		"id":                                     2263,
		"id NUMBER, id NUMBER":                   957,
		"id NONSENSE":                            902,
		"id LONG":                                30656,
		"id LONG RAW":                            30656,
		"id NUMBER PRIMARY KEY":                  30657,
		"id NUMBER, UNIQUE (id)":                 30657,
		"id NUMBER CHECK (id > 0)":               30657,
		"id NUMBER NOT NULL":                     3001,
		"id NUMBER DEFAULT 1":                    3001,
		"id NUMBER GENERATED ALWAYS AS IDENTITY": 3001,
		"id NUMBER, two NUMBER AS (id * 2)":      3001,
		"id NUMBER) PARTITION BY HASH (id) (PARTITION p": 3001,
		"id NUMBER); DROP TABLE e; --":                   922,
		"id VARCHAR2(99999)":                             910,
	} {
		err := s.CreateExternal(t.Context(), "X", columns, External{Driver: "FEED"})
		if e := datum.AsError(err); err == nil || e.Code != want {
			t.Errorf("%q: %v, want ORA-%05d", columns, err, want)
		}
	}
	err := s.CreateExternal(t.Context(), "E", "id NUMBER", External{Driver: "FEED"})
	if datum.AsError(err).Code != 955 {
		t.Errorf("second E: %v", err)
	}
	if err := s.CreateExternal(t.Context(), "mixed", "\"a b\" NUMBER /* , */", External{Driver: "NONE"}); err != nil {
		t.Error(err)
	}
	failsWith(t, s, `SELECT "a b" FROM "mixed"`, `"access driver NONE"`)
	info, err := s.DescribeExternal("Y", "a DATE, b CHAR(3)")
	if err != nil || len(info.Columns) != 2 || info.Columns[1].Type.Size != 3 {
		t.Errorf("described as %+v, %v", info, err)
	}
	if _, ok, err := s.ExternalScan("ADMIN", "Y"); ok || err == nil {
		t.Errorf("describing made a table: %v", err)
	}
}

func TestCreatingAnExternalTableCommits(t *testing.T) {
	s, _ := newFeed(t, map[string]string{"LAST": "1"})
	exec(t, s, "CREATE TABLE h (id NUMBER)", "INSERT INTO h VALUES (1)")
	feedTable(t, s, "E2", map[string]string{"LAST": "1"})
	exec(t, s, "ROLLBACK")
	if got := query(t, s, "SELECT COUNT(*) FROM h"); got != "1" {
		t.Errorf("%s rows", got)
	}
	if _, ok, err := s.ExternalScan("ADMIN", "H"); ok || err != nil {
		t.Errorf("a heap table is taken for an external one: %v", err)
	}
}
