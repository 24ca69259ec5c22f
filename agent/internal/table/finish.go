package table

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/agent/internal/catalog"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Finish adds the plan's primary key, unless the table has it, and gathers
// statistics where the user may. It returns the constraints that exist now as DDL fragments.
//
// Errors: REASON_TABLE_NOT_FOUND; REASON_TARGET_DIFFERS for another key or
// values that repeat.
func Finish(ctx context.Context, s *oracle.Session, plan *pb.TablePlan) ([]string, error) {
	t, err := oracle.NewTable(plan.GetTarget())
	if err != nil {
		return nil, err
	}
	existing, err := catalog.Table(ctx, s, t)
	if err != nil {
		return nil, err
	}
	constraints, err := addKey(ctx, s, t, existing, plan)
	if err != nil {
		return nil, err
	}
	return constraints, gather(ctx, s, t)
}

// gather gathers statistics. A user who may not do that for the table still
// has it complete: the database's own job will do it later.
func gather(ctx context.Context, s *oracle.Session, t oracle.Table) error {
	err := s.Call(ctx, statisticsKind, "BEGIN DBMS_STATS.GATHER_TABLE_STATS(ownname => :schema, tabname => :name); END;",
		sql.Named("schema", t.Schema.String()), sql.Named("name", t.Name.String()))
	if apierr.ReasonOf(err) == pb.Reason_REASON_PRIVILEGE_MISSING || oracle.HasCode(err, cannotAnalyze) {
		return nil
	}
	return err
}

// cannotAnalyze is ORA-20000, which DBMS_STATS raises for a missing privilege.
const cannotAnalyze = 20000

func addKey(ctx context.Context, s *oracle.Session, t oracle.Table, existing *pb.Table, plan *pb.TablePlan) ([]string, error) {
	have, err := keyText(existing.GetPrimaryKey())
	if err != nil {
		return nil, err
	}
	want, err := keyText(plan.GetPrimaryKey())
	if err != nil {
		return nil, err
	}
	switch {
	case slices.Equal(existing.GetPrimaryKey(), plan.GetPrimaryKey()), want == "":
		return compact(have), nil
	case have != "":
		return nil, apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TARGET_DIFFERS, "the target table %s has %s instead of %s", t.Text(), have, want).
			WithFact("table", t.Text()).WithFact("differences", have).WithHint("drop the target's key")
	}
	if _, err := s.Exec(ctx, keyKind, fmt.Sprintf("ALTER TABLE %s ADD %s", t, want)); err != nil {
		return nil, err
	}
	return []string{want}, nil
}

// keyText renders a primary key, "" for none.
func keyText(columns []string) (string, error) {
	if len(columns) == 0 {
		return "", nil
	}
	quoted := make([]string, len(columns))
	for i, c := range columns {
		name, err := oracle.NewName(c)
		if err != nil {
			return "", err
		}
		quoted[i] = name.String()
	}
	return "PRIMARY KEY (" + strings.Join(quoted, ", ") + ")", nil
}

func compact(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}
