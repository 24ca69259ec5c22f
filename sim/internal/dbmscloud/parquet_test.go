package dbmscloud_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/adbferry/adbferry/sim/internal/dbmscloud"
)

const asParquet = `{"type":"parquet"}`

// parquetMasks are four-digit years and all digits, without signs or zones.
var parquetMasks = []string{
	"ALTER SESSION SET NLS_DATE_FORMAT = 'YYYY-MM-DD HH24:MI:SS'",
	"ALTER SESSION SET NLS_TIMESTAMP_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF9'",
	"ALTER SESSION SET NLS_TIMESTAMP_TZ_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF9 TZR'",
}

// schema returns the columns of the first Parquet object with a prefix.
func (w *world) schema(prefix string) []string {
	w.t.Helper()
	data := []byte(w.content(w.store.List("b", prefix)[0].Name))
	file, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		w.t.Fatal(err)
	}
	var columns []string
	for _, c := range file.Root().Columns() {
		columns = append(columns, c.Name()+" "+c.Type().String())
	}
	return columns
}

func TestParquetMapping(t *testing.T) {
	tests := []struct {
		column, value, old, later string
		back                      string // as text, when it does not come back as it was
	}{
		{"VARCHAR2(20)", "'é \"x\"'", "STRING", "", ""},
		{"CHAR(5)", "'ab'", "STRING", "", ""},
		{"NVARCHAR2(10)", "'山田'", "STRING", "", ""},
		{"NUMBER(9)", "-123456789", "DECIMAL(9,0)", "INT(64,true)", ""},
		{"NUMBER(18)", "123456789012345678", "DECIMAL(18,0)", "INT(64,true)", ""},
		{"NUMBER(38)", "-99999999999999999999999999999999999999", "DECIMAL(38,0)", "", ""},
		{"NUMBER(12,2)", "1234567890.5", "DECIMAL(12,2)", "", ""},
		{"NUMBER(3,-2)", "12300", "DECIMAL(5,0)", "INT(64,true)", ""},
		{"NUMBER(2,5)", "0.00012", "DECIMAL(5,5)", "", ""},
		{"NUMBER", "12345678901234567890", "DOUBLE", "", "12345678901234567000"},
		{"BINARY_FLOAT", "-0.25", "FLOAT", "", ""},
		{"BINARY_DOUBLE", "1.5", "DOUBLE", "", ""},
		{"DATE", "TIMESTAMP '1926-11-22 13:14:15'", "DATE", "TIMESTAMP(isAdjustedToUTC=false,unit=MILLIS)", "1926-11-22 00:00:00"},
		{"TIMESTAMP(3)", "TIMESTAMP '1926-11-22 13:14:15.123'", "TIMESTAMP(isAdjustedToUTC=false,unit=MILLIS)", "", ""},
		{"TIMESTAMP(6)", "TIMESTAMP '1926-11-22 13:14:15.123456'", "TIMESTAMP(isAdjustedToUTC=false,unit=MICROS)", "", ""},
		{"TIMESTAMP(9)", "TIMESTAMP '1926-11-22 13:14:15.123456789'", "TIMESTAMP(isAdjustedToUTC=false,unit=NANOS)", "", ""},
		{
			"TIMESTAMP(6) WITH TIME ZONE", "TIMESTAMP '2026-11-22 13:14:15.5 +02:00'",
			"TIMESTAMP(isAdjustedToUTC=true,unit=MICROS)", "", "2026-11-22 11:14:15.500000000 +00:00",
		},
	}
	for _, test := range tests {
		for newer, want := range map[bool]string{false: test.old, true: strings.TrimSpace(test.later)} {
			if want == "" {
				want = test.old
			}
			w := newWorld(t, dbmscloud.Knobs{NewParquetMapping: newer})
			w.exec(parquetMasks...)
			w.exec("CREATE TABLE a (v "+test.column+")", "CREATE TABLE z (v "+test.column+")",
				"INSERT INTO a VALUES ("+test.value+")", "INSERT INTO a VALUES (NULL)", "COMMIT")
			uri := w.full() + "x"
			w.mustExport(uri, "SELECT v FROM a", asParquet)
			if diff := cmp.Diff([]string{"V " + want}, w.schema("x")); diff != "" {
				t.Errorf("%s, new %v (-want +got):\n%s", test.column, newer, diff)
			}
			w.mustLoad("z", uri+"*", asParquet)
			rows := w.query("SELECT v FROM a")
			if test.back != "" {
				rows[0] = test.back
			}
			if diff := cmp.Diff(rows, w.query("SELECT v FROM z")); diff != "" || rows[0] == "" {
				t.Errorf("%s comes back (-want +got):\n%s", test.column, diff)
			}
		}
	}
}

func TestParquetRefusesTwoDigitYears(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	const query = "SELECT 1 AS v FROM dual"
	for _, name := range []string{"NLS_DATE_FORMAT", "NLS_TIMESTAMP_FORMAT", "NLS_TIMESTAMP_TZ_FORMAT"} {
		w.exec(parquetMasks...)
		w.mustExport(w.full()+"x", query, asParquet)
		w.exec("ALTER SESSION SET " + name + " = 'DD-MON-RR'")
		wantStack(t, w.export(t.Context(), w.full()+"x", query, asParquet), 20000, name, "RR is not supported")
		w.exec("ALTER SESSION SET " + name + " = 'DD-MON-RRRR'")
		w.mustExport(w.full()+"x", query, asParquet)
	}
	// A default session fails at once.
	w.session = w.open()
	wantStack(t, w.export(t.Context(), w.full()+"x", query, asParquet), 20000, "RR")
}

