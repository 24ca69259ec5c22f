package table

import (
	"fmt"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/agent/internal/codec"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// fits checks that rows of the plan can go into an existing table and come out
// the same.
//
// Errors: REASON_TARGET_DIFFERS with every difference; REASON_TABLE_UNSUPPORTED.
func fits(t oracle.Table, existing *pb.Table, plan *pb.TablePlan) error {
	if o := existing.GetObstacle(); o != "" {
		return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TABLE_UNSUPPORTED, "the target table %s is %s", t.Text(), o).
			WithFact("table", t.Text()).WithHint("drop it, or choose another target name with --target-table")
	}
	found := differences(existing, plan)
	if len(found) == 0 {
		return nil
	}
	return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TARGET_DIFFERS, "the target table %s exists with another shape: %s", t.Text(), strings.Join(found, "; ")).
		WithFact("table", t.Text()).WithFact("differences", strings.Join(found, "\n")).
		WithHint("drop or rename it, and it is created with the right shape")
}

// differences lists what keeps the carried columns from being stored as they
// are. Columns that stay behind by consent may exist on the target if they
// need no value.
func differences(existing *pb.Table, plan *pb.TablePlan) []string {
	have := make(map[string]*pb.Column)
	for _, c := range existing.GetColumns() {
		have[c.GetName()] = c
	}
	var found []string
	behind := make(map[string]bool)
	for _, p := range plan.GetColumns() {
		name := p.GetColumn().GetName()
		if p.GetLeftOut() != "" {
			behind[name] = true
			continue
		}
		if d := difference(p.GetColumn(), have[name]); d != "" {
			found = append(found, fmt.Sprintf("column %s %s", name, d))
		}
		delete(have, name)
	}
	for _, c := range existing.GetColumns() {
		if have[c.GetName()] == nil || c.GetVirtual() || behind[c.GetName()] && c.GetNullable() {
			continue
		}
		found = append(found, fmt.Sprintf("column %s is only on the target", c.GetName()))
	}
	return found
}

// difference compares one column, "" for none that matters.
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
	case have.GetVirtual():
		return "is virtual"
	case want.GetNullable() && !have.GetNullable():
		return "is NOT NULL instead of nullable"
	default:
		return ""
	}
}
