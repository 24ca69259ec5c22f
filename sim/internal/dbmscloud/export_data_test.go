package dbmscloud_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/dbmscloud"
	"github.com/adbferry/adbferry/sim/internal/objectstore"
)

const csv = `{"type":"csv"}`

// mixed is a small table with a row of awkward values and one of NULLs.
func (w *world) mixed() {
	w.t.Helper()
	w.exec(
		"CREATE TABLE t (id NUMBER, name VARCHAR2(50), d DATE, ts TIMESTAMP, note CLOB)",
		`INSERT INTO t VALUES (1, 'O''Brien, "Bob"', DATE '2026-11-22', TIMESTAMP '2026-11-22 13:14:15.123456', 'two
lines')`,
		"INSERT INTO t VALUES (2, NULL, NULL, NULL, NULL)",
		"COMMIT",
	)
}

func TestExportWritesPlainText(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.mixed()
	w.mustExport(w.full()+"run/part.csv", "SELECT id, name, d, ts, note FROM t ORDER BY id", csv)
	want := "1,O'Brien, \"Bob\",22-NOV-26,22-NOV-26 01.14.15.123456 PM,two\nlines\n2,,,,\n"
	if diff := cmp.Diff(want, w.content("run/")); diff != "" {
		t.Errorf("no header, nothing made safe, NULL empty, masks of the session (-want +got):\n%s", diff)
	}
	name := regexp.MustCompile(`^run/part_1_\d{8}T\d{12}Z\.csv$`)
	if got := w.objects(); len(got) != 1 || !name.MatchString(got[0]) {
		t.Errorf("objects = %q", got)
	}
}

func TestExportFollowsTheSessionsMasks(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.mixed()
	w.exec("INSERT INTO t (id, d) VALUES (3.5, DATE '1926-01-02')", "COMMIT")
	export := func() string {
		w.mustExport(w.full()+"x", "SELECT id, d FROM t WHERE id > 2", csv)
		defer func() {
			for _, name := range w.objects() {
				w.store.Delete("b", name)
			}
		}()
		return w.content("x")
	}
	if got := export(); got != "3.5,02-JAN-26\n" {
		t.Errorf("default masks lose the century and the time: %q", got)
	}
	w.exec("ALTER SESSION SET NLS_DATE_FORMAT = 'YYYY-MM-DD HH24:MI:SS'", "ALTER SESSION SET NLS_NUMERIC_CHARACTERS = ',.'")
	if got := export(); got != "3,5,1926-01-02 00:00:00\n" {
		t.Errorf("own masks: %q", got)
	}
}

func TestExportOptions(t *testing.T) {
	tests := []struct {
		name, format, want string
		knobs              dbmscloud.Knobs
	}{
		{"header", `{"type":"csv","header":true}`, "ID,NAME\n1,a\"b\\\n", dbmscloud.Knobs{}},
		{"quote encloses text", `{"type":"csv","header":"true","quote":"\""}`, "\"ID\",\"NAME\"\n1,\"a\"b\\\"\n", dbmscloud.Knobs{}},
		{"quote encloses all", `{"type":"csv","quote":"\""}`, "\"1\",\"a\"b\\\"\n", dbmscloud.Knobs{QuoteEverything: true}},
		{"escape", `{"type":"csv","quote":"\"","escape":true}`, "1,\"a\\\"b\\\"\n", dbmscloud.Knobs{}},
		{"escape of backslashes", `{"type":"csv","quote":"\"","escape":true}`, "1,\"a\\\"b\\\\\"\n", dbmscloud.Knobs{EscapeBackslash: true}},
		{"two quotes", `{"type":"csv","quote":"<","endquote":">"}`, "1,<a\"b\\>\n", dbmscloud.Knobs{}},
		{"delimiters", `{"type":"csv","delimiter":"|","recorddelimiter":"\r\n"}`, "1|a\"b\\\r\n", dbmscloud.Knobs{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, test.knobs)
			w.exec("CREATE TABLE t (id NUMBER, name VARCHAR2(50))", `INSERT INTO t VALUES (1, 'a"b\')`, "COMMIT")
			w.mustExport(w.full()+"x", "SELECT * FROM t", test.format)
			if diff := cmp.Diff(test.want, w.content("x")); diff != "" {
				t.Errorf("content (-want +got):\n%s", diff)
			}
		})
	}
}

