package service

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/controller/internal/fleet"
	"github.com/adbferry/adbferry/controller/internal/journal"
	"github.com/adbferry/adbferry/controller/internal/plan"
	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// planLanes is how many tables are planned at the same time; the source counts
// each of them.
const planLanes = 4

// CreateMigration implements MigrationService.
func (s *Service) CreateMigration(ctx context.Context, req *pb.CreateMigrationRequest) (*pb.CreateMigrationResponse, error) {
	if err := checkCreate(req); err != nil {
		return nil, err
	}
	id := req.GetMigrationId()
	if !req.GetValidateOnly() {
		existing, err := s.existing(id, req.GetSpec())
		if err != nil || existing != nil {
			return &pb.CreateMigrationResponse{Migration: existing}, err
		}
	}
	p, err := s.plan(ctx, req)
	if err != nil {
		return nil, err
	}
	if req.GetValidateOnly() {
		return &pb.CreateMigrationResponse{Migration: unkept(id, p)}, nil
	}
	status, err := s.Store.Create(id, p)
	if errors.Is(err, journal.ErrExists) { // by another call meanwhile
		status, err = s.existing(id, req.GetSpec())
	}
	return &pb.CreateMigrationResponse{Migration: status}, explain(id, err)
}

// checkCreate checks what can be checked without asking anybody.
func checkCreate(req *pb.CreateMigrationRequest) error {
	if !journal.ValidID(req.GetMigrationId()) {
		return apierr.New(codes.InvalidArgument, pb.Reason_REASON_REQUEST_INVALID, "%q is no migration ID", req.GetMigrationId()).
			WithHint("use 1 to 63 letters, digits, '-' and '_', and start with a letter or digit").
			WithFact("field", "migration_id")
	}
	if req.GetParUrl() != "" {
		if err := checkPAR(req.GetParUrl()); err != nil {
			return err
		}
	}
	return plan.CheckSpec(req.GetSpec())
}

// existing returns the migration of an ID if it was created from the same spec,
// nil when the ID is free.
func (s *Service) existing(id string, spec *pb.MigrationSpec) (*pb.MigrationStatus, error) {
	status, err := s.Store.Status(id)
	switch {
	case errors.Is(err, journal.ErrNotFound):
		return nil, nil //nolint:nilnil // a free ID is neither a migration nor an error
	case err != nil:
		return nil, explain(id, err)
	case !proto.Equal(status.GetPlan().GetSpec(), spec):
		return nil, apierr.New(codes.AlreadyExists, pb.Reason_REASON_MIGRATION_EXISTS, "migration %s exists and is another one", id).
			WithHint("choose another --id, or go on with that migration: adbferry resume %s", id).
			WithFact("migration_id", id)
	}
	return status, nil
}

// unkept is the status a migration would have right after it was created.
func unkept(id string, p *pb.MigrationPlan) *pb.MigrationStatus {
	status := &pb.MigrationStatus{}
	e := progress.Subject{Migration: id}.Planned(p)
	e.Sequence = 1
	progress.Fold(status, e)
	status.LastSequence = 0
	return status
}

// plan asks both agents for what a plan needs and checks everything that can be
// checked before a row moves. It changes nothing but a probe object in the bucket.
func (s *Service) plan(ctx context.Context, req *pb.CreateMigrationRequest) (*pb.MigrationPlan, error) {
	source, target, err := s.agents(req.GetSpec())
	if err != nil {
		return nil, err
	}
	q := planning{req: req, source: source, target: target}
	if err := q.describe(ctx); err != nil {
		return nil, err
	}
	if err := q.each(ctx, q.find); err != nil {
		return nil, err
	}
	if req.GetParUrl() != "" {
		if err := checkStorage(ctx, req.GetMigrationId(), req.GetParUrl(), source, target); err != nil {
			return nil, err
		}
	}
	if err := q.each(ctx, q.planTable); err != nil {
		return nil, err
	}
	p, err := plan.Build(req.GetSpec(), q.sourceIs, q.targetIs, q.sourceIs.GetCurrentScn(), q.tables)
	if err != nil {
		return nil, err
	}
	return p, q.each(ctx, q.tryPrepare)
}

// agents returns both agents, with the patience of somebody who waits for a plan.
func (s *Service) agents(spec *pb.MigrationSpec) (source, target *fleet.Agent, err error) {
	if source, err = s.Fleet.Agent(spec.GetSource()); err != nil {
		return nil, nil, err
	}
	if target, err = s.Fleet.Agent(spec.GetTarget()); err != nil {
		return nil, nil, err
	}
	return source.Patient(fleet.Impatience), target.Patient(fleet.Impatience), nil
}

// A planning is what is known while a plan is made.
type planning struct {
	req                *pb.CreateMigrationRequest
	source, target     *fleet.Agent
	sourceIs, targetIs *pb.DatabaseDescription
	tables             []*pb.TablePlan // by selection
}

// describe asks both databases; the current SCN of the source becomes the
// migration's.
func (q *planning) describe(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		q.sourceIs, err = q.source.DescribeDatabase(ctx)
		return err
	})
	group.Go(func() (err error) {
		q.targetIs, err = q.target.DescribeDatabase(ctx)
		return err
	})
	q.tables = make([]*pb.TablePlan, len(q.req.GetSpec().GetTables()))
	return group.Wait()
}

// each does something for every selected table, some at a time.
func (q *planning) each(ctx context.Context, do func(ctx context.Context, n int, s *pb.TableSelection) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(planLanes)
	for n, selection := range q.req.GetSpec().GetTables() {
		group.Go(func() error { return do(ctx, n, selection) })
	}
	return group.Wait()
}

// find proves that a selected table exists and has the columns to be excluded.
func (q *planning) find(ctx context.Context, _ int, s *pb.TableSelection) error {
	tables, err := q.source.ListTables(ctx, s.GetSource().GetSchema(), s.GetSource().GetName())
	if err != nil {
		return err
	}
	return plan.CheckSelection(s, plan.Find(tables, s.GetSource()))
}

// planTable has the source count the table at the SCN and decide how it travels.
func (q *planning) planTable(ctx context.Context, n int, s *pb.TableSelection) (err error) {
	q.tables[n], err = q.source.PlanTable(ctx, &pb.PlanTableRequest{
		Table: s.GetSource(), Target: plan.Target(s), Scn: q.sourceIs.GetCurrentScn(), ExcludeColumns: s.GetExcludeColumns(),
		MaxStringBytes: min(q.sourceIs.GetMaxStringBytes(), q.targetIs.GetMaxStringBytes()),
	})
	return err
}

// tryPrepare has the target check that the table would fit, and changes nothing.
func (q *planning) tryPrepare(ctx context.Context, n int, _ *pb.TableSelection) error {
	_, err := q.target.PrepareTable(ctx, &pb.PrepareTableRequest{
		MigrationId: q.req.GetMigrationId(), Plan: q.tables[n], ValidateOnly: true,
	})
	return err
}
