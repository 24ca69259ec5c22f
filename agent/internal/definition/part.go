package definition

import (
	"fmt"
	"maps"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A Part is one thing that a table gets after its rows.
type Part struct {
	// For people: "index IX_ORDERS".
	What string
	// How a table that has it is described: `UNIQUE ("A", "B")`; empty for what
	// is not worth a line, such as a comment.
	Fragment string
	// The statement that makes it; empty when the table has it already. Of
	// SortName it is the new name, quoted, and Condition tells the constraint.
	Statement, Condition string
	// The table that a foreign key refers to, for people.
	Refers string
	// Sort says which kind of statement it is.
	Sort Sort
}

// Sort is what a part is.
type Sort int

// The sorts of parts, in the order in which they are made: a key takes an
// index that is there instead of making its own.
const (
	SortIndex Sort = iota
	SortConstraint
	SortReference
	SortDefault
	SortName
	SortComment
)

// Parts returns what the plan's definition wants beside columns and foreign
// keys, in the order in which it is made. existing is the target table with
// its definition.
//
// Error: REASON_NAME_INVALID.
func Parts(plan *pb.TablePlan, existing *pb.Table) ([]Part, error) {
	t, err := oracle.NewTable(plan.GetTarget())
	if err != nil {
		return nil, err
	}
	m := maker{plan: plan, t: t, existing: existing}
	for _, add := range []func() error{m.indexes, m.constraints, m.defaults, m.comments} {
		if err := add(); err != nil {
			return nil, err
		}
	}
	return m.parts, nil
}

// References returns the foreign keys that the plan's definition wants.
//
// Error: REASON_NAME_INVALID.
func References(plan *pb.TablePlan, existing *pb.Table) ([]Part, error) {
	t, err := oracle.NewTable(plan.GetTarget())
	if err != nil {
		return nil, err
	}
	m := maker{plan: plan, t: t, existing: existing}
	for _, k := range plan.GetDefinition().GetConstraints() {
		if k.GetKind() == pb.ConstraintKind_CONSTRAINT_KIND_REFERENCE {
			if err := m.constraint(pointed(k, plan), SortReference); err != nil {
				return nil, err
			}
		}
	}
	return m.parts, nil
}

// A maker compares a table with what it should be and collects the parts.
type maker struct {
	plan     *pb.TablePlan
	t        oracle.Table
	existing *pb.Table
	parts    []Part
}

func (m *maker) add(sort Sort, what, fragment string, there bool, statement string) {
	if there {
		statement = ""
	}
	m.parts = append(m.parts, Part{What: what, Fragment: fragment, Statement: statement, Sort: sort})
}

func (m *maker) indexes() error {
	for _, x := range m.plan.GetDefinition().GetIndexes() {
		name, err := oracle.NewName(x.GetName())
		if err != nil {
			return err
		}
		before, behind, err := index(x)
		if err != nil {
			return err
		}
		there := slices.ContainsFunc(m.existing.GetDefinition().GetIndexes(), func(have *pb.Index) bool { return sameIndex(x, have) })
		m.add(SortIndex, "index "+x.GetName(), before+name.String()+" "+behind, there,
			fmt.Sprintf("CREATE %s%s.%s ON %s %s", before, m.t.Schema, name, m.t, behind))
	}
	return nil
}

func (m *maker) constraints() error {
	for _, k := range m.plan.GetDefinition().GetConstraints() {
		declared := slices.ContainsFunc(m.plan.GetColumns(), func(p *pb.ColumnPlan) bool { return isNotNull(k, p.GetColumn()) })
		var err error
		switch {
		case k.GetKind() == pb.ConstraintKind_CONSTRAINT_KIND_REFERENCE, declared && k.GetGenerated():
		case declared:
			err = m.name(k)
		default:
			err = m.constraint(k, SortConstraint)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (m *maker) constraint(k *pb.Constraint, sort Sort) error {
	text, err := constraint(k)
	if err != nil {
		return err
	}
	there := slices.ContainsFunc(m.existing.GetDefinition().GetConstraints(), func(have *pb.Constraint) bool { return sameConstraint(k, have) })
	m.add(sort, title(k), text, there, fmt.Sprintf("ALTER TABLE %s ADD %s", m.t, text))
	if parent := k.GetReferencedTable(); parent != nil {
		m.parts[len(m.parts)-1].Refers = parent.GetSchema() + "." + parent.GetName()
	}
	return nil
}

// name gives the NOT NULL of a column its name. The caller finds the present one.
func (m *maker) name(k *pb.Constraint) error {
	name, err := oracle.NewName(k.GetName())
	if err != nil {
		return err
	}
	there := slices.ContainsFunc(m.existing.GetDefinition().GetConstraints(), func(have *pb.Constraint) bool {
		return have.GetName() == k.GetName() && sameConstraint(k, have)
	})
	m.add(SortName, title(k), "CONSTRAINT "+name.String()+" CHECK ("+k.GetCondition()+")", there, name.String())
	m.parts[len(m.parts)-1].Condition = k.GetCondition()
	return nil
}

// defaults are those that had to wait.
func (m *maker) defaults() error {
	have := make(map[string]*pb.Column)
	for _, c := range m.existing.GetColumns() {
		have[c.GetName()] = c
	}
	for _, p := range m.plan.GetColumns() {
		c := p.GetColumn()
		if !OnTarget(p) || !later(c) || m.plan.GetDefinition() == nil {
			continue
		}
		statement, err := modify(m.t, c.GetName(), byDefault(c))
		if err != nil {
			return err
		}
		there := same(have[c.GetName()].GetDefaultExpression(), c.GetDefaultExpression())
		m.add(SortDefault, "default of column "+c.GetName(), "", there, statement)
	}
	return nil
}

func (m *maker) comments() error {
	want, have := m.plan.GetDefinition(), m.existing.GetDefinition()
	if want.GetComment() != "" {
		m.add(SortComment, "comment", "", have.GetComment() == want.GetComment(),
			fmt.Sprintf("COMMENT ON TABLE %s IS %s", m.t, oracle.Literal(want.GetComment())))
	}
	for _, column := range slices.Sorted(maps.Keys(want.GetColumnComments())) {
		name, err := oracle.NewName(column)
		if err != nil {
			return err
		}
		text := want.GetColumnComments()[column]
		m.add(SortComment, "comment of column "+column, "", have.GetColumnComments()[column] == text,
			fmt.Sprintf("COMMENT ON COLUMN %s.%s IS %s", m.t, name, oracle.Literal(text)))
	}
	return nil
}

// pointed turns a reference of the table to itself to the target.
func pointed(k *pb.Constraint, plan *pb.TablePlan) *pb.Constraint {
	from, to := k.GetReferencedTable(), plan.GetSource()
	if from.GetSchema() != to.GetSchema() || from.GetName() != to.GetName() {
		return k
	}
	turned := proto.CloneOf(k)
	turned.ReferencedTable = plan.GetTarget()
	return turned
}

// Lacks lists what an existing table lacks of the plan's definition beside
// columns, one line each. What FinishTable makes is in it too.
//
// Error: REASON_NAME_INVALID.
func Lacks(plan *pb.TablePlan, existing *pb.Table) ([]string, error) {
	var lines []string
	for _, list := range []func(*pb.TablePlan, *pb.Table) ([]Part, error){Parts, References} {
		parts, err := list(plan, existing)
		if err != nil {
			return nil, err
		}
		for _, p := range parts {
			if p.Statement != "" && p.Sort != SortName && p.Sort != SortComment {
				lines = append(lines, p.What+" is missing")
			}
		}
	}
	return append(lines, Immovable(plan, existing)...), nil
}

// Immovable lists what an existing table lacks that cannot be added to it.
func Immovable(plan *pb.TablePlan, existing *pb.Table) []string {
	want, have := plan.GetDefinition().GetPartitioning(), existing.GetDefinition().GetPartitioning()
	switch {
	case want == nil && have == nil, samePartitions(want, have):
		return nil
	case have == nil:
		return []string{"partitions are missing"}
	case want == nil:
		return []string{"it has partitions and the source has none"}
	default:
		return []string{"it has other partitions"}
	}
}