// numbers makes a table of n rows whose csv records have 20 bytes each.
func (w *world) numbers(n int) {
	w.t.Helper()
	w.exec("CREATE TABLE n (id NUMBER PRIMARY KEY, pad VARCHAR2(20))")
	rows := func(yield func(datum.Row, error) bool) {
		for i := range n {
			if !yield(datum.Row{datum.FromInt(int64(1_000_000 + i)), datum.FromText("abcdefghijk")}, nil) {
				return
			}
		}
	}
	if _, err := w.session.Append(w.t.Context(), "ADMIN", "N", []string{"ID", "PAD"}, rows); err != nil {
		w.t.Fatal(err)
	}
	w.exec("COMMIT")
}

func TestFact_1_4_RollOverKeepsTheSequenceNumberAndTakesALaterTime(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{MinFileSize: 2000})
	w.numbers(250)
	w.mustExport(w.full()+"x", "SELECT * FROM n", csv)
	var sizes []int64
	var sequences []string
	for _, o := range w.store.List("b", "x") {
		sizes = append(sizes, o.Size)
		sequences = append(sequences, o.Name[:4])
	}
	if diff := cmp.Diff([]int64{2000, 2000, 1000}, sizes); diff != "" {
		t.Errorf("sizes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"x_1_", "x_1_", "x_1_"}, sequences); diff != "" {
		t.Errorf("the sequence number stays, the time moves on (-want +got):\n%s", diff)
	}
	if got := strings.Count(w.content("x"), "\n"); got != 250 {
		t.Errorf("%d records", got)
	}
}

func TestExportRepeatsTheHeaderInEveryObject(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{MinFileSize: 2000})
	w.numbers(150)
	w.mustExport(w.full()+"x", "SELECT * FROM n", `{"type":"csv","header":true}`)
	if got := strings.Count(w.content("x"), "ID,PAD\n"); got != 2 || len(w.objects()) != 2 {
		t.Errorf("%d headers in %q", got, w.objects())
	}
}

func TestFact_1_4_ASequenceNumberPerWorkUnit(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{WorkUnits: 3})
	w.numbers(2500)
	w.mustExport(w.full()+"x", "SELECT * FROM n", csv)
	var got []string
	for _, o := range w.store.List("b", "x") {
		got = append(got, fmt.Sprint(o.Name[:4], o.Size/20))
	}
	if diff := cmp.Diff([]string{"x_1_1000", "x_2_1000", "x_3_500"}, got); diff != "" {
		t.Errorf("objects and their records (-want +got):\n%s", diff)
	}
}

func TestExportOfNoRows(t *testing.T) {
	tests := []struct {
		knob dbmscloud.ZeroRows
		want []string
	}{
		{dbmscloud.ZeroNothing, nil},
		{dbmscloud.ZeroEmpty, []string{""}},
		{dbmscloud.ZeroHeaderOnly, []string{"ID,PAD\n"}},
	}
	for _, test := range tests {
		w := newWorld(t, dbmscloud.Knobs{ZeroRows: test.knob})
		w.numbers(0)
		w.mustExport(w.full()+"x", "SELECT * FROM n", csv)
		var got []string
		for _, name := range w.objects() {
			got = append(got, w.content(name))
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("knob %d (-want +got):\n%s", test.knob, diff)
		}
	}
}

func TestExportRights(t *testing.T) {
	tests := []struct {
		name   string
		access objectstore.Access
		list   bool
		code   int
		text   string
	}{
		{"read and write without listing", objectstore.AnyObjectReadWrite, false, 0, ""},
		{"write only", objectstore.AnyObjectWrite, true, 20401, "ORA-20401: Authorization failed for URI - https://"},
		{"read only", objectstore.AnyObjectRead, true, 20404, "ORA-20404: Object not found - https://"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, dbmscloud.Knobs{})
			w.numbers(1)
			err := w.export(t.Context(), w.par(test.access, test.list)+"x", "SELECT * FROM n", csv)
			if test.code == 0 {
				if err != nil {
					t.Error(err)
				}
				return
			}
			wantStack(t, err, test.code, test.text, "C##CLOUD$SERVICE.DBMS_CLOUD")
		})
	}
}

