package plan

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func tableName(name string) *pb.TableName { return &pb.TableName{Schema: "ADMIN", Name: name} }

// tablePlan is a plan with one chunk; columns written "X!why" are left out.
func tablePlan(name string, bytes int64, columns ...string) *pb.TablePlan {
	id := "ADMIN." + name
	p := &pb.TablePlan{
		TableId: id, Source: tableName(name), Target: tableName(name), EstimatedBytes: bytes,
		Chunks: []*pb.Chunk{{ChunkId: id + "/000001", Scn: 9}},
	}
	for _, c := range columns {
		column, why, _ := strings.Cut(c, "!")
		p.Columns = append(p.Columns, &pb.ColumnPlan{Column: &pb.Column{Name: column}, LeftOut: why})
	}
	return p
}

func specOf(names ...string) *pb.MigrationSpec {
	s := &pb.MigrationSpec{Source: "sanjose", Target: "phoenix"}
	for _, n := range names {
		s.Tables = append(s.Tables, &pb.TableSelection{Source: tableName(n)})
	}
	return s
}

// parts has a table of the selection for each plan.
func parts(spec *pb.MigrationSpec, tables ...*pb.TablePlan) Parts {
	selection := &Selection{}
	for _, t := range tables {
		asked := &pb.TableSelection{Source: t.GetSource()}
		for _, s := range spec.GetTables() {
			if proto.Equal(s.GetSource(), t.GetSource()) {
				asked = s
			}
		}
		selection.Tables = append(selection.Tables, Resolve(spec, asked))
	}
	return Parts{
		Spec: spec, Selection: selection, SCN: 9, Tables: tables,
		Source: &pb.DatabaseDescription{Region: "us-sanjose-1"}, Target: &pb.DatabaseDescription{Region: "us-phoenix-1"},
	}
}

func build(spec *pb.MigrationSpec, tables ...*pb.TablePlan) (*pb.MigrationPlan, error) {
	return Build(parts(spec, tables...))
}

func TestBuildOrdersTablesLargestFirstAndNamesDatabases(t *testing.T) {
	spec := specOf("A", "B", "C", "D")
	small, rows := tablePlan("A", 10, "X"), tablePlan("D", 500, "X")
	rows.Rows = 7
	got, err := build(spec, small, tablePlan("C", 500, "X"), tablePlan("B", 500, "X"), rows)
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	for _, p := range got.GetTables() {
		order = append(order, p.GetTableId())
	}
	if diff := cmp.Diff([]string{"ADMIN.D", "ADMIN.B", "ADMIN.C", "ADMIN.A"}, order); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	if got.GetSource().GetName() != "sanjose" || got.GetTarget().GetName() != "phoenix" || got.GetScn() != 9 {
		t.Errorf("databases %q and %q at SCN %d", got.GetSource().GetName(), got.GetTarget().GetName(), got.GetScn())
	}
	if diff := cmp.Diff(spec, got.GetSpec(), protocmp.Transform()); diff != "" {
		t.Errorf("spec (-want +got):\n%s", diff)
	}
}

func TestBuildKeepsNothingOfItsArguments(t *testing.T) {
	spec, table := specOf("A"), tablePlan("A", 1, "X")
	p, err := build(spec, table)
	if err != nil {
		t.Fatal(err)
	}
	before := proto.CloneOf(p)
	spec.Source, table.TableId = "changed", "changed"
	if diff := cmp.Diff(before, p, protocmp.Transform()); diff != "" {
		t.Errorf("the plan changed with its arguments (-want +got):\n%s", diff)
	}
}

func TestColumnsAreLeftBehindOnlyWithConsent(t *testing.T) {
	t1, t2 := tablePlan("T1", 2, "ID", "NOTE!CLOB", "DOC!CLOB"), tablePlan("T2", 1, "ID", "PIC!BLOB")
	spec := specOf("T1", "T2")
	_, err := build(spec, t1, t2)
	f := apierr.FailureOf(err)
	if f.GetReason() != pb.Reason_REASON_COLUMNS_NOT_CARRIED || f.GetFacts()["columns"] != "NOTE,DOC,PIC" {
		t.Fatalf("failure %v", f)
	}
	for _, want := range []string{"ADMIN.T1: NOTE (CLOB), DOC (CLOB)", "ADMIN.T2: PIC (BLOB)"} {
		if !strings.Contains(f.GetText(), want) {
			t.Errorf("text %q does not say %q", f.GetText(), want)
		}
	}
	spec.Tables[0].ExcludeColumns = []string{"NOTE", "DOC"}
	_, err = build(spec, t1, t2)
	if got := apierr.FailureOf(err).GetFacts()["columns"]; got != "PIC" {
		t.Errorf("with two columns excluded, %q still need consent, want PIC", got)
	}
	spec.AllowPartial = true
	if _, err := build(spec, t1, t2); err != nil {
		t.Errorf("with consent: %v", err)
	}
}

