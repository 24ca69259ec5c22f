package sim_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim"
)

// outside makes the external table E over objects of the depot.
func (d *depot) outside(name, objects string) {
	d.t.Helper()
	_, err := d.db.ExecContext(d.t.Context(), `BEGIN DBMS_CLOUD.CREATE_EXTERNAL_TABLE(table_name => :1, file_uri_list => :2,
		column_list => 'n NUMBER, t VARCHAR2(30)',
		format => json_object('type' VALUE 'csv', 'ignoremissingcolumns' VALUE 'true')); END;`, name, d.par+objects)
	d.must(err)
}

// one returns the first value of a query.
func (d *depot) one(query string) (value string, err error) {
	err = d.db.QueryRowContext(d.t.Context(), query).Scan(&value)
	return value, err
}

func (d *depot) want(query, want string) {
	d.t.Helper()
	if got, err := d.one(query); err != nil || got != want {
		d.t.Errorf("%s = %q, %v, want %q", query, got, err, want)
	}
}

func newOutside(t *testing.T, rows int) *depot {
	t.Helper()
	d := newDepot(t, sim.Config{})
	t.Cleanup(func() {
		d.must(d.db.Close())
		d.sim.AssertIdle(t)
	})
	var text strings.Builder
	for n := range rows {
		fmt.Fprintf(&text, "%d,row number %d\n", n, n)
	}
	d.must(d.sim.Storage().Write("e/1.csv", []byte(text.String())))
	return d
}

func TestExternalTablesAreFetchedThroughADriver(t *testing.T) {
	const many = 30_000
	d := newOutside(t, many)
	d.outside("e", "e/*.csv")
	rows, err := d.db.QueryContext(t.Context(), "SELECT n, t FROM e")
	d.must(err)
	defer func() { _ = rows.Close() }() // read to its end
	count := 0
	for rows.Next() {
		var n int
		var text string
		d.must(rows.Scan(&n, &text))
		if n != count || text != fmt.Sprintf("row number %d", n) {
			t.Fatalf("row %d is %d, %q", count, n, text)
		}
		count++
	}
	d.must(rows.Err())
	if count != many {
		t.Errorf("%d rows", count)
	}
	d.must(d.exec("INSERT INTO t SELECT n FROM e WHERE MOD(n, 3) = 0"))
	if d.rows() != 10000 {
		t.Errorf("%d rows", d.rows())
	}
	d.want("SELECT COUNT(*) FROM e JOIN t ON e.n = t.n", "10000")
	d.want("SELECT t FROM e WHERE n = (SELECT MAX(n) FROM e)", "row number 29999")
	d.must(d.exec("CREATE TABLE c AS SELECT * FROM e"))
	d.want("SELECT COUNT(DISTINCT t) FROM c", "30000")
	d.want("SELECT external FROM user_tables WHERE table_name = 'E'", "YES")
	for _, statement := range []string{"INSERT INTO e VALUES (1, 'x')", "UPDATE e SET n = 1", "DELETE e"} {
		if err := d.exec(statement); oraCode(err) != 30657 {
			t.Errorf("%s: %v", statement, err)
		}
	}
	d.must(d.exec("BEGIN DBMS_CLOUD.VALIDATE_EXTERNAL_TABLE(table_name => 'E', stop_on_error => FALSE); END;"))
	d.want("SELECT type || status || badfile_table FROM user_load_operations", "VALIDATECOMPLETEDVALIDATE$1_BAD")
	d.must(d.exec("DROP TABLE e"))
	if _, err := d.one("SELECT COUNT(*) FROM e"); oraCode(err) != 942 {
		t.Errorf("dropped: %v", err)
	}
}

func TestALostConnectionEndsItsScan(t *testing.T) {
	d := newOutside(t, 50_000)
	d.outside("e", "e/1.csv")
	lost := d.bench.fail(sim.Trigger{Match: "^fetch", Nth: 2}, sim.CallFault{Drop: sim.DropBefore})
	rows, err := d.db.QueryContext(t.Context(), "SELECT n, t FROM e")
	d.must(err)
	defer func() { _ = rows.Close() }() // of a connection that is gone
	for rows.Next() {
	}
	if !isLost(rows.Err()) || lost.Struck() != 1 {
		t.Errorf("the result ends with %v", rows.Err())
	}
	d.idle()
	d.want("SELECT COUNT(*) FROM e", "50000")
}

func TestStorageFailsUnderAQuery(t *testing.T) {
	d := newOutside(t, 3)
	d.outside("e", "e/*.csv")
	const query = "SELECT COUNT(*) FROM e"
	for _, status := range []int{401, 404, 429, 503} {
		d.fail("^GET .*/o/e/1.csv", sim.StorageFault{Status: status})
		if _, err := d.one(query); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("ORA-%d", 20000+status)) {
			t.Errorf("%d: %v", status, err)
		}
	}
	d.fail(`\?.*prefix=e`, sim.StorageFault{Status: 500})
	if _, err := d.one(query); oraCode(err) != 29913 {
		t.Errorf("listing: %v", err)
	}
	d.fail("^GET .*/o/e/1.csv", sim.StorageFault{Cut: true, Truncate: 20})
	if _, err := d.one(query); err == nil || !strings.Contains(err.Error(), "ORA-29273") {
		t.Errorf("torn object: %v", err)
	}
	d.want(query, "3")
	if !d.sim.Storage().Expire(d.par) {
		t.Fatal("the PAR was dead already")
	}
	if _, err := d.one(query); err == nil || !strings.Contains(err.Error(), "ORA-20404") {
		t.Errorf("dead PAR: %v", err)
	}
	d.want("SELECT COUNT(*) FROM user_external_tables", "1")
}

func TestExportsReadExternalTables(t *testing.T) {
	d := newOutside(t, 1000)
	d.outside("e", "e/*.csv")
	d.must(d.export("SELECT n FROM e WHERE n < 3 ORDER BY n", "out/x"))
	objects := d.sim.Storage().Objects("out/")
	if len(objects) != 1 {
		t.Fatalf("%d objects", len(objects))
	}
	data, _ := d.sim.Storage().Read(objects[0].Name)
	if diff := cmp.Diff("0\n1\n2\n", string(data)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
