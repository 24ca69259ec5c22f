package dbmscloud

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// wantError checks an error's number and a piece of its text.
func wantError(t *testing.T, err error, code int, text string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want ORA-%05d", code)
		return
	}
	e := datum.AsError(err)
	if e.Code != code || !strings.Contains(e.Text, text) {
		t.Errorf("error = %q, want ORA-%05d with %q", e.Text, code, text)
	}
}

func TestExportFormatRefuses(t *testing.T) {
	tests := []struct {
		format string
		code   int
		text   string
	}{
		{`{"type":"csv","skipheaders":1}`, 20000, "Invalid format parameter: Unrecognized parameter skipheaders"},
		{`{"type":"csv","rejectlimit":"0"}`, 20000, "Invalid format parameter: Unrecognized parameter rejectlimit"},
		{`{"type":"csv","colour":"red"}`, 20000, "Invalid format parameter: Unrecognized parameter colour"},
		{`{"header":true}`, 20000, "Missing parameter type"},
		{``, 20000, "Missing parameter type"},
		{`{"type":"json","delimiter":"|"}`, 20000, "format parameter delimiter with type json"},
		{`{"type":"PARQUET","maxfilesize":10485760}`, 20000, "format parameter maxfilesize with type parquet"},
		{`{"type":"xml","header":true}`, 20000, "format parameter header with type xml"},
		{`{"type":"datapump","compression":"gzip"}`, 20000, "Bad value for compression"},
		{`{"type":"parquet","compression":"none"}`, 20000, "Bad value for compression"},
		{`{"type":"tsv"}`, 20000, "Bad value for type"},
		{`{"type":"csv","encryption":{"x":1}}`, 20000, "does not simulate format parameter encryption"},
		{`{"type":"csv","delimiter":"||"}`, 20000, "Bad value for delimiter"},
		{`{"type":"csv","header":"perhaps"}`, 20000, "Bad value for header"},
		{`{"type":"csv","header":["A",1]}`, 20000, "Bad value for header"},
		{`{"type":"csv","header":[]}`, 20000, "Bad value for header"},
		{`{"type":"csv","maxfilesize":1048576}`, 20000, "Bad value for maxfilesize"},
		{`{"type":"csv","maxfilesize":1073741825}`, 20000, "Bad value for maxfilesize"},
		{`{"type":"csv","maxfilesize":"big"}`, 20000, "Bad value for maxfilesize"},
		{`{"type":"csv","compression":"zip"}`, 20000, "Bad value for compression"},
		{`{"type":"csv","recorddelimiter":"\\n"}`, 20000, "Bad value for recorddelimiter"},
		{`{"type":"csv"`, 20009, "not a JSON object"},
		{`["csv"]`, 20009, "not a JSON object"},
		{`null`, 20009, "not a JSON object"},
		{`{} {}`, 20009, "not a JSON object"},
	}
	for _, test := range tests {
		_, err := parseExportFormat(test.format, Knobs{}.withDefaults())
		t.Run(test.format, func(t *testing.T) { wantError(t, err, test.code, test.text) })
	}
}

