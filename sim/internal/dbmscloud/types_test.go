package dbmscloud_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim/internal/dbmscloud"
)

// explicit are masks that keep every digit.
var explicit = []string{
	"ALTER SESSION SET NLS_DATE_FORMAT = 'SYYYY-MM-DD HH24:MI:SS'",
	"ALTER SESSION SET NLS_TIMESTAMP_FORMAT = 'SYYYY-MM-DD HH24:MI:SS.FF9'",
	"ALTER SESSION SET NLS_TIMESTAMP_TZ_FORMAT = 'SYYYY-MM-DD HH24:MI:SS.FF9 TZR'",
}

func TestScalarTypesSurviveWithExplicitMasks(t *testing.T) {
	tests := []struct{ column, value string }{
		{"NUMBER", "-0.00000000000000000000000000000000000012345"},
		{"NUMBER", "99999999999999999999999999999999999999"},
		{"NUMBER(10,2)", "12345678.9"},
		{"CHAR(5)", "'ab'"},
		{"VARCHAR2(10 CHAR)", "'Größe €'"},
		{"NVARCHAR2(10)", "'山田'"},
		{"DATE", "TIMESTAMP '2026-11-22 13:14:15'"},
		{"DATE", "TO_DATE('-0044-03-15', 'SYYYY-MM-DD')"},
		{"TIMESTAMP(9)", "TIMESTAMP '1926-11-22 13:14:15.123456789'"},
		{"TIMESTAMP(6) WITH TIME ZONE", "TIMESTAMP '2026-11-22 13:14:15.123456 +02:00'"},
		{"TIMESTAMP(6) WITH LOCAL TIME ZONE", "TIMESTAMP '2026-11-22 13:14:15.123456'"},
		{"INTERVAL YEAR TO MONTH", "INTERVAL '2-3' YEAR TO MONTH"},
		{"INTERVAL DAY TO SECOND", "INTERVAL '10 22:11:33.123456' DAY TO SECOND"},
		{"RAW(4)", "'00FF10'"},
		{"BINARY_DOUBLE", "1.5"},
		{"BINARY_FLOAT", "-0.25"},
		{"CLOB", "'a plain text'"},
	}
	for _, test := range tests {
		t.Run(test.column, func(t *testing.T) {
			w := newWorld(t, dbmscloud.Knobs{})
			w.exec(explicit...)
			w.exec("CREATE TABLE a (v "+test.column+")", "CREATE TABLE z (v "+test.column+")",
				"INSERT INTO a VALUES ("+test.value+")", "INSERT INTO a VALUES (NULL)", "COMMIT")
			uri := w.full() + "x"
			w.mustExport(uri, "SELECT v FROM a", csv)
			w.mustLoad("z", uri+"*", csv)
			want := w.query("SELECT v FROM a")
			if diff := cmp.Diff(want, w.query("SELECT v FROM z")); diff != "" || len(want) != 2 || want[0] == "" {
				t.Errorf("values (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDatesAndTimestampsFillEachOther(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.exec(explicit...)
	w.exec("CREATE TABLE m (d DATE, ts TIMESTAMP, tz TIMESTAMP WITH TIME ZONE)")
	w.put("x", "2026-11-22 13:14:15.5,2026-11-22,2026-11-22T13:14:15.5+02:00\n")
	w.mustLoad("m", w.full()+"x", csv, `field_list => 'd CHAR TIMESTAMP "YYYY-MM-DD HH24:MI:SS.FF", ts DATE "YYYY-MM-DD", `+
		`tz CHAR(50) date_format TIMESTAMP WITH TIME ZONE MASK "YYYY-MM-DD\"T\"HH24:MI:SS.FFTZR"'`)
	w.wantRows("SELECT d, ts, tz FROM m",
		" 2026-11-22 13:14:15| 2026-11-22 00:00:00.000000000| 2026-11-22 13:14:15.500000000 +02:00")
	wantStack(t, w.load("m", w.full()+"x", csv, `field_list => 'd, ts, tz DATE "YYYY"'`), 20000, "date mask on the field of column TZ")
}

func TestColumnsThatComputeThemselvesAreLeftOut(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.exec("CREATE TABLE v (a NUMBER, twice NUMBER GENERATED ALWAYS AS (a * 2) VIRTUAL, b VARCHAR2(5))")
	w.put("x", "4,b\n")
	w.mustLoad("v", w.full()+"x", csv)
	w.wantRows("SELECT a, twice, b FROM v", "4|8|b")
	wantStack(t, w.load("v", w.full()+"x", csv, `field_list => 'a, twice'`), 29913, `ORA-00904: "TWICE"`)
	w.exec("CREATE TABLE i (id NUMBER GENERATED ALWAYS AS IDENTITY, b VARCHAR2(5))")
	w.put("y", "b\nc\n")
	w.mustLoad("i", w.full()+"y", csv, `field_list => 'b CHAR(5)'`)
	w.wantRows("SELECT id, b FROM i ORDER BY id", "1|b", "2|c")
}

func TestQuotedAndForeignTables(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.inst.CreateUser("APP", "secret")
	w.exec(`CREATE TABLE app."Mixed Case" ("col 1" NUMBER)`)
	w.put("x", "1\n")
	w.mustLoad(`"Mixed Case"`, w.full()+"x", csv, "schema_name => 'app'", `field_list => '"col 1" CHAR(10)'`)
	w.wantRows(`SELECT "col 1" FROM app."Mixed Case"`, "1")
	w.wantRows("SELECT owner_name, table_name FROM user_load_operations", "APP|Mixed Case")
	w.wantRows("SELECT COUNT(*) FROM admin.copy$1_log", "1")
}
