package service

import (
	"cmp"
	"context"
	"strings"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/controller/internal/compare"
	"github.com/adbferry/adbferry/controller/internal/fleet"
	"github.com/adbferry/adbferry/controller/internal/plan"
	"github.com/adbferry/adbferry/controller/internal/verify"
	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// How many differences CompareTables lists.
const (
	defaultDifferences = 100
	maxDifferences     = 1000
)

// CompareTables implements MigrationService.
func (s *Service) CompareTables(ctx context.Context, req *pb.CompareTablesRequest) (*pb.CompareTablesResponse, error) {
	limit, err := checkCompare(req)
	if err != nil {
		return nil, err
	}
	pair, shape, err := s.pair(ctx, req)
	if err != nil {
		return nil, err
	}
	c := &pb.Comparison{NotCompared: shape.NotCompared}
	if err := pair.Digest(ctx, c); err != nil {
		return nil, pastOf(req, err)
	}
	resp := &pb.CompareTablesResponse{
		SourceTable: pair.Source.Selection.GetTable(), TargetTable: pair.Target.Selection.GetTable(),
		SourceScn: pair.Source.Selection.GetScn(), TargetScn: pair.Target.Selection.GetScn(),
		Comparison: c, Key: pair.Source.Selection.GetKey(), ShapeDifferences: shape.Differences,
	}
	for _, column := range pair.Source.Selection.GetColumns() {
		resp.Columns = append(resp.Columns, column.GetName())
	}
	if verify.Verdict(c, 0) == pb.Verdict_VERDICT_DIFFERS && len(resp.GetColumns()) > 0 {
		found, more, err := pair.Differences(ctx, c, limit)
		if err != nil {
			return nil, pastOf(req, err)
		}
		for _, d := range found {
			resp.Differences = append(resp.Differences, d.RowDifference)
		}
		resp.Truncated = more
	}
	resp.Verdict, resp.Failure = judge(req, resp)
	return resp, nil
}

// pastOf is an error of reading a table as of an SCN, with what helps somebody who
// compares: nothing is moved again.
func pastOf(req *pb.CompareTablesRequest, err error) error {
	switch e := apierr.From(err); {
	case !progress.SnapshotLost(e.Failure()):
		return err
	case req.GetSourceScn() != 0:
		return e.WithHint("leave --source-scn out to compare with the source as it is; an SCN has to be one of which the source still keeps the undo, " +
			"such as that of a receipt that is not too old")
	default:
		return e.WithHint("compare again when less is written to the tables, or raise UNDO_RETENTION; nothing was changed")
	}
}

func checkCompare(req *pb.CompareTablesRequest) (limit int, err error) {
	limit = int(cmp.Or(req.GetLimit(), defaultDifferences))
	if limit < 1 || limit > maxDifferences {
		return 0, apierr.New(codes.InvalidArgument, pb.Reason_REASON_REQUEST_INVALID, "limit must be 1 to %d, got %d", maxDifferences, limit).
			WithFact("field", "limit")
	}
	if req.GetSourceScn() < 0 {
		return 0, apierr.New(codes.InvalidArgument, pb.Reason_REASON_REQUEST_INVALID, "source_scn must not be negative, got %d", req.GetSourceScn()).
			WithFact("field", "source_scn")
	}
	if err := cmp.Or(plan.CheckWhere("where", req.GetSourceTable(), req.GetWhere()),
		plan.CheckWhere("target_where", target(req), req.GetTargetWhere())); err != nil {
		return 0, err
	}
	return limit, plan.CheckNames(req.GetSourceTable(), target(req))
}

// target is the table to compare with.
func target(req *pb.CompareTablesRequest) *pb.TableName {
	if req.GetTargetTable() != nil {
		return req.GetTargetTable()
	}
	return req.GetSourceTable()
}

// pair describes both databases and both tables, and reads each as of one SCN.
func (s *Service) pair(ctx context.Context, req *pb.CompareTablesRequest) (*compare.Pair, *compare.Shape, error) {
	source, target, err := s.sides(ctx, req)
	if err != nil {
		return nil, nil, err
	}
	shape, err := compare.Align(source.table, target.table, [2]*pb.DatabaseDescription{source.database, target.database}, req.GetColumns(), req.GetKey())
	if err != nil {
		return nil, nil, err
	}
	reads := func(s *side, scn int64, where string) compare.Side {
		return compare.Side{Agent: s.agent, Selection: &pb.RowSelection{
			Table: s.table.GetName(), Columns: shape.Columns, Key: shape.Key, Scn: scn, Where: where,
		}}
	}
	return &compare.Pair{
		Source: reads(source, cmp.Or(req.GetSourceScn(), source.database.GetCurrentScn()), req.GetWhere()),
		Target: reads(target, target.database.GetCurrentScn(), req.GetTargetWhere()),
	}, shape, nil
}

// A side is an agent with what it says of its database and of the table.
type side struct {
	agent    *fleet.Agent
	database *pb.DatabaseDescription
	table    *pb.Table
}

// sides asks both sides at the same time.
func (s *Service) sides(ctx context.Context, req *pb.CompareTablesRequest) (from, to *side, err error) {
	from, to = &side{}, &side{}
	if from.agent, to.agent, err = s.agents(&pb.MigrationSpec{Source: req.GetSource(), Target: req.GetTarget()}); err != nil {
		return nil, nil, err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return from.describe(ctx, req.GetSourceTable()) })
	group.Go(func() error { return to.describe(ctx, target(req)) })
	return from, to, group.Wait()
}