func TestExportFormatReadsOptionsAsTextNumberAndBoolean(t *testing.T) {
	plain := exportFormat{kind: "csv", compression: "none", delimiter: ",", recordDelimiter: "\n", trim: trimNone, maxFileSize: 10 << 20, extension: ".csv"}
	tests := []struct {
		format string
		change func(*exportFormat)
	}{
		{`{"type":"csv"}`, func(*exportFormat) {}},
		{`{"type":"CSV","header":"true"}`, func(f *exportFormat) { f.header = true }},
		{`{"type":"csv","header":true,"escape":false}`, func(f *exportFormat) { f.header = true }},
		{`{"type":"csv","quote":"\"","escape":true}`, func(f *exportFormat) { f.quote, f.endquote, f.escape = `"`, `"`, true }},
		{`{"type":"csv","quote":"(","endquote":")"}`, func(f *exportFormat) { f.quote, f.endquote = "(", ")" }},
		{`{"type":"csv","delimiter":"|","compression":"gzip"}`, func(f *exportFormat) { f.delimiter, f.compression, f.gzip = "|", "gzip", true }},
		{`{"type":"csv","maxfilesize":"1073741824"}`, func(f *exportFormat) { f.maxFileSize = 1 << 30 }},
		{`{"type":"csv","maxfilesize":20971520}`, func(f *exportFormat) { f.maxFileSize = 20 << 20 }},
		{`{"type":"csv","recorddelimiter":"\r\n"}`, func(f *exportFormat) { f.recordDelimiter = "\r\n" }},
		{`{"type":"csv","recorddelimiter":"\"\\r\\n\""}`, func(f *exportFormat) { f.recordDelimiter = "\r\n" }},
		{`{"type":"csv","fileextension":"none"}`, func(f *exportFormat) { f.extension = "" }},
		{`{"type":"csv","fileextension":"txt","trimspaces":"rtrim"}`, func(f *exportFormat) { f.extension, f.trim = ".txt", trimRight }},
	}
	for _, test := range tests {
		want := plain
		test.change(&want)
		got, err := parseExportFormat(test.format, Knobs{}.withDefaults())
		if err != nil {
			t.Errorf("%s: %v", test.format, err)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(exportFormat{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.format, diff)
		}
	}
}

func TestCopyFormatDefaults(t *testing.T) {
	tests := []struct {
		format           string
		delimiter, quote string
		embedded         bool
	}{
		{``, "|", "", false},
		{`{}`, "|", "", false},
		{`{"type":"csv"}`, ",", `"`, false},
		{`{"type":"csv without embedded"}`, ",", `"`, false},
		{`{"type":"CSV  with Embedded"}`, ",", `"`, true},
		{`{"type":"csv","delimiter":";","quote":"'"}`, ";", "'", false},
		{`{"delimiter":"X'9'"}`, "\t", "", false},
		{`{"delimiter":"x'7C7C'"}`, "||", "", false},
	}
	for _, test := range tests {
		got, err := parseCopyFormat(test.format, Knobs{}.withDefaults())
		if err != nil {
			t.Errorf("%s: %v", test.format, err)
		}
		if got.text.delimiter != test.delimiter || got.text.quote != test.quote || got.text.embedded != test.embedded {
			t.Errorf("%s: %+v", test.format, got.text)
		}
		if got.skipHeaders != 0 || got.rejectLimit != 0 || !got.logs || got.logPrefix != "COPY" || got.text.readSize != 10_000_000 {
			t.Errorf("%s: defaults %+v", test.format, got)
		}
	}
}

func TestCopyFormatOptions(t *testing.T) {
	got, err := parseCopyFormat(`{
		"type":"csv", "recorddelimiter":"X''0D0A''", "escape":true, "trimspaces":"lrtrim", "blankasnull":"true",
		"truncatecol":true, "ignoremissingcolumns":"true", "ignoreblanklines":true, "skipheaders":"1", "rejectlimit":"unlimited",
		"conversionerrors":"store_null", "dateformat":"YYYY-MM-DD", "timestampformat":"YYYY", "timestamptzformat":"MM",
		"timestampltzformat":"DD", "numericcharacters":"',.'", "characterset":"AL32UTF8", "compression":"auto", "readsize":1000,
		"logprefix":"run", "logretention":7, "enablelogs":false, "removequotes":true }`, Knobs{UnclosedQuoteIs04036: true}.withDefaults())
	if err != nil {
		t.Fatal(err)
	}
	want := copyFormat{
		kind: "text",
		text: textShape{
			delimiter: ",", recordDelimiter: "\r\n", quote: `"`, endquote: `"`, escape: true, missingAsNull: true, readSize: 1000,
			unclosed: "KUP-04036: second enclosing delimiter not found",
		},
		trim: trimBoth, blankAsNull: true, truncate: true, skipBlank: true, skipHeaders: 1, rejectLimit: math.MaxInt64,
		storeNull: true, masks: masks{"YYYY-MM-DD", "YYYY", "MM", "DD"}, numerics: ",.", compression: "auto",
		logPrefix: "RUN", removeQuotes: true,
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(copyFormat{}, textShape{}, masks{})); diff != "" {
		t.Errorf("options (-want +got):\n%s", diff)
	}
}

func TestCopyFormatRefuses(t *testing.T) {
	tests := []struct {
		format string
		text   string
	}{
		{`{"header":true}`, "Unrecognized parameter header"},
		{`{"maxfilesize":1}`, "Unrecognized parameter maxfilesize"},
		{`{"columnpath":["$.A"]}`, "format parameter columnpath with type text"},
		{`{"type":"json","columnpath":["$.A"],"delimiter":","}`, "format parameter delimiter with type json"},
		{`{"type":"json"}`, "Bad value for columnpath"},
		{`{"type":"json","columnpath":[]}`, "Bad value for columnpath"},
		{`{"type":"json","columnpath":["A"]}`, "Bad value for columnpath"},
		{`{"type":"json","columnpath":[1]}`, "Bad value for columnpath"},
		{`{"type":"json","columnpath":"$.A"}`, "Bad value for columnpath"},
		{`{"type":"json","columnpath":["$.A"],"unpackarrays":true}`, "format parameter unpackarrays"},
		{`{"type":"avro"}`, "does not simulate COPY_DATA with format type avro"},
		{`{"type":"excel"}`, "Bad value for type"},
		{`{"compression":"zstd"}`, "compression zstd"},
		{`{"characterset":"WE8ISO8859P1"}`, "characterset WE8ISO8859P1"},
		{`{"timestampformat":"AUTO"}`, "timestampformat with value AUTO"},
		{`{"skipheaders":-1}`, "Bad value for skipheaders"},
		{`{"rejectlimit":"none"}`, "Bad value for rejectlimit"},
		{`{"delimiter":"\\t"}`, "Bad value for delimiter"},
		{`{"trimspaces":"all"}`, "Bad value for trimspaces"},
		{`{"numericcharacters":"."}`, "Bad value for numericcharacters"},
		{`{"conversionerrors":"ignore"}`, "Bad value for conversionerrors"},
	}
	for _, test := range tests {
		_, err := parseCopyFormat(test.format, Knobs{}.withDefaults())
		t.Run(test.format, func(t *testing.T) { wantError(t, err, 20000, test.text) })
	}
}

func TestTrimSpaces(t *testing.T) {
	tests := []struct {
		mode         trim
		bare, closed string
	}{
		{trimNone, " a ", " a "},
		{trimLeft, "a ", "a "},
		{trimRight, " a", " a"},
		{trimBoth, "a", "a"},
		{trimField, "a ", " a "},
	}
	for _, test := range tests {
		if got := test.mode.apply(" a ", true); got != test.bare {
			t.Errorf("%s of a bare field: %q", test.mode, got)
		}
		if got := test.mode.apply(" a ", false); got != test.closed {
			t.Errorf("%s of an enclosed field: %q", test.mode, got)
		}
	}
}

func TestFact_1_3_MaxFileSizeIsTenMebibytesByDefault(t *testing.T) {
	got, err := parseExportFormat(`{"type":"csv"}`, Knobs{}.withDefaults())
	if err != nil || got.maxFileSize != 10_485_760 {
		t.Errorf("maxfilesize = %d, %v", got.maxFileSize, err)
	}
}
