package service

import (
	"context"
	"math"
	"time"

	"github.com/adbferry/adbferry/controller/internal/fleet"
	"github.com/adbferry/adbferry/controller/internal/migrate"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// restartPatience is with agents that start later than their controller: a
// migration that nobody waits for can wait for them.
var restartPatience = fleet.Patience{First: 500 * time.Millisecond, Longest: 30 * time.Second, Total: math.MaxInt64}

// Interrupted returns the migrations that run by their journals while nobody
// carries them out: those of a process that died.
func (s *Service) Interrupted() ([]string, error) {
	ids, err := s.Store.IDs()
	if err != nil {
		return nil, err
	}
	var interrupted []string
	for _, id := range ids {
		status, err := s.Store.Status(id)
		if err != nil || status.GetState() != pb.MigrationState_MIGRATION_STATE_RUNNING {
			continue // a damaged journal is told of when somebody asks for it
		}
		if _, held, err := s.Store.Holder(id); err == nil && !held {
			interrupted = append(interrupted, id)
		}
	}
	return interrupted, nil
}

// Continue goes on with an interrupted migration without being asked to. It waits
// for agents until ctx ends; a PAR that will not do pauses the migration.
func (s *Service) Continue(ctx context.Context, id, parURL string) error {
	outage := restartPatience.Outage()
	for {
		status, err := s.Store.Status(id)
		if err != nil || s.Runs.Active(id) || status.GetState() != pb.MigrationState_MIGRATION_STATE_RUNNING {
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

// Park pauses an interrupted migration that this controller has no PAR for.
func (s *Service) Park(id string) error {
	_, err := s.Runs.Pause(id, &pb.Failure{
		Reason: pb.Reason_REASON_CANCELLED,
		Text:   "the controller ended without a word while the migration ran, and has no PAR of its own to go on with",
		Hint:   resumeHint(id) + "; with par in its configuration, adbferry serve goes on by itself",
	})
	return err
}
