package dbmscloud_test

// The facts of reference, sections 2.1 to 2.4, COPY_DATA of text, one test each.

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/adbferry/adbferry/sim/internal/dbmscloud"
	"github.com/adbferry/adbferry/sim/internal/objectstore"
)

// loads checks what a text of two columns loads as in a fresh database.
func loads(t *testing.T, text, format string, want ...string) {
	t.Helper()
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.put("x", text)
	if err := w.load("p", w.full()+"x", format); err != nil {
		t.Errorf("%q with %s: %v", text, format, err)
		return
	}
	w.wantRows("SELECT id, name FROM p ORDER BY id", want...)
}

// rejects checks that a text of two columns fails and loads nothing.
func rejects(t *testing.T, text, format string, code int, pieces ...string) {
	t.Helper()
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.put("x", text)
	wantStack(t, w.load("p", w.full()+"x", format), code, pieces...)
	w.wantRows("SELECT COUNT(*) FROM p", "0")
}

func TestFact_2_1_TwoOverloadsOneOfThemWithAnOperationID(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.put("x", "7,a\n")
	uri := literal(w.full() + "x")
	w.exec("BEGIN DBMS_CLOUD.COPY_DATA('P', NULL, " + uri + ", NULL, NULL, '" + csv + "'); END;")
	w.exec("DECLARE n NUMBER; BEGIN DBMS_CLOUD.COPY_DATA('P', NULL, " + uri + ", NULL, NULL, '" + csv + "', n); INSERT INTO p VALUES (n, 'id'); END;")
	w.wantRows("SELECT id FROM p ORDER BY id", "7", "7", "11")
}

func TestFact_2_1_TableNamesAreUpperCaseUnlessQuoted(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.exec(`CREATE TABLE "MixedCase" (id NUMBER, name VARCHAR2(10))`)
	w.put("x", "1,a\n")
	w.mustLoad("p", w.full()+"x", csv)
	w.mustLoad(`"MixedCase"`, w.full()+"x", csv)
	w.wantRows(`SELECT id FROM p UNION ALL SELECT id FROM "MixedCase"`, "1", "1")
	wantStack(t, w.load(`"p"`, w.full()+"x", csv), 20005, `"ADMIN"."p"`)
	wantStack(t, w.load("MixedCase", w.full()+"x", csv), 20005, `"ADMIN"."MIXEDCASE"`)
}

func TestFact_2_1_NoCredentialForPARsAndPublicURLs(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.put("x", "1,a\n")
	w.mustLoad("p", w.par(objectstore.AnyObjectRead, false)+"x", csv)
	wantStack(t, w.load("p", w.native()+"x", csv), 29913, "ORA-20404")
	if err := w.store.SetPublic("b", false); err != nil {
		t.Fatal(err)
	}
	w.mustLoad("p", w.native()+"x", csv)
	w.wantRows("SELECT id FROM p", "1", "1")
}

func TestFact_2_1_CommaSeparatedURIsWithStarsAndQuestionMarks(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	for i, name := range []string{"a1.csv", "a22.csv", "b1.csv", "c.csv"} {
		w.put(name, string(rune('1'+i))+",x\n")
	}
	par := w.full()
	for list, want := range map[string][]string{
		par + "c.csv," + par + "b1.csv": {"3", "4"}, par + "a*.csv": {"1", "2"}, par + "a?.csv": {"1"}, par + "?1.csv": {"1", "3"},
		par + "a1.csv," + par + "?.csv": {"1", "4"},
	} {
		w.exec("TRUNCATE TABLE p")
		w.mustLoad("p", list, csv)
		w.wantRows("SELECT id FROM p ORDER BY id", want...)
	}
}

func TestFact_2_1_WildcardsNeedAPARThatLists(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.put("x1", "1,a\n")
	wantStack(t, w.load("p", w.par(objectstore.AnyObjectRead, false)+"x*", csv), 29913, "ORA-20404: Object not found")
	w.mustLoad("p", w.par(objectstore.AnyObjectRead, true)+"x*", csv)
	w.wantRows("SELECT id FROM p", "1")
}

func TestFact_2_1_SchemaNameIsTheCurrentSchemaByDefault(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.inst.CreateUser("APP", "secret")
	w.pair()
	w.exec("CREATE TABLE app.p (id NUMBER, name VARCHAR2(10))")
	w.put("x", "1,a\n")
	w.mustLoad("p", w.full()+"x", csv)
	w.wantRows("SELECT (SELECT COUNT(*) FROM admin.p), (SELECT COUNT(*) FROM app.p) FROM dual", "1|0")
	w.mustLoad("p", w.full()+"x", csv, "schema_name => 'app'")
	w.wantRows("SELECT (SELECT COUNT(*) FROM admin.p), (SELECT COUNT(*) FROM app.p) FROM dual", "1|1")
}

