package definition

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/agent/internal/codec"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Adopt puts what the source's table is beside its columns into its plan, as
// far as the columns that are carried permit. Virtual columns are on the target
// from then on if it can compute them. What cannot be made moves to not_made, with
// the reason; what may fail to be made is in the plan's warnings. described is
// the source's table with its definition, and stays as it is.
func Adopt(described *pb.Table, plan *pb.TablePlan) {
	a := adopter{plan: plan, made: proto.CloneOf(described.GetDefinition())}
	if a.made == nil {
		a.made = &pb.TableDefinition{}
	}
	plan.Definition = a.made
	for _, c := range described.GetColumns() {
		a.columns = append(a.columns, c.GetName())
	}
	for _, p := range plan.GetColumns() {
		if !OnTarget(p) && !codec.LeftToTheTarget(p) {
			a.behind = append(a.behind, p.GetColumn().GetName())
		}
	}
	for _, p := range plan.GetColumns() {
		if codec.LeftToTheTarget(p) {
			a.virtual(p)
		}
	}
	a.small()
	a.partitions()
	a.constraints()
	a.indexes()
	a.defaults()
}

// An adopter goes through a definition and takes out what cannot be made.
type adopter struct {
	plan *pb.TablePlan
	made *pb.TableDefinition
	// All columns of the source's table, and those that stay behind.
	columns, behind []string
}

func (a *adopter) notMade(format string, args ...any) {
	a.made.NotMade = append(a.made.NotMade, fmt.Sprintf(format, args...))
}

func (a *adopter) warn(format string, args ...any) {
	a.plan.Warnings = append(a.plan.Warnings, fmt.Sprintf(format, args...))
}

// virtual decides whether the target can compute a virtual column.
func (a *adopter) virtual(p *pb.ColumnPlan) {
	expression := p.GetColumn().GetDefaultExpression()
	_, err := codec.Declaration(p.GetColumn())
	why := ""
	switch {
	case expression == "":
		why = "its expression cannot be read"
	case err != nil:
		why = "its type " + p.GetColumn().GetDataType() + " cannot be declared"
	case len(uses(expression, a.behind)) > 0:
		why = "it is computed from " + strings.Join(uses(expression, a.behind), ", ") + ", which stays behind"
	case len(others(expression, a.columns)) > 0:
		why = "it is computed with " + strings.Join(others(expression, a.columns), ", ") + ", which is not moved"
	default:
		p.LeftOut, p.Pieces = "", 0
		return
	}
	p.LeftOut = "virtual column: " + why
	a.behind = append(a.behind, p.GetColumn().GetName())
}

// small goes through what belongs to single columns.
func (a *adopter) small() {
	for _, c := range a.behind {
		delete(a.made.GetColumnComments(), c)
	}
	a.made.Identities = slices.DeleteFunc(a.made.GetIdentities(), func(id *pb.Identity) bool { return slices.Contains(a.behind, id.GetColumn()) })
}

func (a *adopter) partitions() {
	p := a.made.GetPartitioning()
	if lost := among(p.GetColumns(), a.behind); lost != "" {
		a.notMade("partitions: column %s of their key stays behind", lost)
		a.made.Partitioning = nil
	}
	if found := others(p.GetInterval(), a.columns); len(found) > 0 {
		a.warn("the interval of the partitions names %s, which is not moved with the table", strings.Join(found, ", "))
	}
}

func (a *adopter) constraints() {
	a.made.Constraints = slices.DeleteFunc(a.made.GetConstraints(), func(k *pb.Constraint) bool {
		lost := among(k.GetColumns(), a.behind)
		if k.GetCondition() != "" {
			lost = strings.Join(uses(k.GetCondition(), a.behind), ", ")
		}
		own := proto.Equal(k.GetReferencedTable(), a.plan.GetSource())
		if own && lost == "" {
			lost = among(k.GetReferencedColumns(), a.behind)
		}
		if lost != "" {
			a.notMade("%s: column %s stays behind", title(k), lost)
		}
		return lost != ""
	})
}

func (a *adopter) indexes() {
	a.made.Indexes = slices.DeleteFunc(a.made.GetIndexes(), func(x *pb.Index) bool {
		lost := ""
		for _, c := range x.GetColumns() {
			if lost == "" {
				lost = strings.Join(uses(c.GetExpression(), a.behind), ", ") + among([]string{c.GetColumn()}, a.behind)
			}
		}
		if lost != "" {
			a.notMade("index %s: column %s stays behind", x.GetName(), lost)
		}
		return lost != ""
	})
	for _, x := range a.made.GetIndexes() {
		if x.GetLocal() && a.made.GetPartitioning() == nil {
			x.Local = false
			a.notMade("partitions of index %s", x.GetName())
		}
		for _, c := range x.GetColumns() {
			if found := others(c.GetExpression(), a.columns); len(found) > 0 {
				a.warn("index %s is over %s, which is not moved with the table", x.GetName(), strings.Join(found, ", "))
			}
		}
	}
}

func (a *adopter) defaults() {
	for _, p := range a.plan.GetColumns() {
		if c := p.GetColumn(); OnTarget(p) && later(c) {
			a.warn("the default of column %s names %s, which is not moved with the table", c.GetName(), strings.Join(others(c.GetDefaultExpression(), nil), ", "))
		}
	}
}

// among returns the first of some columns that is among others, "" for none.
func among(columns, others []string) string {
	for _, c := range columns {
		if slices.Contains(others, c) {
			return c
		}
	}
	return ""
}
