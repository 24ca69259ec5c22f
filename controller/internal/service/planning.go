package service

import (
	"context"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/controller/internal/fleet"
	"github.com/adbferry/adbferry/controller/internal/plan"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// planLanes is how many tables are asked about at the same time: enough to hide
// the way to an agent, and few for a database.
const planLanes = 8

// plan asks both agents for what a plan needs and checks everything that can be
// checked before a row moves. It changes nothing but the one
// object in the bucket that plans prove PARs with.
func (s *Service) plan(ctx context.Context, req *pb.CreateMigrationRequest) (*pb.MigrationPlan, error) {
	source, target, err := s.agents(req.GetSpec())
	if err != nil {
		return nil, err
	}
	diagnosis, err := s.Diagnosis(req.GetSpec().GetSource(), req.GetSpec().GetTarget())
	if err != nil {
		return nil, err
	}
	q := planning{req: req, source: source, target: target, diagnosis: diagnosis}
	for _, step := range []func(context.Context) error{q.describe, q.find, q.checkStorage, q.checkRemoval, q.planTables} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	p, err := q.build(ctx)
	if p == nil {
		return nil, err
	}
	p.Estimate = s.estimate(ctx, req, p, diagnosis)
	p.Estimate.ParExpiry = req.GetParExpiry()
	p.Estimate.Warnings = append(q.selection.Warnings, p.GetEstimate().GetWarnings()...)
	return p, err
}

// build makes the plan of what was found. Beside a plan, the error is everything
// that keeps it from being carried out; only one that nobody wants to carry out yet
// comes with such an error.
func (q *planning) build(ctx context.Context) (*pb.MigrationPlan, error) {
	p, err := plan.Build(plan.Parts{
		Spec: q.req.GetSpec(), Selection: q.selection, Source: q.sourceIs, Target: q.targetIs,
		SCN: q.sourceIs.GetCurrentScn(), Tables: q.tables,
	})
	if p == nil && len(q.wrong) > 0 {
		return nil, plan.Join(q.wrong) // which is why there is none
	}
	if err := q.bear(err); err != nil {
		return nil, err
	}
	if err := q.bear(q.lookAhead(ctx, p)); err != nil {
		return nil, err
	}
	if err := q.bear(plan.CheckRemoval(q.req.GetSpec(), plan.Removals(p))); err != nil {
		return nil, err
	}
	return p, plan.Join(q.wrong)
}

// bear keeps what is wrong with a plan that is only looked at, so that all of it
// can be shown. What a plan is not to blame for stays an error, and so does
// everything that is wrong with one that is to be carried out.
func (q *planning) bear(err error) error {
	if err == nil || !q.req.GetValidateOnly() {
		return err
	}
	switch apierr.From(err).Code() {
	case codes.InvalidArgument, codes.NotFound, codes.FailedPrecondition:
		q.wrong = append(q.wrong, err)
		return nil
	default:
		return err
	}
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
	diagnosis          *pb.Diagnosis // nil: nothing is known
	sourceIs, targetIs *pb.DatabaseDescription
	found              []*pb.Table // what the source has of what was asked for, and more
	selection          *plan.Selection
	tables             []*pb.TablePlan // by selection; nil for what is left behind
	wrong              []error         // with a plan that is only looked at
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
	return group.Wait()
}

// planPrefix is where plans prove PARs. The migration may be refused yet, and a PAR
// cannot delete: so there is one object for all of them, whose name says whose it is.
const planPrefix = "adbferry-plan"

func (q *planning) checkStorage(ctx context.Context) error {
	if q.req.GetParUrl() == "" {
		return nil
	}
	return fleet.ProvePAR(ctx, planPrefix, q.req.GetParUrl(), q.source, q.target)
}

// checkRemoval looks for rows that nobody agreed to lose before the source counts
// and scans its tables, which may take long.
func (q *planning) checkRemoval(ctx context.Context) error {
	if q.req.GetSpec().GetAllowDataRemoval() {
		return nil
	}
	removals := make([]plan.Removal, len(q.selection.Tables))
	if err := each(ctx, len(removals), func(ctx context.Context, n int) error {
		t := q.selection.Tables[n]
		removals[n].Table = t.GetTarget()
		if !plan.Removes(t) {
			return nil
		}
		rows, err := q.target.Count(ctx, &pb.RowSelection{Table: t.GetTarget()})
		if apierr.ReasonOf(err) == pb.Reason_REASON_TABLE_NOT_FOUND {
			return nil
		}
		removals[n].Rows = rows
		return err
	}); err != nil {
		return err
	}
	return plan.CheckRemoval(q.req.GetSpec(), removals)
}

// planTables has the source count each table at the SCN and decide how it travels.
// One that turns out to be unmovable, and is moved for its schema's sake only, may
// be left behind.
func (q *planning) planTables(ctx context.Context) error {
	q.tables = make([]*pb.TablePlan, len(q.selection.Tables))
	proven, failed := plan.TriedFormats(q.diagnosis)
	var mu sync.Mutex // of what is left behind
	return q.bear(each(ctx, len(q.tables), func(ctx context.Context, n int) (err error) {
		asked := q.selection.Tables[n]
		q.tables[n], err = q.source.PlanTable(ctx, &pb.PlanTableRequest{
			Table: asked.GetSource(), Target: asked.GetTarget(), Scn: q.sourceIs.GetCurrentScn(),
			Columns: asked.GetColumns(), ExcludeColumns: asked.GetExcludeColumns(), Where: asked.GetWhere(), Options: asked.GetOptions(),
			MaxStringBytes: min(q.sourceIs.GetMaxStringBytes(), q.targetIs.GetMaxStringBytes()),
			ProvenFormats:  proven, FormatsSeenToFail: failed,
			Described: q.described(asked.GetSource()),
		})
		if apierr.ReasonOf(err) != pb.Reason_REASON_TABLE_UNSUPPORTED || plan.IsNamed(q.req.GetSpec(), asked.GetSource()) {
			return err
		}
		if !q.req.GetSpec().GetAllowPartial() {
			return apierr.From(err).WithHint("agree with --allow-partial, or leave it out with --exclude")
		}
		mu.Lock()
		defer mu.Unlock()
		q.tables[n] = nil
		q.selection.LeftBehind = append(q.selection.LeftBehind, &pb.TableLeftBehind{Table: asked.GetSource(), Why: apierr.From(err).Error()})
		return nil
	}))
}

// lookAhead has the target check that each table would fit, and say what
// preparing it would do. It changes nothing there.
func (q *planning) lookAhead(ctx context.Context, p *pb.MigrationPlan) error {
	return each(ctx, len(p.GetTables()), func(ctx context.Context, n int) error {
		t := p.GetTables()[n]
		resp, err := q.target.PrepareTable(ctx, &pb.PrepareTableRequest{MigrationId: q.req.GetMigrationId(), Plan: t, ValidateOnly: true})
		if err != nil {
			t.Warnings = append(t.Warnings, unfit(err))
			return err
		}
		t.Outlook = &pb.TargetOutlook{Created: resp.GetCreated(), RowsKept: resp.GetRowsKept(), RowsRemoved: resp.GetRowsRemoved()}
		t.Warnings = append(t.Warnings, resp.GetWarnings()...)
		return nil
	})
}

// unfit says why a table does not fit on the target, and what would help.
func unfit(err error) string {
	f := apierr.FailureOf(err)
	return "NOT POSSIBLE: " + strings.TrimSuffix(f.GetText()+"; "+f.GetHint(), "; ")
}

// each does something n times, some at a time. What is wrong with single tables
// is collected, so that one answer names them all; any other error ends it.
func each(ctx context.Context, n int, do func(ctx context.Context, n int) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(planLanes)
	wrong := make([]error, n)
	for i := range n {
		group.Go(func() error {
			err := do(ctx, i)
			if apierr.FailureOf(err).GetFacts()["table"] == "" {
				return err
			}
			wrong[i] = err
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return plan.Join(wrong)
}
