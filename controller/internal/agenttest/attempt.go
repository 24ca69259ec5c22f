package agenttest

import (
	"context"
	"sync"

	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// An attempt is one export or import that runs whether or not somebody listens.
type attempt struct {
	cancel context.CancelCauseFunc

	mu      sync.Mutex
	events  []*pb.Event
	changed chan struct{} // closed and replaced with every event, closed at the end
	done    bool
	err     error
}

// work does an attempt's work and returns its outcome.
type work func(ctx context.Context, tick func(*pb.ChunkProgress)) (*pb.ChunkChanged, error)

// attach returns the attempt of a key, and starts its work when there is none.
// The work gets a context of its own: it outlives the call.
func (a *Agent) attach(key string, subject progress.Subject, gate <-chan struct{}, do work) *attempt {
	a.mu.Lock()
	defer a.mu.Unlock()
	if t := a.running[key]; t != nil {
		return t
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	t := &attempt{cancel: cancel, changed: make(chan struct{})}
	a.running[key] = t
	a.workers.Go(func() {
		defer cancel(nil)
		tick := func(p *pb.ChunkProgress) { t.add(subject.Tick(p)) }
		tick(&pb.ChunkProgress{})
		outcome, err := gated(ctx, gate, func() (*pb.ChunkChanged, error) { return do(ctx, tick) })
		if err == nil {
			t.add(subject.ChunkChanged(outcome))
		}
		t.end(err)
	})
	return t
}

// gated waits for a gate, if any, before it does something.
func gated(ctx context.Context, gate <-chan struct{}, do func() (*pb.ChunkChanged, error)) (*pb.ChunkChanged, error) {
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
		}
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return do()
}

// follow sends an attempt's events, the old ones first, until it ends.
func (a *Agent) follow(ctx context.Context, t *attempt, f Fault, send func(*pb.Event) error) error {
	for sent := 0; ; {
		events, changed, done, err := t.look(sent)
		for _, e := range events {
			if f.Kill {
				a.Restart()
			}
			isTick := e.GetChunkChanged() == nil
			if isTick || (!f.Cut && !f.EndEarly && !f.Kill) {
				if err := send(e); err != nil {
					return err
				}
			}
			if f.Cut || f.Kill {
				return Unreachable()
			}
			if f.EndEarly {
				return nil
			}
			sent++
		}
		if done {
			return err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// look returns the events after the first from ones, and what to wait for.
func (t *attempt) look(from int) (events []*pb.Event, changed <-chan struct{}, done bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, e := range t.events[from:] {
		events = append(events, proto.CloneOf(e))
	}
	return events, t.changed, t.done, t.err
}

func (t *attempt) add(e *pb.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.events = append(t.events, e)
	close(t.changed)
	t.changed = make(chan struct{})
}

// end closes the attempt; nothing is added after it.
func (t *attempt) end(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.done, t.err = true, err
	close(t.changed)
}

func (t *attempt) ended() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.done
}
