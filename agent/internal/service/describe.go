package service

import (
	"context"

	"github.com/adbferry/adbferry/agent/internal/catalog"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// DescribeDatabase says what the agent's database is.
func (s *Service) DescribeDatabase(ctx context.Context, _ *pb.DescribeDatabaseRequest) (*pb.DescribeDatabaseResponse, error) {
	d, err := with(ctx, s, "describe", func(ctx context.Context, session *oracle.Session) (*pb.DatabaseDescription, error) {
		return catalog.DescribeDatabase(ctx, session)
	})
	if err != nil {
		return nil, err
	}
	d.Region, d.ServiceLevel, d.AgentVersion = s.Region, s.Database.Service(), s.Version
	return &pb.DescribeDatabaseResponse{Database: d}, nil
}
