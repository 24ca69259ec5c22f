package plan

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// point makes foreign keys refer to where their parents go. A table that is not
// moved goes where its schema does, if the target has it; of a schema that goes
// nowhere it keeps its name. References of a table to itself are left to the
// agent, which takes the table's own source name for its target; so a parent that
// goes where the table came from cannot be told apart, and its foreign key is not
// made.
func point(spec *pb.MigrationSpec, tables []*pb.TablePlan) {
	targets := make(map[string]*pb.TableName)
	for _, t := range tables {
		targets[t.GetSource().Text()] = t.GetTarget()
	}
	schemas := schemaTargets(spec, tables)
	for _, t := range tables {
		d := t.GetDefinition()
		if d == nil {
			continue
		}
		d.Constraints = slices.DeleteFunc(d.GetConstraints(), func(k *pb.Constraint) bool {
			parent := k.GetReferencedTable()
			if parent == nil || proto.Equal(parent, t.GetSource()) {
				return false
			}
			to, moved := targets[parent.Text()]
			if !moved {
				to = &pb.TableName{Schema: schemas[parent.GetSchema()], Name: parent.GetName()}
			}
			switch {
			case to.GetSchema() == "", proto.Equal(parent, to):
				return false
			case proto.Equal(to, t.GetSource()):
				d.NotMade = append(d.NotMade, fmt.Sprintf("foreign key %s: it refers to a table that takes this one's name", k.GetName()))
				return true
			case !moved:
				t.Warnings = append(t.Warnings, fmt.Sprintf("foreign key %s refers to %s, which is not moved: on the target it will refer to %s, and is not made if there is no such table",
					keyName(k), parent.Text(), to.Text()))
			}
			k.ReferencedTable = proto.CloneOf(to)
			return false
		})
	}
}

// keyName is a constraint's name, or its columns when the database made the name.
func keyName(k *pb.Constraint) string {
	if k.GetGenerated() || k.GetName() == "" {
		return "(" + strings.Join(k.GetColumns(), ", ") + ")"
	}
	return k.GetName()
}

// schemaTargets is where whole schemas go: as the spec says, else where all tables
// of a schema go that are moved. Schemas of which nobody can tell are left out.
func schemaTargets(spec *pb.MigrationSpec, tables []*pb.TablePlan) map[string]string {
	all := make(map[string]string)
	for _, t := range tables {
		from, to := t.GetSource().GetSchema(), t.GetTarget().GetSchema()
		if seen, ok := all[from]; ok && seen != to {
			to = ""
		}
		all[from] = to
	}
	for _, s := range spec.GetSchemas() {
		if s.GetTargetSchema() != "" {
			all[s.GetSchema()] = s.GetTargetSchema()
		}
	}
	return all
}
