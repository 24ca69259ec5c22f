package dbmscloud_test

// The facts of reference, section 1, EXPORT_DATA, one test each.

import (
	"bytes"
	"compress/gzip"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/dbmscloud"
	"github.com/adbferry/adbferry/sim/internal/objectstore"
)

const oneRow = "SELECT 1 AS v FROM dual"

// exported is what a fresh database writes for a query: the name and the
// content of its only object.
func exported(t *testing.T, query, format string) (name, content string) {
	t.Helper()
	w := newWorld(t, dbmscloud.Knobs{})
	w.mustExport(w.full()+"x", query, format)
	names := w.objects()
	if len(names) != 1 {
		t.Fatalf("%s: objects = %q", format, names)
	}
	return names[0], w.content(names[0])
}

// refused checks that an export of one row fails and writes nothing.
func refused(t *testing.T, format string, code int, text string) {
	t.Helper()
	w := newWorld(t, dbmscloud.Knobs{})
	wantStack(t, w.export(t.Context(), w.full()+"x", oneRow, format), code, text)
	if got := w.objects(); len(got) != 0 {
		t.Errorf("%s: wrote %q", format, got)
	}
}

func TestFact_0_StacksNameTheServicesSchema(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	wantStack(t, w.export(t.Context(), w.full()+"x", oneRow, `{}`), 20000, `ORA-06512: at "C##CLOUD$SERVICE.DBMS_CLOUD"`)
}

func TestFact_1_1_TwoOverloadsOneOfThemWithAnOperationID(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.exec("CREATE TABLE ids (id NUMBER)")
	uri := literal(w.full() + "x")
	w.exec("BEGIN DBMS_CLOUD.EXPORT_DATA(NULL, " + uri + ", '" + oneRow + "', '" + csv + "'); END;")
	w.exec("DECLARE n NUMBER := 0; BEGIN DBMS_CLOUD.EXPORT_DATA(NULL, " + uri + ", '" + oneRow + "', '" + csv + "', n); INSERT INTO ids VALUES (n); END;")
	w.wantRows("SELECT id FROM ids", "11")
}

func TestFact_1_1_OnlyURIAndQueryHaveNoDefault(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	uri := "file_uri_list => " + literal(w.full()+"x")
	wantStack(t, w.cloud("EXPORT_DATA(%s)", uri), 6550, "PLS-00306")
	wantStack(t, w.cloud("EXPORT_DATA(query => '%s')", oneRow), 6550, "PLS-00306")
	wantStack(t, w.cloud("EXPORT_DATA(%s, query => '%s')", uri, oneRow), 20000, "Missing parameter type")
}

func TestFact_1_2_CredentialNameNamesACredential(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.account()
	export := func(credential string) error {
		return w.cloud("EXPORT_DATA(credential_name => '%s', file_uri_list => %s, query => '%s', format => '%s')",
			credential, literal(w.native()+"x"), oneRow, csv)
	}
	wantStack(t, export("OTHER"), 20004, `Credential "OTHER" does not exist`)
	if err := export("CRED"); err != nil || len(w.objects()) != 1 {
		t.Errorf("%q, %v", w.objects(), err)
	}
}

func TestFact_1_2_APARAloneWritesFiles(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.mustExport(w.full()+"run/part", oneRow, csv)
	if got := w.content("run/part_1_"); got != "1\n" {
		t.Errorf("content = %q", got)
	}
}

func TestFact_1_2_PublicBucketsNeedNoCredential(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	if err := w.store.SetPublic("b", true); err != nil {
		t.Fatal(err)
	}
	// A public bucket is readable for everybody; nobody writes to it unasked.
	wantStack(t, w.export(t.Context(), w.native()+"x", oneRow, csv), 20404, "Object not found")
	w.put("x", "7\n")
	w.exec("CREATE TABLE z (v NUMBER)")
	w.mustLoad("z", w.native()+"x", csv)
	w.wantRows("SELECT v FROM z", "7")
}

