package service

import (
	"context"

	"github.com/adbferry/adbferry/agent/internal/checksum"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Checksum digests the rows of a table or chunk.
func (s *Service) Checksum(ctx context.Context, req *pb.ChecksumRequest) (*pb.ChecksumResponse, error) {
	return with(ctx, s, "checksum "+req.GetSelection().GetTable().GetName(), func(ctx context.Context, session *oracle.Session) (*pb.ChecksumResponse, error) {
		return checksum.Table(ctx, session, req)
	})
}

// ListRowDigests lists the rows of a few buckets by key.
func (s *Service) ListRowDigests(ctx context.Context, req *pb.ListRowDigestsRequest) (*pb.ListRowDigestsResponse, error) {
	return with(ctx, s, "compare "+req.GetSelection().GetTable().GetName(), func(ctx context.Context, session *oracle.Session) (*pb.ListRowDigestsResponse, error) {
		return checksum.Rows(ctx, session, req)
	})
}
