package service

import (
	"cmp"
	"context"

	"github.com/adbferry/adbferry/controller/internal/journal"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// StopMigration implements MigrationService. It waits until the migration has
// stopped. One that was interrupted is stopped for good: it would go on by itself
// when a controller starts. One that another process carries out cannot be stopped from here.
func (s *Service) StopMigration(ctx context.Context, req *pb.StopMigrationRequest) (*pb.StopMigrationResponse, error) {
	id := req.GetMigrationId()
	if !s.Runs.Active(id) {
		if who, held, err := s.Store.Holder(id); err != nil || held {
			return nil, explain(id, cmp.Or(err, error(&journal.BusyError{ID: id, Holder: who})))
		}
	}
	if err := s.Runs.Stop(ctx, id); err != nil {
		return nil, explain(id, err)
	}
	status, err := s.status(id)
	return &pb.StopMigrationResponse{Migration: status}, err
}