func TestParquetRefusesTypes(t *testing.T) {
	for column, text := range map[string]string{
		"b BLOB": "is BLOB", "c CLOB": "outside the documented mapping", "r RAW(10)": "column R",
		"i INTERVAL DAY TO SECOND": "column I", "l LONG": "is LONG",
	} {
		w := newWorld(t, dbmscloud.Knobs{})
		w.exec(parquetMasks...)
		w.exec("CREATE TABLE t (" + column + ")")
		wantStack(t, w.export(t.Context(), w.full()+"x", "SELECT * FROM t", asParquet), 20000, text)
	}
	w := newWorld(t, dbmscloud.Knobs{ParquetText: true})
	w.exec(parquetMasks...)
	w.exec("CREATE TABLE t (c CLOB, r RAW(10), i INTERVAL DAY TO SECOND)", "CREATE TABLE z (i INTERVAL DAY TO SECOND, r RAW(10), c CLOB)",
		"INSERT INTO t VALUES ('text', '00FF', INTERVAL '1 02:03:04' DAY TO SECOND)", "COMMIT")
	w.mustExport(w.full()+"x", "SELECT * FROM t", asParquet)
	if diff := cmp.Diff([]string{"C STRING", "R STRING", "I STRING"}, w.schema("x")); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
	w.mustLoad("z", w.full()+"x*", asParquet)
	w.wantRows("SELECT c, r, i FROM z", w.query("SELECT c, r, i FROM t")...)
	wantStack(t, w.export(t.Context(), w.full()+"y", "SELECT 1 AS a, 2 AS a FROM dual", asParquet), 960, "ambiguous")
}

func TestParquetObjects(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{ParquetFileSize: 2000, WorkUnits: 2, RowsPerTurn: 100})
	w.exec(parquetMasks...)
	w.numbers(500)
	w.mustExport(w.full()+"x.dat", "SELECT * FROM n", `{"type":"parquet","compression":"gzip"}`)
	names := strings.Join(w.objects(), " ")
	if strings.Count(names, "x_1_") < 2 || strings.Count(names, "x_2_") < 2 || strings.Contains(names, ".gz") ||
		strings.Count(names, "Z.parquet") != len(w.objects()) {
		t.Errorf("objects = %s", names)
	}
	w.exec("CREATE TABLE m (pad VARCHAR2(20), id NUMBER, extra DATE)")
	w.mustLoad("m", w.full()+"x_*", asParquet)
	w.wantRows("SELECT COUNT(*), COUNT(DISTINCT id), MIN(pad), COUNT(extra) FROM m", "500|500|abcdefghijk|0")
}

func TestParquetExportOfNoRows(t *testing.T) {
	for knob, want := range map[dbmscloud.ZeroRows]int{dbmscloud.ZeroNothing: 0, dbmscloud.ZeroEmpty: 1, dbmscloud.ZeroHeaderOnly: 1} {
		w := newWorld(t, dbmscloud.Knobs{ZeroRows: knob})
		w.exec(parquetMasks...)
		w.numbers(0)
		w.mustExport(w.full()+"x", "SELECT * FROM n", asParquet)
		if got := len(w.objects()); got != want {
			t.Errorf("knob %d: %d objects", knob, got)
		}
		if knob == dbmscloud.ZeroHeaderOnly {
			w.mustLoad("n", w.full()+"x*", asParquet)
			w.wantRows("SELECT COUNT(*) FROM n", "0")
		}
	}
}

func TestParquetColumnsOfTheFirstObjectCount(t *testing.T) {
	for schema, want := range map[string]string{"first": "2|1", "all": "2|2"} {
		w := newWorld(t, dbmscloud.Knobs{})
		w.exec(parquetMasks...)
		w.exec("CREATE TABLE z (a NUMBER, b NUMBER)")
		w.mustExport(w.full()+"1", "SELECT 1 AS a, 1 AS b FROM dual", asParquet)
		w.mustExport(w.full()+"2", "SELECT 2 AS b FROM dual", asParquet)
		w.mustExport(w.full()+"3", "SELECT 2 AS a FROM dual", asParquet)
		w.mustLoad("z", w.full()+"3_*,"+w.full()+"1_*", fmt.Sprintf(`{"type":"parquet","schema":%q}`, schema))
		w.wantRows("SELECT COUNT(*), COUNT(a) + COUNT(b) - 1 FROM z", want)
	}
}

func TestParquetLoadRejectsAndRefuses(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.exec(parquetMasks...)
	w.pair()
	w.mustExport(w.full()+"long", "SELECT 1 AS id, '01234567890' AS name FROM dual UNION ALL SELECT 2, 'b' FROM dual", asParquet)
	wantStack(t, w.load("p", w.full()+"long*", asParquet), 29913, "ORA-12899", "KUP-04101: record 1 rejected in file", "ORA-30653")
	w.mustLoad("p", w.full()+"long*", `{"type":"parquet","rejectlimit":1}`)
	w.wantRows("SELECT id, name FROM p", "2|b")
	w.wantRows("SELECT COUNT(*) FROM copy$11_bad", "0")
	w.put("text", "1,a\n")
	w.put("empty", "")
	for _, name := range []string{"text", "empty"} {
		wantStack(t, w.load("p", w.full()+name, asParquet), 29913, "Object is not a valid parquet file")
	}
	w.mustExport(w.full()+"other", "SELECT 1 AS unknown FROM dual", asParquet)
	wantStack(t, w.load("p", w.full()+"other*", asParquet), 29913, "No column of the table")
	wantStack(t, w.load("p", w.full()+"long*", asParquet, "field_list => 'id'"), 20000, "a field_list with type parquet")
	wantStack(t, w.load("p", w.full()+"long*", `{"type":"parquet","schema":"last"}`), 20000, "Bad value for schema")
}
