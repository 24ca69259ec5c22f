package service

import (
	"context"

	"github.com/adbferry/adbferry/controller/internal/fleet"
	"github.com/adbferry/adbferry/controller/internal/migrate"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// ReplacePar implements MigrationService. A PAR that will not do changes nothing.
func (s *Service) ReplacePar(ctx context.Context, req *pb.ReplaceParRequest) (*pb.ReplaceParResponse, error) {
	id := req.GetMigrationId()
	status, err := s.Store.Status(id)
	if err != nil {
		return nil, explain(id, err)
	}
	if status.GetState() == pb.MigrationState_MIGRATION_STATE_VERIFIED {
		return &pb.ReplaceParResponse{Migration: status}, nil
	}
	if err := s.admit(ctx, status, req.GetParUrl()); err != nil {
		return nil, err
	}
	replaced, err := s.Runs.ReplacePAR(ctx, id, req.GetParUrl())
	if err != nil {
		return nil, err
	}
	if replaced {
		status, err = s.status(id)
		return &pb.ReplaceParResponse{Migration: status}, err
	}
	status, err = s.Runs.Start(id, req.GetParUrl())
	return &pb.ReplaceParResponse{Migration: status, Started: true}, explain(id, err)
}

// admit checks a PAR from all sides before a migration gets it: it has to lead to
// where the migration's objects are, the source has to write with it and the
// target to read.
func (s *Service) admit(ctx context.Context, status *pb.MigrationStatus, parURL string) error {
	if err := checkPAR(parURL); err != nil {
		return err
	}
	place, err := migrate.Place(parURL)
	if err != nil {
		return err
	}
	if err := migrate.Startable(status); err != nil {
		return err
	}
	if err := migrate.CheckPlace(status, place); err != nil {
		return err
	}
	source, target, err := s.agents(status.GetPlan().GetSpec())
	if err != nil {
		return err
	}
	return fleet.ProvePAR(ctx, status.GetMigrationId(), parURL, source, target)
}
