package migrate

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// snapshotTries is how often a table may be planned as of a later SCN before
// somebody has to start the migration again. A table that needs more takes longer
// than the source keeps undo, and would for ever.
const snapshotTries = 2

// replanLater has a table planned as of a new SCN; other tables keep theirs.
// All its rows are moved again, since those of two SCNs make no table. The plan
// is journaled before the target is emptied, which prepare sees to: rows as of
// the old SCN can then never be taken for ones of the new.
func (r *run) replanLater(ctx context.Context, p *pb.TablePlan) (*pb.TablePlan, error) {
	next, err := r.planLater(ctx, p, r.request(p, r.tableStatus(p).GetTries()))
	if err != nil {
		return nil, err
	}
	return next, r.endImports(ctx, p)
}

// planLater asks for a plan as of the source's current SCN. Columns that look
// different now are not what the operator agreed to, nor what the target has.
func (r *run) planLater(ctx context.Context, p *pb.TablePlan, req *pb.PlanTableRequest) (*pb.TablePlan, error) {
	d, err := r.source.DescribeDatabase(ctx)
	if err != nil {
		return nil, err
	}
	req.Scn = d.GetCurrentScn()
	next, err := r.askPlan(ctx, p, req)
	if err != nil {
		return nil, err
	}
	for n, c := range next.GetColumns() {
		if c.GetLeftOut() == "" && !sameShape(c.GetColumn(), column(p, n)) {
			return nil, otherColumns(p, "a column "+c.GetColumn().GetName()+" that was altered")
		}
	}
	return next, nil
}

// column is the n-th column of a plan; an empty one where there are fewer.
func column(p *pb.TablePlan, n int) *pb.Column {
	if n >= len(p.GetColumns()) {
		return nil
	}
	return p.GetColumns()[n].GetColumn()
}

// sameShape compares columns by what a value of them can be.
func sameShape(a, b *pb.Column) bool {
	a, b = proto.CloneOf(a), proto.CloneOf(b)
	for _, c := range []*pb.Column{a, b} {
		if c != nil {
			c.DefaultExpression, c.DefaultOnNull = "", false
		}
	}
	return proto.Equal(a, b)
}

// emptyAgain removes the rows of a plan that was given up. It may be repeated
// until the first import of the new plan begins.
func (r *run) emptyAgain(ctx context.Context, p *pb.TablePlan) error {
	if !r.mayHoldOldRows(p) {
		return nil
	}
	return r.target.EmptyTable(ctx, &pb.EmptyTableRequest{MigrationId: r.id, Plan: givenUp(p)})
}

// givenUp names the chunks of the plans before p, as far as the target has to
// know them: by the last. A call that arrives late then cannot remove rows of p.
func givenUp(p *pb.TablePlan) *pb.TablePlan {
	old := proto.CloneOf(p)
	if len(old.GetChunks()) > 0 {
		old.Chunks = old.GetChunks()[:1]
		old.Chunks[0].ChunkId = fmt.Sprintf("%s/%06d", p.GetTableId(), firstChunk(p)-1)
	}
	return old
}

// mayHoldOldRows reports whether a table was planned again and no import of the
// new plan has begun.
func (r *run) mayHoldOldRows(p *pb.TablePlan) (may bool) {
	r.journal.View(func(s *pb.MigrationStatus) {
		t := progress.Table(s, p.GetTableId())
		may = len(t.GetTries()) > 0
		for _, c := range t.GetChunks() {
			may = may && c.GetImportAttempt() == 0
		}
	})
	return may
}
