package dbmscloud_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/dbmscloud"
	"github.com/adbferry/adbferry/sim/internal/objectstore"
)

// listed are the files of DATA_PUMP_DIR with their sizes.
func (w *world) files() []string {
	w.t.Helper()
	return w.query("SELECT object_name || ' ' || bytes FROM DBMS_CLOUD.LIST_FILES('DATA_PUMP_DIR') ORDER BY object_name")
}

func (w *world) wantFiles(want ...string) {
	w.t.Helper()
	if diff := cmp.Diff(append([]string{}, want...), w.files()); diff != "" {
		w.t.Errorf("files (-want +got):\n%s", diff)
	}
}

// fetch calls the procedure GET_OBJECT for an object, into DATA_PUMP_DIR.
func (w *world) fetch(object, more string) {
	w.t.Helper()
	if err := w.cloud("GET_OBJECT(object_uri => %s, directory_name => 'data_pump_dir'%s)", literal(w.full()+object), more); err != nil {
		w.t.Fatal(err)
	}
}

func TestFact_3_GetObjectWritesToADirectory(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.put("run/x.csv", "1,a\n2,b\n")
	w.put("cut", "0123456789")
	w.fetch("run/x.csv", "")
	w.fetch("run/x.csv", ", file_name => 'y.csv'")
	w.fetch("cut", ", file_name => 'cut', startoffset => 2, endoffset => 4")
	w.wantFiles("cut 3", "x.csv 8", "y.csv 8")
	w.fetch("cut", ", file_name => 'y.csv'")
	w.wantFiles("cut 3", "x.csv 8", "y.csv 10")
	wantStack(t, w.cloud("GET_OBJECT(object_uri => %s, directory_name => 'DATA_PUMP_DIR')", literal(w.full()+"none")), 20404)
	w.wantFiles("cut 3", "x.csv 8", "y.csv 10")
}

func TestFact_3_DeleteFileDeletesAFile(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.put("x", "1\n")
	w.fetch("x", "")
	if err := w.cloud("DELETE_FILE(directory_name => 'DATA_PUMP_DIR', file_name => 'x')"); err != nil {
		t.Fatal(err)
	}
	w.wantFiles()
}

func TestFact_3_ListFilesHasTheRowTypeOfListObjects(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.put("x", "123")
	w.fetch("x", "")
	cursor, err := w.session.Query(t.Context(), "SELECT * FROM DBMS_CLOUD.LIST_FILES('DATA_PUMP_DIR')")
	if err != nil {
		t.Fatal(err)
	}
	cursor.Rows.Close()
	objects, err := w.session.Query(t.Context(), "SELECT * FROM DBMS_CLOUD.LIST_OBJECTS(location_uri => "+literal(w.full())+")")
	if err != nil {
		t.Fatal(err)
	}
	objects.Rows.Close()
	if diff := cmp.Diff(objects.Columns, cursor.Columns); diff != "" {
		t.Errorf("columns (-objects +files):\n%s", diff)
	}
	w.wantRows("SELECT checksum, CASE WHEN created <= last_modified THEN 'in order' END FROM DBMS_CLOUD.LIST_FILES('DATA_PUMP_DIR')", "|in order")
}

func TestFact_4_1_NamesOfDirectoriesAndFiles(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	for call, want := range map[string]int{
		"DELETE_FILE('a b', 'x')":               20018,
		"DELETE_FILE('ELSEWHERE', 'x')":         20018,
		"DELETE_FILE('DATA_PUMP_DIR', 'a/b')":   20019,
		"DELETE_FILE('DATA_PUMP_DIR', '..')":    20019,
		"DELETE_FILE('DATA_PUMP_DIR', '')":      20019,
		"DELETE_FILE('\"data_pump_dir\"', 'x')": 20018,
		"DELETE_FILE('DATA_PUMP_DIR', 'none')":  20025,
		"PUT_OBJECT(object_uri => 'https://h/n/ns/b/b/o/x', directory_name => 'DATA_PUMP_DIR', file_name => 'none')": 20025,
		"PUT_OBJECT(object_uri => 'https://h/n/ns/b/b/o/x', directory_name => 'DATA_PUMP_DIR')":                      20019,
	} {
		wantStack(t, w.cloud("%s", call), want)
	}
}

