package dbmscloud_test

// The facts of reference, sections 1.6, 1.7 and 2.5 to 2.7: typed formats both
// ways, and what a load leaves behind; one test each.

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/dbmscloud"
)

func TestFact_1_6_TheColumnTypesOfADump(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{DumpThroughPAR: true})
	w.exec(explicit...)
	for i, test := range []struct{ column, value string }{
		{"CHAR(5)", "'ab'"},
		{"NCHAR(5)", "N'é'"},
		{"VARCHAR2(10)", "'a' || CHR(10)"},
		{"NVARCHAR2(5)", "N'山'"},
		{"RAW(4)", "'00FF'"},
		{"NUMBER", "1E-130"},
		{"DATE", "DATE '2026-11-22'"},
		{"TIMESTAMP(9)", "TIMESTAMP '2026-11-22 13:14:15.123456789'"},
		{"TIMESTAMP WITH TIME ZONE", "TIMESTAMP '2026-11-22 13:14:15 Europe/Berlin'"},
		{"CLOB", "TO_CLOB('text')"},
		{"NCLOB", "TO_NCLOB('山')"},
		{"ROWID", "CHARTOROWID('AAAAAAAAAAAAAAAAAA')"},
		{"UROWID", "CHARTOROWID('AAAAAAAAAAAAAAAAAA')"},
	} {
		from, to := fmt.Sprint("a", i), fmt.Sprint("z", i)
		for _, table := range []string{from, to} {
			w.exec("CREATE TABLE " + table + " (v " + test.column + ")")
		}
		w.exec("INSERT INTO "+from+" VALUES ("+test.value+")", "COMMIT")
		w.mustExport(w.full()+from, "SELECT v FROM "+from, asDump)
		w.mustLoad(to, w.full()+from, asDump)
		if got := w.one("SELECT v FROM " + to); got == "" || got != w.one("SELECT v FROM "+from) {
			t.Errorf("%s came back as %q", test.column, got)
		}
	}
	w.exec("CREATE TABLE b (v BLOB)", "CREATE TABLE c (v BLOB)", "INSERT INTO b VALUES (HEXTORAW('0001'))")
	w.mustExport(w.full()+"b", "SELECT v FROM b", asDump)
	w.mustLoad("c", w.full()+"b", asDump)
	w.wantRows("SELECT RAWTOHEX(DBMS_LOB.SUBSTR(v, 10, 1)) FROM c", "0001")
}

func TestFact_1_6_LongFailsWith30656(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{DumpThroughPAR: true})
	w.exec("CREATE TABLE l (l LONG)")
	wantStack(t, w.export(t.Context(), w.full()+"x", "SELECT l FROM l", asDump), 30656, "ORA-30656: column type not supported on external organized table")
}

// mapped checks how columns appear in a Parquet file, each by a value.
func mapped(t *testing.T, knobs dbmscloud.Knobs, columns [][3]string) {
	t.Helper()
	for _, c := range columns {
		w := newWorld(t, knobs)
		w.exec(parquetMasks...)
		w.exec("CREATE TABLE a (v "+c[0]+")", "INSERT INTO a VALUES ("+c[1]+")", "COMMIT")
		w.mustExport(w.full()+"x", "SELECT v FROM a", asParquet)
		if diff := cmp.Diff([]string{"V " + c[2]}, w.schema("x")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c[0], diff)
		}
	}
}

func TestFact_1_7_ParquetHasTextAsString(t *testing.T) {
	mapped(t, dbmscloud.Knobs{}, [][3]string{{"VARCHAR2(20)", "'é'", "STRING"}, {"CHAR(5)", "'ab'", "STRING"}})
}

func TestFact_1_7_ParquetHasNumbersAsDecimal(t *testing.T) {
	mapped(t, dbmscloud.Knobs{}, [][3]string{{"NUMBER(12,2)", "1.5", "DECIMAL(12,2)"}, {"NUMBER(9)", "7", "DECIMAL(9,0)"}})
}

func TestFact_1_7_ParquetHasBinaryFloatsAsFloats(t *testing.T) {
	mapped(t, dbmscloud.Knobs{}, [][3]string{{"BINARY_FLOAT", "1.5", "FLOAT"}, {"BINARY_DOUBLE", "1.5", "DOUBLE"}})
}