func TestExportRefuses(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.numbers(1)
	w.exec("CREATE TABLE bin (b BLOB)")
	par := w.full()
	revoked := w.full()
	w.store.RevokePAR(revoked)
	const query = "SELECT * FROM n"
	tests := []struct {
		name, uri, query, format string
		code                     int
		text                     string
	}{
		{"unknown option", par, query, `{"type":"csv","skipheaders":"1"}`, 20000, "ORA-20000: Invalid format parameter: Unrecognized parameter skipheaders"},
		{"other type", par, query, `{"type":"ejson"}`, 20000, "Bad value for type"},
		{"several prefixes", par + "a," + par + "b", query, csv, 20000, "must be one bucket or prefix URI"},
		{"wildcard", par + "a*", query, csv, 20000, "must not contain wildcards"},
		{"plain http", strings.Replace(par, "https", "http", 1), query, csv, 20011, "Invalid object URI"},
		{"another host", "https://example.com/p/t/n/ns/b/b/o/x", query, csv, 20006, "Unsupported object store URI"},
		{"altered token", w.base + "/p/nobody/n/ns/b/b/o/x", query, csv, 20401, "PAR does not exist"},
		{"revoked PAR", revoked + "x", query, csv, 20404, "Object not found"},
		{"no such table", par + "x", "SELECT * FROM nothing", csv, 942, "table or view does not exist"},
		{"BLOB", par + "x", "SELECT * FROM bin", csv, 20000, "column B"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			wantStack(t, w.export(t.Context(), test.uri, test.query, test.format), test.code, test.text)
		})
	}
	err := w.session.Exec(t.Context(), "BEGIN DBMS_CLOUD.EXPORT_DATA('CRED', "+literal(par)+", 'SELECT 1 FROM dual', '{\"type\":\"csv\"}'); END;")
	wantStack(t, err, 20004, `Credential "CRED" does not exist`)
	if got := w.objects(); len(got) != 0 {
		t.Errorf("refused exports wrote %q", got)
	}
}

// statusFailure is what an export fails with when the store answers its PUT
// with a status.
func statusFailure(t *testing.T, status int) error {
	t.Helper()
	w := newWorld(t, dbmscloud.Knobs{})
	w.numbers(1)
	w.store.Intercept(func(rw http.ResponseWriter, r *http.Request) objectstore.Verdict {
		if r.Method != http.MethodPut {
			return objectstore.Pass
		}
		objectstore.Fail(rw, r, status, "SomeCode", "some message")
		return objectstore.Answered
	})
	return w.export(t.Context(), w.full()+"x", "SELECT * FROM n", csv)
}

func TestExportReportsWhatTheStoreAnswers(t *testing.T) {
	for _, status := range []int{400, 403, 409, 429, 500, 503} {
		err := statusFailure(t, status)
		wantStack(t, err, 20000+status, fmt.Sprintf("ORA-%d: ", 20000+status), "/o/x_1_", `Error response - {"code":"SomeCode","message":"some message"}`)
	}
}

func TestExportThatIsCancelledEnds(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.numbers(10)
	ctx, cancel := context.WithCancelCause(t.Context())
	w.store.Intercept(func(_ http.ResponseWriter, r *http.Request) objectstore.Verdict {
		if r.Method != http.MethodPut {
			return objectstore.Pass
		}
		cancel(nil)
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done() // hangs until the client gives up
		return objectstore.Answered
	})
	wantStack(t, w.export(ctx, w.full()+"x", "SELECT * FROM n", csv), 1013, "user requested cancel of current operation")
	if got := w.one("SELECT status FROM user_load_operations"); got != "FAILED" {
		t.Errorf("status = %s", got)
	}
}
