package dbmscloud_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/adbferry/adbferry/sim/internal/dbmscloud"
	"github.com/adbferry/adbferry/sim/internal/objectstore"
)

// external calls CREATE_EXTERNAL_TABLE; args are further arguments.
func (w *world) external(table, uri, format string, args ...string) error {
	all := append([]string{
		"table_name => " + literal(table), "file_uri_list => " + literal(uri), "format => " + literal(format),
	}, args...)
	return w.cloud("CREATE_EXTERNAL_TABLE(%s)", strings.Join(all, ", "))
}

func (w *world) mustExternal(table, uri, format string, args ...string) {
	w.t.Helper()
	if err := w.external(table, uri, format, args...); err != nil {
		w.t.Fatal(err)
	}
}

// idAndName is the column list of most tests.
const idAndName = "column_list => 'id NUMBER(5), name VARCHAR2(10)'"

func TestExternalTablesAreReadByEachQuery(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.put("run/1.csv", "1,a\n2,\n")
	uri := w.full() + "run/*.csv"
	w.mustExternal("e", uri, csv, idAndName)
	w.wantRows("SELECT id, name FROM e ORDER BY id", "1|a", "2|")
	w.put("run/2.csv", "3,c\n")
	w.wantRows("SELECT COUNT(*), MAX(name) FROM e", "3|c")
	w.exec("CREATE TABLE copied AS SELECT * FROM e", "CREATE TABLE p (id NUMBER, name VARCHAR2(10))",
		"INSERT INTO p SELECT * FROM e WHERE id > 1", "COMMIT")
	w.wantRows("SELECT (SELECT COUNT(*) FROM copied), (SELECT COUNT(*) FROM p) FROM dual", "3|2")
	w.mustExport(w.full()+"out", "SELECT id FROM e ORDER BY id", csv)
	if got := w.content("out"); got != "1\n2\n3\n" {
		t.Errorf("exported %q", got)
	}
	w.exec("DROP TABLE e")
	w.mustExternal("E", uri, csv, idAndName)
	w.wantRows("SELECT table_name, external FROM user_tables WHERE external = 'YES'", "E|YES")
	w.wantRows("SELECT type_name, reject_limit FROM user_external_tables", "ORACLE_LOADER|0")
	if got := w.one("SELECT location FROM user_external_locations"); got != uri {
		t.Errorf("location %s", got)
	}
}

func TestExternalTablesTakeTheOptionsOfLoads(t *testing.T) {
	for name, test := range map[string]struct {
		text, format string
		args         []string
		want         []string
	}{
		"delimited text":   {"1|a\n", `{}`, nil, []string{"1|a"}},
		"embedded":         {"1,\"a\nb\"\n", `{"type":"csv with embedded"}`, nil, []string{"1|a\nb"}},
		"headers":          {"id,name\n1,a\n", `{"type":"csv","skipheaders":1}`, nil, []string{"1|a"}},
		"reject limit":     {"x,a\n2,b\n", `{"type":"csv","rejectlimit":1}`, nil, []string{"2|b"}},
		"unlimited":        {"x,a\ny,a\n2,b\n", `{"type":"csv","rejectlimit":"unlimited"}`, nil, []string{"2|b"}},
		"precision":        {"123456,a\n2,b\n", `{"type":"csv","rejectlimit":1}`, nil, []string{"2|b"}},
		"rounded":          {"1.7,a\n", csv, nil, []string{"2|a"}},
		"stored as NULL":   {"x,a\n", `{"type":"csv","conversionerrors":"store_null"}`, nil, []string{"|a"}},
		"json":             {"{\"i\":1,\"n\":\"a\"}\n", `{"type":"json","columnpath":["$.i","$.n"]}`, nil, []string{"1|a"}},
		"a field list":     {"a;1\n", `{"type":"csv","delimiter":";"}`, []string{"field_list => 'name CHAR(10), id CHAR'"}, []string{"1|a"}},
		"fields left out":  {"a\n", csv, []string{"field_list => 'name'"}, []string{"|a"}},
		"nothing":          {"", csv, nil, nil},
		"an empty comment": {"1,a\n", csv, []string{"schema_name => NULL"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, dbmscloud.Knobs{})
			w.put("x", test.text)
			args := append([]string{idAndName}, test.args...)
			if name == "an empty comment" { // CREATE_EXTERNAL_TABLE has no such parameter
				wantStack(t, w.external("e", w.full()+"x", test.format, args...), 6550, "PLS-00306")
				return
			}
			w.mustExternal("e", w.full()+"x", test.format, args...)
			w.wantRows("SELECT id, name FROM e", test.want...)
		})
	}
}