func TestFact_1_7_ParquetHasDatesAsDateAndTimestampsByTheirDigits(t *testing.T) {
	const value = "TIMESTAMP '2026-11-22 13:14:15.123'"
	mapped(t, dbmscloud.Knobs{}, [][3]string{
		{"DATE", "DATE '2026-11-22'", "DATE"},
		{"TIMESTAMP(3)", value, "TIMESTAMP(isAdjustedToUTC=false,unit=MILLIS)"},
		{"TIMESTAMP(6)", value, "TIMESTAMP(isAdjustedToUTC=false,unit=MICROS)"},
		{"TIMESTAMP(9)", value, "TIMESTAMP(isAdjustedToUTC=false,unit=NANOS)"},
	})
}

func TestFact_1_7_TheParquetMappingSince2026(t *testing.T) {
	mapped(t, dbmscloud.Knobs{NewParquetMapping: true}, [][3]string{
		{"NUMBER(18)", "7", "INT(64,true)"},
		{"NUMBER(38)", "7", "DECIMAL(38,0)"},
		{"DATE", "DATE '2026-11-22'", "TIMESTAMP(isAdjustedToUTC=false,unit=MILLIS)"},
	})
	w := newWorld(t, dbmscloud.Knobs{NewParquetMapping: true})
	w.exec(parquetMasks...)
	w.exec("CREATE TABLE z (v DATE)")
	w.mustExport(w.full()+"x", "SELECT TO_DATE('2026-11-22 13:14:15', 'YYYY-MM-DD HH24:MI:SS') AS v FROM dual", asParquet)
	w.mustLoad("z", w.full()+"x*", asParquet)
	w.wantRows("SELECT v FROM z", "2026-11-22 00:00:00") // hours, minutes and seconds are not supported
}

func TestFact_2_3_SchemaIsOfTheFirstFileOrOfAllAndColumnsMatchByName(t *testing.T) {
	for schema, want := range map[string][]string{"": {"|2", "1|"}, `,"schema":"first"`: {"|2", "1|"}, `,"schema":"all"`: {"1|", "9|2"}} {
		w := newWorld(t, dbmscloud.Knobs{})
		w.exec(parquetMasks...)
		w.exec("CREATE TABLE z (a NUMBER, b NUMBER)")
		w.mustExport(w.full()+"1", "SELECT 2 AS b FROM dual", asParquet)
		w.mustExport(w.full()+"2", "SELECT 9 AS a, 2 AS b FROM dual", asParquet)
		w.mustExport(w.full()+"3", "SELECT 1 AS a FROM dual", asParquet)
		switch {
		case strings.Contains(schema, "all"):
			w.mustLoad("z", w.full()+"3_*,"+w.full()+"2_*", `{"type":"parquet"`+schema+`}`)
		default:
			w.mustLoad("z", w.full()+"1_*,"+w.full()+"2_*", `{"type":"parquet"`+schema+`}`)
			w.wantRows("SELECT COUNT(*), COUNT(a), SUM(b) FROM z", "2|0|4")
			continue
		}
		w.wantRows("SELECT a, b FROM z ORDER BY a", want...)
	}
}

func TestFact_2_5_OneJSONDocumentPerLine(t *testing.T) {
	loads(t, `{"id":1,"n":"a"}`+"\n"+`{"n":"b","id":2}`+"\n", `{"type":"json","columnpath":["$.id","$.n"]}`, "1|a", "2|b")
	rejects(t, `{"id":1,`+"\n"+`"n":"a"}`+"\n", `{"type":"json","columnpath":["$.id","$.n"]}`, 29913, "ORA-40441", "KUP-04101")
}

func TestFact_2_5_ColumnPathHasAPathPerColumnInTheirOrder(t *testing.T) {
	const text = `{"ID":1,"NAME":"a"}`
	loads(t, text, `{"type":"json","columnpath":["$.ID","$.NAME"]}`, "1|a")
	loads(t, `{"ID":1,"NAME":"2"}`, `{"type":"json","columnpath":["$.NAME","$.ID"]}`, "2|1")
	rejects(t, text, `{"type":"json","columnpath":["$.ID"]}`, 20000, "Bad value for columnpath")
}

