// Package definition knows what makes a target table like its source: what of
// the source's definition can be made where some columns stay behind, and the
// DDL that makes it, before the load and after it. It renders texts and
// compares descriptions; it sends nothing.
//
// Identifiers are always quoted. Expressions are the dictionary's own texts:
// the source's database has accepted them, and they are passed on as they are.
package definition

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/agent/internal/codec"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// OnTarget reports whether the target has a column because of the plan. Virtual
// columns can be among those, although no file has a field for them.
func OnTarget(p *pb.ColumnPlan) bool { return p.GetLeftOut() == "" }

// Create renders CREATE TABLE for the columns of a plan: with defaults,
// partitions and NOT NULL, which cost nothing before there are rows, and
// without keys, checks and indexes, which would cost something with every
// row. Identity columns take values as they are given until Restart.
//
// Errors: REASON_NAME_INVALID, REASON_TABLE_UNSUPPORTED for a plan that
// carries no column.
func Create(plan *pb.TablePlan) (string, error) {
	t, err := oracle.NewTable(plan.GetTarget())
	if err != nil {
		return "", err
	}
	var columns []string
	for _, p := range plan.GetColumns() {
		if !OnTarget(p) {
			continue
		}
		text, err := column(p.GetColumn(), plan.GetDefinition())
		if err != nil {
			return "", err
		}
		columns = append(columns, text)
	}
	if len(columns) == 0 {
		return "", apierr.New(codes.InvalidArgument, pb.Reason_REASON_TABLE_UNSUPPORTED, "table %s has no column that is carried", plan.GetTableId()).
			WithFact("table", plan.GetTableId())
	}
	parts, err := partitions(plan.GetDefinition().GetPartitioning())
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("CREATE TABLE %s (%s)%s", t, strings.Join(columns, ", "), parts), nil
}

// column renders one column of CREATE TABLE. Without a definition, in plans of
// older releases, a column is its type.
func column(c *pb.Column, d *pb.TableDefinition) (string, error) {
	name, err := oracle.NewName(c.GetName())
	if err != nil {
		return "", err
	}
	declared, err := codec.Declaration(c)
	if err != nil {
		return "", err
	}
	text := name.String() + " " + declared
	if c.GetInvisible() {
		text += " INVISIBLE"
	}
	text += value(c, d)
	if !c.GetNullable() && !implied(c, d) {
		text += " NOT NULL"
	}
	return text, nil
}

// implied reports a column that is not nullable for another reason than a NOT
// NULL of its own: identities and DEFAULT ON NULL bring one with them, and a
// primary key does without.
func implied(c *pb.Column, d *pb.TableDefinition) bool {
	if c.GetIdentity() && identityOf(d, c.GetName()) != nil || c.GetDefaultOnNull() && d != nil && !later(c) {
		return true
	}
	inKey := slices.ContainsFunc(d.GetConstraints(), func(k *pb.Constraint) bool {
		return k.GetKind() == pb.ConstraintKind_CONSTRAINT_KIND_PRIMARY && !k.GetDisabled() && slices.Contains(k.GetColumns(), c.GetName())
	})
	return inKey && !slices.ContainsFunc(d.GetConstraints(), func(k *pb.Constraint) bool { return isNotNull(k, c) })
}

// value renders where a column's value comes from when none is given.
func value(c *pb.Column, d *pb.TableDefinition) string {
	switch id := identityOf(d, c.GetName()); {
	case d == nil:
		return ""
	case c.GetVirtual():
		return " GENERATED ALWAYS AS (" + ended(c.GetDefaultExpression()) + ") VIRTUAL"
	case id != nil:
		return " " + identity(id, false, id.GetStartWith())
	case c.GetDefaultExpression() == "" || later(c):
		return ""
	default:
		return " " + byDefault(c)
	}
}

func byDefault(c *pb.Column) string {
	if c.GetDefaultOnNull() {
		return "DEFAULT ON NULL " + ended(c.GetDefaultExpression())
	}
	return "DEFAULT " + ended(c.GetDefaultExpression())
}

// later reports a default that names another object, which the target may
// lack: the table is created without it, so that its rows can be loaded.
func later(c *pb.Column) bool {
	return !c.GetVirtual() && len(others(c.GetDefaultExpression(), nil)) > 0
}

// ended ends the last line of an expression that has a comment in it.
func ended(expression string) string {
	if strings.Contains(expression, "--") {
		return expression + "\n"
	}
	return expression
}

// quoted renders a list of columns.
func quoted(columns []string) (string, error) {
	names := make([]string, len(columns))
	for i, c := range columns {
		name, err := oracle.NewName(c)
		if err != nil {
			return "", err
		}
		names[i] = name.String()
	}
	return strings.Join(names, ", "), nil
}
