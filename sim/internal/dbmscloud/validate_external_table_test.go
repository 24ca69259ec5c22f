package dbmscloud_test

import (
	"strings"
	"testing"

	"github.com/adbferry/adbferry/sim/internal/dbmscloud"
)

// validation makes the external table E of four records, the second and fourth of
// them bad.
func validation(t *testing.T, knobs dbmscloud.Knobs) *world {
	t.Helper()
	w := newWorld(t, knobs)
	w.put("x", "1,a\nx,b\n3,c\n4,far too long for it\n")
	w.mustExternal("e", w.full()+"x", `{"type":"csv","rejectlimit":5}`, idAndName)
	return w
}

func TestFact_2_7_ValidationLeavesALogAndABadTable(t *testing.T) {
	w := validation(t, dbmscloud.Knobs{})
	w.wantRows("SELECT COUNT(*) FROM e", "2")
	wantStack(t, w.cloud("VALIDATE_EXTERNAL_TABLE('e')"), 29913, "KUP-04101: record 2 rejected", "ORA-30653", "DBMS_CLOUD")
	w.wantRows(log, "1|VALIDATE|FAILED|ADMIN|E||VALIDATE$1_LOG|VALIDATE$1_BAD")
	w.wantRows("SELECT record FROM validate$1_bad", "x,b")
	if got := w.one("SELECT record FROM validate$1_log"); !strings.Contains(got, "error processing column ID in row 2") {
		t.Errorf("log: %s", got)
	}
	if got := w.one("SELECT file_uri_list FROM user_load_operations"); !strings.Contains(got, "/p/") {
		t.Errorf("FILE_URI_LIST = %q", got)
	}
}

func TestValidationCountsRowsAndNotesAllThatIsWrong(t *testing.T) {
	w := validation(t, dbmscloud.Knobs{})
	w.exec(`DECLARE n NUMBER; BEGIN
		DBMS_CLOUD.VALIDATE_EXTERNAL_TABLE(table_name => 'E', operation_id => n, rowcount => 1);
		DBMS_CLOUD.VALIDATE_EXTERNAL_TABLE(table_name => '"E"', operation_id => n, schema_name => 'admin', stop_on_error => FALSE);
		DBMS_CLOUD.DELETE_OPERATION(1);
		DBMS_APPLICATION_INFO.SET_CLIENT_INFO(n); END;`)
	w.wantRows(log, "11|VALIDATE|COMPLETED|ADMIN|E||VALIDATE$11_LOG|VALIDATE$11_BAD")
	w.wantRows("SELECT record FROM validate$11_bad", "x,b", "4,far too long for it")
	w.wantRows("SELECT SYS_CONTEXT('USERENV', 'CLIENT_INFO') FROM dual", "11")
	if err := w.cloud("DELETE_ALL_OPERATIONS('VALIDATE')"); err != nil {
		t.Fatal(err)
	}
	w.wantRows("SELECT table_name FROM user_tables", "E")
}

func TestValidationOfFormatsWithoutRecords(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{DumpThroughPAR: true})
	w.exec(parquetMasks...)
	w.exec("CREATE TABLE s (id NUMBER(9), name VARCHAR2(20))", "INSERT INTO s VALUES (1, 'far too long for it')", "INSERT INTO s VALUES (2, 'b')", "COMMIT")
	for name, format := range map[string]string{"p": asParquet, "d": `{"type":"datapump"}`} {
		w.mustExport(w.full()+name, "SELECT * FROM s", format)
		uri := w.full() + name
		if name == "p" {
			uri += "*"
		}
		w.mustExternal(name, uri, format, "column_list => 'id NUMBER, name VARCHAR2(10)'")
	}
	// For parquet stop_on_error is always TRUE, and a dump has no bad table.
	wantStack(t, w.cloud("VALIDATE_EXTERNAL_TABLE(table_name => 'P', stop_on_error => FALSE)"), 29913, "ORA-30653")
	if err := w.cloud("VALIDATE_EXTERNAL_TABLE(table_name => 'D', stop_on_error => FALSE)"); err != nil {
		t.Error(err)
	}
	w.wantRows("SELECT table_name, status, badfile_table FROM user_load_operations WHERE type = 'VALIDATE' ORDER BY id",
		"P|FAILED|VALIDATE$21_BAD", "D|COMPLETED|")
	w.wantRows("SELECT COUNT(*) FROM validate$21_bad", "0")
}

func TestValidationRefuses(t *testing.T) {
	w := validation(t, dbmscloud.Knobs{})
	w.pair()
	for call, want := range map[string]struct {
		code int
		text string
	}{
		"'none'":                    {20005, `Table "ADMIN"."NONE" does not exist`},
		"'p'":                       {20000, "is not an external table"},
		"'a b'":                     {20016, "Invalid table name"},
		"'e', schema_name => 'a b'": {20017, "Invalid schema name"},
		"'e', rowcount => -1":       {20000, "Invalid value for rowcount"},
		"'e', rowcount => 1.5":      {20000, "Invalid value for rowcount"},
	} {
		wantStack(t, w.cloud("VALIDATE_EXTERNAL_TABLE(%s)", call), want.code, want.text)
	}
	w.wantRows("SELECT COUNT(*) FROM user_load_operations", "0")
	w.mustExternal("gone", w.full()+"none*", `{"type":"csv","enablelogs":false}`, idAndName)
	wantStack(t, w.cloud("VALIDATE_EXTERNAL_TABLE('gone')"), 29913, "ORA-20404")
	w.wantRows("SELECT status, logfile_table FROM user_load_operations", "FAILED|")
}

func TestValidationKnobs(t *testing.T) {
	w := validation(t, dbmscloud.Knobs{RejectRaises20003: true, KeepCallerTransaction: true})
	w.pair()
	w.exec("INSERT INTO p VALUES (1, 'a')")
	wantStack(t, w.cloud("VALIDATE_EXTERNAL_TABLE('e')"), 20003, "ORA-29913", "ORA-30653")
	w.exec("ROLLBACK")
	w.wantRows("SELECT COUNT(*) FROM p", "0")
	w = validation(t, dbmscloud.Knobs{})
	w.pair()
	w.exec("INSERT INTO p VALUES (1, 'a')")
	wantStack(t, w.cloud("VALIDATE_EXTERNAL_TABLE('e')"), 29913)
	w.exec("ROLLBACK")
	w.wantRows("SELECT COUNT(*) FROM p", "1")
}
