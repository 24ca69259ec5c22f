// Package migrate carries plans out. It is the only place that decides what
// happens next: which table and chunk, which attempt, what to do about a
// failure, when to stop. It owns no state: everything it decided or learnt is in
// the journal before it acts on it, so carrying out a migration that was cut off
// anywhere is the same as carrying it out: resuming runs the same walk as starting.
// Only who asked for it makes a difference: a person's start renews the budgets of
// failures, a controller that goes on by itself leaves them as they are.
//
// A step is skipped only when the journal says that it is done. An attempt is
// journaled before it is asked for, and one without a journaled outcome is asked
// for again under the same number: the agent attaches to it or repeats its
// outcome. An attempt that failed is followed by one with a new number, so an
// object prefix is never written twice.
package migrate

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/controller/internal/fleet"
	"github.com/adbferry/adbferry/controller/internal/journal"
	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Limits bounds what a migration may do.
type Limits struct {
	Lanes    int            // exports or imports at one database; 0 for what its service level bears
	Attempts int            // tries for each chunk before it fails
	Grace    time.Duration  // for running steps after a stop, before they are cancelled
	Patience fleet.Patience // with agents that cannot be reached
}

// DefaultLimits are the limits of a controller that sets none.
var DefaultLimits = Limits{Attempts: 3, Grace: 30 * time.Second, Patience: fleet.DefaultPatience}

// Options is what migrations need from their controller.
type Options struct {
	Store   *journal.Store
	Fleet   *fleet.Fleet
	Limits  Limits
	Version string // of the controller, for receipts
	// Tried names the formats that are known to work between two databases, and those known not to; nil for none.
	Tried func(source, target string) (proven, failed []pb.Format)
	Now   func() time.Time // the same clock as the store's
	Log   hclog.Logger
}

// ErrClosing is the error of calls to a controller that shuts down, and the cause
// of what ends with it.
var ErrClosing error = apierr.New(codes.Unavailable, pb.Reason_REASON_CANCELLED, "the controller is shutting down")

// errStopped is the cause of everything that ends because a stop was asked for.
var errStopped = errors.New("the migration was stopped")

// errSuspended is the cause when nobody asked for the stop of the migration: the
// controller shuts down and goes on when it serves again.
var errSuspended = fmt.Errorf("the controller was shut down: %w", errStopped)

// Runs are the migrations that this process carries out now. Its methods may be
// called concurrently.
type Runs struct {
	options Options

	mu      sync.Mutex
	active  map[string]*active
	broken  map[string]error // why the last run here ended without a word in the journal
	closing bool
	all     sync.WaitGroup
}

// An active migration can be asked to stop and waited for.
type active struct {
	run  *run
	stop context.CancelCauseFunc
	done chan struct{}
}

// NewRuns starts with none.
func NewRuns(o Options) *Runs {
	o.Log = o.Log.Named("migrate")
	return &Runs{options: o, active: map[string]*active{}, broken: map[string]error{}}
}

// Start carries out a migration in the background, with a PAR that is kept in
// memory until it ends, and returns the status right after the start, which is
// durable. A migration that runs here or is verified is left alone.
//
// Errors: journal.ErrNotFound; *journal.BusyError when another process carries it
// out; *journal.WriteError; ErrClosing; *par.MalformedError; REASON_MIGRATION_BUSY
// for one that was given up; REASON_NOT_FOUND for a database without an agent.
func (r *Runs) Start(id, parURL string) (*pb.MigrationStatus, error) {
	return r.start(id, parURL, false)
}

// start is Start, and Continue.
func (r *Runs) start(id, parURL string, continued bool) (*pb.MigrationStatus, error) {
	r.awaitEnd(id)
	r.mu.Lock()
	defer r.mu.Unlock()
	status, err := r.options.Store.Status(id)
	if err != nil {
		return nil, err
	}
	if r.active[id] != nil || status.GetState() == pb.MigrationState_MIGRATION_STATE_VERIFIED {
		return status, nil
	}
	if r.closing {
		return nil, ErrClosing
	}
	run, err := r.open(id, parURL, continued)
	switch {
	case errors.Is(err, errStopped): // by somebody, in between
		return r.options.Store.Status(id)
	case err != nil:
		return nil, err
	}
	ctx, stop := context.WithCancelCause(context.Background())
	a := &active{run: run, stop: stop, done: make(chan struct{})}
	r.active[id] = a
	r.all.Go(func() {
		defer close(a.done)
		defer stop(nil)
		r.carryOut(ctx, run)
	})
	return run.journal.Status(), nil
}

// awaitEnd waits for a migration whose last event is written and that is still
// tidying up: who saw that event may start it again at once.
func (r *Runs) awaitEnd(id string) {
	r.mu.Lock()
	a := r.active[id]
	r.mu.Unlock()
	if a == nil {
		return
	}
	if s, err := r.options.Store.Status(id); err == nil && progress.Ended(s.GetState()) {
		<-a.done
	}
}

// open takes the journal and writes down that the migration runs. The errors are
// those of newRun and of the journal.
func (r *Runs) open(id, parURL string, continued bool) (*run, error) {
	j, err := r.options.Store.Open(id)
	if err != nil {
		return nil, err
	}
	run, err := newRun(r.options, j, parURL, continued)
	if err == nil {
		err = run.begin()
	}
	if err != nil {
		return nil, errors.Join(err, j.Close())
	}
	return run, nil
}

// carryOut runs a migration to its end and takes it off the list. What goes
// wrong here has no caller any more: it is logged, as a fault unless Broken tells
// those who ask for the migration.
func (r *Runs) carryOut(stop context.Context, run *run) {
	err := run.carryOut(stop)
	if _, told := errors.AsType[*journal.WriteError](err); told {
		run.log.Warn("migration cannot go on", "error", err)
	} else if err != nil {
		run.log.Error("migration cannot go on", "error", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.broken[run.id] = err
	if err := run.journal.Close(); err != nil {
		run.log.Error("journal did not close", "error", err)
	}
	delete(r.active, run.id)
}

// Stop asks a migration to end at the next step boundary and waits until it
// has. One that was interrupted ends for good, as stopInterrupted says. Any other
// that does not run here is left alone. On return the stop is durable.
//
// Errors: the context's cause; for one that was interrupted *journal.BusyError,
// when another process carries it out, and *journal.WriteError.
func (r *Runs) Stop(ctx context.Context, id string) error {
	r.mu.Lock()
	a := r.active[id]
	r.mu.Unlock()
	if a == nil {
		return r.stopInterrupted(id)
	}
	a.stop(errStopped)
	select {
	case <-a.done:
		if s, err := r.options.Store.Status(id); err == nil && s.GetShutDown() { // a shutdown was faster, and would have it go on
			return r.stopInterrupted(id)
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for migration %s to stop: %w", id, context.Cause(ctx))
	}
}

// Broken returns why the last run of a migration in this process ended without a
// word in the journal: a *journal.WriteError. It is nil for all others.
func (r *Runs) Broken(id string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.broken[id]
}

// Active reports whether a migration runs here.
func (r *Runs) Active(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.active[id] != nil
}

// Close stops all migrations and waits for them; none can be started any more.
func (r *Runs) Close() { r.close(errStopped) }

// Suspend is Close for a controller that goes on by itself when it serves again.
// The journals say so; what somebody asked to stop stays stopped.
func (r *Runs) Suspend() { r.close(errSuspended) }

func (r *Runs) close(cause error) {
	r.mu.Lock()
	r.closing = true
	for _, a := range r.active {
		a.stop(cause)
	}
	r.mu.Unlock()
	r.all.Wait()
}
