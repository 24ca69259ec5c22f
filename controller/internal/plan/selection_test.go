package plan

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestCheckSelection(t *testing.T) {
	found := &pb.Table{Name: tableName("A"), Columns: []*pb.Column{{Name: "ID"}, {Name: "NOTE"}}}
	tests := map[string]struct {
		found   *pb.Table
		exclude []string
		choose  []string
		want    pb.Reason
	}{
		"as it is":              {found, nil, nil, pb.Reason_REASON_UNSPECIFIED},
		"without a column":      {found, []string{"NOTE"}, nil, pb.Reason_REASON_UNSPECIFIED},
		"one column":            {found, nil, []string{"NOTE"}, pb.Reason_REASON_UNSPECIFIED},
		"unknown column":        {found, []string{"note"}, nil, pb.Reason_REASON_REQUEST_INVALID},
		"unknown chosen column": {found, nil, []string{"ID", "note"}, pb.Reason_REASON_REQUEST_INVALID},
		"unknown table":         {nil, nil, nil, pb.Reason_REASON_TABLE_NOT_FOUND},
		"unmovable table":       {&pb.Table{Obstacle: "external table"}, nil, nil, pb.Reason_REASON_TABLE_UNSUPPORTED},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := &pb.TableSelection{Source: tableName("A"), ExcludeColumns: tt.exclude, Columns: tt.choose}
			if err := CheckSelection(s, tt.found); apierr.ReasonOf(err) != tt.want {
				t.Errorf("CheckSelection: %v, want %s", err, tt.want)
			}
		})
	}
}

func TestFindComparesWholeNames(t *testing.T) {
	tables := []*pb.Table{{Name: tableName("AB")}, {Name: tableName("A*")}}
	if got := Find(tables, tableName("A*")); got != tables[1] {
		t.Errorf("Find returned %v", got)
	}
	if got := Find(tables, tableName("A")); got != nil {
		t.Errorf("Find returned %v, want nil", got)
	}
}

// stock is what a source has; names written "X!why" cannot be moved.
func stock(names ...string) []*pb.Table {
	var tables []*pb.Table
	for _, n := range names {
		full, why, _ := strings.Cut(n, "!")
		schema, name, _ := strings.Cut(full, ".")
		tables = append(tables, &pb.Table{Name: &pb.TableName{Schema: schema, Name: name}, Obstacle: why, Columns: []*pb.Column{{Name: "ID"}}})
	}
	return tables
}

// chosen is a selection as text, a line per table.
func chosen(s *Selection) []string {
	var lines []string
	for _, t := range s.Tables {
		lines = append(lines, t.GetSource().ID()+" > "+t.GetTarget().ID())
	}
	for _, l := range s.LeftBehind {
		lines = append(lines, l.GetTable().ID()+" stays: "+l.GetWhy())
	}
	return append(lines, s.Warnings...)
}

