package service

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/adbferry/adbferry/controller/internal/fleet"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// ListDatabases implements MigrationService. It asks all agents at the same time.
func (s *Service) ListDatabases(ctx context.Context, _ *pb.ListDatabasesRequest) (*pb.ListDatabasesResponse, error) {
	names := s.Fleet.Names()
	resp := &pb.ListDatabasesResponse{Databases: make([]*pb.DatabaseStatus, len(names))}
	var group errgroup.Group
	for n, name := range names {
		agent, err := s.Fleet.Agent(name)
		if err != nil {
			return nil, err
		}
		group.Go(func() error {
			resp.Databases[n] = look(ctx, agent)
			return nil
		})
	}
	return resp, group.Wait()
}

// lookTime bounds the asking of one agent: one that is frozen does not hold up the list.
const lookTime = 10 * time.Second

// look asks one agent and keeps its failure beside its name.
func look(ctx context.Context, agent *fleet.Agent) *pb.DatabaseStatus {
	ctx, cancel := context.WithTimeoutCause(ctx, lookTime, agent.Unreachable(context.DeadlineExceeded))
	defer cancel()
	d, err := agent.Patient(fleet.Impatience).DescribeDatabase(ctx)
	return &pb.DatabaseStatus{Name: agent.Name(), AgentAddress: agent.Address(), Description: d, Failure: apierr.FailureOf(err)}
}
