package service

import (
	"cmp"
	"context"
	"errors"

	"github.com/adbferry/adbferry/controller/internal/journal"
	"github.com/adbferry/adbferry/controller/internal/migrate"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// GetMigration implements MigrationService.
func (s *Service) GetMigration(_ context.Context, req *pb.GetMigrationRequest) (*pb.GetMigrationResponse, error) {
	status, err := s.status(req.GetMigrationId())
	return &pb.GetMigrationResponse{Migration: status}, err
}

// status is a migration as its journal has it, with two exceptions: one that runs
// by its journal while nobody carries it out is shown as stopped, and one that was
// given up does not advise to go on.
func (s *Service) status(id string) (*pb.MigrationStatus, error) {
	status, err := s.carried(id)
	if gone := apierr.FailureOf(migrate.Startable(status)); gone != nil {
		if status.GetFailure() == nil {
			status.Failure = &pb.Failure{Reason: gone.GetReason(), Text: gone.GetText()}
		}
		status.Failure.Hint = gone.GetHint()
	}
	return status, err
}

// carried is status without the second exception.
func (s *Service) carried(id string) (*pb.MigrationStatus, error) {
	status, err := s.Store.Status(id)
	if err != nil {
		return nil, explain(id, err)
	}
	if status.GetState() != pb.MigrationState_MIGRATION_STATE_RUNNING {
		return status, nil
	}
	if _, held, err := s.Store.Holder(id); err != nil || held {
		return status, explain(id, err)
	}
	// It may have ended between the two looks.
	if status, err = s.Store.Status(id); err == nil && status.GetState() == pb.MigrationState_MIGRATION_STATE_RUNNING {
		status.State = pb.MigrationState_MIGRATION_STATE_STOPPED
		status.Failure = apierr.FailureOf(s.ended(id, journal.ErrAbandoned))
	}
	return status, explain(id, err)
}

// ended explains how following a migration ended. One that nobody carries out any
// more may have ended here, without a word in its journal.
func (s *Service) ended(id string, err error) error {
	if errors.Is(err, journal.ErrAbandoned) {
		err = cmp.Or(s.Runs.Broken(id), err)
	}
	return explain(id, err)
}
