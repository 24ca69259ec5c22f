package migrate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// replan has a table planned again when that can help: in the next safer format
// when its rows did not arrive unchanged, as of a new SCN when the source cannot
// be read as of the old one any more. It returns nil when there is nothing to be
// done about the failure; then the failure stands. Each step may be repeated:
// what is journaled last is what counts, and until then the table has failed as
// before. The error is a stop, or the journal's.
func (r *run) replan(ctx context.Context, p *pb.TablePlan, failure error) (*pb.TablePlan, error) {
	again := r.again(p, failure)
	if again == nil {
		return nil, nil //nolint:nilnil // no other plan is no error
	}
	if err := r.boundary(); err != nil {
		return nil, err
	}
	next, err := again(ctx, p)
	if err != nil {
		if errors.Is(err, errStopped) {
			return nil, err
		}
		r.notice(r.subject(p), "not moved again: "+apierr.FailureOf(err).GetText())
		return nil, nil //nolint:nilnil // the failure that led here says more
	}
	return next, r.journal.Append(r.subject(p).TableReplanned(&pb.TableReplanned{Plan: next, Failure: apierr.FailureOf(failure)}))
}

// again is how to plan a table that failed once more, nil when that does not
// help: the failure is of another kind, the format was chosen by the operator,
// the target has other rows too, or the budget is used up.
func (r *run) again(p *pb.TablePlan, failure error) func(context.Context, *pb.TablePlan) (*pb.TablePlan, error) {
	status := r.tableStatus(p)
	switch {
	case errors.Is(failure, errDropped):
		return func(context.Context, *pb.TablePlan) (*pb.TablePlan, error) { return renamed(p), nil }
	case progress.SnapshotLost(apierr.FailureOf(failure)):
		if p.GetOptions().GetIfExists() != pb.IfExists_IF_EXISTS_APPEND && status.GetSnapshotsLost() < snapshotTries {
			return r.replanLater
		}
	case formatMayHelp(apierr.ReasonOf(failure)):
		if p.GetOptions().GetFormat() == pb.Format_FORMAT_UNSPECIFIED && status.GetBefore().GetRows() == 0 {
			return r.replanFormat
		}
	}
	return nil
}

// replanFormat has a table planned in the next safer format and its target
// emptied. When the target does not say whether it was, the new plan counts all
// the same: chunks of the old one may be gone, and prepare empties again.
func (r *run) replanFormat(ctx context.Context, p *pb.TablePlan) (*pb.TablePlan, error) {
	next, err := r.nextPlan(ctx, p)
	if err == nil {
		err = r.endImports(ctx, p)
	}
	if err != nil {
		return nil, err
	}
	if err := r.target.EmptyTable(ctx, &pb.EmptyTableRequest{MigrationId: r.id, Plan: p}); refused(err) {
		return nil, err
	}
	return next, nil
}

// refused reports whether an agent says that it did not empty a table, and will not.
func refused(err error) bool {
	switch apierr.ReasonOf(err) {
	case pb.Reason_REASON_TARGET_NOT_EMPTY, pb.Reason_REASON_TARGET_DIFFERS, pb.Reason_REASON_PRIVILEGE_MISSING, pb.Reason_REASON_REQUEST_INVALID:
		return true
	case pb.Reason_REASON_INTERNAL: // an agent too old to know the call, or a stop
		return !errors.Is(err, errStopped)
	default:
		return false
	}
}

// errDropped is a target table that had to be created although chunks had arrived.
var errDropped = errors.New("the target table was dropped")

// dropped says how many chunks went with the table.
func dropped(p *pb.TablePlan, chunks int) error {
	return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TARGET_DIFFERS, "the target table of %s was dropped after %d of its chunks had arrived", p.GetTableId(), chunks).
		WithHint("leave the target alone while a migration is on its way").WithCause(errDropped)
}

// arrived counts the chunks of a plan whose rows the target has, by the journal.
func (r *run) arrived(p *pb.TablePlan) (n int) {
	for _, c := range p.GetChunks() {
		if r.chunkStatus(cargo{table: p, chunk: c}).GetReached() >= pb.ChunkState_CHUNK_STATE_IMPORTED {
			n++
		}
	}
	return n
}

// renamed is the same plan with chunks of new names: all of them are to be moved again.
func renamed(p *pb.TablePlan) *pb.TablePlan {
	next, first := proto.CloneOf(p), lastChunk(p)+1
	for n, c := range next.GetChunks() {
		c.ChunkId = fmt.Sprintf("%s/%06d", p.GetTableId(), int(first)+n)
	}
	return next
}

