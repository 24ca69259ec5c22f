package dbmscloud_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/dbmscloud"
)

const asDump = `{"type":"datapump"}`

// exportWith and loadWith use the credential CRED and native URIs.
func (w *world) exportWith(names, query, format string) error {
	return w.cloud("EXPORT_DATA(credential_name => 'CRED', file_uri_list => %s, query => %s, format => %s)",
		literal(w.nativeList(names)), literal(query), literal(format))
}

func (w *world) loadWith(table, names, format string) error {
	return w.cloud("COPY_DATA(table_name => %s, credential_name => 'CRED', file_uri_list => %s, format => %s)",
		literal(table), literal(w.nativeList(names)), literal(format))
}

func (w *world) nativeList(names string) string {
	var uris []string
	for name := range strings.SplitSeq(names, ",") {
		uris = append(uris, w.native()+name)
	}
	return strings.Join(uris, ",")
}

func TestDumpCarriesEveryType(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.account()
	w.exec(explicit...)
	columns := "n NUMBER, v VARCHAR2(10), c CHAR(5), nv NVARCHAR2(5), r RAW(4), d DATE, ts TIMESTAMP(9), tz TIMESTAMP WITH TIME ZONE, " +
		"lz TIMESTAMP WITH LOCAL TIME ZONE, ym INTERVAL YEAR TO MONTH, ds INTERVAL DAY TO SECOND, bf BINARY_FLOAT, bd BINARY_DOUBLE, cl CLOB, bl BLOB"
	const shown = "n, v, c, nv, r, d, ts, tz, lz, ym, ds, bf, bd, cl"
	w.exec("CREATE TABLE a ("+columns+")", "CREATE TABLE z ("+columns+")",
		`INSERT INTO a VALUES (1E-130, 'é'||CHR(10), 'ab', '山', '00FF', TO_DATE('-0044-03-15', 'SYYYY-MM-DD'), TIMESTAMP '2026-11-22 13:14:15.123456789',
		TIMESTAMP '2026-11-22 13:14:15 Europe/Berlin', TIMESTAMP '2026-11-22 13:14:15', INTERVAL '2-3' YEAR TO MONTH,
		INTERVAL '10 22:11:33.5' DAY TO SECOND, 0.25, TO_BINARY_DOUBLE('NaN'), EMPTY_CLOB(), HEXTORAW('0001'))`,
		"INSERT INTO a (n) VALUES (NULL)", "COMMIT")
	for _, format := range []string{asDump, `{"type":"datapump","compression":"medium","version":"latest"}`} {
		name := fmt.Sprintf("f%d.dmp", len(format))
		if err := w.exportWith(name, "SELECT * FROM a", format); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{name, name + "_aaaaaa"}, w.objects()); diff != "" {
			t.Errorf("objects (-want +got):\n%s", diff)
		}
		if w.content(name+"_") == "" || len(w.content(name)) != len(w.content(name+"_")) {
			t.Error("the primary object is not empty")
		}
		w.exec("TRUNCATE TABLE z")
		if err := w.loadWith("Z", name, asDump); err != nil {
			t.Fatal(err)
		}
		w.wantRows("SELECT "+shown+" FROM z", w.query("SELECT "+shown+" FROM a")...)
		w.wantRows("SELECT LENGTH(cl), DBMS_LOB.GETLENGTH(bl) FROM z WHERE n IS NOT NULL", w.query("SELECT LENGTH(cl), DBMS_LOB.GETLENGTH(bl) FROM a WHERE n IS NOT NULL")...)
		for _, object := range w.objects() {
			w.store.Delete("b", object)
		}
	}
}

func TestDumpFilesNeverOverwrite(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.account()
	w.put("taken.dmp", "precious")
	wantStack(t, w.exportWith("taken.dmp", "SELECT 1 AS n FROM dual", asDump), 20412, "HTTP 412", "IfNoneMatchFailed")
	w.put("free.dmp_aaaaaa", "precious")
	wantStack(t, w.exportWith("free.dmp", "SELECT 1 AS n FROM dual", asDump), 20412, "_aaaaaa")
	if w.content("taken.dmp")+w.content("free.dmp_") != "preciousprecious" {
		t.Error("an object was overwritten")
	}
}

