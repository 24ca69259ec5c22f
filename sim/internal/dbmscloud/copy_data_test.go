package dbmscloud_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim/internal/dbmscloud"
	"github.com/adbferry/adbferry/sim/internal/objectstore"
)

// pair makes the target table of most tests.
func (w *world) pair() {
	w.t.Helper()
	w.exec("CREATE TABLE p (id NUMBER, name VARCHAR2(10))")
}

func (w *world) wantRows(query string, want ...string) {
	w.t.Helper()
	if diff := cmp.Diff(append([]string{}, want...), w.query(query)); diff != "" {
		w.t.Errorf("%s (-want +got):\n%s", query, diff)
	}
}

func TestCopyAppendsByPosition(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.put("x.csv", "1,a\n2,\n")
	uri := w.par(objectstore.AnyObjectRead, false) + "x.csv"
	w.mustLoad("p", uri, csv)
	w.mustLoad("P", uri, csv)
	w.wantRows("SELECT id, name FROM p ORDER BY id", "1|a", "1|a", "2|", "2|")
}

func TestCopyOptions(t *testing.T) {
	tests := []struct {
		name, text, format string
		knobs              dbmscloud.Knobs
		want               []string
	}{
		{"default is pipes without quotes", "1|\"a\"\n", `{}`, dbmscloud.Knobs{}, []string{`1|"a"`}},
		{"csv strips quotes", "1,\"a,\"\"b\"\n", csv, dbmscloud.Knobs{}, []string{`1|a,"b`}},
		{"embedded newlines", "1,\"a\nb\"\n2,c\n", `{"type":"csv with embedded"}`, dbmscloud.Knobs{}, []string{"1|a\nb", "2|c"}},
		{"headers", "id,name\n1,a\n", `{"type":"csv","skipheaders":1}`, dbmscloud.Knobs{}, []string{"1|a"}},
		{"blank lines", "1,a\n\n2,b\n", `{"type":"csv","ignoreblanklines":true}`, dbmscloud.Knobs{}, []string{"1|a", "2|b"}},
		{"missing columns", "1\n2,b\n", `{"type":"csv","ignoremissingcolumns":"true"}`, dbmscloud.Knobs{}, []string{"1|", "2|b"}},
		{"too many columns", "1,a,x,y\n", csv, dbmscloud.Knobs{}, []string{"1|a"}},
		{"blanks as null", "1,  \n", `{"type":"csv","blankasnull":true}`, dbmscloud.Knobs{}, []string{"1|"}},
		{"blanks stay", "1,  \n", csv, dbmscloud.Knobs{}, []string{"1|  "}},
		{"trim", "1, a \n", `{"type":"csv","trimspaces":"lrtrim"}`, dbmscloud.Knobs{}, []string{"1|a"}},
		{"csv clause trims", "1, a \n", csv, dbmscloud.Knobs{TrimCSV: true}, []string{"1|a"}},
		{"truncate", "1,0123456789x\n", `{"type":"csv","truncatecol":true}`, dbmscloud.Knobs{}, []string{"1|0123456789"}},
		{"conversion errors", "x,a\n", `{"type":"csv","conversionerrors":"store_null"}`, dbmscloud.Knobs{}, []string{"|a"}},
		{"numeric characters", "1234,5;a\n", `{"type":"csv","delimiter":";","numericcharacters":",."}`, dbmscloud.Knobs{}, []string{"1234.5|a"}},
		{"record delimiter", "1,a~2,b~", `{"type":"csv","recorddelimiter":"X'7E'"}`, dbmscloud.Knobs{}, []string{"1|a", "2|b"}},
		{"escape", "1,a\\,b\n", `{"type":"csv","escape":true}`, dbmscloud.Knobs{}, []string{"1|a,b"}},
		{"reject limit", "x,a\n1,b\n", `{"type":"csv","rejectlimit":1}`, dbmscloud.Knobs{}, []string{"1|b"}},
		{"nothing", "", csv, dbmscloud.Knobs{}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, test.knobs)
			w.pair()
			w.put("x", test.text)
			w.mustLoad("p", w.full()+"x", test.format)
			w.wantRows("SELECT id, name FROM p ORDER BY id", test.want...)
		})
	}
}

