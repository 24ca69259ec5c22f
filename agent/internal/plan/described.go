package plan

import (
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/agent/internal/catalog"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// describe takes the table as the caller has it, else as the dictionary does.
func describe(ctx context.Context, s *oracle.Session, t oracle.Table, req *pb.PlanTableRequest) (*pb.Table, error) {
	described := req.GetDescribed()
	if described == nil {
		return catalog.Defined(ctx, s, t)
	}
	if !proto.Equal(described.GetName(), req.GetTable()) || described.GetDefinition() == nil {
		return nil, apierr.New(codes.InvalidArgument, pb.Reason_REASON_REQUEST_INVALID, "what describes table %s is another table, or has no definition", t.Text()).
			WithFact("field", "described")
	}
	return described, nil
}
