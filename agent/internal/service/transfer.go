package service

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/adbferry/adbferry/agent/internal/attempt"
	"github.com/adbferry/adbferry/agent/internal/bucket"
	"github.com/adbferry/adbferry/agent/internal/transfer"
	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Export writes one chunk and streams its progress; the last event has the manifest.
func (s *Service) Export(req *pb.ExportRequest, stream grpc.ServerStreamingServer[pb.ExportResponse]) error {
	job, err := newJob(req, req.GetParUrl())
	if err != nil {
		return err
	}
	work := func(ctx context.Context, report func(*pb.ChunkProgress)) (*pb.ChunkChanged, error) {
		return s.Transfer.Export(ctx, job, report)
	}
	return s.follow(stream.Context(), pb.Phase_PHASE_EXPORT, job, work, func(e *pb.Event) error {
		return stream.Send(&pb.ExportResponse{Event: e})
	})
}

// Import loads the objects of a manifest once and streams its progress.
func (s *Service) Import(req *pb.ImportRequest, stream grpc.ServerStreamingServer[pb.ImportResponse]) error {
	job, err := newJob(req, req.GetParUrl())
	if err != nil {
		return err
	}
	manifest := req.GetManifest()
	if manifest == nil || manifest.GetRows() < 0 || (manifest.GetRows() > 0) != (len(manifest.GetObjects()) > 0) {
		return invalid("manifest", "the manifest of chunk %s does not say what to load", req.GetChunk().GetChunkId())
	}
	work := func(ctx context.Context, report func(*pb.ChunkProgress)) (*pb.ChunkChanged, error) {
		return s.Transfer.Import(ctx, job, manifest, report)
	}
	return s.follow(stream.Context(), pb.Phase_PHASE_STAGE, job, work, func(e *pb.Event) error {
		return stream.Send(&pb.ImportResponse{Event: e})
	})
}

// Cancel ends a running export or import.
func (s *Service) Cancel(ctx context.Context, req *pb.CancelRequest) (*pb.CancelResponse, error) {
	if err := checkMigration(req.GetMigrationId()); err != nil {
		return nil, err
	}
	cancelled, err := s.Attempts.Cancel(ctx, req.GetMigrationId(), req.GetChunkId(), req.GetAttempt())
	if err != nil {
		return nil, err
	}
	return &pb.CancelResponse{Cancelled: cancelled}, nil
}

func newJob(req attempted, parURL string) (transfer.Job, error) {
	if err := checkAttempt(req); err != nil {
		return transfer.Job{}, err
	}
	u, err := bucket.Parse(parURL)
	if err != nil {
		return transfer.Job{}, err
	}
	return transfer.Job{Migration: req.GetMigrationId(), Plan: req.GetPlan(), Chunk: req.GetChunk(), Attempt: req.GetAttempt(), URL: u}, nil
}

// follow streams an attempt's events: ticks, then its outcome.
func (s *Service) follow(ctx context.Context, phase pb.Phase, j transfer.Job, work attempt.Work, send func(*pb.Event) error) error {
	subject := progress.Subject{Migration: j.Migration, Table: j.Plan.GetTableId(), Chunk: j.Chunk.GetChunkId(), Attempt: j.Attempt}
	key := attempt.Key{Phase: phase, Migration: j.Migration, Chunk: j.Chunk.GetChunkId(), Attempt: j.Attempt}
	outcome, err := s.Attempts.Follow(ctx, key, work, func(p *pb.ChunkProgress) error { return send(stamped(subject.Tick(p))) })
	if err != nil {
		return err
	}
	if err := send(stamped(subject.ChunkChanged(outcome))); err != nil {
		return fmt.Errorf("send outcome: %w", err)
	}
	return nil
}

// stamped gives an event the time it was sent at.
func stamped(e *pb.Event) *pb.Event {
	e.Time = timestamppb.New(time.Now())
	return e
}
