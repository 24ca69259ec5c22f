package service

import (
	"context"
	"math"
	"time"

	"github.com/adbferry/adbferry/controller/internal/fleet"
	"github.com/adbferry/adbferry/controller/internal/migrate"
	"github.com/adbferry/adbferry/pkg/advice"
	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// restartPatience allows for agents that start after their controller: nobody waits
// for an interrupted migration, so it can wait for them.
var restartPatience = fleet.Patience{First: 500 * time.Millisecond, Longest: 30 * time.Second, Total: math.MaxInt64}

// Interrupted returns the migrations that nobody carries out although nobody asked
// for their end: those of a process that died, or of a controller that shut down. It is an error when the journals
// cannot be listed; one that cannot be read is passed over.
func (s *Service) Interrupted() ([]string, error) {
	ids, err := s.Store.IDs()
	if err != nil {
		return nil, err
	}
	var interrupted []string
	for _, id := range ids {
		status, err := s.Store.Status(id)
		if err != nil || !progress.Interrupted(status) {
			continue // a damaged journal is told of when somebody asks for it
		}
		if _, held, err := s.Store.Holder(id); err == nil && !held {
			interrupted = append(interrupted, id)
		}
	}
	return interrupted, nil
}

// Continue goes on with an interrupted migration without being asked to. It waits
// for agents until ctx ends; a PAR that will not do pauses the migration. On return
// it is durable that the migration runs again, or that it is paused, unless
// somebody else was faster. It may be repeated.
//
// Errors: the context's cause and migrate.ErrClosing, which leave it interrupted;
// journal.ErrNotFound; *journal.BusyError, *journal.CorruptError and
// *journal.WriteError. Those of agents and of the PAR are not returned: they are
// why a migration is paused.
func (s *Service) Continue(ctx context.Context, id, parURL string) error {
	outage := restartPatience.Outage()
	for {
		status, err := s.Store.Status(id)
		if err != nil || s.Runs.Active(id) || !progress.Interrupted(status) {
			return err // somebody was faster
		}
		if err = s.admit(ctx, status, parURL); err == nil {
			_, err = s.Runs.Continue(id, parURL)
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if !apierr.Retryable(err) {
			_, pauseErr := s.Runs.Pause(id, migrate.PausedFor(id, err))
			return pauseErr
		}
		if err := outage.Wait(ctx, err); err != nil {
			return err
		}
	}
}

// Park pauses an interrupted migration that this controller has no PAR for. It is
// durable on return; the errors are those of journals, as for Continue.
func (s *Service) Park(id string) error {
	_, err := s.Runs.Pause(id, &pb.Failure{
		Reason: pb.Reason_REASON_CANCELLED,
		Text:   "the controller process ended while the migration was running, and the configuration has no PAR to go on with",
		Hint:   "go on with: " + advice.Resume(id) + "; with par in its configuration, adbferry serve goes on by itself",
	})
	return err
}
