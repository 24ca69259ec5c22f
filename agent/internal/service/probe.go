package service

import (
	"context"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// EmptyTable is not offered by this version.
func (s *Service) EmptyTable(context.Context, *pb.EmptyTableRequest) (*pb.EmptyTableResponse, error) {
	return nil, notOffered("EmptyTable")
}

// CreateProbe is not offered by this version.
func (s *Service) CreateProbe(context.Context, *pb.CreateProbeRequest) (*pb.CreateProbeResponse, error) {
	return nil, notOffered("CreateProbe")
}

// ProbeBehaviour is not offered by this version.
func (s *Service) ProbeBehaviour(context.Context, *pb.ProbeBehaviourRequest) (*pb.ProbeBehaviourResponse, error) {
	return nil, notOffered("ProbeBehaviour")
}

// DropProbe is not offered by this version.
func (s *Service) DropProbe(context.Context, *pb.DropProbeRequest) (*pb.DropProbeResponse, error) {
	return nil, notOffered("DropProbe")
}

func notOffered(rpc string) error {
	return apierr.New(codes.Unimplemented, pb.Reason_REASON_REQUEST_INVALID, "this agent does not offer %s", rpc)
}
