package schedules

import (
	"context"
	"sync"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// orphanTimeout ends an attempt that nobody follows; tickTime is between two ticks.
const (
	orphanTimeout = 10 * time.Minute
	tickTime      = 3 * time.Second
)

// An attempt is an export or import that runs whether or not somebody listens.
type attempt struct {
	subject progress.Subject
	phase   pb.Phase
	cancel  context.CancelCauseFunc
	done    chan struct{}

	outcome *pb.ChunkChanged // with err, set before done is closed
	err     error

	followers int // guarded by the agent's mu, as orphan is
	orphan    *time.Timer
}

// attempts are those of one life of an agent.
type attempts struct {
	life context.Context // ends when the agent dies

	mu      sync.Mutex
	byName  map[string]*attempt
	workers sync.WaitGroup
}

type work func(context.Context) (*pb.ChunkChanged, error)

// follow starts the attempt of a name, or attaches to it, and sends ticks until
// its outcome, which it returns.
func (a *attempts) follow(ctx context.Context, name string, s progress.Subject, phase pb.Phase, do work, tick func(*pb.Event) error) (*pb.ChunkChanged, error) {
	t := a.attach(name, s, phase, do)
	defer a.detach(t)
	ticker := time.NewTicker(tickTime)
	defer ticker.Stop()
	for {
		if err := tick(s.Tick(&pb.ChunkProgress{Phase: phase})); err != nil {
			return nil, err
		}
		select {
		case <-t.done:
			return t.outcome, t.err
		case <-ticker.C:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-a.life.Done():
			return nil, context.Cause(a.life)
		}
	}
}

func (a *attempts) attach(name string, s progress.Subject, phase pb.Phase, do work) *attempt {
	a.mu.Lock()
	defer a.mu.Unlock()
	t := a.byName[name]
	if t == nil {
		ctx, cancel := context.WithCancelCause(a.life)
		t = &attempt{subject: s, phase: phase, cancel: cancel, done: make(chan struct{})}
		a.byName[name] = t
		a.workers.Go(func() {
			defer cancel(nil)
			t.outcome, t.err = do(ctx)
			close(t.done)
		})
	}
	t.followers++
	if t.orphan != nil {
		t.orphan.Stop()
	}
	return t
}

func (a *attempts) detach(t *attempt) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if t.followers--; t.followers > 0 {
		return
	}
	t.orphan = time.AfterFunc(orphanTimeout, func() {
		t.cancel(apierr.New(codes.Canceled, pb.Reason_REASON_CANCELLED, "nobody asked for the attempt").WithRetry(0))
	})
}

// end cancels an attempt and waits for its end. It reports whether it was running.
func (a *attempts) end(ctx context.Context, name string) (bool, error) {
	a.mu.Lock()
	t := a.byName[name]
	a.mu.Unlock()
	if t == nil {
		return false, nil
	}
	select {
	case <-t.done:
		return false, nil
	default:
	}
	t.cancel(apierr.New(codes.Canceled, pb.Reason_REASON_CANCELLED, "cancelled on request"))
	select {
	case <-t.done:
		return true, nil
	case <-ctx.Done():
		return false, context.Cause(ctx)
	}
}

// close waits for all work after the life is over.
func (a *attempts) close() {
	a.workers.Wait()
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, t := range a.byName {
		if t.orphan != nil {
			t.orphan.Stop()
		}
	}
}