func TestFact_1_2_SeveralPrefixesAreRefused(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	par := w.full()
	wantStack(t, w.export(t.Context(), par+"a,"+par+"b", oneRow, csv), 20000, "must be one bucket or prefix URI")
}

func TestFact_1_2_WildcardsAreRefusedOnExport(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	for _, name := range []string{"a*", "a?"} {
		wantStack(t, w.export(t.Context(), w.full()+name, oneRow, csv), 20000, "must not contain wildcards")
	}
}

func TestFact_1_2_MustBeHTTPS(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	wantStack(t, w.export(t.Context(), strings.Replace(w.full(), "https", "http", 1)+"x", oneRow, csv), 20011, "Invalid object URI")
}

func TestFact_1_2_UnknownKeysAreNamed(t *testing.T) {
	refused(t, `{"type":"csv","colour":"red"}`, 20000, "ORA-20000: Invalid format parameter: Unrecognized parameter colour")
}

func TestFact_1_2_OperationIDIsARowOfUserLoadOperations(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.exec("CREATE TABLE ids (id NUMBER)")
	w.exec("DECLARE n NUMBER; BEGIN DBMS_CLOUD.EXPORT_DATA(file_uri_list => " + literal(w.full()+"x") + ", query => '" + oneRow +
		"', format => '" + csv + "', operation_id => n); INSERT INTO ids VALUES (n); END;")
	w.wantRows("SELECT o.status FROM ids i JOIN user_load_operations o ON o.id = i.id", "COMPLETED")
}

func TestFact_1_2_AWriteOnlyPARFailsWith20401(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	uri := w.par(objectstore.AnyObjectWrite, true) + "x"
	wantStack(t, w.export(t.Context(), uri, oneRow, csv), 20401, "ORA-20401: Authorization failed for URI - https://")
	w.mustExport(w.par(objectstore.AnyObjectReadWrite, true)+"x", oneRow, csv)
}

func TestFact_1_3_FiveTypesAndOneIsNeeded(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{DumpThroughPAR: true})
	w.exec(parquetMasks...)
	for _, kind := range []string{"csv", "json", "parquet", "xml", "datapump"} {
		w.mustExport(w.full()+"of-"+kind, oneRow, `{"type":"`+kind+`"}`)
		if w.content("of-"+kind) == "" {
			t.Errorf("%s wrote nothing", kind)
		}
	}
	refused(t, `{}`, 20000, "Missing parameter type")
	refused(t, `{"type":"orc"}`, 20000, "Bad value for type")
}

func TestFact_1_3_GzipForCSVJSONAndXML(t *testing.T) {
	for kind, want := range map[string]string{"csv": "1\n", "json": "{\"V\":1}\n", "xml": "<ROW><V>1</V></ROW>"} {
		_, content := exported(t, oneRow, `{"type":"`+kind+`","compression":"gzip"}`)
		in, err := gzip.NewReader(strings.NewReader(content))
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if text, err := io.ReadAll(in); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s: %q, %v", kind, text, err)
		}
		if _, content := exported(t, oneRow, `{"type":"`+kind+`"}`); !strings.Contains(content, want) {
			t.Errorf("%s is compressed without being asked", kind)
		}
	}
}

func TestFact_1_3_ZIPArchivesAreNotSupported(t *testing.T) {
	refused(t, `{"type":"csv","compression":"zip"}`, 20000, "Bad value for compression")
}