func TestFact_2_6_ParquetTypesHaveTheirOracleTypes(t *testing.T) {
	type file struct {
		U64 uint64  `parquet:"U64"`
		I64 int64   `parquet:"I64"`
		U32 uint32  `parquet:"U32"`
		I32 int32   `parquet:"I32"`
		U16 uint32  `parquet:"U16,uint(16)"`
		I8  int32   `parquet:"I8,int(8)"`
		B   bool    `parquet:"B"`
		S   string  `parquet:"S"`
		F   float32 `parquet:"F"`
		D   float64 `parquet:"D"`
		DEC int64   `parquet:"DEC,decimal(2:12)"`
		DAY int32   `parquet:"DAY,date"`
		TM  int64   `parquet:"TM,time(microsecond)"`
		TS  int64   `parquet:"TS,timestamp(nanosecond:local)"`
	}
	var out bytes.Buffer
	pw := parquet.NewGenericWriter[file](&out)
	at := time.Date(2026, 11, 22, 13, 14, 15, 123456789, time.UTC)
	_, err := pw.Write([]file{{
		U64: 1<<64 - 1, I64: -1 << 63, U32: 1<<32 - 1, I32: -1 << 31, U16: 1<<16 - 1, I8: -128, B: true, S: "é", F: -0.25, D: 1.5,
		DEC: -12345, DAY: int32(at.Unix() / 86400), TM: 13*3600_000_000 + 5, TS: at.UnixNano(),
	}})
	if err != nil || pw.Close() != nil {
		t.Fatal(err)
	}
	w := newWorld(t, dbmscloud.Knobs{})
	w.exec(parquetMasks...)
	w.exec(`CREATE TABLE p (u64 NUMBER(20), i64 NUMBER(19), u32 NUMBER(10), i32 NUMBER(10), u16 NUMBER(5), i8 NUMBER(3), b NUMBER(1),
		s VARCHAR2(4000), f BINARY_FLOAT, d BINARY_DOUBLE, dec NUMBER(12,2), day DATE, tm VARCHAR2(20), ts TIMESTAMP(9))`)
	w.put("x", out.String())
	w.mustLoad("p", w.full()+"x", asParquet)
	w.wantRows("SELECT u64, i64, u32, i32, u16, i8, b FROM p", "18446744073709551615|-9223372036854775808|4294967295|-2147483648|65535|-128|1")
	w.wantRows("SELECT s, TO_CHAR(d), dec, day, tm, ts FROM p",
		"é|"+w.one("SELECT TO_CHAR(TO_BINARY_DOUBLE(1.5)) FROM dual")+"|-123.45|2026-11-22 00:00:00|13:00:00.000005000|2026-11-22 13:14:15.123456789")
}

func TestFact_2_6_ALoadOfADumpMakesNoBadTable(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{DumpThroughPAR: true})
	w.exec("CREATE TABLE m (name VARCHAR2(1))")
	w.mustExport(w.full()+"x", "SELECT 'long' AS name FROM dual UNION ALL SELECT 'a' FROM dual", asDump)
	w.mustLoad("m", w.full()+"x", `{"type":"datapump","rejectlimit":1}`)
	w.wantRows("SELECT logfile_table, badfile_table FROM user_load_operations WHERE type = 'COPY'", "COPY$11_LOG|")
	if got := w.query("SELECT record FROM copy$11_log"); !strings.Contains(strings.Join(got, "\n"), "KUP-04101: record 1 rejected") {
		t.Errorf("log = %q", got)
	}
}

func TestFact_2_7_OtherSessionsFindAFailedLoad(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.put("x", "1,a\nx,b\n")
	wantStack(t, w.load("p", w.full()+"x", csv), 29913, "ORA-30653")
	other := w.open()
	want := []string{"COPY|FAILED|P|COPY$1_LOG|COPY$1_BAD"}
	got := queryWith(t, other, "SELECT type, status, table_name, logfile_table, badfile_table FROM user_load_operations")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("operations (-want +got):\n%s", diff)
	}
}