func TestFact_2_1_FieldListIsALoadersFieldList(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.put("x", "a,1\n")
	w.mustLoad("p", w.full()+"x", csv, `field_list => '"NAME" CHAR(10), id CHAR'`)
	w.wantRows("SELECT id, name FROM p", "1|a")
	wantStack(t, w.load("p", w.full()+"x", csv, `field_list => 'name VARCHAR2(10), id'`), 29913, "KUP-01005: syntax error")
}

func TestFact_2_2_RowsAreAppendedAndNothingIsMerged(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.exec("INSERT INTO p VALUES (1, 'old')", "COMMIT")
	w.put("x", "1,new\n")
	w.mustLoad("p", w.full()+"x", csv)
	w.wantRows("SELECT id, name FROM p ORDER BY name", "1|new", "1|old")
}

func TestFact_2_2_ARepeatedCallDoublesRowsUnlessAKeyStopsIt(t *testing.T) {
	for ddl, want := range map[string]string{"id NUMBER": "2", "id NUMBER PRIMARY KEY": "1"} {
		w := newWorld(t, dbmscloud.Knobs{})
		w.exec("CREATE TABLE k (" + ddl + ")")
		w.put("x", "1\n")
		w.mustLoad("k", w.full()+"x", csv)
		if err := w.load("k", w.full()+"x", csv); want == "1" {
			wantStack(t, err, 1, "unique constraint")
		}
		w.wantRows("SELECT COUNT(*) FROM k", want)
	}
}

func TestFact_2_2_IdentityAndVirtualColumnsAreLeftOutAndComputed(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.exec("CREATE TABLE v (id NUMBER GENERATED ALWAYS AS IDENTITY, a NUMBER, twice NUMBER GENERATED ALWAYS AS (a * 2) VIRTUAL)")
	w.put("x", "4\n5\n")
	w.mustLoad("v", w.full()+"x", csv, "field_list => 'a CHAR(5)'")
	w.wantRows("SELECT id, a, twice FROM v ORDER BY id", "1|4|8", "2|5|10")
}

func TestFact_2_2_WithARejectLimitTheCallSucceedsWithRowsMissing(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.put("x", "1,a\nx,b\n3,c\n")
	w.mustLoad("p", w.full()+"x", `{"type":"csv","rejectlimit":1}`)
	w.wantRows("SELECT id FROM p ORDER BY id", "1", "3")
	w.wantRows("SELECT record FROM copy$1_bad", "x,b")
}

func TestFact_2_3_PlainCSVIsCSVWithoutEmbedded(t *testing.T) {
	for _, kind := range []string{"csv", "csv without embedded"} {
		loads(t, "1,\"a,b\"\n", `{"type":"`+kind+`"}`, "1|a,b")
		rejects(t, "1,\"a\nb\"\n", `{"type":"`+kind+`"}`, 29913, "KUP-04101")
	}
	loads(t, "1,\"a\nb\"\n", `{"type":"csv with embedded"}`, "1|a\nb")
	rejects(t, "1,a\n", `{"type":"tsv"}`, 20000, "Bad value for type")
}

func TestFact_2_3_TheDelimiterIsAPipeByDefaultAndMayBeHex(t *testing.T) {
	loads(t, "1|a,b\n", `{}`, "1|a,b")
	loads(t, "1\ta\n", `{"delimiter":"X'9'"}`, "1|a")
}

func TestFact_2_3_RecordDelimitersAreQuotedOrHex(t *testing.T) {
	for _, value := range []string{`'\\n'`, `X''0A''`, `"\\n"`} {
		loads(t, "1,a\n2,b\n", `{"type":"csv","recorddelimiter":`+jsonText(value)+`}`, "1|a", "2|b")
	}
	for _, value := range []string{`'\\r\\n'`, `X''0D0A''`} {
		loads(t, "1,a\r\n2,b\r\n", `{"type":"csv","recorddelimiter":`+jsonText(value)+`}`, "1|a", "2|b")
	}
}

// jsonText is a JSON string of a text whose backslashes are doubled already.
func jsonText(text string) string { return `"` + strings.ReplaceAll(text, `"`, `\"`) + `"` }

func TestFact_2_3_QuoteAndEndquoteEnclose(t *testing.T) {
	loads(t, "1|'a|b'\n", `{"quote":"'"}`, "1|a|b")
	loads(t, "1|<a|b>\n", `{"quote":"<","endquote":">"}`, "1|a|b")
	loads(t, "1|'a'\n", `{}`, "1|'a'")
}

