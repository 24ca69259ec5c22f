package dbmscloud_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim/internal/dbmscloud"
)

const pairPaths = `{"type":"json","columnpath":["$.id","$.n.name"]}`

func TestJSONLoadPicksColumnsByPath(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.pair()
	w.put("x", `{"n":{"name":"a\nb"},"id":1}`+"\n\n"+`{"id":"2.5","n":{"name":["<",1.50]}}`+"\r\n"+`{"id":null}`+"\n"+`{"id":4,"n":{"name":true}}`)
	w.exec("ALTER SESSION SET NLS_NUMERIC_CHARACTERS = '.,'")
	w.mustLoad("p", w.full()+"x", `{"type":"json","columnpath":"[\"$.id\",\"$.n.name\"]"}`, "schema_name => 'ADMIN'")
	w.wantRows("SELECT id, name FROM p ORDER BY id", "1|a\nb", `2.5|["<",1.50]`, "4|true", "|")
}

func TestJSONLoadRejects(t *testing.T) {
	tests := []struct{ name, line, log string }{
		{"no JSON", `{"id":1,`, "ORA-40441: JSON syntax error"},
		{"two documents", `{"id":1}{"id":2}`, "ORA-40441"},
		{"too deep", strings.Repeat("[", 1001), "ORA-40441"},
		{"no number", `{"id":"x"}`, "ORA-01722"},
		{"too long a text", `{"id":1,"n":{"name":"01234567890"}}`, "ORA-12899"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, dbmscloud.Knobs{})
			w.pair()
			w.put("x", `{"id":7}`+"\n"+test.line+"\n")
			wantStack(t, w.load("p", w.full()+"x", pairPaths), 29913, test.log, "KUP-04101: record 2 rejected in file", "ORA-30653")
			w.wantRows("SELECT COUNT(*) FROM p", "0")
			w.mustLoad("p", w.full()+"x", strings.Replace(pairPaths, "{", `{"rejectlimit":1,`, 1))
			w.wantRows("SELECT id FROM p", "7")
			w.wantRows("SELECT record FROM copy$11_bad", test.line)
		})
	}
}

func TestJSONExportComesBack(t *testing.T) {
	tests := []struct{ column, value string }{
		{"NUMBER", "-0.00000000000000000000000000000000000012345"},
		{"VARCHAR2(20 CHAR)", `'é "x", \ ' || CHR(10) || CHR(13) || CHR(0)`},
		{"CHAR(5)", "'ab'"},
		{"DATE", "TIMESTAMP '2026-11-22 13:14:15'"},
		{"TIMESTAMP(9)", "TIMESTAMP '1926-11-22 13:14:15.123456789'"},
		{"TIMESTAMP(6) WITH LOCAL TIME ZONE", "TIMESTAMP '2026-11-22 13:14:15.123456'"},
		{"INTERVAL DAY TO SECOND", "INTERVAL '10 22:11:33.123456' DAY TO SECOND"},
		{"RAW(4)", "'00FF10'"},
		{"BINARY_DOUBLE", "1.5E100"},
		{"CLOB", "RPAD(TO_CLOB('x'), 30000, 'yz')"},
	}
	for _, test := range tests {
		t.Run(test.column, func(t *testing.T) {
			w := newWorld(t, dbmscloud.Knobs{})
			w.exec(explicit...)
			w.exec("CREATE TABLE a (v "+test.column+")", "CREATE TABLE z (v "+test.column+")",
				"INSERT INTO a VALUES ("+test.value+")", "INSERT INTO a VALUES (NULL)", "COMMIT")
			uri := w.full() + "x"
			w.mustExport(uri, "SELECT v FROM a", `{"type":"json","compression":"gzip"}`)
			w.mustLoad("z", uri+"*", `{"type":"json","compression":"auto","columnpath":["$.V"]}`)
			want := w.query("SELECT v FROM a")
			if diff := cmp.Diff(want, w.query("SELECT v FROM z")); diff != "" || len(want) != 2 || want[0] == "" {
				t.Errorf("values (-want +got):\n%s", diff)
			}
		})
	}
}

func TestJSONExportLosesZones(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.exec(explicit...)
	w.exec("CREATE TABLE z (v TIMESTAMP(6) WITH TIME ZONE)")
	uri := w.full() + "x"
	w.mustExport(uri, "SELECT TIMESTAMP '2026-11-22 13:14:15.5 Europe/Berlin' AS v FROM dual", asJSON)
	w.mustLoad("z", uri+"*", `{"type":"json","columnpath":["$.V"]}`)
	w.wantRows("SELECT v FROM z", " 2026-11-22 12:14:15.500000000 +00:00")
}

func TestJSONLoadUsesMasks(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.exec(explicit...)
	w.exec("CREATE TABLE d (v DATE)")
	w.put("own", `{"v":"22.11.2026"}`)
	w.put("session", `{"v":" 2026-11-23 01:02:03"}`)
	w.put("day", `{"v":"2026-11-24"}`)
	w.mustLoad("d", w.full()+"own", `{"type":"json","columnpath":["$.v"],"dateformat":"DD.MM.YYYY"}`)
	w.mustLoad("d", w.full()+"session,"+w.full()+"day", `{"type":"json","columnpath":["$.v"]}`)
	w.wantRows("SELECT v FROM d ORDER BY v", " 2026-11-22 00:00:00", " 2026-11-23 01:02:03", " 2026-11-24 00:00:00")
}

func TestJSONLoadRefuses(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{JSONValueLimit: 3})
	w.pair()
	w.put("x", `{"id":1,"n":{"name":"long"}}`)
	wantStack(t, w.load("p", w.full()+"x", `{"type":"json","columnpath":["$.id"]}`), 20000, "Bad value for columnpath")
	wantStack(t, w.load("p", w.full()+"x", pairPaths, "field_list => 'id'"), 20000, "a field_list with type json")
	wantStack(t, w.load("p", w.full()+"x", pairPaths), 29913, "ORA-40478: output value too large (maximum: 3)")
}