func TestFact_2_7_LoadOperationsHaveTheirColumns(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	const common = "ID TYPE SID SERIAL# START_TIME UPDATE_TIME STATUS OWNER_NAME TABLE_NAME PARTITION_NAME SUBPARTITION_NAME " +
		"FILE_URI_LIST ROWS_LOADED LOGFILE_TABLE BADFILE_TABLE TEMPEXT_TABLE"
	for view, want := range map[string]string{"user_load_operations": common, "dba_load_operations": common + " USERNAME"} {
		cursor, err := w.session.Query(t.Context(), "SELECT * FROM "+view)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, column := range cursor.Columns {
			names = append(names, column.Name)
			stamp := strings.HasSuffix(column.Name, "_TIME")
			if stamp != (column.Type.Kind == datum.TimestampTZ) || stamp && column.Type.Scale != 6 {
				t.Errorf("%s.%s is %+v", view, column.Name, column.Type)
			}
		}
		cursor.Rows.Close()
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s has %s", view, got)
		}
	}
}

func TestFact_2_7_OperationIDsJump(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	for range 3 {
		w.mustExport(w.full()+"x", oneRow, csv)
	}
	w.wantRows("SELECT id FROM user_load_operations ORDER BY id", "1", "11", "21")
}

func TestFact_2_7_TheURIListHoldsThePAR(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.put("x", "1,a\n")
	uri := w.full() + "x"
	w.mustLoad("p", uri, csv)
	w.wantRows("SELECT file_uri_list FROM user_load_operations", uri)
}

func TestFact_2_7_ACompletedLoadIsACopyOfItsSession(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.put("x", "1,a\n2,b\n")
	w.mustLoad("p", w.full()+"x", csv)
	sid, serial := w.session.ID()
	w.wantRows("SELECT type, status, rows_loaded, sid, serial# FROM user_load_operations", fmt.Sprintf("COPY|COMPLETED|2|%d|%d", sid, serial))
}

func TestFact_2_7_EveryUserIsInTheDBAView(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.inst.CreateUser("APP", "secret")
	w.exec("GRANT EXECUTE ON dbms_cloud TO app")
	app := w.inst.Internal("APP")
	defer app.Close()
	err := app.Exec(t.Context(), "BEGIN DBMS_CLOUD.EXPORT_DATA(file_uri_list => "+literal(w.full()+"x")+", query => '"+oneRow+"', format => '"+csv+"'); END;")
	if err != nil {
		t.Fatal(err)
	}
	w.wantRows("SELECT id FROM user_load_operations")
	w.wantRows("SELECT id, username FROM dba_load_operations", "1|APP")
}

func TestFact_2_7_LogAndBadTablesHaveOneColumnRecord(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.put("x", "x,a\n")
	wantStack(t, w.load("p", w.full()+"x", csv), 29913)
	w.wantRows("SELECT table_name, column_name FROM user_tab_columns WHERE table_name LIKE 'COPY$1%' ORDER BY 1",
		"COPY$1_BAD|RECORD", "COPY$1_LOG|RECORD")
}

func TestFact_2_7_DeleteOperationTakesItsTables(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.put("x", "1,a\n")
	w.mustLoad("p", w.full()+"x", csv)
	w.mustLoad("p", w.full()+"x", csv)
	w.exec("BEGIN DBMS_CLOUD.DELETE_OPERATION(1); END;")
	w.wantRows("SELECT id FROM user_load_operations", "11")
	w.wantRows("SELECT table_name FROM user_tables WHERE table_name LIKE 'COPY$%' ORDER BY 1", "COPY$11_BAD", "COPY$11_LOG")
}

func TestFact_2_7_DeleteAllOperationsTakesAllOrThoseOfAType(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.put("x", "1,a\n")
	w.mustLoad("p", w.full()+"x", csv)
	w.mustExport(w.full()+"y", oneRow, csv)
	w.exec("BEGIN DBMS_CLOUD.DELETE_ALL_OPERATIONS(type => 'COPY'); END;")
	w.wantRows("SELECT type FROM user_load_operations", "EXPORT")
	w.wantRows("SELECT table_name FROM user_tables WHERE table_name LIKE 'COPY$%'")
	w.exec("BEGIN DBMS_CLOUD.DELETE_ALL_OPERATIONS; END;")
	w.wantRows("SELECT type FROM user_load_operations")
}

func TestFact_2_7_ExportsAreLogged(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.mustExport(w.full()+"x", oneRow, csv)
	w.wantRows("SELECT type, status FROM user_load_operations", "EXPORT|COMPLETED")
}
