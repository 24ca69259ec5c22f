package service

import (
	"context"

	"github.com/adbferry/adbferry/agent/internal/catalog"
	"github.com/adbferry/adbferry/agent/internal/chunk"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/agent/internal/plan"
	"github.com/adbferry/adbferry/agent/internal/table"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// PlanTable decides how a table is moved.
func (s *Service) PlanTable(ctx context.Context, req *pb.PlanTableRequest) (*pb.PlanTableResponse, error) {
	if req.GetScn() <= 0 {
		return nil, invalid("scn", "scn must be positive, got %d", req.GetScn())
	}
	return with(ctx, s, "plan "+req.GetTable().GetName(), func(ctx context.Context, session *oracle.Session) (*pb.PlanTableResponse, error) {
		p, err := plan.Table(ctx, session, req)
		if err != nil {
			return nil, err
		}
		return &pb.PlanTableResponse{Plan: p}, nil
	})
}

// PrepareTable makes sure that the target table is there and fits.
func (s *Service) PrepareTable(ctx context.Context, req *pb.PrepareTableRequest) (*pb.PrepareTableResponse, error) {
	if err := checkMigration(req.GetMigrationId()); err != nil {
		return nil, err
	}
	if err := checkPlan(req.GetPlan()); err != nil {
		return nil, err
	}
	return with(ctx, s, "prepare "+req.GetPlan().GetTarget().GetName(), func(ctx context.Context, session *oracle.Session) (*pb.PrepareTableResponse, error) {
		return table.Prepare(ctx, session, req.GetMigrationId(), req.GetPlan(), req.GetValidateOnly())
	})
}

// FinishTable adds keys, checks, indexes and comments, or the foreign keys.
func (s *Service) FinishTable(ctx context.Context, req *pb.FinishTableRequest) (*pb.FinishTableResponse, error) {
	if err := checkMigration(req.GetMigrationId()); err != nil {
		return nil, err
	}
	if err := checkPlan(req.GetPlan()); err != nil {
		return nil, err
	}
	return with(ctx, s, "finish "+req.GetPlan().GetTarget().GetName(), func(ctx context.Context, session *oracle.Session) (*pb.FinishTableResponse, error) {
		return table.Finish(ctx, session, req.GetPlan(), req.GetReferences())
	})
}

// EmptyTable removes a migration's rows, so that the table can be moved again.
func (s *Service) EmptyTable(ctx context.Context, req *pb.EmptyTableRequest) (*pb.EmptyTableResponse, error) {
	if err := checkMigration(req.GetMigrationId()); err != nil {
		return nil, err
	}
	if err := checkPlan(req.GetPlan()); err != nil {
		return nil, err
	}
	return with(ctx, s, "empty "+req.GetPlan().GetTarget().GetName(), func(ctx context.Context, session *oracle.Session) (*pb.EmptyTableResponse, error) {
		rows, err := table.Empty(ctx, session, req.GetMigrationId(), req.GetPlan())
		if err != nil {
			return nil, err
		}
		return &pb.EmptyTableResponse{RowsRemoved: rows}, nil
	})
}

// Count counts the rows of a table or chunk exactly.
func (s *Service) Count(ctx context.Context, req *pb.CountRequest) (*pb.CountResponse, error) {
	t, err := oracle.NewTable(req.GetTable())
	if err != nil {
		return nil, err
	}
	if req.GetScn() < 0 {
		return nil, invalid("scn", "scn must not be negative, got %d", req.GetScn())
	}
	from, err := chunk.Filtered(t, req.GetScn(), req.GetWhere())
	if req.GetChunk() != nil {
		from, err = chunk.From(t, req.GetChunk())
	}
	if err != nil {
		return nil, err
	}
	return with(ctx, s, "count "+req.GetTable().GetName(), func(ctx context.Context, session *oracle.Session) (*pb.CountResponse, error) {
		rows, err := catalog.Count(ctx, session, from)
		if err != nil {
			return nil, err
		}
		return &pb.CountResponse{Rows: rows}, nil
	})
}