// formatMayHelp reports whether a failure is one that another format may not have.
func formatMayHelp(reason pb.Reason) bool {
	switch reason {
	case pb.Reason_REASON_CHECKSUMS_DIFFER, pb.Reason_REASON_COUNTS_DIFFER, pb.Reason_REASON_ROWS_REJECTED:
		return true
	default:
		return false
	}
}

// endImports makes sure that no import of a table goes on at the target's agent:
// one whose outcome is open would bring its rows after the table was emptied.
func (r *run) endImports(ctx context.Context, p *pb.TablePlan) error {
	for _, c := range p.GetChunks() {
		status := r.chunkStatus(cargo{table: p, chunk: c})
		if status.GetImportAttempt() == 0 || status.GetReached() >= pb.ChunkState_CHUNK_STATE_IMPORTED {
			continue
		}
		_, err := r.target.Cancel(ctx, &pb.CancelRequest{MigrationId: r.id, ChunkId: c.GetChunkId(), Attempt: status.GetImportAttempt()})
		if err != nil {
			return err
		}
	}
	return nil
}

// nextPlan asks the source for a plan in a format that was not tried, or that is
// safer than when it was. Where the SCN cannot be read any more, the table is
// planned as of a new one by the way.
func (r *run) nextPlan(ctx context.Context, p *pb.TablePlan) (*pb.TablePlan, error) {
	req := r.request(p, r.tableStatus(p).GetTries())
	req.FailedFormats = append(req.FailedFormats, p.GetFormat())
	next, err := r.askPlan(ctx, p, req)
	if progress.SnapshotLost(apierr.FailureOf(err)) {
		next, err = r.planLater(ctx, p, req)
	}
	if err == nil && slices.Contains(req.GetFailedFormats(), next.GetFormat()) && !safer(p, next) {
		return nil, apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TABLE_UNSUPPORTED, "no other format is left for table %s", p.GetTableId())
	}
	return next, err
}

// request asks for a plan like the one before: of the same columns, with chunks
// of new names, in no format that failed.
func (r *run) request(p *pb.TablePlan, tries []*pb.FormatTry) *pb.PlanTableRequest {
	req := &pb.PlanTableRequest{
		Table: p.GetSource(), Target: p.GetTarget(), Scn: progress.SCN(r.plan, p), Where: p.GetWhere(), Options: p.GetOptions(),
		MaxStringBytes: min(r.plan.GetSource().GetMaxStringBytes(), r.plan.GetTarget().GetMaxStringBytes()),
		FirstChunk:     lastChunk(p) + 1,
	}
	for _, t := range tries {
		if formatMayHelp(t.GetFailure().GetReason()) {
			req.FailedFormats = append(req.FailedFormats, t.GetFormat())
		}
	}
	for _, c := range p.LeftOut() {
		req.ExcludeColumns = append(req.ExcludeColumns, c.GetName())
	}
	if r.tried != nil {
		req.ProvenFormats, req.FormatsSeenToFail = r.tried(r.plan.GetSpec().GetSource(), r.plan.GetSpec().GetTarget())
	}
	return req
}

// otherColumns says that a table cannot be moved again as it was agreed upon.
func otherColumns(p *pb.TablePlan, what string) error {
	return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_COLUMNS_NOT_CARRIED, "another plan of table %s has %s", p.GetTableId(), what).
		WithHint("move the table in a migration of its own")
}

// askPlan asks for a plan that takes the place of p and carries the same columns.
func (r *run) askPlan(ctx context.Context, p *pb.TablePlan, req *pb.PlanTableRequest) (*pb.TablePlan, error) {
	next, err := r.source.PlanTable(ctx, req)
	if err != nil {
		return nil, err
	}
	if next.GetTableId() != p.GetTableId() || !slices.Equal(p.Carried(), next.Carried()) {
		return nil, otherColumns(p, "other columns to carry")
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

// lastChunk is the highest number of a plan's chunks, and firstChunk the lowest.
// Those of plans before it are all lower.
func lastChunk(p *pb.TablePlan) (last int32) {
	for _, c := range p.GetChunks() {
		last = max(last, chunkNumber(c))
	}
	return last
}

func firstChunk(p *pb.TablePlan) int32 {
	first := lastChunk(p)
	for _, c := range p.GetChunks() {
		first = min(first, chunkNumber(c))
	}
	return first
}

// chunkNumber is the number in a chunk's name, 0 when it has none.
func chunkNumber(c *pb.Chunk) int32 {
	id := c.GetChunkId()
	n, err := strconv.ParseInt(id[strings.LastIndex(id, "/")+1:], 10, 32)
	if err != nil {
		return 0
	}
	return int32(n)
}
