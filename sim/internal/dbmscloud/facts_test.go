package dbmscloud_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/dbmscloud"
	"github.com/adbferry/adbferry/sim/internal/objectstore"
)

// TestEveryFactNamesTestsThatExist keeps FACTS.md true.
func TestEveryFactNamesTestsThatExist(t *testing.T) {
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	exists := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllSubmatch(text, -1) {
			exists[string(m[1])] = true
		}
	}
	facts, err := os.ReadFile("FACTS.md")
	if err != nil {
		t.Fatal(err)
	}
	row, rows := regexp.MustCompile(`^\| (\d+(?:\.\d+)?) \| ([^|]+) \| (C|F|C, F) \| ([^|]+) \|$`), 0
	named := map[string]bool{}
	for i, line := range strings.Split(string(facts), "\n") {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| section") {
			continue
		}
		m := row.FindStringSubmatch(line)
		if m == nil {
			t.Errorf("FACTS.md line %d is no row of section, fact, tag and tests: %s", i+1, line)
			continue
		}
		rows++
		tests := regexp.MustCompile(`Test\w+`).FindAllString(m[4], -1)
		if len(tests) == 0 && !strings.HasPrefix(m[4], "not simulated") {
			t.Errorf("FACTS.md line %d names no test and does not say not simulated", i+1)
		}
		for _, test := range tests {
			named[test] = true
			if !exists[test] {
				t.Errorf("FACTS.md line %d names %s, which is no test of this package", i+1, test)
			}
		}
	}
	for test := range exists {
		if strings.HasPrefix(test, "TestFact_") && !named[test] {
			t.Errorf("%s is not in FACTS.md", test)
		}
	}
	if rows < 80 {
		t.Errorf("FACTS.md has %d facts", rows)
	}
}

func TestFact_0_CallersRightsCount(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.inst.CreateUser("APP", "secret")
	w.exec("CREATE TABLE t (id NUMBER)", "INSERT INTO t VALUES (1)", "COMMIT")
	app := w.inst.Internal("APP")
	defer app.Close()
	export := "BEGIN DBMS_CLOUD.EXPORT_DATA(file_uri_list => " + literal(w.full()+"x") + ", query => 'SELECT * FROM admin.t', format => '" + csv + "'); END;"
	wantStack(t, app.Exec(t.Context(), export), 6550, "PLS-00201", "DBMS_CLOUD")
	w.exec("GRANT EXECUTE ON dbms_cloud TO app")
	wantStack(t, app.Exec(t.Context(), export), 942, "table or view does not exist")
	w.exec("GRANT SELECT ON t TO app")
	if err := app.Exec(t.Context(), export); err != nil {
		t.Error(err)
	}
}

func TestFact_1_1_QueryPrecedesFormat(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	if err := w.cloud("EXPORT_DATA(NULL, %s, 'SELECT 1 FROM dual', '%s')", literal(w.full()+"x"), csv); err != nil {
		t.Error(err)
	}
}

