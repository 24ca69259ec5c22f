package service

import (
	"context"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// CleanUp implements MigrationService.
func (s *Service) CleanUp(ctx context.Context, req *pb.CleanUpRequest) (*pb.CleanUpResponse, error) {
	if req.GetParUrl() != "" {
		if err := checkPAR(req.GetParUrl()); err != nil {
			return nil, err
		}
	}
	done, err := s.Runs.CleanUp(ctx, req.GetMigrationId(), req.GetParUrl(), req.GetGiveUp())
	if err != nil {
		return nil, explain(req.GetMigrationId(), err)
	}
	return &pb.CleanUpResponse{Removed: done.GetRemoved(), Leftovers: done.GetLeftovers()}, nil
}
