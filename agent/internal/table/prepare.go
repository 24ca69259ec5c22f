package table

import (
	"context"
	"fmt"
	"strconv"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/agent/internal/catalog"
	"github.com/adbferry/adbferry/agent/internal/ledger"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Prepare makes sure that the plan's target table exists, has the right shape
// and holds no rows but those that this migration committed. It reports
// whether the table was created; with validateOnly nothing is changed, and it
// reports whether it would be.
//
// Errors: REASON_TARGET_DIFFERS, REASON_TARGET_NOT_EMPTY, REASON_TABLE_UNSUPPORTED.
func Prepare(ctx context.Context, s *oracle.Session, migration string, plan *pb.TablePlan, validateOnly bool) (created bool, err error) {
	t, err := oracle.NewTable(plan.GetTarget())
	if err != nil {
		return false, err
	}
	ddl, err := definition(t, plan)
	if err != nil {
		return false, err
	}
	existing, err := catalog.Find(ctx, s, t)
	if err != nil {
		return false, err
	}
	if existing == nil {
		return true, create(ctx, s, migration, plan, ddl, validateOnly)
	}
	if err := fits(t, existing, plan); err != nil {
		return false, err
	}
	return false, onlyOurs(ctx, s, migration, plan, t)
}

// create creates the table. What the ledger says about a table that does not
// exist is no longer true, and would keep its chunks from being loaded.
func create(ctx context.Context, s *oracle.Session, migration string, plan *pb.TablePlan, ddl string, validateOnly bool) error {
	if validateOnly {
		return nil
	}
	if err := ledger.ForgetTable(ctx, s, migration, plan.GetTableId()); err != nil {
		return err
	}
	_, err := s.Exec(ctx, createKind, ddl)
	return err
}

// onlyOurs checks that the table has exactly the rows that this migration has
// committed so far.
func onlyOurs(ctx context.Context, s *oracle.Session, migration string, plan *pb.TablePlan, t oracle.Table) error {
	ours, err := ledger.TableRows(ctx, s, migration, plan.GetTableId())
	if err != nil {
		return err
	}
	var one int
	used, err := s.Row(ctx, anyRowKind, fmt.Sprintf("SELECT 1 FROM %s WHERE ROWNUM = 1", t), nil, &one)
	if err != nil || !used && ours == 0 {
		return err
	}
	rows, err := catalog.Count(ctx, s, t.String())
	switch {
	case err != nil || rows == ours:
		return err
	case rows < ours:
		return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TARGET_DIFFERS, "the target table %s has %d rows, and this migration committed %d", t.Text(), rows, ours).
			WithFact("table", t.Text()).WithFact("differences", fmt.Sprintf("%d rows are gone", ours-rows)).
			WithHint("drop the table and start a new migration")
	default:
		return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TARGET_NOT_EMPTY, "the target table %s has %d rows that are not this migration's", t.Text(), rows-ours).
			WithFact("table", t.Text()).WithFact("rows", strconv.FormatInt(rows-ours, 10)).
			WithHint("empty or drop it, or choose another target name with --target-table")
	}
}