func TestFact_1_2_ExportNeedsABucketOrPrefixPAR(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	create := func(access objectstore.Access, object string) string {
		path, err := w.store.CreatePAR(objectstore.PAR{Bucket: "b", Access: access, Object: object, Expires: time.Now().Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		return w.base + path
	}
	const query = "SELECT 1 FROM dual"
	w.mustExport(create(objectstore.AnyObjectReadWrite, "run/")+"run/x", query, csv)
	wantStack(t, w.export(t.Context(), create(objectstore.ObjectReadWrite, "y.csv"), query, csv), 20404, "Object not found")
	if got := w.objects(); len(got) != 1 || !strings.HasPrefix(got[0], "run/x_1_") {
		t.Errorf("objects = %q", got)
	}
}

func TestFact_1_2_FormatMayBeJSONObject(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	err := w.cloud(`EXPORT_DATA(file_uri_list => %s, query => 'SELECT 1, 2 FROM dual',
		format => json_object('type' value 'csv', 'delimiter' value '|', 'recorddelimiter' value '"\r\n"' format json))`, literal(w.full()+"x"))
	if err != nil || w.content("x") != "1|2\r\n" {
		t.Errorf("%q, %v", w.content("x"), err)
	}
}

func TestFact_1_2_QueriesMayJoinAndNest(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.numbers(3)
	w.mustExport(w.full()+"x", `SELECT a.id, (SELECT COUNT(*) FROM n) FROM n a JOIN n b ON a.id = b.id
		WHERE a.id IN (SELECT MAX(id) FROM n)`, csv)
	if got := w.content("x"); got != "1000002,3\n" {
		t.Errorf("content = %q", got)
	}
}

func TestFact_1_3_ParquetIsSnappyUnlessGzip(t *testing.T) {
	for format, want := range map[string]string{asParquet: "SNAPPY", `{"type":"parquet","compression":"gzip"}`: "GZIP"} {
		w := newWorld(t, dbmscloud.Knobs{})
		w.exec(parquetMasks...)
		w.mustExport(w.full()+"x", "SELECT 1 AS v FROM dual", format)
		data := []byte(w.content("x"))
		file, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		if got := file.Metadata().RowGroups[0].Columns[0].MetaData.Codec.String(); got != want {
			t.Errorf("%s: codec %s", format, got)
		}
	}
}

func TestFact_1_5_CSVRollsOverAtTenMebibytes(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.exec("CREATE TABLE wide (pad CLOB)")
	rows := func(yield func(datum.Row, error) bool) {
		for range 1100 {
			if !yield(datum.Row{datum.FromClob(strings.Repeat("x", 9999))}, nil) {
				return
			}
		}
	}
	if _, err := w.session.Append(t.Context(), "ADMIN", "WIDE", []string{"PAD"}, rows); err != nil {
		t.Fatal(err)
	}
	w.mustExport(w.full()+"x", "SELECT * FROM wide", csv)
	var sizes []int64
	for _, o := range w.store.List("b", "x") {
		sizes = append(sizes, o.Size)
	}
	if diff := cmp.Diff([]int64{10_480_000, 520_000}, sizes); diff != "" { // 1,048 records fit 10,485,760 bytes
		t.Errorf("sizes (-want +got):\n%s", diff)
	}
}

func TestFact_2_1_MissingObjectIsNestedInTheFetch(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	uri := w.full() + "none"
	wantStack(t, w.load("p", uri, csv), 29913, "ORA-29913: error while processing ODCIEXTTABLEFETCH routine", "ORA-20404: Object not found - "+uri)
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

func TestFact_3_ObjectScopedPARReadsItsObject(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.put("x", "data")
	path, err := w.store.CreatePAR(objectstore.PAR{Bucket: "b", Access: objectstore.ObjectRead, Object: "x", Expires: time.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if got := w.blobLength("DBMS_CLOUD.GET_OBJECT(object_uri => " + literal(w.base+path) + ")"); got != "4" {
		t.Errorf("length = %s", got)
	}
}

func TestFact_4_2_CodesAreTwentyThousandPlusTheStatus(t *testing.T) {
	for _, status := range []int{400, 401, 403, 404} {
		e := datum.AsError(statusFailure(t, status))
		if e.Code != 20000+status || !strings.Contains(e.Text, "Error response - {") {
			t.Errorf("%d: %s", status, e.Text)
		}
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

func TestFact_4_1_NamesThatAreNone(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.put("x", "1,a\n")
	wantStack(t, w.load("p.q", w.full()+"x", csv), 20016, "Invalid table name")
	wantStack(t, w.load("p", w.full()+"x", csv, "schema_name => 'a b'"), 20017, "Invalid schema name")
	wantStack(t, w.load("p", "http://nowhere/x", csv), 20011, "Invalid object URI")
}
