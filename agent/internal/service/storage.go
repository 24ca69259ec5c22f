package service

import (
	"context"

	"github.com/adbferry/adbferry/agent/internal/bucket"
	"github.com/adbferry/adbferry/agent/internal/dbmscloud"
	"github.com/adbferry/adbferry/agent/internal/ledger"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/agent/internal/staging"
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
	probe, err := s.Store.Check(ctx, u, req.GetMigrationId())
	if err != nil {
		return nil, err
	}
	return &pb.CheckStorageResponse{Namespace: u.Namespace(), Bucket: u.Bucket(), ProbeObject: probe}, nil
}

// Discard removes staging tables, operations and ledger entries of a migration
// from the database and, with a PAR, reports the objects that it cannot remove.
func (s *Service) Discard(ctx context.Context, req *pb.DiscardRequest) (*pb.DiscardResponse, error) {
	if err := checkMigration(req.GetMigrationId()); err != nil {
		return nil, err
	}
	resp := &pb.DiscardResponse{}
	if req.GetParUrl() != "" {
		u, err := bucket.Parse(req.GetParUrl())
		if err != nil {
			return nil, err
		}
		left, err := s.Store.Leftover(ctx, u, req.GetMigrationId())
		if err != nil {
			return nil, err
		}
		if left != nil {
			resp.Leftovers = append(resp.Leftovers, left)
		}
		return resp, nil
	}
	return with(ctx, s, "discard", func(ctx context.Context, session *oracle.Session) (*pb.DiscardResponse, error) {
		if err := staging.DropMigration(ctx, session, req.GetMigrationId()); err != nil {
			return nil, err
		}
		if err := dbmscloud.ForgetFolder(ctx, session, "/"+req.GetMigrationId()+"/", true); err != nil {
			return nil, err
		}
		return resp, ledger.Discard(ctx, session, req.GetMigrationId())
	})
}
