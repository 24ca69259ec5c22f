package migrate

import (
	"context"
	"sync"
	"time"

	"github.com/adbferry/adbferry/controller/internal/compare"
	"github.com/adbferry/adbferry/controller/internal/verify"
	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/digest"
	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// before digests what a target table holds whose rows stay; nil for other
// tables and for empty ones. It is asked once, before the first row of ours is there.
func (r *run) before(ctx context.Context, p *pb.TablePlan) (*pb.Digest, error) {
	if known := r.tableStatus(p).GetBefore(); known != nil {
		return known, nil
	}
	if p.GetOptions().GetIfExists() != pb.IfExists_IF_EXISTS_APPEND {
		return nil, nil //nolint:nilnil // nothing before is no error
	}
	side := r.pair(p).Target
	resp, err := side.Digest(ctx)
	if err != nil {
		return nil, err
	}
	if len(resp.GetLeftOut()) == 0 {
		return resp.GetDigest(), nil
	}
	rows, err := side.Count(ctx)
	if err != nil {
		return nil, err
	}
	if rows == 0 {
		return &pb.Digest{Sum: digest.Sum{}.String()}, nil
	}
	return &pb.Digest{Rows: rows}, nil
}

// pair is both sides of a table, with the columns that are carried, described
// as the source has them: PrepareTable made sure that the target has the same.
func (r *run) pair(p *pb.TablePlan) *compare.Pair {
	var columns []*pb.Column
	for _, column := range p.GetColumns() {
		if column.GetLeftOut() == "" {
			columns = append(columns, column.GetColumn())
		}
	}
	return &compare.Pair{
		Source: compare.Side{Agent: r.source, In: r.lane(r.exports), Selection: &pb.RowSelection{
			Table: p.GetSource(), Columns: columns, Scn: progress.SCN(r.plan, p), Where: p.GetWhere(),
		}},
		Target: compare.Side{Agent: r.target, In: r.lane(r.imports), Selection: &pb.RowSelection{Table: p.GetTarget(), Columns: columns}},
	}
}

// lane makes work at a database wait for a lane, until its context ends or a
// stop is asked for.
func (r *run) lane(l *lanes) func(context.Context, func() error) error {
	return func(ctx context.Context, do func() error) error {
		waiting, cancel := context.WithCancelCause(ctx)
		defer cancel(nil)
		defer context.AfterFunc(r.stop, func() { cancel(errStopped) })()
		return l.in(waiting, do)
	}
}

// pulse is how often a comparison says that it goes on.
const pulse = 5 * time.Second

// compare counts and digests both sides in one pass each, the source as of the
// SCN, the target as it is when all its rows are there. When a digest of the source
// that an earlier start took differs, the source is asked again while it can be: an
// agent of another version may have digested it.
func (r *run) compare(ctx context.Context, p *pb.TablePlan, source, target *aheadDigest) (*pb.Comparison, error) {
	if err := r.boundary(); err != nil {
		return nil, err
	}
	c, err := r.digests(ctx, p, source.wait, target.wait)
	if err != nil || !source.known || verify.Table(p.GetTableId(), p.GetOptions().GetIfExists(), c) == nil {
		return c, err
	}
	again, err := r.digests(ctx, p, nil, target.wait)
	if progress.SnapshotLost(apierr.FailureOf(err)) {
		return c, nil
	}
	return again, err
}

// digests compares what both sides are asked, each by its agent when there is no
// other way to ask. What the target held before is subtracted.
func (r *run) digests(ctx context.Context, p *pb.TablePlan, source, target ask) (*pb.Comparison, error) {
	pair, c := r.pair(p), &pb.Comparison{}
	pair.Source.Ahead, pair.Target.Ahead = source, target
	if err := pair.Digest(ctx, c); err != nil {
		return nil, err
	}
	verify.Appended(c, p.Carried(), r.tableStatus(p).GetBefore())
	return c, nil
}

// tickEvery repeats a tick until the function it returns is called, which waits
// for the last one.
func (r *run) tickEvery(pause time.Duration, tick *pb.Event) (end func()) {
	done := make(chan struct{})
	var ticking sync.WaitGroup
	ticking.Go(func() {
		ticker := time.NewTicker(pause)
		defer ticker.Stop()
		for {
			r.journal.Tick(tick)
			select {
			case <-ticker.C:
			case <-done:
				return
			}
		}
	})
	return func() {
		close(done)
		ticking.Wait()
	}
}