func TestFact_1_3_CompressionsAndVersionsOfDataPump(t *testing.T) {
	for _, option := range []string{
		`"compression":"BASIC"`, `"compression":"LOW"`, `"compression":"MEDIUM"`, `"compression":"HIGH"`,
		`"version":"COMPATIBLE"`, `"version":"LATEST"`, `"version":"19.3"`,
	} {
		w := newWorld(t, dbmscloud.Knobs{DumpThroughPAR: true})
		w.exec("CREATE TABLE z (v NUMBER)")
		w.mustExport(w.full()+"x", oneRow, `{"type":"datapump",`+option+`}`)
		w.mustLoad("z", w.full()+"x", asDump)
		w.wantRows("SELECT v FROM z", "1")
	}
	w := newWorld(t, dbmscloud.Knobs{DumpThroughPAR: true})
	wantStack(t, w.export(t.Context(), w.full()+"x", oneRow, `{"type":"datapump","compression":"gzip"}`), 20000, "Bad value for compression")
	wantStack(t, w.export(t.Context(), w.full()+"x", oneRow, `{"type":"datapump","version":"newest"}`), 20000, "Bad value for version")
}

func TestFact_1_3_DelimiterIsOneLiteralCharacterAndACommaByDefault(t *testing.T) {
	const query = "SELECT 1, 2 FROM dual"
	for option, want := range map[string]string{"": "1,2\n", `,"delimiter":"|"`: "1|2\n"} {
		if _, got := exported(t, query, `{"type":"csv"`+option+`}`); got != want {
			t.Errorf("%s: %q", option, got)
		}
	}
	for _, delimiter := range []string{"||", "X'9'", `\\t`} {
		refused(t, `{"type":"csv","delimiter":"`+delimiter+`"}`, 20000, "Bad value for delimiter")
	}
}

func TestFact_1_3_QuoteEnclosesAndEndquoteCloses(t *testing.T) {
	for option, want := range map[string]string{`"quote":"'"`: "'a'\n", `"quote":"<","endquote":">"`: "<a>\n"} {
		if _, got := exported(t, "SELECT 'a' AS v FROM dual", `{"type":"csv",`+option+`}`); got != want {
			t.Errorf("%s: %q", option, got)
		}
	}
}

func TestFact_1_3_NoHeaderLineUnlessAskedFor(t *testing.T) {
	for option, want := range map[string]string{"": "1\n", `,"header":false`: "1\n", `,"header":true`: "V\n1\n"} {
		if _, got := exported(t, oneRow, `{"type":"csv"`+option+`}`); got != want {
			t.Errorf("%s: %q", option, got)
		}
	}
}

func TestFact_1_3_EscapesOfRecordDelimitersStandInDoubleQuotes(t *testing.T) {
	if _, got := exported(t, oneRow, `{"type":"csv","recorddelimiter":"\"\\r\\n\""}`); got != "1\r\n" {
		t.Errorf("content = %q", got)
	}
	refused(t, `{"type":"csv","recorddelimiter":"\\r\\n"}`, 20000, "Bad value for recorddelimiter")
}

func TestFact_1_3_TheNamesOfTrimspaces(t *testing.T) {
	for name, want := range map[string]string{"rtrim": " a", "ltrim": "a ", "lrtrim": "a", "notrim": " a ", "ldrtrim": "a "} {
		_, got := exported(t, "SELECT ' a ' AS v FROM dual", `{"type":"csv","trimspaces":"`+name+`"}`)
		if name == "ldrtrim" && len(got) > 1 { // what it does to an export is said nowhere
			continue
		}
		if got != want+"\n" {
			t.Errorf("%s: %q", name, got)
		}
	}
	refused(t, `{"type":"csv","trimspaces":"trim"}`, 20000, "Bad value for trimspaces")
}

func TestFact_1_3_ImportKeysAreRefused(t *testing.T) {
	for _, option := range []string{
		`"skipheaders":1`, `"rejectlimit":0`, `"ignoreblanklines":true`, `"blankasnull":true`, `"truncatecol":true`,
		`"ignoremissingcolumns":true`, `"conversionerrors":"store_null"`, `"dateformat":"AUTO"`, `"columnpath":["$.A"]`,
	} {
		name := strings.Split(option, `"`)[1]
		refused(t, `{"type":"csv",`+option+`}`, 20000, "ORA-20000: Invalid format parameter: Unrecognized parameter "+name)
	}
}

