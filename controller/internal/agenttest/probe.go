package agenttest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// probeRows is how many rows a probe's tables have.
const probeRows = 4

// probePrefix starts the names of a probe's tables.
func probePrefix(migration string) string { return "PROBE_" + migration + "_" }

// CreateProbe implements AgentService.
func (a *Agent) CreateProbe(ctx context.Context, req *pb.CreateProbeRequest) (*pb.CreateProbeResponse, error) {
	f, err := a.enter(ctx, "CreateProbe", req.GetMigrationId())
	if err != nil {
		return nil, err
	}
	resp := &pb.CreateProbeResponse{}
	for i := range 1 + len(req.GetLobBytes()) {
		name := &pb.TableName{Schema: "ADMIN", Name: fmt.Sprintf("%s%d", probePrefix(req.GetMigrationId()), i)}
		columns := []*pb.Column{{Name: "ID", DataType: "NUMBER"}, {Name: "T", DataType: "VARCHAR2"}}
		a.AddTable(name, probeRows, columns...)
		resp.Tables = append(resp.Tables, &pb.Table{Name: name, Columns: columns})
	}
	if req.GetMaxStringBytes() == 32767 {
		name := &pb.TableName{Schema: "ADMIN", Name: probePrefix(req.GetMigrationId()) + "X"}
		columns := []*pb.Column{{Name: "ID", DataType: "NUMBER"}, {Name: "LONG_TEXT", DataType: "VARCHAR2", CharLength: 32767}}
		a.AddTable(name, probeRows, columns...)
		resp.Tables = append(resp.Tables, &pb.Table{Name: name, Columns: columns})
	}
	return resp, f.After
}

// ProbeBehaviour implements AgentService.
func (a *Agent) ProbeBehaviour(ctx context.Context, req *pb.ProbeBehaviourRequest) (*pb.ProbeBehaviourResponse, error) {
	f, err := a.enter(ctx, "ProbeBehaviour", req.GetMigrationId())
	if err != nil {
		return nil, err
	}
	return &pb.ProbeBehaviourResponse{Answers: []*pb.Answer{
		{Question: "copy-commit", Text: "Does COPY_DATA commit?", Answer: "commits both", Detail: "on " + a.name},
	}}, f.After
}

// DropProbe implements AgentService.
func (a *Agent) DropProbe(ctx context.Context, req *pb.DropProbeRequest) (*pb.DropProbeResponse, error) {
	f, err := a.enter(ctx, "DropProbe", req.GetMigrationId())
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	resp := &pb.DropProbeResponse{}
	for _, id := range slices.Sorted(maps.Keys(a.tables)) {
		if name := a.tables[id].description.GetName(); strings.HasPrefix(name.GetName(), probePrefix(req.GetMigrationId())) {
			resp.Dropped = append(resp.Dropped, name)
			delete(a.tables, id)
		}
	}
	return resp, f.After
}