func TestSelect(t *testing.T) {
	hr := func(change func(*pb.SchemaSelection)) func(*pb.MigrationSpec) {
		return func(s *pb.MigrationSpec) {
			schema := &pb.SchemaSelection{Schema: "HR"}
			change(schema)
			s.Schemas = append(s.Schemas, schema)
		}
	}
	table := func(schema, name string, target ...string) func(*pb.MigrationSpec) {
		return func(s *pb.MigrationSpec) {
			t := &pb.TableSelection{Source: &pb.TableName{Schema: schema, Name: name}}
			if len(target) > 0 {
				t.Target = &pb.TableName{Schema: target[0], Name: target[1]}
			}
			s.Tables = append(s.Tables, t)
		}
	}
	partial := func(s *pb.MigrationSpec) { s.AllowPartial = true }
	has := []string{"HR.EMP", "HR.DEPT", "HR.BIN$x==$0", "HR.ADBFERRY$LEDGER", "HR.EXT!external table", "SH.SALES", `HR.A"B`}
	for name, tt := range map[string]struct {
		changes []func(*pb.MigrationSpec)
		want    []string
	}{
		"a table": {[]func(*pb.MigrationSpec){table("SH", "SALES")}, []string{"SH.SALES > SH.SALES"}},
		"a whole schema": {[]func(*pb.MigrationSpec){partial, hr(func(*pb.SchemaSelection) {})}, []string{
			"HR.DEPT > HR.DEPT", "HR.EMP > HR.EMP",
			`HR.A"B stays: name "A\"B": names that contain a quote or a control character are not supported`, "HR.EXT stays: external table",
		}},
		"what matches": {[]func(*pb.MigrationSpec){hr(func(s *pb.SchemaSelection) { s.Include = []string{"E?P", "D*"} })}, []string{
			"HR.DEPT > HR.DEPT", "HR.EMP > HR.EMP",
		}},
		"what is not excluded": {[]func(*pb.MigrationSpec){hr(func(s *pb.SchemaSelection) { s.Exclude = []string{"E*", `A"B`, "TMP*"} })}, []string{
			"HR.DEPT > HR.DEPT", `nothing is excluded by "TMP*": no table matches`,
		}},
		"into another schema": {[]func(*pb.MigrationSpec){hr(func(s *pb.SchemaSelection) { s.Include, s.TargetSchema = []string{"E?P"}, "HR2" })}, []string{
			"HR.EMP > HR2.EMP",
		}},
		"a table of the schema by name, too": {[]func(*pb.MigrationSpec){
			table("HR", "EMP"), hr(func(s *pb.SchemaSelection) { s.Include, s.TargetSchema = []string{"E?P", "DEPT"}, "HR2" }),
		}, []string{"HR.EMP > HR2.EMP", "HR.DEPT > HR2.DEPT"}},
		"a table with a target of its own": {[]func(*pb.MigrationSpec){
			table("HR", "EMP", "X", "Y"), hr(func(s *pb.SchemaSelection) { s.Include, s.TargetSchema = []string{"*E*"}, "HR2" }), partial,
		}, []string{"HR.EMP > X.Y", "HR.DEPT > HR2.DEPT", "HR.EXT stays: external table"}},
		"named although excluded": {[]func(*pb.MigrationSpec){
			table("HR", "EMP"), hr(func(s *pb.SchemaSelection) { s.Include, s.Exclude = []string{"EMP", "DEPT"}, []string{"EMP"} }),
		}, []string{"HR.EMP > HR.EMP", "HR.DEPT > HR.DEPT"}},
	} {
		t.Run(name, func(t *testing.T) {
			spec := specOf()
			for _, change := range tt.changes {
				change(spec)
			}
			if err := CheckSpec(spec); err != nil && name != "what is not excluded" {
				t.Fatal(err)
			}
			got, err := Select(spec, stock(has...))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, chosen(got)); diff != "" {
				t.Errorf("selection (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSelectLeavesWhatWasFoundAsItIs(t *testing.T) {
	found := stock("HR.B", "HR.A")
	if _, err := Select(&pb.MigrationSpec{Source: "a", Target: "b", Schemas: []*pb.SchemaSelection{{Schema: "HR"}}}, found); err != nil {
		t.Fatal(err)
	}
	if found[0].GetName().GetName() != "B" {
		t.Error("the caller's tables were put in order")
	}
}

func TestSelectNamesEverythingThatDoesNotFit(t *testing.T) {
	schema := func(name string, include ...string) *pb.SchemaSelection {
		return &pb.SchemaSelection{Schema: name, Include: include}
	}
	for name, tt := range map[string]struct {
		spec *pb.MigrationSpec
		want []string
	}{
		"no such schema":         {&pb.MigrationSpec{Schemas: []*pb.SchemaSelection{schema("XX")}}, []string{"schema XX has no table"}},
		"a glob without a match": {&pb.MigrationSpec{Schemas: []*pb.SchemaSelection{schema("SH", "S*", "emp*", "Q")}}, []string{`no table matches "emp*", "Q"`}},
		"two schemas, two tables": {
			&pb.MigrationSpec{
				Schemas: []*pb.SchemaSelection{schema("SH"), schema("SH"), {Schema: "HR", TargetSchema: "SH"}},
				Tables:  []*pb.TableSelection{{Source: tableName("NOPE")}, {Source: &pb.TableName{Schema: "HR", Name: "EMP"}, Columns: []string{"A", "ID", "B"}}},
			},
			[]string{
				"find table ADMIN.NOPE", "choose columns of HR.EMP: it has no column A, B\n  hint: its columns are ", "table SH.SALES is asked for twice",
				"more than one table would go into SH.SALES, also HR.SALES", "1 table cannot be moved: HR.EXT (external table)", "5 problems",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			tt.spec.Source, tt.spec.Target = "a", "b"
			_, err := Select(tt.spec, stock("HR.EMP", "HR.SALES", "HR.EXT!external table", "SH.SALES"))
			f := apierr.FailureOf(err)
			for _, want := range tt.want {
				if !strings.Contains(f.GetText(), want) {
					t.Errorf("%q does not say %q", f.GetText(), want)
				}
			}
			if !strings.Contains(f.GetText()+"\nhint: "+f.GetHint(), "hint: check the spelling") && !strings.Contains(f.GetHint(), "stands for any text") {
				t.Errorf("the hint is %q after %q", f.GetHint(), f.GetText())
			}
		})
	}
}

func TestTablesStayBehindOnlyWithConsent(t *testing.T) {
	spec := specOf()
	spec.Schemas = []*pb.SchemaSelection{{Schema: "HR"}}
	tables := stock("HR.EMP", "HR.EXT!external table", "HR.TMP!temporary table")
	_, err := Select(spec, tables)
	if f := apierr.FailureOf(err); f.GetReason() != pb.Reason_REASON_TABLE_UNSUPPORTED || f.GetFacts()["table"] != "HR.EXT,HR.TMP" {
		t.Errorf("failure %v", f)
	}
	spec.AllowPartial = true
	if _, err := Select(spec, tables); err != nil {
		t.Errorf("with consent: %v", err)
	}
}
