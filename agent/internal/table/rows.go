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
	"github.com/adbferry/adbferry/pkg/quantity"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// referenced is ORA-02266: a table whose keys foreign keys refer to is not
// truncated, whether or not there are children.
const referenced = 2266

// onlyOurs checks that the table has exactly the rows that this migration has
// committed so far.
func (p *preparation) onlyOurs(ctx context.Context, ours int64) error {
	var one int
	used, err := p.s.Row(ctx, anyRowKind, fmt.Sprintf("SELECT 1 FROM %s WHERE ROWNUM = 1", p.t), nil, &one)
	if err != nil || !used && ours == 0 {
		return err
	}
	rows, err := catalog.Count(ctx, p.s, p.t.String())
	if err != nil {
		return err
	}
	if err := ownRows(p.t, rows, ours); err != nil || ours == 0 {
		return err
	}
	return ledger.Holds(ctx, p.s, p.migration, p.t)
}

// ownRows judges the rows of a table that should have ours alone.
func ownRows(t oracle.Table, rows, ours int64) error {
	switch {
	case rows == ours:
		return nil
	case rows < ours:
		return rowsGone(t, rows, ours, "truncate or drop the table, then migrate under a new ID")
	default:
		return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TARGET_NOT_EMPTY, "the target table %s has %s that are not this migration's", t.Text(), quantity.Of(rows-ours, "row")).
			WithFact("table", t.Text()).WithFact("rows", strconv.FormatInt(rows-ours, 10)).
			WithHint("choose with --if-exists what becomes of them, or another target name with --target-table")
	}
}

// rowsGone is the failure of a table that has fewer rows than this migration
// committed to it. What to do depends on whether all its rows are ours.
func rowsGone(t oracle.Table, rows, ours int64, hint string) error {
	return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TARGET_DIFFERS, "the target table %s has %s, and this migration committed %d", t.Text(), quantity.Of(rows, "row"), ours).
		WithFact("table", t.Text()).WithFact("differences", "gone: "+quantity.Of(ours-rows, "row")).
		WithHint("%s", hint)
}

// keep counts the rows that stay beside ours.
func (p *preparation) keep(ctx context.Context, ours int64) error {
	rows, err := catalog.Count(ctx, p.s, p.t.String())
	if err != nil {
		return err
	}
	if rows < ours {
		return rowsGone(p.t, rows, ours, "other rows may be among them: remove the rows that this migration added, then migrate under a new ID")
	}
	p.answer.RowsKept = rows - ours
	return nil
}

// truncate removes what was there before this migration. A chunk of ours whose
// commit came in just before, from an agent that was lost, goes with it: the
// ledger has to say so.
func (p *preparation) truncate(ctx context.Context) error {
	rows, err := catalog.Count(ctx, p.s, p.t.String())
	if err != nil || rows == 0 {
		return err
	}
	p.answer.RowsRemoved = rows
	enabled, err := unreferenced(ctx, p.s, p.t)
	for _, r := range enabled {
		p.answer.Warnings = append(p.answer.Warnings, fmt.Sprintf("foreign key %s of table %s refers to the target table: its rows are deleted one by one, which takes longer", r.name, r.child()))
	}
	if err != nil || p.dry {
		return err
	}
	if err := empty(ctx, p.s, p.t); err != nil {
		return err
	}
	return ledger.ForgetTable(ctx, p.s, p.migration, p.plan.GetTableId())
}

// replace drops the table and creates it again. Foreign keys of other tables
// go with it, and so does what adbferry does not make: all of it is named.
func (p *preparation) replace(ctx context.Context) error {
	if ddlMode(p.plan) != pb.DdlMode_DDL_MODE_CREATE {
		return apierr.New(codes.InvalidArgument, pb.Reason_REASON_REQUEST_INVALID, "the target table %s cannot be replaced: --ddl forbids creating it", p.t.Text()).
			WithFact("field", "plan.options").WithHint("use --ddl create with --if-exists replace")
	}
	rows, err := catalog.Count(ctx, p.s, p.t.String())
	if err != nil {
		return err
	}
	p.answer.Created, p.answer.RowsRemoved = true, rows
	for _, line := range p.existing.GetDefinition().GetNotMade() {
		p.answer.Warnings = append(p.answer.Warnings, "the replaced table takes with it: "+line)
	}
	if err := p.children(ctx); err != nil || p.dry {
		return err
	}
	if _, err := p.s.Exec(ctx, dropKind, fmt.Sprintf("DROP TABLE %s CASCADE CONSTRAINTS PURGE", p.t)); err != nil {
		return err
	}
	return p.create(ctx)
}