func TestFact_3_FileVariantsNeedReadOrWriteOnTheDirectory(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.put("x", "1,a\n")
	w.fetch("x", "")
	w.inst.CreateUser("CLERK", "secret")
	w.exec("GRANT EXECUTE ON dbms_cloud TO clerk", "GRANT INSERT, SELECT ON p TO clerk")
	admin := w.session
	w.session = w.inst.Internal("CLERK")
	defer w.session.Close()
	par := literal(w.full() + "y")
	calls := map[string][]string{
		"READ": {
			"PUT_OBJECT(object_uri => " + par + ", directory_name => 'DATA_PUMP_DIR', file_name => 'x')",
			"COPY_DATA(table_name => 'P', schema_name => 'ADMIN', file_uri_list => 'DATA_PUMP_DIR:x', format => '" + csv + "')",
			"COPY_DATA(table_name => 'P', schema_name => 'ADMIN', file_uri_list => 'DATA_PUMP_DIR:*', format => '" + csv + "')",
		},
		"WRITE": {
			"GET_OBJECT(object_uri => " + par + ", directory_name => 'DATA_PUMP_DIR')",
			"EXPORT_DATA(file_uri_list => 'DATA_PUMP_DIR:y', query => 'SELECT 1 AS n FROM dual', format => '" + csv + "')",
			"DELETE_FILE('DATA_PUMP_DIR', 'x')",
		},
	}
	for privilege, list := range calls {
		for _, call := range list {
			err := w.cloud("%s", call)
			if err == nil {
				t.Fatalf("%s without %s", call, privilege)
			}
			wantStack(t, err, datum.AsError(err).Code, "ORA-20000: Missing "+privilege+" privilege on directory DATA_PUMP_DIR")
		}
	}
	for _, privilege := range []string{"READ", "WRITE"} {
		if err := admin.Exec(t.Context(), "GRANT "+privilege+" ON DIRECTORY data_pump_dir TO clerk"); err != nil {
			t.Fatal(err)
		}
		for _, call := range calls[privilege] {
			if err := w.cloud("%s", call); err != nil {
				t.Errorf("%s: %v", call, err)
			}
		}
	}
}

func TestFact_1_2_ExportsGoToADirectory(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.exec("INSERT INTO p VALUES (1, 'a')", "INSERT INTO p VALUES (2, 'b')", "COMMIT")
	for _, uri := range []string{"DATA_PUMP_DIR:sales.csv", `"DATA_PUMP_DIR":sales`, "data_pump_dir:"} {
		w.mustExport(uri, "SELECT * FROM p ORDER BY id", csv)
	}
	if names := w.query("SELECT REGEXP_REPLACE(object_name, '[0-9]{8}T[0-9]{12}', 'T') FROM DBMS_CLOUD.LIST_FILES('DATA_PUMP_DIR')"); !slices.Equal(
		names, []string{"internal_1_TZ.csv", "sales_1_TZ.csv", "sales_1_TZ.csv"}) {
		t.Errorf("files: %q", names)
	}
	w.exec("CREATE TABLE q (id NUMBER, name VARCHAR2(10))")
	w.mustLoad("q", "DATA_PUMP_DIR:sales_*.csv", csv)
	w.mustExternal("e", "DATA_PUMP_DIR:internal?1*,data_pump_dir:sales_*", csv, idAndName)
	w.wantRows("SELECT COUNT(*), MIN(id), MAX(name) FROM q", "4|1|b")
	w.wantRows("SELECT COUNT(*) FROM e", "6")
	w.wantRows("SELECT directory_name, location FROM user_external_locations WHERE ROWNUM <= 1", "|DATA_PUMP_DIR:internal?1*")
	if n := len(w.store.List("b", "")); n != 0 {
		t.Errorf("%d objects in the bucket", n)
	}
}

func TestFact_1_2_ADirectoryNeedsNoCredential(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	for _, format := range []string{csv, `{"type":"json"}`, `{"type":"xml"}`, `{"type":"parquet"}`, `{"type":"csv","compression":"gzip"}`} {
		w.exec(parquetMasks...)
		w.mustExport("DATA_PUMP_DIR:x", "SELECT 1 AS n FROM dual", format)
	}
	if n := len(w.files()); n != 5 {
		t.Errorf("%d files", n)
	}
}

