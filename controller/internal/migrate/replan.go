package migrate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/adbferry/adbferry/controller/internal/plan"
	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// replan has a table whose rows did not arrive unchanged planned again, in the
// next safer format, and its target emptied. It returns nil when there is
// nothing to be done about the failure: it is of another kind, the format was
// chosen by the operator, the target has other rows too, or no format is left.
// Then the failure stands. Each step may be repeated: what is journaled last is
// what counts, and until then the table still differs. The error is a stop, or
// the journal's.
func (r *run) replan(ctx context.Context, p *pb.TablePlan, failure error) (*pb.TablePlan, error) {
	status := r.tableStatus(p)
	if !formatMayHelp(failure) || p.GetOptions().GetFormat() != pb.Format_FORMAT_UNSPECIFIED || status.GetBefore().GetRows() > 0 {
		return nil, nil //nolint:nilnil // no other plan is no error
	}
	if err := r.boundary(); err != nil {
		return nil, err
	}
	next, err := r.nextPlan(ctx, p, status.GetTries())
	if err == nil {
		err = r.target.EmptyTable(ctx, &pb.EmptyTableRequest{MigrationId: r.id, Plan: p})
	}
	if err != nil {
		if errors.Is(err, errStopped) {
			return nil, err
		}
		r.notice(r.subject(p), "not moved again in another format: "+apierr.FailureOf(err).GetText())
		return nil, nil //nolint:nilnil // the failure that led here says more
	}
	return next, r.journal.Append(r.subject(p).TableReplanned(&pb.TableReplanned{Plan: next, Failure: apierr.FailureOf(failure)}))
}

// formatMayHelp reports whether a failure is one that another format may not have.
func formatMayHelp(err error) bool {
	switch apierr.ReasonOf(err) {
	case pb.Reason_REASON_CHECKSUMS_DIFFER, pb.Reason_REASON_COUNTS_DIFFER, pb.Reason_REASON_ROWS_REJECTED:
		return true
	default:
		return false
	}
}

// errSamePlan says that the source knows no other way to move the table.
var errSamePlan = errors.New("the source's agent has no other format for the table")

// nextPlan asks the source for a plan in a format that was not tried, or that
// is safer than when it was, of the same columns, with chunks of new names.
func (r *run) nextPlan(ctx context.Context, p *pb.TablePlan, tries []*pb.FormatTry) (*pb.TablePlan, error) {
	failed := []pb.Format{p.GetFormat()}
	for _, t := range tries {
		failed = append(failed, t.GetFormat())
	}
	req := &pb.PlanTableRequest{
		Table: p.GetSource(), Target: p.GetTarget(), Scn: progress.SCN(r.plan, p), Where: p.GetWhere(), Options: p.GetOptions(),
		MaxStringBytes: min(r.plan.GetSource().GetMaxStringBytes(), r.plan.GetTarget().GetMaxStringBytes()),
		FailedFormats:  failed, FirstChunk: lastChunk(p) + 1,
	}
	for _, c := range plan.LeftOut(p) {
		req.ExcludeColumns = append(req.ExcludeColumns, c.GetName())
	}
	if r.proven != nil {
		req.ProvenFormats = r.proven(r.plan.GetSpec().GetSource(), r.plan.GetSpec().GetTarget())
	}
	next, err := r.source.PlanTable(ctx, req)
	if err != nil {
		return nil, err
	}
	if slices.Contains(failed, next.GetFormat()) && !safer(p, next) || next.GetTableId() != p.GetTableId() {
		return nil, fmt.Errorf("plan table %s again: %w", p.GetTableId(), errSamePlan)
	}
	if !slices.Equal(plan.Carried(p), plan.Carried(next)) {
		return nil, fmt.Errorf("plan table %s again: %w that carries the same columns", p.GetTableId(), errSamePlan)
	}
	return keepConsent(p, next), nil
}

// safer reports whether a plan writes text as hex that the plan before, in the
// same format, wrote as it is.
func safer(before, next *pb.TablePlan) bool {
	plain := func(p *pb.TablePlan) bool {
		return slices.ContainsFunc(p.GetColumns(), func(c *pb.ColumnPlan) bool {
			return c.GetLeftOut() == "" && c.GetEncoding() == pb.Encoding_ENCODING_PLAIN
		})
	}
	return before.GetFormat() == next.GetFormat() && plain(before) && !plain(next)
}

// keepConsent gives columns that stay behind again the reason that the operator
// agreed to, and the plan what only the controller knows of it: so does its
// definition, whose references point to where other tables went.
func keepConsent(old, next *pb.TablePlan) *pb.TablePlan {
	for _, c := range next.GetColumns() {
		for _, before := range old.GetColumns() {
			if before.GetColumn().GetName() == c.GetColumn().GetName() && before.GetLeftOut() != "" {
				c.LeftOut = before.GetLeftOut()
			}
		}
	}
	next.Outlook = cmp.Or(next.GetOutlook(), old.GetOutlook())
	next.Definition = old.GetDefinition()
	return next
}

// lastChunk is the highest number of a plan's chunks. Those of plans before it
// are all lower.
func lastChunk(p *pb.TablePlan) (last int32) {
	for _, c := range p.GetChunks() {
		id := c.GetChunkId()
		if n, err := strconv.ParseInt(id[strings.LastIndex(id, "/")+1:], 10, 32); err == nil {
			last = max(last, int32(n))
		}
	}
	return last
}