func TestExternalTablesReadDatesWithTheMasksOfTheReader(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.put("x", "2026-11-22\n")
	w.mustExternal("e", w.full()+"x", csv, "column_list => 'd DATE'")
	w.exec("ALTER SESSION SET NLS_DATE_FORMAT = 'YYYY-MM-DD'")
	w.wantRows("SELECT d FROM e", "2026-11-22")
	w.exec("ALTER SESSION SET NLS_DATE_FORMAT = 'DD.MM.YY'")
	wantStack(t, w.session.Exec(t.Context(), "CREATE TABLE x AS SELECT * FROM e"), 29913, "KUP-04101", "ORA-30653")
	w.mustExternal("f", w.full()+"x", `{"type":"csv","dateformat":"YYYY-MM-DD"}`, "column_list => 'd DATE'")
	w.wantRows("SELECT d FROM f", "22.11.26")
}

func TestExternalTablesOfParquetTakeTheColumnsOfTheFirstObject(t *testing.T) {
	type row struct {
		ID     int64   `parquet:"id"`
		Small  int32   `parquet:"small"`
		Tiny   uint8   `parquet:"tiny"`
		Big    uint64  `parquet:"big"`
		Ok     bool    `parquet:"ok"`
		Name   string  `parquet:"name"`
		Single float32 `parquet:"single"`
		Double float64 `parquet:"double"`
		Price  int64   `parquet:"price,decimal(2:12)"`
		Day    int32   `parquet:"day,date"`
		At     int64   `parquet:"at,timestamp(microsecond)"`
		Ms     int64   `parquet:"ms,timestamp(millisecond)"`
		Ns     int64   `parquet:"ns,timestamp(nanosecond)"`
		Clock  int64   `parquet:"clock,time(microsecond)"`
	}
	var b bytes.Buffer
	err := parquet.Write(&b, []row{{
		ID: 1, Small: 2, Tiny: 3, Big: 1 << 63, Ok: true, Name: "n", Single: 1.5, Double: 2.5, Price: 1234, Day: 1, At: 1_500_000, Ms: 1500, Ns: 7, Clock: 1,
	}})
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, dbmscloud.Knobs{})
	w.exec(parquetMasks...)
	w.put("a.parquet", b.String())
	w.mustExternal("e", w.full()+"*.parquet", asParquet)
	w.wantRows("SELECT column_name || ' ' || data_type || ' ' || data_precision || ',' || data_scale || ' ' || char_length FROM user_tab_columns ORDER BY column_id",
		"ID NUMBER 19,0 0", "SMALL NUMBER 10,0 0", "TINY NUMBER 3,0 0", "BIG NUMBER 20,0 0", "OK NUMBER 1,0 0", "NAME VARCHAR2 , 4000",
		"SINGLE BINARY_FLOAT , 0", "DOUBLE BINARY_DOUBLE , 0", "PRICE NUMBER 12,2 0", "DAY DATE , 0", "AT TIMESTAMP(6) ,6 0",
		"MS TIMESTAMP(3) ,3 0", "NS TIMESTAMP(9) ,9 0", "CLOCK VARCHAR2 , 20")
	w.wantRows("SELECT id, small, tiny, big, ok, name, price FROM e", "1|2|3|9223372036854775808|1|n|12.34")
	w.wantRows("SELECT TO_CHAR(day, 'YYYY-MM-DD'), TO_CHAR(at, 'SS.FF6'), TO_CHAR(ms, 'SS.FF3'), clock FROM e",
		"1970-01-02|01.500000|01.500|00:00:00.000001000")
	w.wantRows("SELECT type_name FROM user_external_tables", "ORACLE_BIGDATA")
	w.mustExternal("f", w.full()+"a.parquet", asParquet, "column_list => 'name VARCHAR2(5), missing NUMBER, id NUMBER'")
	w.wantRows("SELECT * FROM f", "n||1")
	wantStack(t, w.external("g", w.full()+"none.parquet", asParquet), 20404, "Object not found")
	w.put("junk", "PAR1 not")
	wantStack(t, w.external("g", w.full()+"junk", asParquet), 20000, "not a valid parquet file")
	wantStack(t, w.external("g", w.full()+"junk", csv), 20000, "Missing column_list")
}

