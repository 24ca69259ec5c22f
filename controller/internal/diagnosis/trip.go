package diagnosis

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/controller/internal/compare"
	"github.com/adbferry/adbferry/controller/internal/fleet"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// comparing is how many columns are compared at a time.
const comparing = 4

// A trip is what the tables of a round have in common on their way.
type trip struct {
	Round
	user           string // of the target: the schema where the tables arrive
	maxStringBytes int32
}

// format carries all tables in one format. The first has every type, the next ones
// one size of large objects each, from small to large. What is left has long texts,
// which a format may fail to carry and still be of use: a table that it does not
// carry is moved again in another.
func (r Round) format(ctx context.Context, t *trip, f pb.Format, tables []*pb.Table) (*pb.FormatDiagnosis, error) {
	r.Step("carrying every type as " + f.Word())
	d := &pb.FormatDiagnosis{Format: f}
	types, failure, err := t.carry(ctx, f, tables[0])
	if err != nil {
		return nil, err
	}
	d.Types, d.Failure = types, failure
	d.Works = failure == nil && !has(types, pb.TypeOutcome_TYPE_OUTCOME_CHANGED) && !has(types, pb.TypeOutcome_TYPE_OUTCOME_FAILED)
	large := 1 + len(r.LOBBytes)
	for i, table := range tables[1:large] {
		if !d.GetWorks() {
			break
		}
		equal, err := t.large(ctx, f, table)
		if err != nil {
			return nil, err
		}
		if !equal {
			break
		}
		d.LargestLobBytes = r.LOBBytes[i]
	}
	for _, table := range tables[large:] {
		if err := t.long(ctx, d, table); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// long carries a table with long texts and adds its types, without the key, to
// what was found out about a format.
func (t *trip) long(ctx context.Context, d *pb.FormatDiagnosis, table *pb.Table) error {
	types := failed(table, d.GetFailure())
	if d.GetWorks() {
		var err error
		if types, _, err = t.carry(ctx, d.GetFormat(), table); err != nil {
			return err
		}
	}
	if len(types) > 0 {
		types = types[1:]
	}
	d.Types = append(d.Types, types...)
	d.Works = d.GetWorks() && !has(types, pb.TypeOutcome_TYPE_OUTCOME_CHANGED)
	return nil
}

func has(types []*pb.TypeDiagnosis, outcome pb.TypeOutcome) bool {
	return slices.ContainsFunc(types, func(x *pb.TypeDiagnosis) bool { return x.GetOutcome() == outcome })
}

// large carries a table with large objects and reports whether they arrived equal.
func (t *trip) large(ctx context.Context, f pb.Format, table *pb.Table) (bool, error) {
	types, failure, err := t.carry(ctx, f, table)
	return err == nil && failure == nil && !slices.ContainsFunc(types, func(x *pb.TypeDiagnosis) bool {
		return x.GetOutcome() != pb.TypeOutcome_TYPE_OUTCOME_EQUAL
	}), err
}

// carry moves one table in one format and says of each column how it arrived.
// failure is why none did; err, that an agent is lost.
func (t *trip) carry(ctx context.Context, f pb.Format, table *pb.Table) (types []*pb.TypeDiagnosis, failure *pb.Failure, err error) {
	plan, err := t.plan(ctx, f, table)
	if err == nil {
		err = t.move(ctx, plan)
	}
	if err == nil {
		types, err = t.compare(ctx, plan)
	}
	if err != nil && !fleet.Lost(err) && ctx.Err() == nil {
		failure, err = apierr.FailureOf(err), nil
		types = failed(table, failure)
	}
	if _, dropErr := t.Target.DropProbe(ctx, &pb.DropProbeRequest{MigrationId: t.ID}); dropErr != nil {
		err = cmp.Or(err, dropErr)
	}
	return types, failure, err
}

// plan asks for a plan in exactly one format.
func (t *trip) plan(ctx context.Context, f pb.Format, table *pb.Table) (*pb.TablePlan, error) {
	now, err := t.Source.DescribeDatabase(ctx)
	if err != nil {
		return nil, err
	}
	plan, err := t.Source.PlanTable(ctx, &pb.PlanTableRequest{
		Table: table.GetName(), Target: &pb.TableName{Schema: t.user, Name: table.GetName().GetName()},
		Scn: now.GetCurrentScn(), MaxStringBytes: t.maxStringBytes, Options: &pb.TableOptions{Format: f},
	})
	if err == nil && plan.GetFormat() != f {
		err = apierr.New(codes.Unimplemented, pb.Reason_REASON_TABLE_UNSUPPORTED, "the agent of %s does not write %s", t.Source.Name(), f.Word())
	}
	return plan, err
}

// move brings the table over: everything that a migration does, without a journal.
func (t *trip) move(ctx context.Context, plan *pb.TablePlan) error {
	id := t.migration(plan.GetFormat())
	if _, err := t.Target.PrepareTable(ctx, &pb.PrepareTableRequest{MigrationId: id, Plan: plan}); err != nil {
		return err
	}
	for _, c := range plan.GetChunks() {
		m, err := t.Source.Export(ctx, &pb.ExportRequest{MigrationId: id, Plan: plan, Chunk: c, Attempt: 1, ParUrl: t.PAR}, noTick)
		if err != nil {
			return err
		}
		_, err = t.Target.Import(ctx, &pb.ImportRequest{MigrationId: id, Plan: plan, Chunk: c, Attempt: 1, Manifest: m, ParUrl: t.PAR}, noTick)
		if err != nil {
			return err
		}
	}
	return nil
}

func noTick(*pb.Event) {}

// compare says of each column how it arrived.
func (t *trip) compare(ctx context.Context, plan *pb.TablePlan) ([]*pb.TypeDiagnosis, error) {
	types := make([]*pb.TypeDiagnosis, len(plan.GetColumns()))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(comparing)
	for i, c := range plan.GetColumns() {
		types[i] = &pb.TypeDiagnosis{Type: typeText(c.GetColumn())}
		if c.GetLeftOut() != "" {
			types[i].Outcome, types[i].Detail = pb.TypeOutcome_TYPE_OUTCOME_NOT_CARRIED, c.GetLeftOut()
			continue
		}
		group.Go(func() error { return t.column(ctx, plan, c.GetColumn(), types[i]) })
	}
	return types, group.Wait()
}

// column compares one column of both tables, row by row through the key.
func (t *trip) column(ctx context.Context, plan *pb.TablePlan, c *pb.Column, d *pb.TypeDiagnosis) error {
	columns := []*pb.Column{plan.GetColumns()[0].GetColumn()}
	if c.GetName() != columns[0].GetName() {
		columns = append(columns, c)
	}
	source := &pb.RowSelection{Table: plan.GetSource(), Columns: columns, Scn: plan.GetChunks()[0].GetScn()}
	target := proto.CloneOf(source)
	target.Table, target.Scn = plan.GetTarget(), 0
	pair := compare.Pair{Source: compare.Side{Agent: t.Source, Selection: source}, Target: compare.Side{Agent: t.Target, Selection: target}}
	found := &pb.Comparison{}
	if err := pair.Digest(ctx, found); err != nil {
		return err
	}
	d.Outcome, d.Detail = outcome(found)
	return nil
}

func outcome(c *pb.Comparison) (pb.TypeOutcome, string) {
	switch {
	case c.GetSourceRows() != c.GetTargetRows():
		return pb.TypeOutcome_TYPE_OUTCOME_FAILED, fmt.Sprintf("%d of %d rows arrived", c.GetTargetRows(), c.GetSourceRows())
	case len(c.GetNotCompared()) > 0:
		return pb.TypeOutcome_TYPE_OUTCOME_UNPROVEN, c.GetNotCompared()[0].GetWhy()
	case c.GetSourceDigest().GetSum() != c.GetTargetDigest().GetSum():
		return pb.TypeOutcome_TYPE_OUTCOME_CHANGED, "digests of source and target differ"
	default:
		return pb.TypeOutcome_TYPE_OUTCOME_EQUAL, ""
	}
}

// failed says that no column arrived.
func failed(table *pb.Table, why *pb.Failure) []*pb.TypeDiagnosis {
	var all []*pb.TypeDiagnosis
	for _, c := range table.GetColumns() {
		all = append(all, &pb.TypeDiagnosis{Type: typeText(c), Outcome: pb.TypeOutcome_TYPE_OUTCOME_FAILED, Detail: why.GetText()})
	}
	return all
}

// typeText is a column's type for people, as declared.
func typeText(c *pb.Column) string {
	switch {
	case c.GetDataType() == "NUMBER" && c.Precision != nil:
		return fmt.Sprintf("NUMBER(%d,%d)", c.GetPrecision(), c.GetScale())
	case c.GetDataType() == "FLOAT":
		return fmt.Sprintf("FLOAT(%d)", c.GetPrecision())
	case c.GetCharLength() > 0:
		return fmt.Sprintf("%s(%d)", c.GetDataType(), c.GetCharLength())
	case c.GetDataType() == "RAW":
		return fmt.Sprintf("RAW(%d)", c.GetDataLength())
	default:
		return c.GetDataType()
	}
}