func TestColumnsThatWereNotChosenNeedNoConsent(t *testing.T) {
	table := tablePlan("T", 1, "ID", "NOTE!excluded on request", "PIC!BLOB")
	spec := specOf("T")
	spec.Tables[0].Columns = []string{"ID"}
	if _, err := build(spec, table); err != nil {
		t.Errorf("chosen: %v", err)
	}
	spec.Tables[0].Columns = []string{"ID", "PIC"}
	_, err := build(spec, table)
	if got := apierr.FailureOf(err).GetFacts()["columns"]; got != "PIC" {
		t.Errorf("a chosen column that is not carried: %v", err)
	}
}

func TestVirtualColumnsAreNoLossWhereTheTargetComputesThem(t *testing.T) {
	table := tablePlan("T", 1, "ID", "TOTAL!virtual")
	table.Columns[1].Column.Virtual = true
	if _, err := build(specOf("T"), table); apierr.ReasonOf(err) != pb.Reason_REASON_COLUMNS_NOT_CARRIED {
		t.Errorf("the target is not made like the source: %v", err)
	}
	table.Definition = &pb.TableDefinition{}
	if _, err := build(specOf("T"), table); err != nil {
		t.Errorf("the target is made like the source: %v", err)
	}
}

func TestBuildNamesWhatIsLeftBehind(t *testing.T) {
	spec := specOf()
	spec.Schemas, spec.AllowPartial = []*pb.SchemaSelection{{Schema: "ADMIN"}}, true
	p := parts(spec, tablePlan("A", 1, "X"), tablePlan("B", 1, "X"))
	p.Tables[1] = nil
	p.Selection.LeftBehind = []*pb.TableLeftBehind{{Table: tableName("Z"), Why: "external table"}, {Table: tableName("B"), Why: "no columns"}}
	got, err := Build(p)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, l := range got.GetTablesLeftBehind() {
		names = append(names, l.GetTable().ID()+": "+l.GetWhy())
	}
	if diff := cmp.Diff([]string{"ADMIN.B: no columns", "ADMIN.Z: external table"}, names); diff != "" || len(got.GetTables()) != 1 {
		t.Errorf("%d tables (-want +got):\n%s", len(got.GetTables()), diff)
	}
	p.Tables[0] = nil
	if _, err := Build(p); apierr.ReasonOf(err) != pb.Reason_REASON_TABLE_UNSUPPORTED {
		t.Errorf("nothing to move: %v", err)
	}
}

// What the target agent has to know stands in the plan, whoever chose it.
func TestBuildWritesTheChoicesIntoThePlan(t *testing.T) {
	spec := specOf("A")
	spec.Options = &pb.TableOptions{ChunkBytes: 5, IfExists: pb.IfExists_IF_EXISTS_APPEND}
	spec.Tables[0].Options = &pb.TableOptions{ChunkBytes: 7}
	got, err := build(spec, tablePlan("A", 1, "X"))
	if err != nil {
		t.Fatal(err)
	}
	want := &pb.TableOptions{ChunkBytes: 7, IfExists: pb.IfExists_IF_EXISTS_APPEND}
	if diff := cmp.Diff(want, got.GetTables()[0].GetOptions(), protocmp.Transform()); diff != "" {
		t.Errorf("options (-want +got):\n%s", diff)
	}
}

// An older agent would not know these choices and move something else.
func TestBuildRefusesPlansThatIgnoreTheChoices(t *testing.T) {
	for name, change := range map[string]func(*pb.TableSelection){
		"condition": func(s *pb.TableSelection) { s.Where = "ID > 1" },
		"columns":   func(s *pb.TableSelection) { s.Columns = []string{"X"} },
		"excluded":  func(s *pb.TableSelection) { s.ExcludeColumns = []string{"Y"} },
		"format":    func(s *pb.TableSelection) { s.Options = &pb.TableOptions{Format: pb.Format_FORMAT_PARQUET} },
	} {
		t.Run(name, func(t *testing.T) {
			spec := specOf("T")
			change(spec.GetTables()[0])
			if _, err := build(spec, tablePlan("T", 1, "X", "Y")); apierr.ReasonOf(err) != pb.Reason_REASON_INTERNAL {
				t.Errorf("Build: %v", err)
			}
		})
	}
}

func TestBuildRefusesPlansThatMoveTheWrongRows(t *testing.T) {
	tests := map[string]struct {
		change func(*pb.TablePlan)
		want   pb.Reason
	}{
		"no chunks":            {func(p *pb.TablePlan) { p.Chunks = nil }, pb.Reason_REASON_INTERNAL},
		"another SCN":          {func(p *pb.TablePlan) { p.Chunks[0].Scn = 8 }, pb.Reason_REASON_INTERNAL},
		"a chunk twice":        {func(p *pb.TablePlan) { p.Chunks = append(p.GetChunks(), p.GetChunks()[0]) }, pb.Reason_REASON_INTERNAL},
		"another table":        {func(p *pb.TablePlan) { p.Chunks[0].ChunkId = "ADMIN.U/000001" }, pb.Reason_REASON_INTERNAL},
		"no column is carried": {func(p *pb.TablePlan) { p.Columns[0].LeftOut = "BFILE" }, pb.Reason_REASON_TABLE_UNSUPPORTED},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := tablePlan("T", 1, "X")
			tt.change(p)
			if _, err := build(specOf("T"), p); apierr.ReasonOf(err) != tt.want {
				t.Errorf("Build: %v, want %s", err, tt.want)
			}
		})
	}
}