// children says which foreign keys go with a table that is replaced.
func (p *preparation) children(ctx context.Context) error {
	all, err := references(ctx, p.s, p.t)
	for _, r := range all {
		p.answer.Warnings = append(p.answer.Warnings, fmt.Sprintf("the replaced table takes with it: foreign key %s of table %s", r.name, r.child()))
	}
	return err
}

// Empty removes a migration's rows, and what the ledger says of them, from the
// plan's target, so that the table can be moved again, and returns how many
// rows went. Twice: nothing. A call whose caller has long gone on must not remove
// what came since: with chunks of a newer plan in the ledger nothing is done.
//
// Errors: REASON_TARGET_NOT_EMPTY when there are other rows, or with
// IF_EXISTS_APPEND, where nobody can tell them apart; REASON_TARGET_DIFFERS
// when some of ours are missing.
func Empty(ctx context.Context, s *oracle.Session, migration string, plan *pb.TablePlan) (int64, error) {
	t, err := oracle.NewTable(plan.GetTarget())
	if err != nil {
		return 0, err
	}
	if ifExists(plan) == pb.IfExists_IF_EXISTS_APPEND {
		return 0, apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TARGET_NOT_EMPTY, "the rows that this migration added to %s cannot be told from those that were there", t.Text()).
			WithFact("table", t.Text()).WithHint("remove the rows that this migration added, then migrate under a new ID")
	}
	if err := newest(ctx, s, migration, plan, t); err != nil {
		return 0, err
	}
	existing, err := catalog.Find(ctx, s, t)
	if err != nil {
		return 0, err
	}
	rows := int64(0)
	if existing != nil {
		if rows, err = emptyOurs(ctx, s, migration, plan, t); err != nil {
			return 0, err
		}
	}
	return rows, ledger.ForgetTable(ctx, s, migration, plan.GetTableId())
}

// newest refuses a plan that another one has followed.
func newest(ctx context.Context, s *oracle.Session, migration string, plan *pb.TablePlan, t oracle.Table) error {
	last := ""
	for _, c := range plan.GetChunks() {
		last = max(last, c.GetChunkId())
	}
	if last == "" {
		return nil
	}
	newer, err := ledger.Newer(ctx, s, migration, plan.GetTableId(), last)
	if err != nil || !newer {
		return err
	}
	return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TARGET_NOT_EMPTY, "the target table %s has rows of a newer plan of this migration", t.Text()).
		WithFact("table", t.Text()).WithHint("nothing is to be done: the migration has gone on")
}

// emptyOurs removes all rows if they are ours. An empty table counts as ours: the
// ledger is cleared last, so a call that broke off in between is repeated.
func emptyOurs(ctx context.Context, s *oracle.Session, migration string, plan *pb.TablePlan, t oracle.Table) (int64, error) {
	chunks, ours, err := ledger.Loaded(ctx, s, migration, plan.GetTableId())
	if err != nil {
		return 0, err
	}
	rows, err := catalog.Count(ctx, s, t.String())
	switch {
	case err != nil:
		return 0, err
	case rows == 0:
		err := emptyUnseen(ctx, s, migration, t)
		if chunks == 0 && apierr.ReasonOf(err) == pb.Reason_REASON_PRIVILEGE_MISSING {
			err = nil // there is nothing that this user would have to remove
		}
		return 0, err
	}
	if err := ownRows(t, rows, ours); err != nil {
		return 0, err
	}
	if err := ledger.Holds(ctx, s, migration, t); err != nil {
		return 0, err
	}
	return rows, empty(ctx, s, t)
}

// emptyUnseen truncates a table that looks empty: while the commit of an agent that
// was lost is on its way, its rows are not to be seen yet, and TRUNCATE says
// ORA-00054, which another try overcomes. A table that another migration has taken
// over has nothing of ours.
func emptyUnseen(ctx context.Context, s *oracle.Session, migration string, t oracle.Table) error {
	owner, err := ledger.Owner(ctx, s, t)
	if err != nil || owner != "" && owner != migration {
		return err
	}
	return empty(ctx, s, t)
}

// empty removes all rows: at once if it can be, else one by one, and then only
// if no rows of other tables refer to them.
//
// Error: REASON_TARGET_DIFFERS.
func empty(ctx context.Context, s *oracle.Session, t oracle.Table) error {
	_, err := s.Exec(ctx, truncateKind, "TRUNCATE TABLE "+t.String())
	if !oracle.HasCode(err, referenced) && apierr.ReasonOf(err) != pb.Reason_REASON_PRIVILEGE_MISSING {
		return err
	}
	if _, err := unreferenced(ctx, s, t); err != nil {
		return err
	}
	_, err = s.Exec(ctx, deleteKind, "DELETE FROM "+t.String())
	return err
}
