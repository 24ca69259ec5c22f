package migrate

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/adbferry/adbferry/controller/internal/compare"
	"github.com/adbferry/adbferry/controller/internal/verify"
	"github.com/adbferry/adbferry/pkg/digest"
	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// An ahead is the digest of one side that is asked for before it is needed. That
// of the source is as of an SCN, so nothing that comes later changes it; that of
// the target is taken when its last row is there.
type ahead struct {
	side   compare.Side
	start  sync.Once
	begun  chan struct{} // closed when it may begin
	done   chan struct{} // closed when there is an answer
	cancel context.CancelCauseFunc

	answer *pb.ChecksumResponse
	err    error
}

// digestAhead prepares to digest a side of a table beside everything else. A
// stop ends it at once: the next start asks again.
func (r *run) digestAhead(ctx context.Context, side compare.Side) *ahead {
	ctx, cancel := context.WithCancelCause(ctx)
	a := &ahead{side: side, begun: make(chan struct{}), done: make(chan struct{}), cancel: cancel}
	stopped := context.AfterFunc(r.stop, func() { cancel(errStopped) })
	go func() { // end waits for it
		defer close(a.done)
		defer stopped()
		select {
		case <-a.begun:
			a.answer, a.err = side.Digest(ctx)
		case <-ctx.Done():
			a.err = context.Cause(ctx)
		}
	}()
	return a
}

// begin lets the digest begin. It may be called any number of times.
func (a *ahead) begin() { a.start.Do(func() { close(a.begun) }) }

// wait returns the answer. When there is none it asks again, for an error that
// matters now may not have mattered then.
func (a *ahead) wait(ctx context.Context) (*pb.ChecksumResponse, error) {
	a.begin()
	select {
	case <-a.done:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if a.err == nil {
		return a.answer, nil
	}
	return a.side.Digest(ctx)
}

// end ends the digest and waits for that.
func (a *ahead) end() {
	a.cancel(errors.New("the digest is of no use any more"))
	<-a.done
}

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
// SCN, the target as it is when all its rows are there. What it held before is
// subtracted.
func (r *run) compare(ctx context.Context, p *pb.TablePlan, source, target *ahead) (*pb.Comparison, error) {
	if err := r.boundary(); err != nil {
		return nil, err
	}
	pair, c := r.pair(p), &pb.Comparison{}
	pair.Source.Ahead, pair.Target.Ahead = source.wait, target.wait
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