func TestDirectoriesRefuse(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.put("x", "1,a\n")
	const query = "SELECT 1 AS n FROM dual"
	wantStack(t, w.load("p", "DATA_PUMP_DIR:x.dmp", asDump), 29913, "KUP-04040")
	wantStack(t, w.export(t.Context(), "ELSEWHERE:x.dmp", query, asDump), 20018)
	wantStack(t, w.export(t.Context(), "ELSEWHERE:x", query, csv), 20018, "ELSEWHERE")
	wantStack(t, w.export(t.Context(), "DATA_PUMP_DIR:a/b", query, csv), 20019)
	wantStack(t, w.export(t.Context(), "DATA_PUMP_DIR:a*", query, csv), 20000, "wildcards")
	wantStack(t, w.load("p", "DATA_PUMP_DIR:none", csv), 29913, "ORA-29400", "KUP-04040: file none in DATA_PUMP_DIR not found")
	wantStack(t, w.load("p", "DATA_PUMP_DIR:none*", csv), 29913, "ORA-20404")
	wantStack(t, w.load("p", "ELSEWHERE:none", csv), 29913, "ORA-20018")
	wantStack(t, w.load("p", "DATA_PUMP_DIR:", csv), 20011)
	for _, call := range []string{"DELETE_OBJECT(object_uri => 'DATA_PUMP_DIR:x')", "PUT_OBJECT(object_uri => 'DATA_PUMP_DIR:x', contents => HEXTORAW('00'))"} {
		wantStack(t, w.cloud("%s", call), 20011)
	}
}

func TestPutObjectReadsAFile(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{ObjectsNeedCredential: true})
	w.account()
	w.put("x", "some text")
	w.fetch("x", "")
	put := "PUT_OBJECT(credential_name => 'CRED', object_uri => %s, directory_name => 'DATA_PUMP_DIR', file_name => 'x'%s)"
	if err := w.cloud(put, literal(w.native()+"y"), ""); err != nil {
		t.Fatal(err)
	}
	if got := w.content("y"); got != "some text" {
		t.Errorf("stored %q", got)
	}
	if err := w.cloud(put, literal(w.native()+"z.gz"), ", compression => 'GZIP'"); err != nil {
		t.Fatal(err)
	}
	if got := w.content("z"); len(got) < 2 || got[0] != 0x1f || got[1] != 0x8b {
		t.Errorf("packed as %q", got)
	}
	par := w.par(objectstore.AnyObjectReadWrite, true)
	wantStack(t, w.cloud("PUT_OBJECT(object_uri => %s, directory_name => 'DATA_PUMP_DIR', file_name => 'x')", literal(par+"y")), 20010)
}

func TestFilesSurviveARestart(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.put("x", "1,a\n")
	w.put("empty", "")
	w.fetch("x", "")
	w.fetch("empty", "")
	before := w.query("SELECT * FROM DBMS_CLOUD.LIST_FILES('DATA_PUMP_DIR')")
	restore := w.capture()
	if err := w.cloud("DELETE_FILE('DATA_PUMP_DIR', 'x')"); err != nil {
		t.Fatal(err)
	}
	restore()
	if diff := cmp.Diff(before, w.query("SELECT * FROM DBMS_CLOUD.LIST_FILES('DATA_PUMP_DIR')")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	w.pair()
	w.mustLoad("p", "DATA_PUMP_DIR:x", csv)
	w.wantRows("SELECT * FROM p", "1|a")
}

func TestDumpFilesLieInADirectoryAsOnePiece(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{WorkUnits: 2, RowsPerTurn: 1})
	w.pair()
	w.exec("INSERT INTO p VALUES (1, 'a')", "INSERT INTO p VALUES (2, 'b')", "INSERT INTO p VALUES (3, NULL)", "COMMIT",
		"CREATE TABLE q (name VARCHAR2(10), id NUMBER)")
	const uris = "DATA_PUMP_DIR:one.dmp,DATA_PUMP_DIR:two.dmp"
	for _, format := range []string{asDump, `{"type":"datapump","compression":"high"}`} {
		w.mustExport(uris, "SELECT * FROM p", format)
		if n := len(w.files()); n != 2 {
			t.Errorf("%d files", n)
		}
		wantStack(t, w.export(t.Context(), uris, "SELECT * FROM p", format), 27038, "already exists")
		w.mustLoad("q", "DATA_PUMP_DIR:*.dmp", asDump)
		w.wantRows("SELECT id, name FROM q ORDER BY id", "1|a", "2|b", "3|")
		w.exec("DELETE q", "COMMIT", "BEGIN DBMS_CLOUD.DELETE_FILE('DATA_PUMP_DIR', 'one.dmp'); DBMS_CLOUD.DELETE_FILE('DATA_PUMP_DIR', 'two.dmp'); END;")
	}
}