func TestParquetColumnsWithoutAnOracleTypeAreRefused(t *testing.T) {
	for name, schema := range map[string]parquet.Node{
		"list":  parquet.Repeated(parquet.Int(64)),
		"group": parquet.Group{"a": parquet.Int(64)},
		"bytes": parquet.Leaf(parquet.ByteArrayType),
		"uuid":  parquet.UUID(),
	} {
		var b bytes.Buffer
		out := parquet.NewGenericWriter[any](&b, parquet.NewSchema("s", parquet.Group{"c": schema}))
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
		w := newWorld(t, dbmscloud.Knobs{})
		w.put("x", b.String())
		wantStack(t, w.external("e", w.full()+"x", asParquet), 20000, "does not simulate parquet column c")
		if got := w.one("SELECT COUNT(*) FROM user_tables"); got != "0" {
			t.Errorf("%s: a table is left", name)
		}
	}
}

func TestExternalTablesOfDumpFilesReadWhatWasExported(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.account()
	w.exec("CREATE TABLE s (id NUMBER, c CLOB, b BLOB)", "INSERT INTO s VALUES (1, 'text', HEXTORAW('00FF'))", "COMMIT")
	export := `EXPORT_DATA(credential_name => 'CRED', file_uri_list => %s, query => 'SELECT * FROM s', format => '{"type":"datapump"}')`
	if err := w.cloud(export, literal(w.native()+"d.dmp")); err != nil {
		t.Fatal(err)
	}
	const columns = "column_list => 'id NUMBER, c CLOB, b BLOB'"
	w.mustExternal("e", w.native()+"*.dmp*", `{"type":"datapump"}`, "credential_name => 'cred'", columns)
	w.wantRows("SELECT id, c, RAWTOHEX(DBMS_LOB.SUBSTR(b, 10, 1)) FROM e", "1|text|00FF")
	w.wantRows("SELECT type_name FROM user_external_tables", "ORACLE_DATAPUMP")
	wantStack(t, w.external("f", w.full()+"d.dmp", `{"type":"datapump"}`, columns), 20000, "does not support pre-authenticated URIs")
	wantStack(t, w.external("f", w.native()+"d.dmp", `{"type":"datapump"}`, "credential_name => 'cred'"), 20000, "Missing column_list")
}