func TestFact_1_3_OptionsAreTextNumbersOrBooleans(t *testing.T) {
	for _, option := range []string{
		`"header":true`, `"header":"true"`, `"header":true,"maxfilesize":20971520`, `"header":true,"maxfilesize":"20971520"`,
	} {
		if _, got := exported(t, oneRow, `{"type":"csv",`+option+`}`); got != "V\n1\n" {
			t.Errorf("%s: %q", option, got)
		}
	}
	refused(t, `{"type":"csv","header":1}`, 20000, "Bad value for header")
}

func TestFact_1_4_PrefixIsTheTextAfterTheBucketAndMayHoldSlashes(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.mustExport(w.full()+"run/orders/part", oneRow, csv)
	if got := w.objects(); len(got) != 1 || !strings.HasPrefix(got[0], "run/orders/part_1_") {
		t.Errorf("objects = %q", got)
	}
}

func TestFact_1_4_AnExtensionOfThePrefixIsDropped(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.mustExport(w.full()+"customer_orders_demo_export.csv", oneRow, csv)
	name := regexp.MustCompile(`^customer_orders_demo_export_1_\d{8}T\d{12}Z\.csv$`)
	if got := w.objects(); len(got) != 1 || !name.MatchString(got[0]) {
		t.Errorf("objects = %q", got)
	}
}

func TestFact_1_4_WithoutPrefixTheSessionNamesTheObject(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	set := func(v string) database.Attribute { return database.Attribute{Set: true, Value: v} }
	w.session.Trace(database.Trace{ClientInfo: set("info"), Module: set("mod"), Action: set("act")})
	w.mustExport(w.full(), oneRow, csv)
	w.mustExport(w.full()+"given", oneRow, csv)
	if got := w.objects(); len(got) != 2 || !strings.HasPrefix(got[0], "given_1_") || !strings.HasPrefix(got[1], "info_mod_act_1_") {
		t.Errorf("objects = %q", got)
	}
}

func TestFact_1_4_WithoutPrefixAndSessionValuesItIsData(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	none := database.Attribute{Set: true}
	w.session.Trace(database.Trace{ClientInfo: none, Module: none, Action: none})
	w.mustExport(w.full(), oneRow, csv)
	if got := w.objects(); len(got) != 1 || !strings.HasPrefix(got[0], "data_1_") {
		t.Errorf("objects = %q", got)
	}
}

func TestFact_1_4_TheTimeIsOfTheUploadInUTCWithSixFractionalDigits(t *testing.T) {
	before := time.Now().UTC().Add(-time.Millisecond)
	name, _ := exported(t, oneRow, csv)
	m := regexp.MustCompile(`_1_(\d{8}T\d{6})(\d{6})Z\.`).FindStringSubmatch(name)
	if m == nil {
		t.Fatalf("object = %s", name)
	}
	at, err := time.Parse("20060102T150405.000000", m[1]+"."+m[2])
	if err != nil || at.Before(before) || at.After(time.Now().UTC().Add(time.Second)) {
		t.Errorf("time %s, %v", at, err)
	}
}

func TestFact_1_4_TheExtensionIsTheFormats(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.exec(parquetMasks...)
	for _, kind := range []string{"csv", "json", "parquet", "xml"} {
		w.mustExport(w.full()+kind+"/x", oneRow, `{"type":"`+kind+`"}`)
		if names := w.store.List("b", kind+"/"); len(names) != 1 || !strings.HasSuffix(names[0].Name, "Z."+kind) {
			t.Errorf("%s: %v", kind, names)
		}
	}
}

func TestFact_1_4_CompressedObjectsHaveASecondExtensionButParquet(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.exec(parquetMasks...)
	for kind, want := range map[string]string{"csv": "Z.csv.gz", "json": "Z.json.gz", "xml": "Z.xml.gz", "parquet": "Z.parquet"} {
		w.mustExport(w.full()+kind+"/x", oneRow, `{"type":"`+kind+`","compression":"gzip"}`)
		if names := w.store.List("b", kind+"/"); len(names) != 1 || !strings.HasSuffix(names[0].Name, want) {
			t.Errorf("%s: %v", kind, names)
		}
	}
}

