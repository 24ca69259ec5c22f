package migrate

import (
	"context"
	"errors"
	"sync"

	"github.com/adbferry/adbferry/controller/internal/compare"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// An aheadDigest is the digest of one side that is asked for before it is needed. That
// of the source is as of an SCN, so nothing that comes later changes it; that of
// the target is taken when its last row is there.
type aheadDigest struct {
	ask    ask
	known  bool // when it was made, an earlier start had the answer
	start  sync.Once
	begun  chan struct{} // closed when it may begin
	done   chan struct{} // closed when there is an answer
	cancel context.CancelCauseFunc

	answer *pb.ChecksumResponse
	err    error
}

// An ask asks what all rows of one side are.
type ask func(context.Context) (*pb.ChecksumResponse, error)

// askSource asks the journal first: what an earlier start has found out of the
// source is still true, and may be all that is left of it when the undo is gone.
func (r *run) askSource(p *pb.TablePlan, side compare.Side) ask {
	return func(ctx context.Context) (*pb.ChecksumResponse, error) {
		if known := r.tableStatus(p).GetSourceDigest(); known != nil {
			return &pb.ChecksumResponse{Digest: known}, nil
		}
		resp, err := side.Digest(ctx)
		if err != nil || len(resp.GetLeftOut()) > 0 { // without these columns it would be of no use
			return resp, err
		}
		return resp, r.journal.Append(r.subject(p).TableDigested(resp.GetDigest()))
	}
}

// digestAhead prepares to digest a side of a table beside everything else. A
// stop ends it at once: the next start asks again.
func (r *run) digestAhead(ctx context.Context, ask ask) *aheadDigest {
	ctx, cancel := context.WithCancelCause(ctx)
	a := &aheadDigest{ask: ask, begun: make(chan struct{}), done: make(chan struct{}), cancel: cancel}
	stopped := context.AfterFunc(r.stop, func() { cancel(errStopped) })
	go func() { // end waits for it
		defer close(a.done)
		defer stopped()
		select {
		case <-a.begun:
			a.answer, a.err = ask(ctx)
		case <-ctx.Done():
			a.err = context.Cause(ctx)
		}
	}()
	return a
}

// begin lets the digest begin. It may be called any number of times.
func (a *aheadDigest) begin() { a.start.Do(func() { close(a.begun) }) }

// wait returns the answer. When there is none it asks again, for an error that
// matters now may not have mattered then.
func (a *aheadDigest) wait(ctx context.Context) (*pb.ChecksumResponse, error) {
	a.begin()
	select {
	case <-a.done:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if a.err == nil {
		return a.answer, nil
	}
	return a.ask(ctx)
}

// end ends the digest and waits for that.
func (a *aheadDigest) end() {
	a.cancel(errors.New("the digest is of no use any more"))
	<-a.done
}
