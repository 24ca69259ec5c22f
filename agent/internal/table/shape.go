package table

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/agent/internal/codec"
	"github.com/adbferry/adbferry/agent/internal/definition"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// fits checks that rows of the plan can go into an existing table and come out
// the same. All differences are listed.
//
// Error: REASON_TARGET_DIFFERS.
func fits(t oracle.Table, existing *pb.Table, plan *pb.TablePlan) error {
	compare, hint := difference, "drop or rename it, and it is created with the right shape; --ddl none takes any table that holds the rows"
	if ddlMode(plan) == pb.DdlMode_DDL_MODE_NONE {
		compare, hint = obstruction, "change the table so that it takes the rows, or let adbferry create it"
	}
	found := differences(existing, plan, compare)
	if len(found) == 0 {
		return nil
	}
	return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TARGET_DIFFERS, "the target table %s exists with another shape: %s", t.Text(), strings.Join(found, "; ")).
		WithFact("table", t.Text()).WithFact("differences", strings.Join(found, "\n")).
		WithHint("%s", hint)
}

// differences lists what keeps the carried columns from being stored as they
// are. Columns that stay behind by consent may exist on the target if they
// need no value.
func differences(existing *pb.Table, plan *pb.TablePlan, compare func(want, have *pb.Column) string) []string {
	have := make(map[string]*pb.Column)
	for _, c := range existing.GetColumns() {
		have[c.GetName()] = c
	}
	var found []string
	behind := make(map[string]bool)
	for _, p := range plan.GetColumns() {
		name := p.GetColumn().GetName()
		if !definition.Travels(p) {
			behind[name] = true
			continue
		}
		if d := cmp.Or(compare(p.GetColumn(), have[name]), counting(plan, p.GetColumn(), have[name])); d != "" {
			found = append(found, fmt.Sprintf("column %s %s", name, d))
		}
		delete(have, name)
	}
	none := ddlMode(plan) == pb.DdlMode_DDL_MODE_NONE
	for _, c := range existing.GetColumns() {
		if have[c.GetName()] == nil || c.GetVirtual() || (behind[c.GetName()] || none) && fillsItself(c) {
			continue
		}
		found = append(found, fmt.Sprintf("column %s is only on the target", c.GetName()))
	}
	return found
}

// fillsItself reports whether a column needs no value in an INSERT.
func fillsItself(c *pb.Column) bool {
	return c.GetNullable() || c.GetIdentity() || c.GetDefaultExpression() != ""
}

// difference compares one column, "" for none that matters. Defaults are not
// looked at: every carried column is given its values.
func difference(want, have *pb.Column) string {
	if have == nil {
		return "is missing"
	}
	wantType, err := codec.Declaration(want)
	if err != nil {
		return "is of a type that is not carried"
	}
	haveType, err := codec.Declaration(have)
	switch {
	case err != nil:
		return fmt.Sprintf("is %s instead of %s", have.GetDataType(), wantType)
	case haveType != wantType:
		return fmt.Sprintf("is %s instead of %s", haveType, wantType)
	case have.GetVirtual() && !want.GetVirtual():
		return "is virtual"
	case want.GetVirtual() && !have.GetVirtual():
		return "is not virtual"
	case want.GetNullable() && !have.GetNullable():
		return "is NOT NULL instead of nullable"
	default:
		return ""
	}
}

// counting compares who makes a column's values. Plans without a definition do
// not say it, and the tables made for them have no identities.
func counting(plan *pb.TablePlan, want, have *pb.Column) string {
	switch {
	case plan.GetDefinition() == nil || want.GetIdentity() == have.GetIdentity():
		return ""
	case have.GetIdentity():
		return "is an identity column"
	default:
		return "is no identity column"
	}
}

// obstruction says why a column cannot take another one's values, "" when it
// may: of the same kind of type, whatever the sizes. What does not fit into a
// smaller one is refused by the database with its row.
func obstruction(want, have *pb.Column) string {
	switch {
	case have == nil && want.GetVirtual():
		return ""
	case have == nil:
		return "is missing"
	case bare(have.GetDataType()) != bare(want.GetDataType()):
		return fmt.Sprintf("is %s instead of %s", have.GetDataType(), want.GetDataType())
	case have.GetVirtual() && !want.GetVirtual():
		return "is virtual"
	default:
		return ""
	}
}

// sizes is the numbers within the names of types.
var sizes = regexp.MustCompile(`\(\d+\)`)

// bare is a type's name without sizes.
func bare(dataType string) string { return sizes.ReplaceAllString(dataType, "") }
