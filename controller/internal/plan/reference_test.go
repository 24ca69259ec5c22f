package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestForeignKeysFollowTheirParents(t *testing.T) {
	at := func(schema, name string) *pb.TableName { return &pb.TableName{Schema: schema, Name: name} }
	refer := func(name string, to *pb.TableName) *pb.Constraint {
		return &pb.Constraint{Name: name, Kind: pb.ConstraintKind_CONSTRAINT_KIND_REFERENCE, ReferencedTable: to}
	}
	child := &pb.TablePlan{Source: at("A", "CHILD"), Target: at("Z", "CHILD"), Definition: &pb.TableDefinition{Constraints: []*pb.Constraint{
		{Name: "PK", Kind: pb.ConstraintKind_CONSTRAINT_KIND_PRIMARY},
		refer("MOVED", at("A", "PARENT")), refer("SELF", at("A", "CHILD")), refer("STRANGER", at("B", "T")), refer("SWAPPED", at("A", "OTHER")),
	}}}
	tables := []*pb.TablePlan{
		child, {Source: at("A", "PARENT"), Target: at("Z", "PARENT_2")}, {Source: at("A", "OTHER"), Target: at("A", "CHILD")},
	}
	point(nil, tables)
	got := map[string]string{}
	for _, k := range child.GetDefinition().GetConstraints() {
		if k.GetReferencedTable() != nil {
			got[k.GetName()] = k.GetReferencedTable().ID()
		}
	}
	if diff := cmp.Diff(map[string]string{"MOVED": "Z.PARENT_2", "SELF": "A.CHILD", "STRANGER": "B.T"}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"foreign key SWAPPED: it refers to a table that takes this one's name"}, child.GetDefinition().GetNotMade()); diff != "" {
		t.Error(diff)
	}
}

// A parent that stays behind is looked for where its schema goes: the table of its
// old name may be another application's.
func TestForeignKeysFollowTheSchemaOfAParentThatIsNotMoved(t *testing.T) {
	mapped := &pb.MigrationSpec{Schemas: []*pb.SchemaSelection{{Schema: "APP", TargetSchema: "COPY"}}}
	for name, tt := range map[string]struct {
		spec   *pb.MigrationSpec
		target string // schema of CHILD
		other  string // schema of OTHER, which is moved, too; "" for no other
		want   string
	}{
		"the schema is mapped":               {mapped, "COPY", "COPY", "COPY.PARENT"},
		"one table of it goes elsewhere":     {mapped, "COPY", "THIRD", "COPY.PARENT"},
		"its tables are, one by one":         {&pb.MigrationSpec{}, "COPY", "COPY", "COPY.PARENT"},
		"its tables go to different schemas": {&pb.MigrationSpec{}, "COPY", "THIRD", "APP.PARENT"},
		"it stays":                           {&pb.MigrationSpec{}, "APP", "", "APP.PARENT"},
	} {
		t.Run(name, func(t *testing.T) {
			child := &pb.TablePlan{Source: &pb.TableName{Schema: "APP", Name: "CHILD"}, Target: &pb.TableName{Schema: tt.target, Name: "CHILD"}}
			child.Definition = &pb.TableDefinition{Constraints: []*pb.Constraint{
				{Name: "FK", Kind: pb.ConstraintKind_CONSTRAINT_KIND_REFERENCE, ReferencedTable: &pb.TableName{Schema: "APP", Name: "PARENT"}},
			}}
			tables := []*pb.TablePlan{child}
			if tt.other != "" {
				tables = append(tables, &pb.TablePlan{Source: &pb.TableName{Schema: "APP", Name: "OTHER"}, Target: &pb.TableName{Schema: tt.other, Name: "OTHER"}})
			}
			point(tt.spec, tables)
			got := child.GetDefinition().GetConstraints()[0].GetReferencedTable().ID()
			if warned := len(child.GetWarnings()) == 1; got != tt.want || warned != (tt.want == "COPY.PARENT") {
				t.Errorf("refers to %s, warnings %q", got, child.GetWarnings())
			}
		})
	}
}

func TestDotsInNamesMakeNoOtherTableTheParent(t *testing.T) {
	parent := &pb.TableName{Schema: "A", Name: "B.C"}
	child := &pb.TablePlan{Source: tableName("CHILD"), Target: tableName("CHILD"), Definition: &pb.TableDefinition{Constraints: []*pb.Constraint{
		{Name: "FK", Kind: pb.ConstraintKind_CONSTRAINT_KIND_REFERENCE, ReferencedTable: parent},
	}}}
	point(nil, []*pb.TablePlan{child, {Source: &pb.TableName{Schema: "A.B", Name: "C"}, Target: tableName("MOVED")}})
	if got := child.GetDefinition().GetConstraints()[0].GetReferencedTable(); !proto.Equal(got, parent) {
		t.Errorf("the foreign key refers to %v", got)
	}
}
