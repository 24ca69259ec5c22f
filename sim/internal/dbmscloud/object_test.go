package dbmscloud_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim/internal/dbmscloud"
	"github.com/adbferry/adbferry/sim/internal/objectstore"
)

// hex reads a function's BLOB as hex, through a table: a BLOB has no text.
func (w *world) blobLength(call string) string {
	w.t.Helper()
	return w.one("SELECT DBMS_LOB.GETLENGTH(" + call + ") FROM dual")
}

func TestGetObjectReturnsTheBytes(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.put("x", "0123456789")
	w.put("big", strings.Repeat("x", 40000))
	uri := literal(w.full() + "x")
	text := func(args string) string {
		return w.one("SELECT UTL_RAW.CAST_TO_VARCHAR2(DBMS_LOB.SUBSTR(DBMS_CLOUD.GET_OBJECT(object_uri => " + uri + args + "), 100, 1)) FROM dual")
	}
	for args, want := range map[string]string{
		"": "0123456789", ", startoffset => 3": "3456789", ", startoffset => 2, endoffset => 4": "234", ", endoffset => 4": "01234",
	} {
		if got := text(args); got != want {
			t.Errorf("GET_OBJECT(%s) = %q, want %q", args, got, want)
		}
	}
	if got := w.blobLength("DBMS_CLOUD.GET_OBJECT(NULL, " + literal(w.full()+"big") + ")"); got != "40000" {
		t.Errorf("length = %s", got)
	}
}

func TestObjectsArePackedAndUnpacked(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	uri := literal(w.full() + "x.gz")
	if err := w.cloud("PUT_OBJECT(object_uri => %s, contents => HEXTORAW('616263'), compression => 'GZIP')", uri); err != nil {
		t.Fatal(err)
	}
	if w.content("x.gz")[:2] != "\x1f\x8b" {
		t.Error("the object is not packed")
	}
	for _, kind := range []string{"gzip", "AUTO"} {
		got := w.one("SELECT UTL_RAW.CAST_TO_VARCHAR2(DBMS_LOB.SUBSTR(DBMS_CLOUD.GET_OBJECT(object_uri => " + uri + ", compression => '" + kind + "'), 9, 1)) FROM dual")
		if got != "abc" {
			t.Errorf("%s: %q", kind, got)
		}
	}
	if err := w.cloud("PUT_OBJECT(NULL, %s, HEXTORAW('616263'))", literal(w.full()+"plain")); err != nil || w.content("plain") != "abc" {
		t.Errorf("plain = %q, %v", w.content("plain"), err)
	}
}

func TestDeleteNeedsACredential(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.account()
	w.put("x", "data")
	wantStack(t, w.cloud("DELETE_OBJECT(object_uri => %s)", literal(w.full()+"x")), 20404, "Object not found")
	wantStack(t, w.cloud("DELETE_OBJECT('CRED', %s)", literal(w.full()+"x")), 20404, "Object not found")
	wantStack(t, w.cloud("DELETE_OBJECT(object_uri => %s)", literal(w.native()+"x")), 20404, "Object not found")
	if len(w.objects()) != 1 {
		t.Fatal("the object went")
	}
	if err := w.cloud("DELETE_OBJECT('CRED', %s)", literal(w.native()+"x")); err != nil || len(w.objects()) != 0 {
		t.Errorf("objects = %q, %v", w.objects(), err)
	}
	wantStack(t, w.cloud("DELETE_OBJECT('CRED', %s)", literal(w.native()+"x")), 20404, "Object not found")
}

func TestDeletingADumpFileTakesItsChunks(t *testing.T) {
	for keep, want := range map[bool][]string{false: {"f.dmp_x", "g.dmp_aaaaaa"}, true: {"f.dmp_aaaaaa", "f.dmp_x", "g.dmp_aaaaaa"}} {
		w := newWorld(t, dbmscloud.Knobs{KeepDumpChunks: keep})
		w.account()
		if err := w.exportWith("f.dmp", "SELECT 1 AS n FROM dual", asDump); err != nil {
			t.Fatal(err)
		}
		w.put("f.dmp_x", "")
		w.put("g.dmp_aaaaaa", "")
		if err := w.cloud("DELETE_OBJECT('CRED', %s)", literal(w.native()+"f.dmp")); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, w.objects()); diff != "" {
			t.Errorf("keep %v: objects (-want +got):\n%s", keep, diff)
		}
	}
}

func TestBulkDelete(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.account()
	for _, name := range []string{"run/a.csv", "run/b.csv", "run/c.txt", "other/a.csv"} {
		w.put(name, "data")
	}
	wantStack(t, w.cloud("BULK_DELETE(location_uri => %s)", literal(w.full()+"run/")), 20010, "Missing credential")
	wantStack(t, w.cloud("BULK_DELETE('CRED', %s, '(')", literal(w.native()+"run/")), 12725, "regular expression")
	wantStack(t, w.cloud("BULK_DELETE('CRED', %s, format => '{\"priority\":\"HIGH\"}')", literal(w.native()+"run/")), 20000, "format parameter priority")
	w.exec("DECLARE n NUMBER; BEGIN DBMS_CLOUD.BULK_DELETE('CRED', " + literal(w.native()+"run/") + ", '^[ab][.]csv$', operation_id => n); END;")
	if diff := cmp.Diff([]string{"other/a.csv", "run/c.txt"}, w.objects()); diff != "" {
		t.Errorf("objects (-want +got):\n%s", diff)
	}
	w.wantRows("SELECT type, status FROM user_load_operations", "DELETE|COMPLETED")
}

func TestObjectProceduresRefuse(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{ObjectsNeedCredential: true})
	w.account()
	w.put("x", "data")
	expired, err := w.store.CreatePAR(objectstore.PAR{Bucket: "b", Access: objectstore.AnyObjectRead, Expires: time.Now().Add(-time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	get := func(args string) error {
		return w.session.Exec(t.Context(), "DECLARE b BLOB; BEGIN b := DBMS_CLOUD.GET_OBJECT("+args+"); END;")
	}
	par := w.full()
	tests := []struct {
		name string
		err  error
		code int
		text string
	}{
		{"no such object", get("object_uri => " + literal(par+"none")), 20404, "Object not found"},
		{"expired PAR", get("object_uri => " + literal(w.base+expired+"x")), 20404, "Object not found"},
		{"no object", get("object_uri => " + literal(par)), 20011, "Invalid object URI"},
		{"wildcard", get("object_uri => " + literal(par+"*")), 20011, "Invalid object URI"},
		{"bad range", get("object_uri => " + literal(par+"x") + ", startoffset => 5, endoffset => 2"), 20000, "Invalid offset"},
		{"range behind the end", get("object_uri => " + literal(par+"x") + ", startoffset => 4"), 20416, "HTTP 416"},
		{"compression", get("object_uri => " + literal(par+"x") + ", compression => 'ZIP'"), 20000, "compression zip"},
		{"not packed", get("object_uri => " + literal(par+"x") + ", compression => 'GZIP'"), 20000, "cannot be decompressed"},
		{"unknown credential", get("'NOBODY', " + literal(par+"x")), 20004, "does not exist"},
		{"PUT through a PAR", w.cloud("PUT_OBJECT(NULL, %s, HEXTORAW('00'))", literal(par+"y")), 20010, "Missing credential for PUT_OBJECT"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { wantStack(t, test.err, test.code, test.text) })
	}
}
