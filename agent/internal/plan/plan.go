// Package plan decides how one table of the source is moved: in which format,
// which columns are carried and how, and in which chunks. The same table at the same SCN with
// the same options gives the same plan.
package plan

import (
	"context"
	"slices"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/agent/internal/chunk"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/agent/internal/scan"
	"github.com/adbferry/adbferry/agent/internal/table"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Excluded is why a column that the caller named stays behind.
const Excluded = "excluded on request"

// Table plans a table and counts its rows at the SCN.
//
// Errors: REASON_NAME_INVALID, REASON_TABLE_NOT_FOUND, REASON_TABLE_UNSUPPORTED,
// REASON_REQUEST_INVALID for an excluded column that the table does not have.
func Table(ctx context.Context, s *oracle.Session, req *pb.PlanTableRequest) (*pb.TablePlan, error) {
	t, err := oracle.NewTable(req.GetTable())
	if err != nil {
		return nil, err
	}
	if _, err := oracle.NewTable(req.GetTarget()); err != nil {
		return nil, err
	}
	described, err := describe(ctx, s, t, req)
	if err != nil {
		return nil, err
	}
	p := &pb.TablePlan{TableId: t.Text(), Source: req.GetTable(), Target: req.GetTarget()}
	wanted, err := selected(described, req)
	if err != nil {
		return nil, err
	}
	from, err := chunk.Filtered(t, req.GetScn(), req.GetWhere())
	if err != nil {
		return nil, err
	}
	found, err := scan.Table(ctx, s, from, wanted)
	if err != nil {
		return nil, ofCondition(t, req.GetWhere(), err)
	}
	way, why := choose(described, wanted, req, found)
	if err := movable(t, described, way); err != nil {
		return nil, err
	}
	p.Format, p.Columns = way.format, way.columns
	define(described, req, p)
	p.FormatReason = why
	p.PrimaryKey = key(described, p)
	p.Rows = found.Rows
	p.EstimatedBytes = p.GetRows() * way.bytes
	return p, cut(ctx, s, t, described, req, p)
}

// key returns the primary key if all of it is carried: a part of it would not
// be unique.
func key(described *pb.Table, p *pb.TablePlan) []string {
	for _, name := range described.GetPrimaryKey() {
		if !slices.ContainsFunc(table.InFiles(p), func(c *pb.ColumnPlan) bool { return c.GetColumn().GetName() == name }) {
			return nil
		}
	}
	return described.GetPrimaryKey()
}

// movable checks that the table can be moved at all.
func movable(t oracle.Table, described *pb.Table, w way) error {
	obstacle := described.GetObstacle()
	if obstacle == "" {
		obstacle = w.obstacle
	}
	if obstacle == "" {
		return nil
	}
	return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TABLE_UNSUPPORTED, "table %s cannot be moved: %s", t.Text(), obstacle).
		WithFact("table", t.Text()).WithHint("leave it out of the migration")
}