func TestCopyReadsCompressedObjects(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte("1,a\n"))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.put("x.gz", packed.String())
	w.put("plain", "2,b\n")
	w.mustLoad("p", w.full()+"x.gz", `{"type":"csv","compression":"gzip"}`)
	w.mustLoad("p", w.full()+"x.gz,"+w.full()+"plain", `{"type":"csv","compression":"auto"}`)
	w.wantRows("SELECT id FROM p ORDER BY id", "1", "1", "2")
	wantStack(t, w.load("p", w.full()+"x.gz", csv), 29913, "ORA-30653")
	w.put("torn.gz", packed.String()[:packed.Len()-6])
	wantStack(t, w.load("p", w.full()+"torn.gz", `{"type":"csv","compression":"gzip"}`), 29913, "cannot be decompressed")
	w.put("no.gz", "1,a\n")
	wantStack(t, w.load("p", w.full()+"no.gz", `{"type":"csv","compression":"gzip"}`), 29913, "cannot be decompressed")
}

func TestCopyUsesMasks(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.exec("CREATE TABLE m (d DATE, ts TIMESTAMP(9))", "ALTER SESSION SET NLS_TIMESTAMP_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF9'",
		"ALTER SESSION SET NLS_DATE_FORMAT = 'YYYY-MM-DD HH24:MI:SS'")
	w.put("session", "2026-11-22 13:14:15,2026-11-22 13:14:15.123456789\n")
	w.put("format", "22.11.1926 13:14;15-123456789\n")
	w.put("auto", "2026-11-22,2026-11-22 00:00:00.0\n")
	w.mustLoad("m", w.full()+"session", csv)
	w.mustLoad("m", w.full()+"format", `{"type":"csv","delimiter":";","dateformat":"DD.MM.YYYY HH24:MI","timestampformat":"SS-FF9"}`,
		`field_list => 'd CHAR(16), ts CHAR DATE_FORMAT TIMESTAMP MASK "SS-FF9"'`)
	w.mustLoad("m", w.full()+"auto", `{"type":"csv","dateformat":"AUTO"}`)
	w.wantRows("SELECT d FROM m ORDER BY d", "1926-11-22 13:14:00", "2026-11-22 00:00:00", "2026-11-22 13:14:15")
	w.wantRows("SELECT ts FROM m WHERE d = TO_DATE('2026-11-22 13:14:15', 'YYYY-MM-DD HH24:MI:SS')", "2026-11-22 13:14:15.123456789")
}

func TestCopyWithMasksOfTwoDigitYearsChangesTheCentury(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.exec("CREATE TABLE a (d DATE)", "CREATE TABLE z (d DATE)", "INSERT INTO a VALUES (TO_DATE('1926-11-22 13:14', 'YYYY-MM-DD HH24:MI'))", "COMMIT")
	uri := w.full() + "x"
	w.mustExport(uri, "SELECT d FROM a", csv)
	w.mustLoad("z", uri+"*", csv)
	w.wantRows("SELECT TO_CHAR(d, 'YYYY-MM-DD HH24:MI') FROM z", "2026-11-22 00:00")
}

func TestCopyFieldList(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.exec("CREATE TABLE f (id NUMBER, note CLOB, d DATE)")
	w.put("x", "22/11/2026,"+strings.Repeat("n", 5000)+",7\n")
	format := `{"type":"csv"}`
	wantStack(t, w.load("f", w.full()+"x", format, `field_list => 'd DATE "DD/MM/YYYY", note, id'`), 29913,
		"KUP-04021: field formatting error for field NOTE", "KUP-04026: field too long for datatype", "ORA-30653")
	w.mustLoad("f", w.full()+"x", format, `field_list => '"D" CHAR date_format DATE MASK "DD/MM/YYYY", note CHAR(10000), id CHAR'`)
	w.wantRows("SELECT id, TO_CHAR(d, 'YYYY-MM-DD'), LENGTH(note) FROM f", "7|2026-11-22|5000")
	wantStack(t, w.load("f", w.full()+"x", format, `field_list => 'd, nobody'`), 29913, `ORA-00904: "NOBODY": invalid identifier`)
	wantStack(t, w.load("f", w.full()+"x", format, `field_list => 'd POSITION(1:3)'`), 29913, "KUP-01005")
}

func TestDefaultFieldLengthIsAKnob(t *testing.T) {
	for _, size := range []int{0, 300} {
		w := newWorld(t, dbmscloud.Knobs{DefaultFieldBytes: size})
		w.exec("CREATE TABLE l (s VARCHAR2(1000))")
		w.put("x", strings.Repeat("s", 256)+"\n")
		err := w.load("l", w.full()+"x", csv)
		if (err == nil) != (size == 300) {
			t.Errorf("default field of %d bytes: %v", size, err)
		}
	}
}

