package service

import (
	"context"
	"time"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// StartMigration implements MigrationService. The PAR is checked first, so that a
// wrong one changes nothing.
func (s *Service) StartMigration(ctx context.Context, req *pb.StartMigrationRequest) (*pb.StartMigrationResponse, error) {
	id := req.GetMigrationId()
	status, err := s.Store.Status(id)
	if err != nil {
		return nil, explain(id, err)
	}
	if s.Runs.Active(id) && status.GetState() == pb.MigrationState_MIGRATION_STATE_RUNNING ||
		status.GetState() == pb.MigrationState_MIGRATION_STATE_VERIFIED {
		return &pb.StartMigrationResponse{Migration: status}, nil
	}
	if err := s.checkExpiry(ctx, status, req, time.Now()); err != nil {
		return nil, err
	}
	if err := s.admit(ctx, status, req.GetParUrl()); err != nil {
		return nil, err
	}
	status, err = s.Runs.Start(id, req.GetParUrl())
	return &pb.StartMigrationResponse{Migration: status}, explain(id, err)
}
