package dbmscloud_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim/internal/dbmscloud"
	"github.com/adbferry/adbferry/sim/internal/engine"
	"github.com/adbferry/adbferry/sim/internal/objectstore"
	"github.com/adbferry/adbferry/sim/internal/state"
)

// capture takes the state of a world's database at this instant; restore makes
// it that of the database once more, in place of what became of it.
func (w *world) capture() (restore func()) {
	w.t.Helper()
	capture := state.Take(w.inst.Parts())
	defer capture.Close()
	var sections [][]byte
	for n := range w.inst.Parts() {
		data, err := capture.Bytes(n)
		if err != nil {
			w.t.Fatal(err)
		}
		sections = append(sections, data)
	}
	return func() {
		w.t.Helper()
		w.inst = engine.New(engine.Config{})
		err := dbmscloud.Register(w.inst, dbmscloud.Config{HTTPClient: w.http, Hosts: []string{strings.TrimPrefix(w.base, "https://")}})
		if err != nil {
			w.t.Fatal(err)
		}
		for n, p := range w.inst.Parts() {
			if err := state.LoadBytes(p, sections[n]); err != nil {
				w.t.Fatal(err)
			}
		}
		w.session = w.open()
	}
}

func TestOperationsAndCredentialsSurviveARestart(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.account()
	w.exec("CREATE TABLE t (n NUMBER)", "INSERT INTO t VALUES (1)", "COMMIT")
	w.mustExport(w.full()+"x/", "SELECT n FROM t", `{"type": "csv"}`)
	w.mustLoad("T", w.full()+"x/*", `{"type": "csv"}`)
	if err := w.load("T", w.full()+"none", `{"type": "csv"}`); err == nil {
		t.Fatal("a load of nothing succeeded")
	}
	if err := w.cloud("CREATE_CREDENTIAL('KEY', 'me@x', 'token')"); err != nil {
		t.Fatal(err)
	}
	shown := func() []string {
		return slices.Concat(w.query("SELECT * FROM user_load_operations ORDER BY id"), w.query("SELECT * FROM all_credentials"),
			w.query("SELECT * FROM "+w.one("SELECT MAX(logfile_table) FROM user_load_operations")))
	}
	before := shown()
	w.capture()()
	if d := cmp.Diff(before, shown()); d != "" {
		t.Error(d)
	}
	w.mustLoad("T", w.full()+"x/*", `{"type": "csv"}`)
	if got := w.query("SELECT MAX(id), (SELECT COUNT(*) FROM t) FROM user_load_operations"); got[0] != "31|3" {
		t.Errorf("the next operation: %s", got)
	}
}

func TestAnOperationThatRanHasFailedAfterARestart(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.exec("CREATE TABLE t (n NUMBER)")
	w.put("x", "1\n")
	var restore func()
	w.store.Intercept(func(http.ResponseWriter, *http.Request) objectstore.Verdict {
		if restore == nil {
			restore = w.capture()
		}
		return objectstore.Pass
	})
	w.mustLoad("T", w.full()+"x", csv)
	restore()
	if got := w.query("SELECT id, status, rows_loaded, (SELECT COUNT(*) FROM t) FROM user_load_operations"); got[0] != "1|FAILED||0" {
		t.Errorf("after the restart: %q", got)
	}
}

func TestExternalTablesAreReadAfterARestart(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.put("x", "1,a\n2,b\n")
	w.exec("BEGIN DBMS_CLOUD.CREATE_EXTERNAL_TABLE(table_name => 'EXT', file_uri_list => " + literal(w.full()+"x") +
		", column_list => 'n NUMBER, a VARCHAR2(5)', format => '" + csv + "'); END;")
	w.capture()()
	if got := w.query("SELECT SUM(n), MAX(a) FROM ext"); got[0] != "3|b" {
		t.Errorf("read: %q", got)
	}
}