func TestCopyResolvesWildcardsByListing(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.put("run/1/p_1.csv", "1,a\n")
	w.put("run/1/p_2.csv", "2,b\n")
	w.put("run/2/p_1.csv", "3,c\n")
	reader, lister := w.par(objectstore.AnyObjectRead, false), w.par(objectstore.AnyObjectRead, true)
	wantStack(t, w.load("p", reader+"run/1/p_*.csv", csv), 29913, "ORA-20404: Object not found - "+reader+"run/1/p_*.csv")
	w.wantRows("SELECT COUNT(*) FROM p", "0")
	w.mustLoad("p", lister+"run/1/p_?.csv", csv)
	w.wantRows("SELECT id FROM p ORDER BY id", "1", "2")
	w.mustLoad("p", lister+"run/*.csv", csv) // mixes two attempts
	w.wantRows("SELECT id FROM p ORDER BY id", "1", "1", "2", "2", "3")
	wantStack(t, w.load("p", lister+"none*", csv), 29913, "ORA-20404: Object not found - "+lister+"none*")
	wantStack(t, w.load("p", lister+"none.csv", csv), 29913, "ORA-20404: Object not found - "+lister+"none.csv", "ObjectNotFound")
}

func TestCopyRejectsAllOrNothing(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.put("x", "1,a\n2,b\nx,c\n4,d\n")
	uri := w.full() + "x"
	wantStack(t, w.load("p", uri, csv), 29913, "ORA-29913: error while processing ODCIEXTTABLEFETCH routine",
		"ORA-29400: data cartridge error", "error processing column ID in row 3 for datafile "+uri, "ORA-01722: invalid number",
		"KUP-04101: record 3 rejected in file "+uri, "ORA-30653: reject limit reached", "C##CLOUD$SERVICE.DBMS_CLOUD")
	w.wantRows("SELECT COUNT(*) FROM p", "0")
	w.wantRows("SELECT record FROM copy$1_bad", "x,c")
	if log := w.one("SELECT record FROM copy$1_log"); !strings.Contains(log, "KUP-04101: record 3 rejected in file "+uri) {
		t.Errorf("log = %s", log)
	}
	w.mustLoad("p", uri, `{"type":"csv","rejectlimit":"1"}`)
	w.wantRows("SELECT id FROM p ORDER BY id", "1", "2", "4")
	w.wantRows("SELECT record FROM copy$11_bad", "x,c")
}

func TestRejectKnobs(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{PartialOnReject: true, RejectRaises20003: true, UnclosedQuoteIs04036: true})
	w.pair()
	w.put("x", "1,a\n2,\"b\n")
	wantStack(t, w.load("p", w.full()+"x", csv), 20003, "ORA-29913", "KUP-04036: second enclosing delimiter not found", "ORA-30653")
	w.session.Close()
	w.session = w.open()
	w.wantRows("SELECT id FROM p", "1")
}

func TestNewlineInTextBreaksPlainCSV(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.exec("CREATE TABLE c (id NUMBER, note CLOB, tail NUMBER)", "INSERT INTO c VALUES (1, 'two\nlines', 1)", "COMMIT")
	w.exec("CREATE TABLE d (id NUMBER, note CLOB, tail NUMBER)")
	for _, format := range []string{csv, `{"type":"csv","quote":"\""}`} {
		uri := w.full() + "x"
		w.mustExport(uri, "SELECT * FROM c", format)
		wantStack(t, w.load("d", uri+"*", csv), 29913, "KUP-04037: terminator not found", "KUP-04101: record 1 rejected", "ORA-30653")
		for _, name := range w.objects() {
			if strings.HasPrefix(w.content(name), `1,"`) {
				w.mustLoad("d", w.full()+name, `{"type":"csv with embedded"}`)
			}
		}
	}
	w.wantRows("SELECT id, note FROM d", "1|two\nlines")
}

func TestCopyOfATornAnswerLoadsNothing(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.store.Intercept(func(rw http.ResponseWriter, _ *http.Request) objectstore.Verdict {
		rw.Header().Set("Content-Length", "100")
		_, _ = rw.Write([]byte("1,a\n2,b\n"))
		return objectstore.Answered
	})
	wantStack(t, w.load("p", w.full()+"x", csv), 29913, "ORA-29273: HTTP request failed", "ORA-29259: end-of-input reached")
	w.wantRows("SELECT COUNT(*) FROM p", "0")
}

func TestCopyThatIsCancelledEnds(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	ctx, cancel := context.WithCancelCause(t.Context())
	w.store.Intercept(func(_ http.ResponseWriter, r *http.Request) objectstore.Verdict {
		cancel(nil)
		<-r.Context().Done() // hangs until the client gives up
		return objectstore.Answered
	})
	err := w.session.Exec(ctx, "BEGIN DBMS_CLOUD.COPY_DATA(table_name => 'P', file_uri_list => "+literal(w.full()+"x")+"); END;")
	wantStack(t, err, 1013, "user requested cancel of current operation")
	w.wantRows("SELECT status, logfile_table FROM user_load_operations", "FAILED|COPY$1_LOG")
}