func TestDumpFilesAreAtMostTheNamesGiven(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{WorkUnits: 2, RowsPerTurn: 10})
	w.account()
	w.numbers(35)
	w.exec("CREATE TABLE m (pad VARCHAR2(20), id NUMBER)")
	if err := w.exportWith("a.dmp,b.dmp,c.dmp", "SELECT * FROM n", asDump); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a.dmp", "a.dmp_aaaaaa", "b.dmp", "b.dmp_aaaaaa"}, w.objects()); diff != "" {
		t.Errorf("objects (-want +got):\n%s", diff)
	}
	if err := w.loadWith("M", "*.dmp*", asDump); err != nil {
		t.Fatal(err)
	}
	w.wantRows("SELECT COUNT(*), COUNT(DISTINCT id) FROM m", "35|35")
	w.wantRows("SELECT logfile_table, badfile_table FROM user_load_operations WHERE type = 'COPY'", "COPY$11_LOG|")
	w.exec("BEGIN DBMS_CLOUD.DELETE_ALL_OPERATIONS; END;")
}

func TestDumpChunksAreCutAtTenMegabytes(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.account()
	w.exec("CREATE TABLE big (c CLOB)", "CREATE TABLE back (c CLOB)")
	rows := func(yield func(datum.Row, error) bool) {
		for range 3 {
			if !yield(datum.Row{datum.FromClob(strings.Repeat("x", 7_000_000))}, nil) {
				return
			}
		}
	}
	if _, err := w.session.Append(t.Context(), "ADMIN", "BIG", []string{"C"}, rows); err != nil {
		t.Fatal(err)
	}
	w.exec("COMMIT")
	if err := w.exportWith("x", "SELECT c FROM big", asDump); err != nil {
		t.Fatal(err)
	}
	var sizes []int64
	for _, o := range w.store.List("b", "x_") {
		sizes = append(sizes, o.Size)
	}
	if len(sizes) != 3 || sizes[0] != 10_000_000 || sizes[1] != 10_000_000 {
		t.Errorf("chunks of %v bytes", sizes)
	}
	if err := w.loadWith("BACK", "x", asDump); err != nil {
		t.Fatal(err)
	}
	w.wantRows("SELECT COUNT(*), MIN(LENGTH(c)) FROM back", "3|7000000")
}

func TestDumpRefuses(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.account()
	w.pair()
	w.exec("CREATE TABLE l (l LONG)")
	wantStack(t, w.exportWith("x", "SELECT * FROM l", asDump), 30656, "column type not supported on external organized table")
	wantStack(t, w.export(t.Context(), w.full()+"x", "SELECT 1 AS n FROM dual", asDump), 20000, "does not support pre-authenticated URIs")
	wantStack(t, w.load("p", w.full()+"x", asDump), 20000, "does not support pre-authenticated URIs")
	wantStack(t, w.export(t.Context(), w.native()+"x", "SELECT 1 AS n FROM dual", asDump), 20010, "Missing credential")
	wantStack(t, w.exportWith("", "SELECT 1 AS n FROM dual", asDump), 20011, "Invalid object URI")
	w.put("junk", "")
	w.put("junk_aaaaaa", "1,a\n")
	wantStack(t, w.loadWith("P", "junk", asDump), 29913, "Object is not a valid dump file")
	wantStack(t, w.loadWith("P", "none", asDump), 29913, "ORA-20404")
	if err := w.exportWith("y", "SELECT 1 AS id FROM dual", asDump); err != nil {
		t.Fatal(err)
	}
	wantStack(t, w.loadWith("P", "y", asDump), 29913, "Column NAME is not in the dump file")
	if err := w.exportWith("z", "SELECT 1 AS id, '01234567890' AS name FROM dual", asDump); err != nil {
		t.Fatal(err)
	}
	wantStack(t, w.loadWith("P", "z", asDump), 29913, "ORA-12899", "KUP-04101", "ORA-30653")
}

func TestDumpThroughPARKnob(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{DumpThroughPAR: true})
	w.pair()
	w.mustExport(w.full()+"x", "SELECT 1 AS id, 'a' AS name FROM dual", asDump)
	w.mustLoad("p", w.full()+"x", asDump)
	w.wantRows("SELECT id, name FROM p", "1|a")
}
