package service

import (
	"context"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// GetReceipt is not offered by this version.
func (s *Service) GetReceipt(context.Context, *pb.GetReceiptRequest) (*pb.GetReceiptResponse, error) {
	return nil, notOffered("GetReceipt")
}
