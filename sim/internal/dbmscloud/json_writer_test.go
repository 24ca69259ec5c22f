package dbmscloud_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim/internal/dbmscloud"
)

const (
	asJSON = `{"type":"json"}`
	asXML  = `{"type":"xml"}`
)

func TestJSONExportWritesAnObjectPerLine(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.mixed()
	w.mustExport(w.full()+"run/part.json", "SELECT id, name, d, ts, note FROM t ORDER BY id", asJSON)
	want := `{"ID":1,"NAME":"O'Brien, \"Bob\"","D":"2026-11-22T00:00:00","TS":"2026-11-22T13:14:15.123456000","NOTE":"two\nlines"}` +
		"\n" + `{"ID":2,"NAME":null,"D":null,"TS":null,"NOTE":null}` + "\n"
	if diff := cmp.Diff(want, w.content("run/")); diff != "" {
		t.Errorf("content (-want +got):\n%s", diff)
	}
	if got := w.objects(); len(got) != 1 || !regexp.MustCompile(`^run/part_1_\d{8}T\d{12}Z\.json$`).MatchString(got[0]) {
		t.Errorf("objects = %q", got)
	}
}

func TestJSONValues(t *testing.T) {
	tests := []struct{ expression, want string }{
		{"12345678901234567890123456789012345678", "12345678901234567890123456789012345678"},
		{"-0.5", "-0.5"},
		{"1E-130", "0." + strings.Repeat("0", 129) + "1"},
		{"TO_BINARY_DOUBLE('1.5')", "1.5"},
		{"TO_BINARY_FLOAT('0.25')", "0.25"},
		{"HEXTORAW('00FF')", `"00ff"`},
		{"TO_CLOB('a\tb')", `"a\tb"`},
		{"CHR(1) || '\\' || CHR(12) || CHR(8) || CHR(13)", `"\u0001\\\f\b\r"`},
		{"'é€'", `"é€"`},
		{"TIMESTAMP '2026-11-22 13:14:15.5 +02:00'", `"2026-11-22T11:14:15.500000000Z"`},
		{"INTERVAL '2-3' YEAR TO MONTH", `"+02-03"`},
	}
	for _, test := range tests {
		w := newWorld(t, dbmscloud.Knobs{})
		w.exec("ALTER SESSION SET NLS_NUMERIC_CHARACTERS = ',.'")
		w.mustExport(w.full()+"x", "SELECT "+test.expression+" AS v FROM dual", asJSON)
		if diff := cmp.Diff(`{"V":`+test.want+"}\n", w.content("x")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.expression, diff)
		}
		if text := w.content("x"); !json.Valid([]byte(text)) {
			t.Errorf("%s is no JSON", text)
		}
	}
	w := newWorld(t, dbmscloud.Knobs{})
	wantStack(t, w.export(t.Context(), w.full()+"x", "SELECT TO_BINARY_DOUBLE('NaN') AS v FROM dual", asJSON), 40474, "NaN")
}

func TestJSONNullsAndDelimitersAreChoices(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{OmitJSONNulls: true})
	w.mustExport(w.full()+"x", "SELECT NULL AS a, 1 AS b, NULL AS c FROM dual", `{"type":"json","recorddelimiter":"\r\n"}`)
	if got := w.content("x"); got != "{\"B\":1}\r\n" {
		t.Errorf("content = %q", got)
	}
}

func TestJSONAndXMLExportsCompressAndRollOver(t *testing.T) {
	for format, parts := range map[string][2]string{
		`{"type":"json","compression":"gzip"}`: {"Z.json.gz", "}\n"},
		`{"type":"xml","compression":"gzip"}`:  {"Z.xml.gz", "</ROW>"},
	} {
		w := newWorld(t, dbmscloud.Knobs{MinFileSize: 4000})
		w.numbers(250)
		w.mustExport(w.full()+"x", "SELECT * FROM n", format)
		records := 0
		for _, name := range w.objects() {
			in, err := gzip.NewReader(strings.NewReader(w.content(name)))
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(in)
			if err != nil || len(text) > 4100 || !strings.HasSuffix(name, parts[0]) {
				t.Errorf("%s: %d bytes, %v", name, len(text), err)
			}
			records += strings.Count(string(text), parts[1])
		}
		if records != 250 || len(w.objects()) < 3 {
			t.Errorf("%s: %d records in %d objects", format, records, len(w.objects()))
		}
	}
}

func TestXMLExportWritesADocumentPerObject(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.exec("ALTER SESSION SET NLS_DATE_FORMAT = 'YYYY-MM-DD'")
	w.mustExport(w.full()+"x", `SELECT 'a<b>&"' || CHR(13) || CHR(1) AS t, NULL AS n, DATE '2026-11-22' AS "my day", 1.5 AS "2nd" FROM dual`, asXML)
	want := "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ROWSET>\n" +
		"<ROW><T>a&lt;b&gt;&amp;\"&#13;\uFFFD</T><my_x0020_day>2026-11-22</my_x0020_day><_x0032_nd>1.5</_x0032_nd></ROW>\n</ROWSET>\n"
	if diff := cmp.Diff(want, w.content("x")); diff != "" {
		t.Errorf("content (-want +got):\n%s", diff)
	}
}

func TestLOBLimitKnob(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{LOBLimit: 3})
	for _, format := range []string{csv, asJSON, asXML} {
		w.mustExport(w.full()+"ok", "SELECT TO_CLOB('abc') AS c FROM dual", format)
		wantStack(t, w.export(t.Context(), w.full()+"x", "SELECT TO_CLOB('abcd') AS c FROM dual", format),
			22835, "(actual: 4, maximum: 3)")
	}
}

func TestFact_1_5_ASmallResultMayGiveSeveralObjects(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{WorkUnits: 2, RowsPerTurn: 1})
	w.numbers(3)
	w.mustExport(w.full()+"x", "SELECT * FROM n", csv)
	if got := w.objects(); len(got) != 2 || !strings.HasPrefix(got[1], "x_2_") {
		t.Errorf("objects = %q", got)
	}
}

func TestWriteOnlyFailsFirstKnob(t *testing.T) {
	for first, objects := range map[bool]int{false: 1, true: 0} {
		w := newWorld(t, dbmscloud.Knobs{WriteOnlyFailsFirst: first})
		w.numbers(3)
		err := w.export(t.Context(), w.par("AnyObjectWrite", false)+"x", "SELECT * FROM n", csv)
		wantStack(t, err, 20401, "Authorization failed for URI")
		if got := len(w.objects()); got != objects {
			t.Errorf("knob %v: %d objects left behind", first, got)
		}
	}
}
