package table

import (
	"context"
	"database/sql"
	"fmt"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/agent/internal/catalog"
	"github.com/adbferry/adbferry/agent/internal/definition"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Finish adds what the plan's definition wants and the target lacks: keys,
// checks, indexes, comments, or with references the foreign keys and nothing
// else. Identity columns go on above their values, and statistics are gathered
// where the user may. What cannot be made is a failure of its own in the
// answer and keeps nothing else from being made. What is there is left as it is.
//
// Errors: REASON_TABLE_NOT_FOUND; what passes when it is tried again.
func Finish(ctx context.Context, s *oracle.Session, plan *pb.TablePlan, references bool) (*pb.FinishTableResponse, error) {
	t, err := oracle.NewTable(plan.GetTarget())
	if err != nil {
		return nil, err
	}
	existing, err := catalog.Defined(ctx, s, t)
	if err != nil {
		return nil, err
	}
	f := finish{s: s, t: t, plan: withKey(plan), existing: existing, answer: &pb.FinishTableResponse{}}
	if references {
		return f.answer, f.parts(ctx, definition.References)
	}
	if err := f.parts(ctx, definition.Parts); err != nil {
		return nil, err
	}
	if err := f.identities(ctx); err != nil {
		return nil, err
	}
	return f.answer, gather(ctx, s, t)
}

// withKey gives plans of older releases, which have no definition, their key.
func withKey(plan *pb.TablePlan) *pb.TablePlan {
	if plan.GetDefinition() != nil || len(plan.GetPrimaryKey()) == 0 || ddlMode(plan) == pb.DdlMode_DDL_MODE_NONE {
		return plan
	}
	keyed := proto.CloneOf(plan)
	keyed.Definition = &pb.TableDefinition{Constraints: []*pb.Constraint{{
		Kind: pb.ConstraintKind_CONSTRAINT_KIND_PRIMARY, Generated: true, Columns: plan.GetPrimaryKey(),
	}}}
	return keyed
}

// A finish is one call of Finish.
type finish struct {
	s        *oracle.Session
	t        oracle.Table
	plan     *pb.TablePlan
	existing *pb.Table
	answer   *pb.FinishTableResponse
}

var partKinds = map[definition.Sort]oracle.Kind{
	definition.SortIndex: indexKind, definition.SortConstraint: constraintKind, definition.SortReference: constraintKind,
	definition.SortDefault: defaultKind, definition.SortComment: commentKind,
}

// parts makes what is missing, where adbferry may, and reports what is there.
func (f *finish) parts(ctx context.Context, list func(*pb.TablePlan, *pb.Table) ([]definition.Part, error)) error {
	parts, err := list(f.plan, f.existing)
	if err != nil {
		return err
	}
	for _, p := range parts {
		if p.Statement != "" && ddlMode(f.plan) != pb.DdlMode_DDL_MODE_CREATE {
			continue
		}
		if p.Statement != "" {
			ok, err := f.try(p.What, f.add(ctx, p))
			if err != nil {
				return err
			}
			if !ok {
				continue
			}
		}
		if p.Fragment != "" {
			f.answer.Constraints = append(f.answer.Constraints, p.Fragment)
		}
	}
	return nil
}

func (f *finish) add(ctx context.Context, p definition.Part) error {
	if p.Sort == definition.SortName {
		return f.name(ctx, p)
	}
	_, err := f.s.Exec(ctx, partKinds[p.Sort], p.Statement)
	if p.Sort == definition.SortReference && oracle.HasCode(err, oracle.TableMissing) {
		return apierr.New(codes.NotFound, pb.Reason_REASON_TABLE_NOT_FOUND, "%s refers to table %s, which the target does not have or the agent's user may not see", p.What, p.Refers).
			WithFact("table", p.Refers).WithHint("move that table too; foreign keys are tried again whenever the migration is started again")
	}
	return err
}

// try names a failure and goes on, unless it concerns the session and not what
// was being made, or may pass: then the call is worth repeating as a whole.
func (f *finish) try(what string, err error) (made bool, stop error) {
	switch {
	case err == nil:
		return true, nil
	case oracle.HasCode(err, oracle.NameInUse): // it passes for tables only, which come and go
		err = apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TARGET_DIFFERS, "%s: another object of the schema has that name", what).
			WithFact("table", f.t.Text()).WithHint("rename the other object, or make this one yourself under another name")
	case f.s.Broken(), apierr.Retryable(err), apierr.ReasonOf(err) == pb.Reason_REASON_CANCELLED:
		return false, fmt.Errorf("%s: %w", what, err)
	}
	f.answer.Failures = append(f.answer.Failures, &pb.DefinitionFailure{What: what, Failure: apierr.FailureOf(err)})
	return false, nil
}

// name gives a NOT NULL its name. One that has another name already keeps it.
func (f *finish) name(ctx context.Context, p definition.Part) error {
	var generated string
	found, err := f.s.Row(ctx, notNullKind, `SELECT CONSTRAINT_NAME FROM ALL_CONSTRAINTS WHERE OWNER = :owner AND TABLE_NAME = :name
		AND CONSTRAINT_TYPE = 'C' AND GENERATED = 'GENERATED NAME' AND SEARCH_CONDITION_VC = :condition`,
		[]any{sql.Named("owner", f.t.Schema.Text()), sql.Named("name", f.t.Name.Text()), sql.Named("condition", p.Condition)}, &generated)
	if err != nil || !found {
		return err
	}
	old, err := oracle.NewName(generated)
	if err != nil {
		return err
	}
	_, err = f.s.Exec(ctx, renameKind, fmt.Sprintf("ALTER TABLE %s RENAME CONSTRAINT %s TO %s", f.t, old, p.Statement))
	return err
}

// identities makes identity columns count on. A table that was required gets
// it too: it was opened for the load.
func (f *finish) identities(ctx context.Context) error {
	if ddlMode(f.plan) == pb.DdlMode_DDL_MODE_NONE {
		return nil
	}
	have := make(map[string]*pb.Identity)
	for _, id := range f.existing.GetDefinition().GetIdentities() {
		have[id.GetColumn()] = id
	}
	for _, id := range f.plan.GetDefinition().GetIdentities() {
		if have[id.GetColumn()] == nil {
			continue
		}
		if _, err := f.try("identity of column "+id.GetColumn(), f.restart(ctx, id, have[id.GetColumn()])); err != nil {
			return err
		}
	}
	return nil
}

func (f *finish) restart(ctx context.Context, want, have *pb.Identity) error {
	column, err := oracle.NewName(want.GetColumn())
	if err != nil {
		return err
	}
	end := fmt.Sprintf("FLOOR(MAX(%s))", column)
	if definition.CountsDown(want) {
		end = fmt.Sprintf("CEIL(MIN(%s))", column)
	}
	var farthest sql.NullString
	if _, err := f.s.Row(ctx, farthestKind, fmt.Sprintf("SELECT TO_CHAR(%s, 'TM9') FROM %s", end, f.t), nil, &farthest); err != nil {
		return err
	}
	statement, err := definition.Restart(f.t, want, have, farthest.String)
	if err != nil || statement == "" {
		return err
	}
	_, err = f.s.Exec(ctx, identityKind, statement)
	return err
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
