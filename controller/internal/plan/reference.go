package plan

import (
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// point makes foreign keys refer to where their parents go. A table that is not
// moved keeps its name: the target may have it. References of a table to itself
// are left to the agent, which takes the table's own source name for its target;
// so a parent that goes where the table came from cannot be told apart, and its
// foreign key is not made.
func point(tables []*pb.TablePlan) {
	targets := make(map[string]*pb.TableName)
	for _, t := range tables {
		targets[quoted(t.GetSource())] = t.GetTarget()
	}
	for _, t := range tables {
		d := t.GetDefinition()
		if d == nil {
			continue
		}
		d.Constraints = slices.DeleteFunc(d.GetConstraints(), func(k *pb.Constraint) bool {
			parent := k.GetReferencedTable()
			to := targets[quoted(parent)]
			if parent == nil || to == nil || proto.Equal(parent, t.GetSource()) || proto.Equal(parent, to) {
				return false
			}
			if proto.Equal(to, t.GetSource()) {
				d.NotMade = append(d.NotMade, fmt.Sprintf("foreign key %s: it refers to a table that takes this one's name", k.GetName()))
				return true
			}
			k.ReferencedTable = proto.CloneOf(to)
			return false
		})
	}
}
