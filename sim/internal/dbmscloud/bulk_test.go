package dbmscloud_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim/internal/dbmscloud"
	"github.com/adbferry/adbferry/sim/internal/objectstore"
)

// shelf makes a world with a credential and four objects.
func shelf(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, dbmscloud.Knobs{})
	w.account()
	for _, name := range []string{"run/a.csv", "run/b.csv", "run/c.txt", "other/a.csv"} {
		w.put(name, "data of "+name)
	}
	return w
}

func (w *world) wantObjects(want ...string) {
	w.t.Helper()
	if diff := cmp.Diff(want, w.objects()); diff != "" {
		w.t.Errorf("objects (-want +got):\n%s", diff)
	}
}

// bulk calls a procedure between two places.
func (w *world) bulk(name, from, to, more string) error {
	return w.cloud("%s(source_credential_name => 'CRED', source_location_uri => %s, target_location_uri => %s%s)",
		name, literal(w.native()+from), literal(w.native()+to), more)
}

func TestFact_3_BulkCopyCopiesBelowALocation(t *testing.T) {
	w := shelf(t)
	w.exec("DECLARE n NUMBER; BEGIN DBMS_CLOUD.BULK_COPY('CRED', " + literal(w.native()+"run/") + ", " + literal(w.native()+"kept/x_") +
		", regex_filter => '[.]csv$', operation_id => n); END;")
	w.wantObjects("kept/x_a.csv", "kept/x_b.csv", "other/a.csv", "run/a.csv", "run/b.csv", "run/c.txt")
	if got := w.content("kept/x_b"); got != "data of run/b.csv" {
		t.Errorf("copied %q", got)
	}
	w.wantRows("SELECT type, status FROM user_load_operations", "COPY|COMPLETED")
	if err := w.bulk("BULK_COPY", "other/", "run/", ""); err != nil || w.content("run/a") != "data of other/a.csv" {
		t.Errorf("an object in the way: %q, %v", w.content("run/a"), err)
	}
}

func TestFact_3_BulkMoveLeavesNothingBehind(t *testing.T) {
	w := shelf(t)
	if err := w.bulk("BULK_MOVE", "run/", "moved/", ", regex_filter => '^[ab]'"); err != nil {
		t.Fatal(err)
	}
	w.wantObjects("moved/a.csv", "moved/b.csv", "other/a.csv", "run/c.txt")
	w.wantRows("SELECT type, status FROM user_load_operations", "MOVE|COMPLETED")
	wantStack(t, w.bulk("BULK_MOVE", "moved/", "moved/", ""), 20000, "are the same")
	w.wantObjects("moved/a.csv", "moved/b.csv", "other/a.csv", "run/c.txt")
}

func TestFact_3_BulkDownloadAndUploadUseADirectory(t *testing.T) {
	w := shelf(t)
	download := "BULK_DOWNLOAD('CRED', " + literal(w.native()+"run/") + ", 'DATA_PUMP_DIR'%s)"
	if err := w.cloud(download, ", '[.]csv$'"); err != nil {
		t.Fatal(err)
	}
	w.wantFiles("a.csv 17", "b.csv 17")
	if err := w.cloud("BULK_UPLOAD('CRED', %s, 'DATA_PUMP_DIR', '^b')", literal(w.native()+"back/")); err != nil {
		t.Fatal(err)
	}
	if got := w.content("back/"); got != "data of run/b.csv" {
		t.Errorf("uploaded %q", got)
	}
	w.wantRows("SELECT type, status FROM user_load_operations ORDER BY id", "DOWNLOAD|COMPLETED", "UPLOAD|COMPLETED")
	wantStack(t, w.cloud("BULK_DOWNLOAD('CRED', %s, 'DATA_PUMP_DIR')", literal(w.native())), 20019, "back/b.csv")
	wantStack(t, w.cloud("BULK_DOWNLOAD('CRED', %s, 'ELSEWHERE')", literal(w.native())), 20018)
	wantStack(t, w.cloud("BULK_UPLOAD('CRED', %s, 'ELSEWHERE')", literal(w.native())), 20018)
}

func TestBulkOperationsRefuse(t *testing.T) {
	w := shelf(t)
	full := literal(w.full() + "run/")
	for _, call := range []string{
		"BULK_COPY(source_location_uri => " + full + ", target_location_uri => " + full + ")",
		"BULK_MOVE(source_location_uri => " + full + ", target_location_uri => 'https://h/x')",
		"BULK_DOWNLOAD(location_uri => " + full + ", directory_name => 'DATA_PUMP_DIR')",
		"BULK_UPLOAD(location_uri => " + full + ", directory_name => 'DATA_PUMP_DIR')",
	} {
		wantStack(t, w.cloud("%s", call), 20010, "Missing credential")
	}
	wantStack(t, w.bulk("BULK_COPY", "run/", "x/", ", regex_filter => '('"), 12725)
	wantStack(t, w.bulk("BULK_COPY", "run/", "x/", `, format => '{"priority":"HIGH"}'`), 20000, "format parameter priority")
	wantStack(t, w.bulk("BULK_COPY", "run/", "x/", `, format => '{'`), 20009)
	wantStack(t, w.bulk("BULK_COPY", "run/*", "x/", ""), 20011)
	wantStack(t, w.bulk("BULK_COPY", "run/", "x?", ""), 20011)
	wantStack(t, w.bulk("BULK_COPY", "run/", "x/", ", target_credential_name => 'NOBODY'"), 20004)
	wantStack(t, w.bulk("BULK_COPY", "run/", "x/", ", target_credential_name => 'a b'"), 20007)
	w.wantRows("SELECT COUNT(*) FROM user_load_operations", "0")
	w.wantObjects("other/a.csv", "run/a.csv", "run/b.csv", "run/c.txt")
}

func TestABulkOperationThatFailsKeepsWhatItDid(t *testing.T) {
	w := shelf(t)
	w.store.Intercept(func(rw http.ResponseWriter, r *http.Request) objectstore.Verdict {
		if r.Method == http.MethodPut && strings.HasSuffix(r.URL.Path, "b.csv") {
			objectstore.Fail(rw, r, http.StatusServiceUnavailable, "ServiceUnavailable", "")
			return objectstore.Answered
		}
		return objectstore.Pass
	})
	wantStack(t, w.bulk("BULK_MOVE", "run/", "moved/", ""), 20503)
	w.wantObjects("moved/a.csv", "other/a.csv", "run/b.csv", "run/c.txt")
	w.wantRows("SELECT type, status FROM user_load_operations", "MOVE|FAILED")
}
