package service

import (
	"context"
	"errors"

	"github.com/adbferry/adbferry/agent/internal/bucket"
	"github.com/adbferry/adbferry/agent/internal/dbmscloud"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/agent/internal/probe"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// maxSizes is how many sizes of large objects one probe tries.
const maxSizes = 16

// CreateProbe makes the tables of a round trip.
func (s *Service) CreateProbe(ctx context.Context, req *pb.CreateProbeRequest) (*pb.CreateProbeResponse, error) {
	if err := checkMigration(req.GetMigrationId()); err != nil {
		return nil, err
	}
	sizes := req.GetLobBytes()
	if len(sizes) == 0 {
		sizes = pb.DefaultLOBBytes()
	}
	if len(sizes) > maxSizes {
		return nil, invalid("lob_bytes", "at most %d sizes are taken, got %d", maxSizes, len(sizes))
	}
	for _, size := range sizes {
		if size < 1 || size > probe.MaxLarge {
			return nil, invalid("lob_bytes", "sizes must be 1 to %d bytes, got %d", probe.MaxLarge, size)
		}
	}
	return with(ctx, s, "create probe", func(ctx context.Context, session *oracle.Session) (*pb.CreateProbeResponse, error) {
		tables, err := probe.Create(ctx, session, s.Database.User(), req.GetMigrationId(), sizes, req.GetMaxStringBytes())
		return &pb.CreateProbeResponse{Tables: tables}, err
	})
}

// ProbeBehaviour asks the database what the documentation leaves open.
func (s *Service) ProbeBehaviour(ctx context.Context, req *pb.ProbeBehaviourRequest) (*pb.ProbeBehaviourResponse, error) {
	if err := checkMigration(req.GetMigrationId()); err != nil {
		return nil, err
	}
	u, err := bucket.Parse(req.GetParUrl())
	if err != nil {
		return nil, err
	}
	return with(ctx, s, "probe", func(ctx context.Context, session *oracle.Session) (*pb.ProbeBehaviourResponse, error) {
		prober := probe.Prober{Session: session, Store: s.Store, URL: u, Migration: req.GetMigrationId()}
		answers, err := prober.Behaviour(ctx)
		sid, serial := session.ID()
		return &pb.ProbeBehaviourResponse{Answers: answers}, errors.Join(err, dbmscloud.Forget(context.WithoutCancel(ctx), session, sid, serial))
	})
}

// DropProbe drops the tables of a probe.
func (s *Service) DropProbe(ctx context.Context, req *pb.DropProbeRequest) (*pb.DropProbeResponse, error) {
	if err := checkMigration(req.GetMigrationId()); err != nil {
		return nil, err
	}
	return with(ctx, s, "drop probe", func(ctx context.Context, session *oracle.Session) (*pb.DropProbeResponse, error) {
		dropped, err := probe.Drop(ctx, session, s.Database.User(), req.GetMigrationId())
		return &pb.DropProbeResponse{Dropped: dropped}, err
	})
}
