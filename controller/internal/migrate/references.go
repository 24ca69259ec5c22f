package migrate

import (
	"context"
	"errors"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// references adds foreign keys once every table has settled: a table may refer
// to any other. Whenever a migration is started again they are tried again, as
// a table that was missing may be there now. The error is a stop, or the
// journal's.
func (r *run) references(ctx context.Context) error {
	status := r.journal.Status()
	if !settled(status) {
		return nil
	}
	var group errgroup.Group
	for _, p := range status.GetPlan().GetTables() {
		if !refers(p) || progress.Table(status, p.GetTableId()).GetState() != pb.TableState_TABLE_STATE_VERIFIED {
			continue
		}
		group.Go(func() error { return r.refer(ctx, p) })
	}
	return group.Wait()
}

// refers reports whether a table is to have foreign keys.
func refers(p *pb.TablePlan) bool {
	return slices.ContainsFunc(p.GetDefinition().GetConstraints(), func(c *pb.Constraint) bool {
		return c.GetKind() == pb.ConstraintKind_CONSTRAINT_KIND_REFERENCE
	})
}

// refer adds the foreign keys of a table. Its rows are verified and stay so
// whatever comes of it: what cannot be made is named.
func (r *run) refer(ctx context.Context, p *pb.TablePlan) error {
	var resp *pb.FinishTableResponse
	err := r.imports.in(r.stop, func() (err error) {
		resp, err = r.target.FinishTable(ctx, &pb.FinishTableRequest{MigrationId: r.id, Plan: p, References: true})
		return err
	})
	if errors.Is(err, errStopped) {
		return err
	}
	failures := resp.GetFailures()
	if err != nil {
		failures = []*pb.DefinitionFailure{{What: pb.ForeignKey + "s", Failure: apierr.FailureOf(err)}}
	}
	for _, f := range failures {
		r.notice(r.subject(p), "not made on the target: "+f.GetWhat()+": "+f.GetFailure().GetText())
	}
	return r.journal.Append(r.subject(p).TableChanged(referred(r.tableStatus(p), resp.GetConstraints(), failures)))
}

// referred is a verified table with the outcome of adding its foreign keys in the
// place of what was known of them before.
func referred(t *pb.TableStatus, made []string, failures []*pb.DefinitionFailure) *pb.TableChanged {
	changed := &pb.TableChanged{
		State: pb.TableState_TABLE_STATE_VERIFIED, Comparison: t.GetComparison(), Definitions: t.GetDefinitions(),
	}
	for _, d := range made {
		if !slices.Contains(changed.GetDefinitions(), d) {
			changed.Definitions = append(changed.Definitions, d)
		}
	}
	for _, f := range t.GetDefinitionFailures() {
		if !f.IsForeignKey() {
			changed.DefinitionFailures = append(changed.DefinitionFailures, f)
		}
	}
	changed.DefinitionFailures = append(changed.DefinitionFailures, failures...)
	return changed
}