func TestFact_2_3_EscapeMakesTheBackslashAnEscape(t *testing.T) {
	loads(t, "1,a\\,b\n", `{"type":"csv","escape":true}`, "1|a,b")
	loads(t, "1,a\\,b\n", csv, `1|a\`)
}

func TestFact_2_3_TheNamesOfTrimspaces(t *testing.T) {
	for name, want := range map[string]string{"rtrim": " a", "ltrim": "a ", "notrim": " a ", "lrtrim": "a", "ldrtrim": "a "} {
		loads(t, "1, a \n", `{"type":"csv","trimspaces":"`+name+`"}`, "1|"+want)
	}
	rejects(t, "1,a\n", `{"trimspaces":"all"}`, 20000, "Bad value for trimspaces")
}

func TestFact_2_3_BlankAsNullLoadsSpacesAsNull(t *testing.T) {
	loads(t, "1,  \n", `{"type":"csv","blankasnull":true}`, "1|")
	loads(t, "1,  \n", csv, "1|  ")
}

func TestFact_2_3_IgnoreMissingColumnsMakesTrailingFieldsNull(t *testing.T) {
	loads(t, "1\n", `{"type":"csv","ignoremissingcolumns":true}`, "1|")
	rejects(t, "1\n", csv, 29913, "ORA-30653")
}

func TestFact_2_3_IgnoreBlankLines(t *testing.T) {
	loads(t, "1,a\n\n2,b\n", `{"type":"csv","ignoreblanklines":true}`, "1|a", "2|b")
	rejects(t, "1,a\n\n2,b\n", csv, 29913, "ORA-30653")
}

func TestFact_2_3_SkipHeadersSkipsLines(t *testing.T) {
	loads(t, "id,name\n1,a\n", `{"type":"csv","skipheaders":1}`, "1|a")
	loads(t, "1,a\n2,b\n", `{"type":"csv","skipheaders":1}`, "2|b")
	loads(t, "1,a\n2,b\n", csv, "1|a", "2|b")
}

func TestFact_2_3_RejectLimitIsZeroByDefault(t *testing.T) {
	rejects(t, "1,a\nx,b\n", csv, 29913, "ORA-30653: reject limit reached")
	loads(t, "1,a\nx,b\n", `{"type":"csv","rejectlimit":1}`, "1|a")
	rejects(t, "1,a\nx,b\ny,c\n", `{"type":"csv","rejectlimit":1}`, 29913, "ORA-30653")
}

func TestFact_2_3_ConversionErrorsRejectTheRecordOrStoreNull(t *testing.T) {
	loads(t, "x,a\n", `{"type":"csv","conversionerrors":"store_null"}`, "|a")
	for _, format := range []string{csv, `{"type":"csv","conversionerrors":"reject_record"}`} {
		rejects(t, "x,a\n", format, 29913, "ORA-01722", "KUP-04101")
	}
}

func TestFact_2_3_DateFormatIsAMaskTheSessionsOrAuto(t *testing.T) {
	for _, test := range []struct{ format, text, want string }{
		{`{"type":"csv","dateformat":"DD/MM/YYYY"}`, "22/11/1926", "1926-11-22"},
		{csv, "22-NOV-26", "2026-11-22"},
		{`{"type":"csv","dateformat":"AUTO"}`, "2461367", "2026-11-22"}, // J
		{`{"type":"csv","dateformat":"AUTO"}`, "11-22-2026", "2026-11-22"},
		{`{"type":"csv","dateformat":"AUTO"}`, "11-22-0044BC", "-0044-11-22"},
		{`{"type":"csv","dateformat":"AUTO"}`, "20261122 011415", "2026-11-22"},
		{`{"type":"csv","dateformat":"AUTO"}`, "2026.326", "2026-11-22"},
		{`{"type":"csv","dateformat":"AUTO"}`, "2026-11-22", "2026-11-22"},
	} {
		w := newWorld(t, dbmscloud.Knobs{})
		w.exec("CREATE TABLE m (d DATE)")
		w.put("x", test.text+"\n")
		if err := w.load("m", w.full()+"x", test.format); err != nil {
			t.Errorf("%s with %s: %v", test.text, test.format, err)
			continue
		}
		w.wantRows("SELECT LTRIM(TO_CHAR(d, 'SYYYY-MM-DD')) FROM m", test.want)
	}
}

func TestFact_2_3_NumericCharactersNameTheDecimalOne(t *testing.T) {
	loads(t, "1234,5;a\n", `{"type":"csv","delimiter":";","numericcharacters":",."}`, "1234.5|a")
	rejects(t, "1234,5;a\n", `{"type":"csv","delimiter":";"}`, 29913, "ORA-01722")
}

func TestFact_2_3_CharacterSetIsTheDatabasesByDefault(t *testing.T) {
	loads(t, "1,é€\n", csv, "1|é€")
	loads(t, "1,é€\n", `{"type":"csv","characterset":"AL32UTF8"}`, "1|é€")
}

func TestFact_2_3_CompressionsOfWhichAutoSniffs(t *testing.T) {
	var gz, zl bytes.Buffer
	g, z := gzip.NewWriter(&gz), zlib.NewWriter(&zl)
	_, _ = g.Write([]byte("1,a\n"))
	_, _ = z.Write([]byte("1,a\n"))
	if g.Close() != nil || z.Close() != nil {
		t.Fatal("packing failed")
	}
	bz, err := base64.StdEncoding.DecodeString("QlpoOTFBWSZTWVev2MUAAAFZAAAQAAQgACAAIAAhmmgzTRc8XckU4UJBXr9jFA==")
	if err != nil {
		t.Fatal(err)
	}
	for kind, packed := range map[string]string{"gzip": gz.String(), "zlib": zl.String(), "bzip2": string(bz)} {
		loads(t, packed, `{"type":"csv","compression":"`+kind+`"}`, "1|a")
		loads(t, packed, `{"type":"csv","compression":"auto"}`, "1|a")
	}
	loads(t, "1,a\n", `{"type":"csv","compression":"auto"}`, "1|a")
	rejects(t, gz.String(), csv, 29913, "ORA-30653")
}

func TestFact_2_3_ColumnPathIsForJSONAlone(t *testing.T) {
	loads(t, `{"a":1,"b":"x"}`+"\n", `{"type":"json","columnpath":["$.a","$.b"]}`, "1|x")
	rejects(t, "1,x\n", `{"type":"csv","columnpath":["$.a","$.b"]}`, 20000, "format parameter columnpath")
}

func TestFact_2_3_FieldTextsOfAGeneratedScript(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.exec(explicit...)
	w.exec("CREATE TABLE g (c VARCHAR2(4000), n NUMBER, d DATE, tz TIMESTAMP(9) WITH TIME ZONE)")
	w.put("x", strings.Repeat("c", 300)+",1.5,2026-11-22 13:14:15,2026-11-22T13:14:15.123456789+02:00\n")
	w.mustLoad("g", w.full()+"x", csv, `field_list => '"C" CHAR(32767), "N" CHAR, "D" CHAR date_format DATE MASK "YYYY-MM-DD HH24:MI:SS", `+
		`"TZ" CHAR date_format TIMESTAMP WITH TIME ZONE MASK "YYYY-MM-DD\"T\"HH24:MI:SS.FF9TZR"'`)
	w.wantRows("SELECT LENGTH(c), n, d, tz FROM g", "300|1.5| 2026-11-22 13:14:15| 2026-11-22 13:14:15.123456789 +02:00")
}

