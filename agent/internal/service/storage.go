package service

import (
	"context"

	"github.com/adbferry/adbferry/agent/internal/bucket"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// CheckStorage proves what the PAR permits.
func (s *Service) CheckStorage(ctx context.Context, req *pb.CheckStorageRequest) (*pb.CheckStorageResponse, error) {
	if err := checkMigration(req.GetMigrationId()); err != nil {
		return nil, err
	}
	u, err := bucket.Parse(req.GetParUrl())
	if err != nil {
		return nil, err
	}
	if req.GetListOnly() && s.Store.Lists(ctx, u, req.GetMigrationId()) {
		return &pb.CheckStorageResponse{Namespace: u.Namespace(), Bucket: u.Bucket()}, nil
	}
	probe, err := s.Store.Check(ctx, u, req.GetMigrationId())
	if err != nil {
		return nil, err
	}
	return &pb.CheckStorageResponse{Namespace: u.Namespace(), Bucket: u.Bucket(), ProbeObject: probe}, nil
}
