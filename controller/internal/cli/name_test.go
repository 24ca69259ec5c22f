package cli

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestParseTable(t *testing.T) {
	tests := map[string]*pb.TableName{
		"ADMIN.ORDERS":      {Schema: "ADMIN", Name: "ORDERS"},
		"admin.orders":      {Schema: "ADMIN", Name: "ORDERS"},
		`hr."Staff List"`:   {Schema: "HR", Name: "Staff List"},
		`"My Schema"."a.b"`: {Schema: "My Schema", Name: "a.b"},
		`admin.t$x#1`:       {Schema: "ADMIN", Name: "T$X#1"},
		"ADMIN":             nil,
		"ADMIN.":            nil,
		".T":                nil,
		"A.B.C":             nil,
		`A."B`:              nil,
		`A."B""C"`:          nil,
		`A.B"C`:             nil,
		`A."B"C`:            nil,
		`A.""`:              nil,
		"A.B C":             nil,
		"":                  nil,

		"admin . orders":                   nil,
		`"` + strings.Repeat("x", 1000000): nil,
	}
	for text, want := range tests {
		got, err := parseTable(text)
		if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
			t.Errorf("parseTable(%.40q): %v (-want +got):\n%s", text, err, diff)
		}
		if want == nil && apierr.ReasonOf(err) != pb.Reason_REASON_NAME_INVALID {
			t.Errorf("parseTable(%.40q): %v, want REASON_NAME_INVALID", text, err)
		}
	}
}

// Names are shown so that they can be pasted back.
func TestNamesThatAreShownAreReadAsTheyAre(t *testing.T) {
	names := []string{"ORDERS", "T$X#1", "Select", "Sel'ect;--", "STAFF LIST", "A.B", "A,B", "A=B", "1ST", "_A", "ÄRGER", "straße", "日本語", "X*?"}
	for _, schema := range names {
		for _, name := range names {
			want := &pb.TableName{Schema: schema, Name: name}
			got, err := parseTable(want.Text())
			if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
				t.Errorf("%s: %v\n%s", want.Text(), err, diff)
			}
		}
	}
	if got, err := parseColumns(namesText(names)); err != nil || !cmp.Equal(got, names) {
		t.Errorf("columns %q, %v", got, err)
	}
	if got := (&pb.TableName{Schema: "APP", Name: "Select"}).Text(); got != `APP."Select"` {
		t.Errorf("shown as %s", got)
	}
}

func TestParseColumns(t *testing.T) {
	tests := map[string][]string{
		"":                {},
		"a":               {"A"},
		`a, b ,"Mixed,x"`: {"A", "B", "Mixed,x"},
		"a,,b":            nil,
		"a,":              nil,
		"a b":             nil,
		`a"b`:             nil,
		"a.b":             nil,
	}
	for text, want := range tests {
		got, err := parseColumns(text)
		if (want == nil) != (err != nil) || strings.Join(got, "|") != strings.Join(want, "|") {
			t.Errorf("parseColumns(%q) = %q, %v; want %q", text, got, err, want)
		}
	}
}

// A hint is about what was written: one table, columns, or two names.
func TestAHintShowsHowTheNameIsWritten(t *testing.T) {
	_, table := parseTable("ORDERS")
	_, columns := parseColumns("ID NAME")
	_, quoted := parseColumns(`A"B`)
	_, _, remap := splitRemap("A", parseName)
	for want, err := range map[string]error{
		"SCHEMA.TABLE": table, "commas between": columns, "has to be renamed": quoted, "FROM=TO": remap,
	} {
		hint := apierr.FailureOf(err).GetHint()
		if !strings.Contains(hint, want) || want != "SCHEMA.TABLE" && strings.Contains(hint, "SCHEMA.TABLE") {
			t.Errorf("%v has the hint %q, want %q", err, hint, want)
		}
	}
}

// Whatever is accepted can be carried, and is read the same when it is quoted.
func FuzzParseTable(f *testing.F) {
	for _, seed := range []string{"ADMIN.T", `"a"."b"`, "a.b.c", `"`, `a."b""c"`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		name, err := parseTable(text)
		if err != nil {
			return
		}
		if name.GetSchema() == "" || name.GetName() == "" || strings.Contains(name.GetSchema()+name.GetName(), `"`) {
			t.Fatalf("parseTable(%q) = %v, which is no name", text, name)
		}
		again, err := parseTable(`"` + name.GetSchema() + `"."` + name.GetName() + `"`)
		if diff := cmp.Diff(name, again, protocmp.Transform()); err != nil || diff != "" {
			t.Fatalf("read again in quotes: %v (-want +got):\n%s", err, diff)
		}
	})
}
