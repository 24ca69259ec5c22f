package service

import (
	"context"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/advice"
	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/receipt"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// GetReceipt implements MigrationService.
func (s *Service) GetReceipt(_ context.Context, req *pb.GetReceiptRequest) (*pb.GetReceiptResponse, error) {
	status, err := s.status(req.GetMigrationId())
	if err != nil {
		return nil, err
	}
	if status.GetReceipt() == nil {
		return nil, apierr.New(codes.FailedPrecondition, pb.Reason_REASON_MIGRATION_BUSY,
			"migration %s has no receipt: it has not come to an end", req.GetMigrationId()).
			WithHint("see how far it is with: %s", advice.Status(req.GetMigrationId())).
			WithFact("migration_id", req.GetMigrationId())
	}
	key, err := s.ReceiptKey()
	if err != nil {
		return nil, err
	}
	signed, err := receipt.Sign(key, status.GetReceipt())
	if err != nil {
		return nil, err
	}
	return &pb.GetReceiptResponse{Receipt: signed}, nil
}
