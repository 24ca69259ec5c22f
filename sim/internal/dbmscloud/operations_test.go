package dbmscloud_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"

	"github.com/adbferry/adbferry/sim/internal/dbmscloud"
	"github.com/adbferry/adbferry/sim/internal/engine"
	"github.com/adbferry/adbferry/sim/internal/objectstore"
)

const log = "SELECT id, type, status, owner_name, table_name, rows_loaded, logfile_table, badfile_table FROM user_load_operations ORDER BY id"

func TestOperationsAreLogged(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.put("x", "1,a\n2,b\n")
	w.put("bad", "x,a\n")
	w.mustLoad("p", w.full()+"x", csv)
	w.mustExport(w.full()+"out", "SELECT * FROM p", csv)
	wantStack(t, w.load("p", w.full()+"bad", csv), 29913)
	w.mustLoad("p", w.full()+"x", `{"type":"csv","logprefix":"run"}`)
	w.mustLoad("p", w.full()+"x", `{"type":"csv","enablelogs":false}`)
	w.wantRows(log,
		"1|COPY|COMPLETED|ADMIN|P|2|COPY$1_LOG|COPY$1_BAD",
		"11|EXPORT|COMPLETED|||||",
		"21|COPY|FAILED|ADMIN|P||COPY$21_LOG|COPY$21_BAD",
		"31|COPY|COMPLETED|ADMIN|P|2|RUN$31_LOG|RUN$31_BAD",
		"41|COPY|COMPLETED|ADMIN|P|2||",
	)
	w.wantRows("SELECT COUNT(*) FROM run$31_bad", "0")
	if got := w.one("SELECT file_uri_list FROM user_load_operations WHERE id = 1"); !strings.Contains(got, "/p/") {
		t.Errorf("FILE_URI_LIST = %q hides the token, which the real view does not", got)
	}
	w.wantRows("SELECT username FROM dba_load_operations WHERE id = 11", "ADMIN")
}

func TestCountExportsKnob(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{CountExports: true})
	w.numbers(3)
	w.mustExport(w.full()+"x", "SELECT * FROM n", csv)
	w.wantRows("SELECT rows_loaded FROM user_load_operations", "3")
}

func TestRunningOperationIsVisibleToOthers(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.put("x", "1,a\n")
	other, seen := w.open(), []string{}
	w.store.Intercept(func(http.ResponseWriter, *http.Request) objectstore.Verdict {
		seen = queryWith(t, other, "SELECT id, status FROM user_load_operations")
		return objectstore.Pass
	})
	w.mustLoad("p", w.full()+"x", csv)
	if diff := cmp.Diff([]string{"1|RUNNING"}, seen); diff != "" {
		t.Errorf("during the load (-want +got):\n%s", diff)
	}
}

// TestLongOperationsShowTheirProgress lets ten seconds go by in each request.
func TestLongOperationsShowTheirProgress(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	w := newWorldOf(t, dbmscloud.Knobs{}, engine.Config{Now: func() time.Time { return now }})
	w.numbers(3)
	w.exec("CREATE TABLE m (id NUMBER, pad VARCHAR2(20))")
	other, seen := w.open(), []string{}
	const query = "SELECT opname, target, sofar, totalwork, units, time_remaining FROM v$session_longops ORDER BY start_time"
	w.store.Intercept(func(_ http.ResponseWriter, r *http.Request) objectstore.Verdict {
		if r.Method == http.MethodPut {
			now = now.Add(10 * time.Second)
			seen = queryWith(t, other, query)
		}
		return objectstore.Pass
	})
	uri := w.full() + "x"
	w.mustExport(uri, "SELECT * FROM n", csv)
	const export = "C##CLOUD$SERVICE.DBMS_CLOUD.EXPORT_DATA|x|3|"
	if diff := cmp.Diff([]string{export + "0|Rows|"}, seen); diff != "" {
		t.Errorf("during the export (-want +got):\n%s", diff)
	}
	w.mustLoad("m", uri+"*", csv)
	w.wantRows(query, export+"3|Rows|0") // the load was over at once
}

func TestOtherUsersSeeTheirOwnOperations(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.put("x", "1,a\n")
	w.mustLoad("p", w.full()+"x", csv)
	w.inst.CreateUser("APP", "secret")
	other := w.inst.Internal("APP")
	defer other.Close()
	if got := queryWith(t, other, "SELECT id FROM user_load_operations"); len(got) != 0 {
		t.Errorf("APP sees %q", got)
	}
}

func TestLongURIListsAreCut(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.put("x", "1,a\n")
	uri := w.full() + "x"
	w.mustLoad("p", strings.Repeat(uri+",", 4000/len(uri)+1), csv)
	w.wantRows("SELECT LENGTH(file_uri_list) FROM user_load_operations", "4000")
}

func TestOperationIDs(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.put("x", "1,a\n")
	w.exec("CREATE TABLE ids (id NUMBER)")
	w.exec("DECLARE n NUMBER; BEGIN DBMS_CLOUD.COPY_DATA(table_name => 'P', file_uri_list => " + literal(w.full()+"x") +
		", format => '" + csv + "', operation_id => n); INSERT INTO ids VALUES (n); COMMIT; END;")
	w.exec("DECLARE n NUMBER; BEGIN DBMS_CLOUD.EXPORT_DATA(file_uri_list => " + literal(w.full()+"y") +
		", query => 'SELECT * FROM p', format => '" + csv + "', operation_id => n); INSERT INTO ids VALUES (n); COMMIT; END;")
	w.wantRows("SELECT id FROM ids ORDER BY id", "1", "11")
}

func TestTheSimulatorsOwnLogShowsNoURL(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	var out bytes.Buffer
	err := dbmscloud.Register(w.inst, dbmscloud.Config{
		HTTPClient: w.http, Hosts: []string{strings.TrimPrefix(w.base, "https://")},
		Logger: hclog.New(&hclog.LoggerOptions{Output: &out, Level: hclog.Trace}),
	})
	if err != nil {
		t.Fatal(err)
	}
	w.mustExport(w.full()+"x", "SELECT 1 FROM dual", csv)
	wantStack(t, w.load("p", w.full()+"none", csv), 29913)
	if text := out.String(); !strings.Contains(text, "operation ended") || strings.Contains(text, "/p/") {
		t.Errorf("log = %s", text)
	}
}

func TestDeletingOperationsDropsTheirTables(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.put("x", "1,a\n")
	for range 3 {
		w.mustLoad("p", w.full()+"x", csv)
	}
	w.mustExport(w.full()+"y", "SELECT * FROM p", csv)
	w.exec("DROP TABLE copy$11_bad", "BEGIN DBMS_CLOUD.DELETE_OPERATION(11); END;")
	w.wantRows("SELECT id FROM user_load_operations ORDER BY id", "1", "21", "31")
	wantStack(t, w.session.Exec(t.Context(), "SELECT * FROM copy$11_log"), 942)
	wantStack(t, w.session.Exec(t.Context(), "BEGIN DBMS_CLOUD.DELETE_OPERATION(11); END;"), 20027, "Invalid operation")
	w.exec("BEGIN DBMS_CLOUD.DELETE_ALL_OPERATIONS(type => 'COPY'); END;")
	w.wantRows("SELECT id, type FROM user_load_operations", "31|EXPORT")
	w.exec("BEGIN DBMS_CLOUD.DELETE_ALL_OPERATIONS; END;")
	w.wantRows("SELECT id FROM user_load_operations")
	wantStack(t, w.session.Exec(t.Context(), "SELECT * FROM copy$21_bad"), 942)
}
