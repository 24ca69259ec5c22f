package table

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/agent/internal/catalog"
	"github.com/adbferry/adbferry/agent/internal/definition"
	"github.com/adbferry/adbferry/agent/internal/ledger"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Prepare makes sure that the plan's target table exists, has the right shape,
// takes the plan's rows and holds no others but those that the plan's options
// let stay. With validateOnly nothing is changed, and the answer says what
// would be. Rows are removed only until the migration has committed its first
// chunk of the table: Prepare may be repeated at any time.
//
// Errors: REASON_TARGET_DIFFERS, REASON_TARGET_NOT_EMPTY, REASON_TABLE_UNSUPPORTED;
// REASON_TABLE_NOT_FOUND where the table is not to be created.
func Prepare(ctx context.Context, s *oracle.Session, migration string, plan *pb.TablePlan, validateOnly bool) (*pb.PrepareTableResponse, error) {
	t, err := oracle.NewTable(plan.GetTarget())
	if err != nil {
		return nil, err
	}
	ddl, err := definition.Create(plan)
	if err != nil {
		return nil, err
	}
	p := preparation{s: s, migration: migration, plan: plan, t: t, ddl: ddl, dry: validateOnly, answer: &pb.PrepareTableResponse{}}
	if p.existing, err = catalog.FindDefined(ctx, s, t); err != nil {
		return nil, err
	}
	if p.existing == nil {
		return p.answer, p.absent(ctx)
	}
	return p.answer, p.present(ctx)
}

// A preparation is one call of Prepare.
type preparation struct {
	s         *oracle.Session
	migration string
	plan      *pb.TablePlan
	t         oracle.Table
	ddl       string
	dry       bool
	existing  *pb.Table
	answer    *pb.PrepareTableResponse
}

// absent creates the table, where that is wanted.
func (p *preparation) absent(ctx context.Context) error {
	if ddlMode(p.plan) != pb.DdlMode_DDL_MODE_CREATE {
		return apierr.New(codes.NotFound, pb.Reason_REASON_TABLE_NOT_FOUND, "the target table %s does not exist and is not to be created", p.t.Text()).
			WithFact("table", p.t.Text()).WithHint("create it, or let adbferry do it with --ddl create")
	}
	p.answer.Created = true
	return p.create(ctx)
}

// create creates the table. What the ledger says about a table that does not
// exist is no longer true, and would keep its chunks from being loaded.
func (p *preparation) create(ctx context.Context) error {
	if p.dry {
		return vacant(ctx, p.s, p.t)
	}
	if err := ledger.ForgetTable(ctx, p.s, p.migration, p.plan.GetTableId()); err != nil {
		return err
	}
	_, err := p.s.Exec(ctx, createKind, p.ddl)
	if oracle.HasCode(err, oracle.NameInUse) {
		return cmp.Or(p.taken(ctx), err)
	}
	return err
}

// taken explains that the table's name is in use. When it is a table that has
// it, somebody else has made it meanwhile, and another try will meet it.
func (p *preparation) taken(ctx context.Context) error {
	there, err := catalog.Find(ctx, p.s, p.t)
	if err != nil || there != nil {
		return err
	}
	if err := vacant(ctx, p.s, p.t); err != nil {
		return err
	}
	return nameTaken(p.t, "an object that the agent's user may not see")
}

// present deals with a table that exists.
func (p *preparation) present(ctx context.Context) error {
	if o := p.existing.GetObstacle(); o != "" {
		return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TABLE_UNSUPPORTED, "the target table %s is %s", p.t.Text(), o).
			WithFact("table", p.t.Text()).WithHint("drop it, or choose another target name with --target-table")
	}
	chunks, rows, err := ledger.Loaded(ctx, p.s, p.migration, p.plan.GetTableId())
	if err != nil {
		return err
	}
	mode := ifExists(p.plan)
	if mode == pb.IfExists_IF_EXISTS_REPLACE && chunks == 0 {
		return p.replace(ctx)
	}
	if err := fits(p.t, p.existing, p.plan); err != nil {
		return err
	}
	switch {
	case mode == pb.IfExists_IF_EXISTS_APPEND:
		err = p.keep(ctx, rows)
	case mode == pb.IfExists_IF_EXISTS_TRUNCATE && chunks == 0:
		err = p.truncate(ctx)
	default:
		err = p.onlyOurs(ctx, rows)
	}
	if err != nil {
		return err
	}
	if err := p.warn(); err != nil {
		return err
	}
	return p.open(ctx)
}

// warn says what the table lacks and will not get, and what will happen to
// rows on their way in.
func (p *preparation) warn() error {
	for _, line := range p.existing.GetDefinition().GetNotMade() {
		if name, ok := strings.CutPrefix(line, "trigger "); ok && !strings.HasSuffix(line, catalog.Disabled) {
			p.answer.Warnings = append(p.answer.Warnings, fmt.Sprintf("trigger %s of the target table fires for the rows that are loaded", name))
		}
	}
	switch ddlMode(p.plan) {
	case pb.DdlMode_DDL_MODE_NONE:
		return nil
	case pb.DdlMode_DDL_MODE_REQUIRE:
		lines, err := definition.Lacks(p.plan, p.existing)
		p.answer.Warnings = append(p.answer.Warnings, lines...)
		return err
	default:
		p.answer.Warnings = append(p.answer.Warnings, definition.Immovable(p.plan, p.existing)...)
		return nil
	}
}

// open lets identity columns that make their own values take those that are
// loaded. FinishTable sets them back.
func (p *preparation) open(ctx context.Context) error {
	if p.dry || ddlMode(p.plan) == pb.DdlMode_DDL_MODE_NONE {
		return nil
	}
	for _, id := range p.existing.GetDefinition().GetIdentities() {
		if !id.GetAlways() {
			continue
		}
		statement, err := definition.Open(p.t, id)
		if err != nil {
			return err
		}
		if _, err := p.s.Exec(ctx, openKind, statement); err != nil {
			return err
		}
	}
	return nil
}
