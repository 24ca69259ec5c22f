package dbmscloud

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var csvShape = textShape{delimiter: ",", quote: `"`, endquote: `"`, readSize: 1 << 20, unclosed: "KUP-04037: terminator not found"}

func with(shape textShape, change func(*textShape)) textShape {
	change(&shape)
	return shape
}

// readAll cuts a text into records.
func readAll(text string, shape textShape) ([]string, error) {
	r := newRecordReader(strings.NewReader(text), shape)
	var records []string
	for {
		record, err := r.next()
		if errors.Is(err, io.EOF) {
			return records, nil
		}
		if err != nil {
			return records, err
		}
		records = append(records, string(record))
	}
}

func TestRecords(t *testing.T) {
	embedded := with(csvShape, func(s *textShape) { s.embedded = true })
	tests := []struct {
		name  string
		shape textShape
		text  string
		want  []string
	}{
		{"nothing", csvShape, "", nil},
		{"last record without end", csvShape, "a\nb", []string{"a", "b"}},
		{"blank lines are records", csvShape, "a\n\nb\n", []string{"a", "", "b"}},
		{"first newline decides for CRLF", csvShape, "a\r\nb\nc\r\n", []string{"a", "b\nc"}},
		{"first newline decides for LF", csvShape, "a\nb\r\n", []string{"a", "b\r"}},
		{"plain csv cuts inside quotes", csvShape, "1,\"a\nb\"\n", []string{`1,"a`, `b"`}},
		{"own delimiter", with(csvShape, func(s *textShape) { s.recordDelimiter = "|\n" }), "a\nb|\nc|d|\n", []string{"a\nb", "c|d"}},
		{"embedded newline in quotes", embedded, "1,\"a\nb\"\n2,c\n", []string{"1,\"a\nb\"", "2,c"}},
		{"embedded newline outside quotes", embedded, "1,a\nb\n", []string{"1,a", "b"}},
		{"embedded doubled quote", embedded, "\"a\"\"\nb\"\n2\n", []string{"\"a\"\"\nb\"", "2"}},
		{"embedded quote amid a field", embedded, "a\"b\nc\n", []string{`a"b`, "c"}},
		{"embedded quote closed at the end", embedded, "1,\"a\"\n2,\"b\"\n", []string{`1,"a"`, `2,"b"`}},
		{"embedded CRLF", embedded, "1,\"a\r\nb\"\r\n2\r\n", []string{"1,\"a\r\nb\"", "2"}},
		{"embedded and never closed", embedded, "1,\"a\nb\n", []string{"1,\"a\nb\n"}},
		{"embedded blank lines", embedded, "\n\na\n", []string{"", "", "a"}},
		{"embedded with escapes", with(embedded, func(s *textShape) { s.escape = true }), "\"a\\\"\nb\"\nc\\\nd\n", []string{"\"a\\\"\nb\"", "c\\\nd"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := readAll(test.text, test.shape)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("records (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRecordBeyondTheReadBuffer(t *testing.T) {
	for _, embedded := range []bool{false, true} {
		shape := with(csvShape, func(s *textShape) { s.readSize, s.embedded = 100_000, embedded })
		fits := strings.Repeat("x", 99_999) + "\n"
		if got, err := readAll(fits, shape); err != nil || len(got) != 1 {
			t.Errorf("embedded %v: %d records, %v", embedded, len(got), err)
		}
		if _, err := readAll("x"+fits, shape); !errors.Is(err, errRecordTooLong) {
			t.Errorf("embedded %v: %v", embedded, err)
		}
	}
}

func TestFields(t *testing.T) {
	missing := with(csvShape, func(s *textShape) { s.missingAsNull = true })
	escaping := with(csvShape, func(s *textShape) { s.escape = true })
	unquoted := with(csvShape, func(s *textShape) { s.quote, s.endquote = "", "" })
	brackets := with(csvShape, func(s *textShape) { s.quote, s.endquote = "<", ">" })
	tests := []struct {
		name   string
		shape  textShape
		trim   trim
		record string
		want   []string
	}{
		{"plain", csvShape, trimNone, "1,b,c", []string{"1", "b", "c"}},
		{"empty fields", csvShape, trimNone, ",,", []string{"", "", ""}},
		{"what is too much is ignored", csvShape, trimNone, "1,b,c,d,e", []string{"1", "b", "c"}},
		{"enclosed", csvShape, trimNone, `1,"a,b","c"`, []string{"1", "a,b", "c"}},
		{"doubled quotes", csvShape, trimNone, `1,"a""b","""c"""`, []string{"1", `a"b`, `"c"`}},
		{"quote amid a field", csvShape, trimNone, `1,a"b,c"`, []string{"1", `a"b`, `c"`}},
		{"quotes that are no quotes", unquoted, trimNone, `1,"a","b"`, []string{"1", `"a"`, `"b"`}},
		{"two kinds of bracket", brackets, trimNone, `1,<a,b>,<c>>>`, []string{"1", "a,b", "c>"}},
		{"blanks stay", csvShape, trimNone, " 1 , b ,c ", []string{" 1 ", " b ", "c "}},
		{"blanks go", csvShape, trimBoth, ` 1 , "b" ,c `, nil},
		{"blanks before a quote go", csvShape, trimBoth, ` 1 , "b","c "`, []string{"1", "b", "c"}},
		{"only bare fields lose leading blanks", csvShape, trimField, ` 1 ," b",  c`, []string{"1 ", " b", "c"}},
		{"missing as NULL", missing, trimNone, "1", []string{"1", "", ""}},
		{"all missing", missing, trimNone, "", []string{"", "", ""}},
		{"escapes", escaping, trimNone, `a\,b,"c\"d",e\\`, []string{"a,b", `c"d`, `e\`}},
		{"backslashes stay", csvShape, trimNone, `a\b,c\,\"`, []string{`a\b`, `c\`, `\"`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := splitter{shape: test.shape, trim: test.trim, fields: []field{{"A", 9, 0, ""}, {"B", 9, 0, ""}, {"C", 9, 0, ""}}}
			got, err := s.split(test.record)
			if test.want == nil {
				if err == nil {
					t.Errorf("got %q, want a rejection", got)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRejectedRecords(t *testing.T) {
	tests := []struct{ name, record, field, line string }{
		{"cut off by a newline", "1,half", "B", "KUP-04037: terminator not found"},
		{"cut off behind a delimiter", "1,", "B", "KUP-04023: field start is after end of record"},
		{"blank line", "", "A", "KUP-04023: field start is after end of record"},
		{"quote cut off by a newline", `1,"half`, "B", "KUP-04037: terminator not found"},
		{"text behind a closing quote", `1,"a"b,c`, "B", "KUP-04037: terminator not found"},
		{"too long", "1,0123456789,c", "B", "KUP-04026: field too long for datatype"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := splitter{shape: csvShape, fields: []field{{"A", 9, 0, ""}, {"B", 9, 0, ""}, {"C", 9, 0, ""}}}
			_, err := s.split(test.record)
			bad, ok := errors.AsType[*rejection](err)
			if !ok {
				t.Fatalf("err = %v", err)
			}
			want := []string{"KUP-04021: field formatting error for field " + test.field, test.line}
			if diff := cmp.Diff(want, bad.lines); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRemoveQuotes(t *testing.T) {
	shape := with(csvShape, func(s *textShape) { s.quote, s.endquote = "", "" })
	s := splitter{shape: shape, strip: true, fields: []field{{"A", 9, 0, ""}, {"B", 9, 0, ""}, {"C", 9, 0, ""}}}
	got, err := s.split(`"a",'b',"c`)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a", "b", `"c`}, got); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
}

// FuzzCSV checks that what the export writes with quotes, the loader reads back
// from embedded csv, and that no text makes the reader lose a byte.
func FuzzCSV(f *testing.F) {
	f.Add("a", "b\nc", `d"e`)
	f.Add("", "\r\n", `\`)
	f.Add(",", `""`, "ü")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		shape := with(csvShape, func(s *textShape) { s.embedded = true })
		quote := func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
		record := quote(a) + "," + quote(b) + "," + quote(c)
		records, err := readAll(record+"\n"+record+"\n", shape)
		if err != nil || len(records) != 2 || records[0] != record || records[1] != record {
			t.Fatalf("%q was cut into %q, %v", record, records, err)
		}
		wide := field{name: "F", size: 1 << 20}
		s := splitter{shape: shape, fields: []field{wide, wide, wide}}
		got, err := s.split(records[0])
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{a, b, c}, got); diff != "" {
			t.Errorf("fields (-want +got):\n%s", diff)
		}
	})
}

// FuzzRecords checks on any text that the records hold all of it.
func FuzzRecords(f *testing.F) {
	f.Add("a,\"b\nc\"\r\nd", "\"", false)
	f.Add("a\\\nb", "", true)
	f.Fuzz(func(t *testing.T, text, quote string, embedded bool) {
		shape := with(csvShape, func(s *textShape) { s.quote, s.endquote, s.embedded, s.escape = quote, quote, embedded, embedded })
		shape.recordDelimiter = "\n"
		records, err := readAll(text, shape)
		if err != nil {
			t.Fatal(err)
		}
		joined := strings.Join(records, "\n")
		if len(records) > 0 && joined != text && joined+"\n" != text {
			t.Errorf("%q became %q", text, records)
		}
		wide := field{name: "F", size: 1 << 20}
		s := splitter{shape: shape, fields: []field{wide, wide}}
		for _, record := range records {
			if values, err := s.split(record); err == nil && len(values) != 2 {
				t.Errorf("%q has %d fields", record, len(values))
			}
		}
	})
}
