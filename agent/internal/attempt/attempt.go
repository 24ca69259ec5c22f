// Package attempt keeps the exports and imports that run in this agent. An
// attempt is started once, followed by any number of callers, outlives them,
// and its outcome is kept for those who ask again. What an attempt does is not
// its business.
package attempt

import (
	"context"
	"fmt"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A Key names an attempt: the same key is the same attempt.
type Key struct {
	Phase     pb.Phase // PHASE_EXPORT, or PHASE_STAGE for an import
	Migration string
	Chunk     string
	Attempt   int32
}

// A chunkKey is what only one attempt at a time works on.
type chunkKey struct {
	phase            pb.Phase
	migration, chunk string
}

func (k Key) chunkKey() chunkKey { return chunkKey{k.Phase, k.Migration, k.Chunk} }

// Work carries out an attempt until ctx ends. It may report progress as often
// as it likes; only the latest is kept.
type Work func(ctx context.Context, report func(*pb.ChunkProgress)) (*pb.ChunkChanged, error)

// A Config says how long things are kept.
type Config struct {
	Orphan time.Duration // an attempt nobody follows is cancelled after it
	Keep   time.Duration // outcomes are forgotten after it
	Tick   time.Duration // between the ticks that a follower is sent
}

// A Registry owns the attempts. Close it when done.
type Registry struct {
	cfg     Config
	ctx     context.Context
	stop    context.CancelCauseFunc
	workers sync.WaitGroup

	mu   sync.Mutex
	runs map[Key]*run
}

// NewRegistry makes an empty registry.
func NewRegistry(cfg Config) *Registry {
	ctx, stop := context.WithCancelCause(context.Background())
	return &Registry{cfg: cfg, ctx: ctx, stop: stop, runs: make(map[Key]*run)}
}

// A run is one attempt. Its fields below mu are guarded by the registry's mu,
// progress by its own; outcome and err are set before done is closed.
type run struct {
	key     Key
	cancel  context.CancelCauseFunc
	done    chan struct{}
	outcome *pb.ChunkChanged
	err     error

	followers int
	timer     *time.Timer // ends an orphan, or forgets an outcome

	progressMu sync.Mutex
	progress   *pb.ChunkProgress
}

func (r *run) report(p *pb.ChunkProgress) {
	r.progressMu.Lock()
	defer r.progressMu.Unlock()
	r.progress = proto.CloneOf(p)
}

func (r *run) latest() *pb.ChunkProgress {
	r.progressMu.Lock()
	defer r.progressMu.Unlock()
	return r.progress
}

func (r *run) ended() bool {
	select {
	case <-r.done:
		return true
	default:
		return false
	}
}

// Follow starts the attempt, or attaches to it when it runs or has ended, and
// sends ticks until it returns the outcome. When ctx ends or a tick cannot be
// sent, only the following ends. A newer attempt at a chunk ends an older one
// that still runs; an older one is refused while a newer one runs.
func (g *Registry) Follow(ctx context.Context, key Key, work Work, tick func(*pb.ChunkProgress) error) (*pb.ChunkChanged, error) {
	r, err := g.attach(ctx, key, work)
	if err != nil {
		return nil, err
	}
	defer g.detach(r)
	ticker := time.NewTicker(g.cfg.Tick)
	defer ticker.Stop()
	for {
		if r.ended() {
			return proto.CloneOf(r.outcome), r.err
		}
		if err := tick(r.latest()); err != nil {
			return nil, fmt.Errorf("send tick: %w", err)
		}
		select {
		case <-r.done:
		case <-ticker.C:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// attach finds or starts the run and counts the caller in.
func (g *Registry) attach(ctx context.Context, key Key, work Work) (*run, error) {
	for {
		g.mu.Lock()
		rival := g.rival(key)
		if rival == nil {
			defer g.mu.Unlock()
			return g.join(key, work)
		}
		g.mu.Unlock()
		if rival.key.Attempt > key.Attempt {
			return nil, apierr.New(codes.Aborted, pb.Reason_REASON_CANCELLED, "a newer attempt (%d) of chunk %s is running", rival.key.Attempt, key.Chunk)
		}
		rival.cancel(apierr.New(codes.Aborted, pb.Reason_REASON_CANCELLED, "attempt %d took over", key.Attempt))
		select {
		case <-rival.done:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// rival returns a running attempt other than key at the same chunk. g.mu is held.
func (g *Registry) rival(key Key) *run {
	for k, r := range g.runs {
		if k != key && k.chunkKey() == key.chunkKey() && !r.ended() {
			return r
		}
	}
	return nil
}

// join returns the run of key with the caller counted in. g.mu is held.
func (g *Registry) join(key Key, work Work) (*run, error) {
	r := g.runs[key]
	if r == nil {
		if cause := context.Cause(g.ctx); cause != nil {
			return nil, cause
		}
		r = g.start(key, work)
	}
	r.followers++
	r.stopTimer()
	return r, nil
}

func (r *run) stopTimer() {
	if r.timer != nil {
		r.timer.Stop()
	}
}

// start runs work in a goroutine of the registry's. g.mu is held.
func (g *Registry) start(key Key, work Work) *run {
	ctx, cancel := context.WithCancelCause(g.ctx)
	r := &run{key: key, cancel: cancel, done: make(chan struct{}), progress: &pb.ChunkProgress{Phase: key.Phase}}
	g.runs[key] = r
	g.workers.Go(func() {
		defer cancel(nil)
		r.outcome, r.err = guarded(ctx, work, r.report)
		close(r.done)
		g.mu.Lock()
		defer g.mu.Unlock()
		if r.followers == 0 {
			g.forgetLater(r)
		}
	})
	return r
}

// guarded turns a panic of work into an error: one chunk fails, not the agent.
func guarded(ctx context.Context, work Work, report func(*pb.ChunkProgress)) (_ *pb.ChunkChanged, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = apierr.New(codes.Internal, pb.Reason_REASON_INTERNAL, "internal error").WithCause(fmt.Errorf("panic: %v", p))
		}
	}()
	return work(ctx, report)
}

// detach counts a follower out. The last one's leaving starts a clock: a
// running attempt becomes an orphan, an ended one is forgotten.
func (g *Registry) detach(r *run) {
	g.mu.Lock()
	defer g.mu.Unlock()
	r.followers--
	switch {
	case r.followers > 0:
	case r.ended():
		g.forgetLater(r)
	default:
		r.stopTimer()
		r.timer = time.AfterFunc(g.cfg.Orphan, func() {
			r.cancel(apierr.New(codes.Canceled, pb.Reason_REASON_CANCELLED, "nobody asked for the attempt for %s", g.cfg.Orphan).
				WithHint("resume the migration").WithRetry(0))
		})
	}
}

// forgetLater is called with g.mu held.
func (g *Registry) forgetLater(r *run) {
	r.stopTimer()
	if g.ctx.Err() != nil {
		return
	}
	r.timer = time.AfterFunc(g.cfg.Keep, func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if r.followers == 0 && g.runs[r.key] == r {
			delete(g.runs, r.key)
		}
	})
}

// Cancel ends an attempt in any phase and waits until it has ended. It
// reports whether one was running.
func (g *Registry) Cancel(ctx context.Context, migration, chunk string, number int32) (bool, error) {
	cancelled := false
	for _, phase := range []pb.Phase{pb.Phase_PHASE_EXPORT, pb.Phase_PHASE_STAGE} {
		g.mu.Lock()
		r := g.runs[Key{phase, migration, chunk, number}]
		g.mu.Unlock()
		if r == nil || r.ended() {
			continue
		}
		r.cancel(apierr.New(codes.Canceled, pb.Reason_REASON_CANCELLED, "cancelled on request"))
		select {
		case <-r.done:
			cancelled = true
		case <-ctx.Done():
			return cancelled, context.Cause(ctx)
		}
	}
	return cancelled, nil
}

// Brief does work that no attempt is: it ends with ctx, or when the registry is
// closed, and Close waits for it.
//
// Error: what work returns; a retryable one when the registry is closed.
func (g *Registry) Brief(ctx context.Context, work func(context.Context) error) error {
	g.mu.Lock()
	if cause := context.Cause(g.ctx); cause != nil {
		g.mu.Unlock()
		return cause
	}
	g.workers.Add(1)
	g.mu.Unlock()
	defer g.workers.Done()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(g.ctx, func() { cancel(context.Cause(g.ctx)) })()
	return work(ctx)
}

// Close ends all attempts and brief work, waits for them and refuses new ones.
// Followers get what the attempts end with. It may be called twice.
func (g *Registry) Close() {
	g.mu.Lock() // so that nothing begins once the wait has
	g.stop(apierr.New(codes.Unavailable, pb.Reason_REASON_CANCELLED, "the agent is shutting down").WithRetry(0))
	g.mu.Unlock()
	g.workers.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, r := range g.runs {
		r.stopTimer()
	}
}
