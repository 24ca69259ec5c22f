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

func build(spec *pb.MigrationSpec, tables ...*pb.TablePlan) (*pb.MigrationPlan, error) {
	return Build(spec, &pb.DatabaseDescription{Region: "us-sanjose-1"}, &pb.DatabaseDescription{Region: "us-phoenix-1"}, 9, tables)
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