func TestFact_1_7_LongAndBinaryTypesAreRefusedByParquet(t *testing.T) {
	for column, text := range map[string]string{"v BLOB": "is BLOB", "v LONG": "is LONG", "v LONG RAW": "is LONG RAW"} {
		w := newWorld(t, dbmscloud.Knobs{ParquetText: true})
		w.exec(parquetMasks...)
		w.exec("CREATE TABLE t (" + column + ")")
		wantStack(t, w.export(t.Context(), w.full()+"x", "SELECT v FROM t", asParquet), 20000, text)
	}
}

func TestFact_1_8_ParquetUsesTheSessionsMasksAndNumericCharacters(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.exec("CREATE TABLE z (ts TIMESTAMP, n NUMBER(5,2))")
	w.exec(parquetMasks...)
	w.exec("ALTER SESSION SET NLS_TIMESTAMP_FORMAT = 'YYYY-MM-DD HH24'", "ALTER SESSION SET NLS_NUMERIC_CHARACTERS = ',.'")
	w.mustExport(w.full()+"x", "SELECT TIMESTAMP '2026-11-22 13:14:15' AS ts, CAST(1.5 AS NUMBER(5,2)) AS n FROM dual", asParquet)
	w.exec(parquetMasks...)
	w.exec("ALTER SESSION SET NLS_NUMERIC_CHARACTERS = '.,'")
	w.mustLoad("z", w.full()+"x*", asParquet)
	w.wantRows("SELECT ts, n FROM z", "2026-11-22 13:00:00.000000000|1.5")
}

func TestFact_1_8_RRInAnyOfTheThreeMasksFails(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	for _, name := range []string{"NLS_DATE_FORMAT", "NLS_TIMESTAMP_FORMAT", "NLS_TIMESTAMP_TZ_FORMAT"} {
		w.exec(parquetMasks...)
		w.exec("ALTER SESSION SET " + name + " = 'DD-MON-RR'")
		wantStack(t, w.export(t.Context(), w.full()+"x", oneRow, asParquet), 20000, name, "RR is not supported")
	}
}

func TestFact_1_8_ADefaultSessionFailsAndYYYYMasksCureIt(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	wantStack(t, w.export(t.Context(), w.full()+"x", oneRow, asParquet), 20000, "RR")
	w.exec(parquetMasks...)
	w.mustExport(w.full()+"x", oneRow, asParquet)
}

func TestFact_1_8_FilesOfTheOldAndTheNewMappingDifferInLogicalTypes(t *testing.T) {
	for newer, want := range map[bool]string{false: "V DECIMAL(9,0)", true: "V INT(64,true)"} {
		w := newWorld(t, dbmscloud.Knobs{NewParquetMapping: newer})
		w.exec(parquetMasks...)
		w.mustExport(w.full()+"x", "SELECT CAST(1 AS NUMBER(9)) AS v FROM dual", asParquet)
		if diff := cmp.Diff([]string{want}, w.schema("x")); diff != "" {
			t.Errorf("new %v (-want +got):\n%s", newer, diff)
		}
	}
}

func TestFact_1_9_OneCallIsSplitInsideTheDatabase(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{WorkUnits: 3})
	w.numbers(2500)
	w.mustExport(w.full()+"x", "SELECT * FROM n", csv)
	units := map[string]bool{}
	for _, name := range w.objects() {
		units[name[:4]] = true
	}
	w.wantRows("SELECT type, status FROM user_load_operations", "EXPORT|COMPLETED")
	if len(units) != 3 || strings.Count(w.content("x"), "\n") != 2500 {
		t.Errorf("work units %v", units)
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