// describe asks about the database last: its SCN is not older than the table seen.
func (s *side) describe(ctx context.Context, name *pb.TableName) (err error) {
	tables, err := s.agent.ListTables(ctx, name.GetSchema(), name.GetName())
	if err != nil {
		return err
	}
	if s.table = plan.Find(tables, name); s.table == nil {
		return apierr.New(codes.NotFound, pb.Reason_REASON_TABLE_NOT_FOUND,
			"find table %s on %s: it does not exist there, or the agent's user may not see it", name.Text(), s.agent.Name()).
			WithHint("check the spelling, and that the agent's user has SELECT on the table").
			WithFact("table", name.ID())
	}
	if why := s.table.GetObstacle(); why != "" {
		return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TABLE_UNSUPPORTED, "table %s on %s cannot be compared: %s", name.ID(), s.agent.Name(), why).
			WithFact("table", name.ID()).WithHint("compare tables of which the agents' users see all rows as they are")
	}
	s.database, err = s.agent.DescribeDatabase(ctx)
	return err
}

// judge decides what a comparison of two tables proves, and says why it is not
// everything.
func judge(req *pb.CompareTablesRequest, resp *pb.CompareTablesResponse) (pb.Verdict, *pb.Failure) {
	name := resp.GetSourceTable().ID()
	err := verify.Table(name, pb.IfExists_IF_EXISTS_UNSPECIFIED, resp.GetComparison())
	reason := apierr.ReasonOf(err)
	if len(resp.GetShapeDifferences()) > 0 && (err == nil || reason == pb.Reason_REASON_CHECKSUMS_UNKNOWN) {
		err = apierr.New(codes.DataLoss, pb.Reason_REASON_TARGET_DIFFERS, "compare table %s: the two tables do not have the same columns", name).
			WithHint("--columns compares only the columns that it names").WithFact("table", name)
		return pb.Verdict_VERDICT_DIFFERS, apierr.FailureOf(err)
	}
	f := apierr.FailureOf(err)
	switch {
	case reason == pb.Reason_REASON_UNSPECIFIED:
	case reason == pb.Reason_REASON_CHECKSUMS_UNKNOWN:
		f.Hint = strings.Join(append(verify.Remedies(resp.GetComparison()), "compare other columns with --columns"), ", or ")
	case len(resp.GetColumns()) == 0:
		f.Hint = "no column can be compared, so the rows that differ cannot be listed"
	case req.GetWhere() != "" && req.GetTargetWhere() == "" && resp.GetComparison().GetTargetRows() > resp.GetComparison().GetSourceRows():
		f.Hint = "all rows of the target were compared: --target-where leaves out those that --where leaves out on the source"
	default:
		f.Hint = "the rows that differ are listed; to move the table again, migrate under a new ID with --if-exists truncate or replace"
	}
	return verify.Verdict(resp.GetComparison(), 0), f
}