// TestTheTutorialsLoss follows reference, section 10.1: a fixed object name and
// skipheaders without a header lose rows, and no call fails.
func TestTheTutorialsLoss(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{MinFileSize: 2000})
	w.numbers(250)
	w.mustExport(w.full()+"x.csv", "SELECT * FROM n", csv)
	first := w.objects()[0]
	for i, uri := range []string{first, "x*.csv"} {
		table := "n" + string(rune('0'+i))
		w.exec("CREATE TABLE " + table + " (id NUMBER, pad VARCHAR2(20))")
		w.mustLoad(table, w.full()+uri, `{"type":"csv","skipheaders":1}`)
	}
	w.wantRows("SELECT COUNT(*) FROM n0", "99")  // one object of three, less its first row
	w.wantRows("SELECT COUNT(*) FROM n1", "247") // all three, less a row each
	w.exec("CREATE TABLE n2 (id NUMBER, pad VARCHAR2(20))")
	w.mustLoad("n2", w.full()+"x*.csv", csv)
	w.wantRows("SELECT COUNT(*) FROM n2", "250")
}

func TestSkipHeadersOnceKnob(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{SkipHeadersOnce: true})
	w.pair()
	w.put("x1", "h,h\n1,a\n")
	w.put("x2", "2,b\n")
	w.mustLoad("p", w.full()+"x*", `{"type":"csv","skipheaders":1}`)
	w.wantRows("SELECT id FROM p ORDER BY id", "1", "2")
}

func TestCommitsOfCopy(t *testing.T) {
	tests := []struct {
		knobs dbmscloud.Knobs
		want  []string
	}{
		{dbmscloud.Knobs{}, []string{"1", "9"}},
		{dbmscloud.Knobs{LeaveUncommitted: true}, []string{"9"}},
		{dbmscloud.Knobs{KeepCallerTransaction: true, LeaveUncommitted: true}, nil},
		{dbmscloud.Knobs{KeepCallerTransaction: true}, []string{"1", "9"}},
	}
	for _, test := range tests {
		w := newWorld(t, test.knobs)
		w.pair()
		w.put("x", "1,a\n")
		w.exec("INSERT INTO p VALUES (9, 'open')")
		w.mustLoad("p", w.full()+"x", csv)
		w.exec("ROLLBACK")
		w.wantRows("SELECT id FROM p ORDER BY id", test.want...)
	}
}

func TestFailedCopyKeepsTheCallersTransactionOpen(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{KeepCallerTransaction: true})
	w.pair()
	w.put("x", "bad,a\n")
	w.exec("INSERT INTO p VALUES (9, 'open')")
	wantStack(t, w.load("p", w.full()+"x", csv), 29913)
	w.wantRows("SELECT id FROM p", "9")
	w.exec("ROLLBACK")
	w.wantRows("SELECT id FROM p")
}

func TestCopyRefuses(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.exec("CREATE TABLE bin (b BLOB)")
	w.put("x", "1,a\n")
	uri := w.full() + "x"
	tests := []struct {
		name, table, uri, format string
		code                     int
		text                     string
	}{
		{"no such table", "nothing", uri, csv, 20005, `"ADMIN"."NOTHING"`},
		{"quoted name", `"p"`, uri, csv, 20005, `"ADMIN"."p"`},
		{"bad name", "a b", uri, csv, 20016, "Invalid table name"},
		{"unknown option", "p", uri, `{"header":true}`, 20000, "Unrecognized parameter header"},
		{"other type", "p", uri, `{"type":"orc"}`, 20000, "does not simulate"},
		{"another host", "p", "https://example.com/p/t/n/ns/b/b/o/x", csv, 20006, "Unsupported object store URI"},
		{"no object", "p", w.full(), csv, 20011, "Invalid object URI"},
		{"BLOB", "bin", uri, csv, 20000, "BLOB column B"},
		{"too long for its column", "p", uri + "," + w.longObject(), csv, 29913, "ORA-12899: value too large for column NAME (actual: 11, maximum: 10)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			wantStack(t, w.load(test.table, test.uri, test.format), test.code, test.text)
		})
	}
	w.wantRows("SELECT COUNT(*) FROM p", "0")
}

func (w *world) longObject() string {
	w.put("long", "1,0123456789x\n")
	return w.full() + "long"
}
