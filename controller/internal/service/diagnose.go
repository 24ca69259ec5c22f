package service

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// DiagnosePair is not offered by this version.
func (s *Service) DiagnosePair(*pb.DiagnosePairRequest, grpc.ServerStreamingServer[pb.DiagnosePairResponse]) error {
	return notOffered("DiagnosePair")
}

// GetDiagnosis is not offered by this version.
func (s *Service) GetDiagnosis(context.Context, *pb.GetDiagnosisRequest) (*pb.GetDiagnosisResponse, error) {
	return nil, notOffered("GetDiagnosis")
}

func notOffered(rpc string) error {
	return apierr.New(codes.Unimplemented, pb.Reason_REASON_REQUEST_INVALID, "this controller does not offer %s", rpc)
}
