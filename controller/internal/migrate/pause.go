package migrate

import (
	"context"
	"errors"

	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/controller/internal/fleet"
	"github.com/adbferry/adbferry/pkg/advice"
	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// remedyForPAR decides about an attempt that failed over the PAR of this number.
// The store says "not found" for a PAR that is no longer honoured as well as for an
// object that is gone, so both agents are asked to prove the PAR before a
// migration is paused, with the patience that a run has with its agents. An outage
// that lasts longer says nothing of the PAR: it is for the next attempt to meet. Any
// other failure to prove it speaks against the PAR.
func (r *run) remedyForPAR(ctx context.Context, number int, failure error) remedy {
	url, current := r.par.use()
	switch {
	case r.par.why() != nil:
		return pauseMigration
	case current != number:
		return repeatAttempt
	}
	proving, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(r.stop, func() { cancel(errStopped) })()
	switch err := fleet.ProvePAR(proving, r.id, url, r.source, r.target); {
	case err == nil:
		return countAttempt
	case errors.Is(err, errStopped):
		return repeatAttempt // which the stop forestalls
	case progress.PARFailed(apierr.FailureOf(err)):
		failure = err // says more: it tried every right
	case apierr.Retryable(err):
		return countAttempt
	}
	if !r.par.refuse(number, PausedFor(r.id, failure)) {
		return repeatAttempt
	}
	r.pausing()
	return pauseMigration
}

// pausing ends the beginning of new work; what runs comes to its end.
func (r *run) pausing() {
	r.say.Do(func() {
		r.notice(progress.Subject{Migration: r.id}, "nothing new begins, running steps come to their end: "+r.par.why().GetText())
	})
	r.halt(errStopped)
}

// PausedFor is why a migration is paused, and what to do about it.
func PausedFor(id string, err error) *pb.Failure {
	failure := proto.CloneOf(apierr.FailureOf(err))
	failure.Hint = "make another PAR on the same bucket (docs/par.md), then: " + advice.ReplacePAR(id)
	failure.Retryable, failure.RetryDelay = false, nil
	return failure
}

// undone is how a run ends that left something to do: paused, unless somebody
// asked it to stop.
func (r *run) undone() *pb.MigrationChanged {
	suspended := errors.Is(context.Cause(r.asked), errSuspended)
	if why := r.par.why(); why != nil && (r.asked.Err() == nil || suspended) {
		return &pb.MigrationChanged{State: pb.MigrationState_MIGRATION_STATE_PAUSED, Failure: why}
	}
	stopped := &pb.MigrationChanged{State: pb.MigrationState_MIGRATION_STATE_STOPPED, ShutDown: suspended}
	if suspended {
		stopped.Failure = &pb.Failure{
			Reason: pb.Reason_REASON_CANCELLED, Text: "the controller was shut down",
			Hint: "with par in its configuration, adbferry serve goes on by itself when it starts; or: " + advice.Resume(r.id),
		}
	}
	return stopped
}

// ReplacePAR gives a migration that runs here another PAR for everything that
// begins from now on, and reports whether it did. When it did not, the migration
// does not run here any more and can be started with the PAR: one that was about
// to pause is waited for. Where a run's objects go does not change.
//
// Errors: REASON_PAR_ELSEWHERE, *par.MalformedError, the context's cause.
func (r *Runs) ReplacePAR(ctx context.Context, id, parURL string) (bool, error) {
	r.awaitEnd(id)
	r.mu.Lock()
	a := r.active[id]
	r.mu.Unlock()
	if a == nil {
		return false, nil
	}
	found, err := Place(parURL)
	if err == nil {
		err = samePlace(a.run.journal.Status().GetStorage(), found)
	}
	if err != nil {
		return false, err
	}
	if a.run.par.replace(parURL) {
		a.run.notice(progress.Subject{Migration: id}, "the PAR was replaced; whatever begins from now on uses the new one")
		return true, nil
	}
	select {
	case <-a.done:
		return false, nil
	case <-ctx.Done():
		return false, context.Cause(ctx)
	}
}
