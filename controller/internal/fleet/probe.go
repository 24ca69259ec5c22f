package fleet

import (
	"context"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// CreateProbe makes the small tables of a diagnosis.
func (a *Agent) CreateProbe(ctx context.Context, req *pb.CreateProbeRequest) (*pb.CreateProbeResponse, error) {
	return long(ctx, a, "create probe", a.client.CreateProbe, req)
}

// ProbeBehaviour asks the database what the documentation leaves open.
func (a *Agent) ProbeBehaviour(ctx context.Context, req *pb.ProbeBehaviourRequest) (*pb.ProbeBehaviourResponse, error) {
	return long(ctx, a, "probe behaviour", a.client.ProbeBehaviour, req)
}

// DropProbe drops the tables of a diagnosis.
func (a *Agent) DropProbe(ctx context.Context, req *pb.DropProbeRequest) (*pb.DropProbeResponse, error) {
	return long(ctx, a, "drop probe", a.client.DropProbe, req)
}