func TestFact_2_4_ANewlineInsideQuotesEndsTheRecordOfPlainCSV(t *testing.T) {
	rejects(t, "1,\"two\nlines\"\n", csv, 29913, "KUP-04037: terminator not found", "KUP-04101: record 1 rejected", "ORA-30653")
}

func TestFact_2_4_CSVWithEmbeddedTakesNewlinesInsideTheEnclosureOnly(t *testing.T) {
	loads(t, "1,\"two\nlines\"\n2,c\n", `{"type":"csv with embedded"}`, "1|two\nlines", "2|c")
	rejects(t, "1,two\nlines\n", `{"type":"csv with embedded"}`, 29913, "KUP-04101: record 2 rejected")
}

func TestFact_2_4_TheLoadersCSVClauseTrimsBlanks(t *testing.T) {
	for trims, want := range map[bool]string{false: "1| a ", true: "1|a"} { // whether DBMS_CLOUD uses it so is a knob
		w := newWorld(t, dbmscloud.Knobs{TrimCSV: trims})
		w.pair()
		w.put("x", "1, a \n")
		w.mustLoad("p", w.full()+"x", csv)
		w.wantRows("SELECT id, name FROM p", want)
	}
}

func TestFact_2_1_MissingObjectIsNestedInTheFetch(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	uri := w.full() + "none"
	wantStack(t, w.load("p", uri, csv), 29913, "ORA-29913: error while processing ODCIEXTTABLEFETCH routine", "ORA-20404: Object not found - "+uri)
}
