package migrate

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"

	"github.com/adbferry/adbferry/controller/internal/compare"
	"github.com/adbferry/adbferry/controller/internal/verify"
	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// table moves one table and writes down how it ended. The error is a stop, or
// the journal's.
func (r *run) table(ctx context.Context, p *pb.TablePlan) error {
	if r.tableState(p) == pb.TableState_TABLE_STATE_VERIFIED {
		return nil
	}
	comparison, err := r.move(ctx, p)
	changed := &pb.TableChanged{State: pb.TableState_TABLE_STATE_VERIFIED, Comparison: comparison}
	switch {
	case errors.Is(err, errStopped):
		return err
	case err != nil:
		changed.State, changed.Failure = pb.TableState_TABLE_STATE_FAILED, apierr.FailureOf(err)
	}
	return r.journal.Append(r.subject(p).TableChanged(changed))
}

// move prepares, fills, finishes and compares a table. When a chunk's count was
// wrong the table is not finished, but still compared, so that the receipt has
// both numbers.
func (r *run) move(ctx context.Context, p *pb.TablePlan) (*pb.Comparison, error) {
	if err := r.prepare(ctx, p); err != nil {
		return nil, err
	}
	err := r.chunks(ctx, p)
	if err == nil {
		err = r.finish(ctx, p)
	} else if apierr.ReasonOf(err) != pb.Reason_REASON_COUNTS_DIFFER {
		return nil, err
	}
	comparison, countErr := r.compare(ctx, p)
	if countErr != nil {
		return nil, errors.Join(err, countErr)
	}
	if err != nil {
		return comparison, err
	}
	return comparison, verify.Table(p.GetTableId(), comparison)
}

// prepare makes sure of the target table. A failed table is prepared again: that
// costs nothing, and the table may have been dropped meanwhile.
func (r *run) prepare(ctx context.Context, p *pb.TablePlan) error {
	switch r.tableState(p) {
	case pb.TableState_TABLE_STATE_PREPARED, pb.TableState_TABLE_STATE_FINISHED:
		return nil
	default:
	}
	if err := r.boundary(); err != nil {
		return err
	}
	resp, err := r.target.PrepareTable(ctx, &pb.PrepareTableRequest{MigrationId: r.id, Plan: p})
	if err != nil {
		return err
	}
	return r.journal.Append(r.subject(p).TableChanged(&pb.TableChanged{State: pb.TableState_TABLE_STATE_PREPARED, Created: resp.GetCreated()}))
}

// chunks moves a table's chunks side by side. After one fails no further one is
// begun; those that run come to their end.
func (r *run) chunks(ctx context.Context, p *pb.TablePlan) error {
	if r.tableState(p) == pb.TableState_TABLE_STATE_FINISHED {
		return nil
	}
	group, failed := errgroup.WithContext(ctx)
	group.SetLimit(r.limits.Lanes)
	for _, c := range p.GetChunks() {
		group.Go(func() error {
			if failed.Err() == nil {
				return r.chunk(ctx, p, c)
			}
			return nil
		})
	}
	return group.Wait()
}

// finish adds keys and statistics, which would only slow the loading down before.
func (r *run) finish(ctx context.Context, p *pb.TablePlan) error {
	if r.tableState(p) == pb.TableState_TABLE_STATE_FINISHED {
		return nil
	}
	if err := r.boundary(); err != nil {
		return err
	}
	if err := r.target.FinishTable(ctx, &pb.FinishTableRequest{MigrationId: r.id, Plan: p}); err != nil {
		return err
	}
	return r.journal.Append(r.subject(p).TableChanged(&pb.TableChanged{State: pb.TableState_TABLE_STATE_FINISHED}))
}

// compare counts both sides at the same time, the source as of the SCN, the
// target as it is now, and digests them when the counts are equal.
func (r *run) compare(ctx context.Context, p *pb.TablePlan) (*pb.Comparison, error) {
	if err := r.boundary(); err != nil {
		return nil, err
	}
	c := &pb.Comparison{}
	group, counting := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		c.SourceRows, err = r.source.Count(counting, p.GetSource(), r.plan.GetScn())
		return err
	})
	group.Go(func() (err error) {
		c.TargetRows, err = r.target.Count(counting, p.GetTarget(), 0)
		return err
	})
	if err := group.Wait(); err != nil {
		return nil, err
	}
	if c.GetSourceRows() != c.GetTargetRows() {
		return c, nil
	}
	return c, r.digest(ctx, p, c)
}

// digest compares the values of the carried columns. The columns are described
// as the source has them: PrepareTable made sure that the target has the same.
func (r *run) digest(ctx context.Context, p *pb.TablePlan, c *pb.Comparison) error {
	var columns []*pb.Column
	for _, column := range p.GetColumns() {
		if column.GetLeftOut() == "" {
			columns = append(columns, column.GetColumn())
		}
	}
	pair := compare.Pair{
		Source: compare.Side{Agent: r.source, Selection: &pb.RowSelection{Table: p.GetSource(), Columns: columns, Scn: r.plan.GetScn()}},
		Target: compare.Side{Agent: r.target, Selection: &pb.RowSelection{Table: p.GetTarget(), Columns: columns}},
	}
	return pair.Digest(ctx, c)
}

// tableState is what the journal says of a table now.
func (r *run) tableState(p *pb.TablePlan) (state pb.TableState) {
	r.journal.View(func(s *pb.MigrationStatus) { state = progress.Table(s, p.GetTableId()).GetState() })
	return state
}

// subject is the table in events.
func (r *run) subject(p *pb.TablePlan) progress.Subject {
	return progress.Subject{Migration: r.id, Table: p.GetTableId()}
}
