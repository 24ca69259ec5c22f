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
	point(tables)
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

func TestDotsInNamesMakeNoOtherTableTheParent(t *testing.T) {
	parent := &pb.TableName{Schema: "A", Name: "B.C"}
	child := &pb.TablePlan{Source: tableName("CHILD"), Target: tableName("CHILD"), Definition: &pb.TableDefinition{Constraints: []*pb.Constraint{
		{Name: "FK", Kind: pb.ConstraintKind_CONSTRAINT_KIND_REFERENCE, ReferencedTable: parent},
	}}}
	point([]*pb.TablePlan{child, {Source: &pb.TableName{Schema: "A.B", Name: "C"}, Target: tableName("MOVED")}})
	if got := child.GetDefinition().GetConstraints()[0].GetReferencedTable(); !proto.Equal(got, parent) {
		t.Errorf("the foreign key refers to %v", got)
	}
}
