package definition

import (
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// constraint renders a constraint as ALTER TABLE … ADD wants it. A name that
// the database made is left to it.
func constraint(k *pb.Constraint) (string, error) {
	text := ""
	if !k.GetGenerated() {
		name, err := oracle.NewName(k.GetName())
		if err != nil {
			return "", err
		}
		text = "CONSTRAINT " + name.String() + " "
	}
	rule, err := demand(k)
	if err != nil {
		return "", err
	}
	return text + rule + state(k), nil
}

// demand renders what a constraint asks of rows.
func demand(k *pb.Constraint) (string, error) {
	columns, err := quoted(k.GetColumns())
	if err != nil {
		return "", err
	}
	switch k.GetKind() {
	case pb.ConstraintKind_CONSTRAINT_KIND_PRIMARY:
		return "PRIMARY KEY (" + columns + ")", nil
	case pb.ConstraintKind_CONSTRAINT_KIND_UNIQUE:
		return "UNIQUE (" + columns + ")", nil
	case pb.ConstraintKind_CONSTRAINT_KIND_CHECK:
		return "CHECK (" + ended(k.GetCondition()) + ")", nil
	default:
	}
	parent, err := oracle.NewTable(k.GetReferencedTable())
	if err != nil {
		return "", err
	}
	referenced, err := quoted(k.GetReferencedColumns())
	if err != nil {
		return "", err
	}
	text := fmt.Sprintf("FOREIGN KEY (%s) REFERENCES %s (%s)", columns, parent, referenced)
	if k.GetDeleteRule() != "" {
		text += " ON DELETE " + k.GetDeleteRule()
	}
	return text, nil
}

// state renders when a constraint is looked at and whether it is in force, ""
// for one that is as by default.
func state(k *pb.Constraint) string {
	text := ""
	if k.GetDeferrable() {
		text += " DEFERRABLE"
	}
	if k.GetInitiallyDeferred() {
		text += " INITIALLY DEFERRED"
	}
	if k.GetRely() {
		text += " RELY"
	}
	switch {
	case k.GetDisabled() && k.GetNotValidated():
		return text + " DISABLE"
	case k.GetDisabled():
		return text + " DISABLE VALIDATE"
	case k.GetNotValidated():
		return text + " ENABLE NOVALIDATE"
	default:
		return text
	}
}

// title is a constraint for people: "foreign key FK_ORDERS".
func title(k *pb.Constraint) string {
	kind := "constraint"
	switch k.GetKind() {
	case pb.ConstraintKind_CONSTRAINT_KIND_PRIMARY:
		kind = "primary key"
	case pb.ConstraintKind_CONSTRAINT_KIND_UNIQUE:
		kind = "unique key"
	case pb.ConstraintKind_CONSTRAINT_KIND_CHECK:
		kind = "check"
	case pb.ConstraintKind_CONSTRAINT_KIND_REFERENCE:
		kind = pb.ForeignKey
	default:
	}
	return kind + " " + k.GetName()
}

// sameConstraint reports whether two constraints ask the same of rows and are
// in the same state. Names are not looked at.
func sameConstraint(a, b *pb.Constraint) bool {
	return a.GetKind() == b.GetKind() && slices.Equal(a.GetColumns(), b.GetColumns()) && same(a.GetCondition(), b.GetCondition()) &&
		proto.Equal(a.GetReferencedTable(), b.GetReferencedTable()) && slices.Equal(a.GetReferencedColumns(), b.GetReferencedColumns()) &&
		a.GetDeleteRule() == b.GetDeleteRule() && state(a) == state(b)
}

// isNotNull reports the NOT NULL of a column, which has been declared with it.
func isNotNull(k *pb.Constraint, c *pb.Column) bool {
	return k.GetKind() == pb.ConstraintKind_CONSTRAINT_KIND_CHECK && !c.GetNullable() && k.GetCondition() == `"`+c.GetName()+`" IS NOT NULL`
}