func TestExternalTablesUseTheirOwnersCredential(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.account()
	w.put("x", "1,a\n")
	w.mustExternal("e", w.native()+"x", csv, idAndName, "credential_name => 'cred'")
	w.inst.CreateUser("CLERK", "secret")
	w.exec("GRANT SELECT ON e TO clerk")
	clerk := w.inst.Internal("CLERK")
	defer clerk.Close()
	if diff := cmp.Diff([]string{"1"}, queryWith(t, clerk, "SELECT COUNT(*) FROM admin.e")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	wantStack(t, w.external("f", w.native()+"x", csv, idAndName, "credential_name => 'nobody'"), 20004)
	if err := w.cloud("DROP_CREDENTIAL('cred')"); err != nil {
		t.Fatal(err)
	}
	wantStack(t, w.session.Exec(t.Context(), "SELECT * FROM e"), 29913, "ODCIEXTTABLEOPEN", "ORA-20004")
}

func TestFact_4_3_QueriesOfExternalTablesSayWhichCalloutFailed(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.put("bad", "1,a\nx,b\n")
	full, noList := w.full(), w.par(objectstore.AnyObjectRead, false)
	for name, test := range map[string]struct {
		uri, format string
		args        []string
		code        int
		stack       []string
	}{
		"missing object":     {full + "none", csv, nil, 29913, []string{"ODCIEXTTABLEFETCH", "ORA-20404: Object not found"}},
		"nothing matches":    {full + "none*", csv, nil, 29913, []string{"ODCIEXTTABLEFETCH", "ORA-20404"}},
		"no right to list":   {noList + "b*", csv, nil, 29913, []string{"ORA-20404"}},
		"bad record":         {full + "bad", csv, nil, 29913, []string{"ODCIEXTTABLEFETCH", "ORA-29400", "KUP-04101: record 2", "ORA-30653: reject limit reached"}},
		"field that is none": {full + "bad", csv, []string{"field_list => 'id, other'"}, 29913, []string{"ODCIEXTTABLEOPEN", "ORA-00904"}},
		"broken field list":  {full + "bad", csv, []string{"field_list => 'id DATE_FORMAT'"}, 29913, []string{"ODCIEXTTABLEOPEN", "KUP-01005"}},
	} {
		t.Run(name, func(t *testing.T) {
			w.mustExternal("e", test.uri, test.format, append(test.args, idAndName)...)
			defer w.exec("DROP TABLE e")
			wantStack(t, w.session.Exec(t.Context(), "CREATE TABLE c AS SELECT * FROM e"), test.code, test.stack...)
			wantStack(t, w.session.Exec(t.Context(), "BEGIN FOR r IN (SELECT * FROM e) LOOP NULL; END LOOP; END;"), test.code, test.stack...)
		})
	}
	w.mustExternal("e", full+"bad", csv, idAndName)
	w.wantRows("SELECT id FROM e WHERE ROWNUM <= 1", "1")
	w.wantRows("SELECT COUNT(*) FROM user_tables", "1") // queries leave no log tables
}

func TestFact_2_1_AnExternalTableIsNoTarget(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.put("x", "1,a\n")
	w.mustExternal("e", w.full()+"x", csv, idAndName)
	wantStack(t, w.load("e", w.full()+"x", csv), 29913, "ORA-30657: operation not supported on external organized table")
}

func TestFact_4_3_30657IsForAnExternalTarget(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.mustExternal("e", w.full()+"x", csv, idAndName)
	for _, text := range []string{"INSERT INTO e VALUES (1, 'a')", "UPDATE e SET id = 2", "DELETE FROM e", "TRUNCATE TABLE e"} {
		wantStack(t, w.session.Exec(t.Context(), text), 30657, "operation not supported on external organized table")
	}
}

func TestFact_4_1_20021IsForATableThatExists(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.mustExternal("e", w.full()+"x", csv, idAndName)
	for _, name := range []string{"p", "e"} {
		wantStack(t, w.external(name, w.full()+"x", csv, idAndName), 20021, strings.ToUpper(name)+`" already exists`)
	}
}

func TestCreateExternalTableRefuses(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.put("x", "1,a\n")
	uri := w.full() + "x"
	for name, test := range map[string]struct {
		table, uri, format string
		args               []string
		code               int
		text               string
	}{
		"name that is none":     {"a b", uri, csv, []string{idAndName}, 20016, "Invalid table name"},
		"unknown key":           {"e", uri, `{"type":"csv","nonsense":1}`, []string{idAndName}, 20000, "Unrecognized parameter nonsense"},
		"broken format":         {"e", uri, `{`, []string{idAndName}, 20009, ""},
		"no columns":            {"e", uri, csv, nil, 20000, "Missing column_list"},
		"columns that are none": {"e", uri, csv, []string{"column_list => 'id'"}, 2263, ""},
		"a LONG":                {"e", uri, csv, []string{"column_list => 'id LONG'"}, 30656, "column type not supported"},
		"a key":                 {"e", uri, csv, []string{"column_list => 'id NUMBER PRIMARY KEY'"}, 30657, ""},
		"a BLOB of text":        {"e", uri, csv, []string{"column_list => 'b BLOB'"}, 20000, "does not simulate"},
		"avro":                  {"e", uri, `{"type":"avro"}`, []string{idAndName}, 20000, "avro"},
		"field list of json":    {"e", uri, `{"type":"json","columnpath":["$.a","$.b"]}`, []string{idAndName, "field_list => 'id'"}, 20000, "field_list"},
		"paths and columns":     {"e", uri, `{"type":"json","columnpath":["$.a"]}`, []string{idAndName}, 20000, "columnpath"},
		"no URI":                {"e", " ", csv, []string{idAndName}, 20000, "Missing file_uri_list"},
		"a prefix":              {"e", w.full(), csv, []string{idAndName}, 20011, "Invalid object URI"},
		"another host":          {"e", "https://example.com/x", csv, []string{idAndName}, 20006, ""},
	} {
		t.Run(name, func(t *testing.T) {
			wantStack(t, w.external(test.table, test.uri, test.format, test.args...), test.code, test.text)
		})
	}
	w.wantRows("SELECT table_name, external FROM user_tables", "P|NO")
}

func TestExternalTablesLeaveNoObjectOpen(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	var text strings.Builder
	for n := range 20_000 {
		fmt.Fprintf(&text, "%d,row %d\n", n, n)
	}
	w.put("big", text.String())
	w.put("bad", "x,a\n")
	bodies := &countingTransport{next: w.http.Transport}
	w.http.Transport = bodies
	w.mustExternal("e", w.full()+"big", csv, idAndName)
	w.mustExternal("b", w.full()+"b*", csv, idAndName)
	w.wantRows("SELECT name FROM e WHERE ROWNUM <= 1", "row 0")
	w.wantRows("SELECT COUNT(*), MAX(id) FROM e", "20000|19999")
	w.wantRows("SELECT name FROM e ORDER BY id DESC FETCH FIRST 2 ROWS ONLY", "row 19999", "row 19998")
	w.wantRows("SELECT COUNT(DISTINCT name) FROM e", "20000")
	wantStack(t, w.session.Exec(t.Context(), "CREATE TABLE c AS SELECT * FROM b"), 29913)
	s := w.open()
	cursor, err := s.Query(t.Context(), "SELECT * FROM e")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cursor.Rows.Next(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if bodies.opened != bodies.closed || bodies.opened < 6 {
		t.Errorf("%d bodies opened, %d closed", bodies.opened, bodies.closed)
	}
}

// countingTransport counts bodies of answers.
type countingTransport struct {
	next           http.RoundTripper
	opened, closed int
}

func (c *countingTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := c.next.RoundTrip(r)
	if err == nil {
		c.opened++
		resp.Body = &countedBody{resp.Body, c}
	}
	return resp, err
}

type countedBody struct {
	body interface {
		Read(p []byte) (int, error)
		Close() error
	}
	counter *countingTransport
}

func (b *countedBody) Read(p []byte) (int, error) { return b.body.Read(p) }

func (b *countedBody) Close() error {
	if b.counter != nil {
		b.counter.closed++
		b.counter = nil
	}
	return b.body.Close()
}

func BenchmarkExternalScan(b *testing.B) {
	w := bench(b, 4)
	w.mustExport(w.full()+"x", "SELECT * FROM src", csv)
	w.mustExternal("e", w.full()+"x*", csv, "column_list => 'c0 NUMBER, c1 VARCHAR2(60), c2 DATE, c3 NUMBER(12,2)'")
	b.SetBytes(int64(len(w.content("x"))))
	for b.Loop() {
		if got := w.one("SELECT COUNT(*) FROM e"); got != "100000" {
			b.Fatalf("%s rows", got)
		}
	}
}
