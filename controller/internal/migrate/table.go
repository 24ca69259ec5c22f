package migrate

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/controller/internal/verify"
	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// table moves one table, by another plan when the first one does not bring its
// rows unchanged, and writes down how it ended. The error is a stop, or the
// journal's.
func (r *run) table(ctx context.Context, p *pb.TablePlan) error {
	switch state := r.tableState(p); {
	case state == pb.TableState_TABLE_STATE_VERIFIED,
		state == pb.TableState_TABLE_STATE_FAILED && r.continued: // until somebody starts the migration again
		return nil
	}
	for {
		comparison, err := r.move(ctx, p)
		if errors.Is(err, errStopped) {
			return err
		}
		next, replanErr := r.replan(ctx, p, err)
		switch {
		case replanErr != nil:
			return replanErr
		case next == nil:
			return r.endTable(p, comparison, err)
		}
		p = next
	}
}

// endTable writes down how a table ended.
func (r *run) endTable(p *pb.TablePlan, comparison *pb.Comparison, err error) error {
	changed := &pb.TableChanged{State: pb.TableState_TABLE_STATE_VERIFIED, Comparison: comparison}
	if err != nil {
		changed.State, changed.Failure = pb.TableState_TABLE_STATE_FAILED, apierr.FailureOf(err)
	}
	return r.journal.Append(r.subject(p).TableChanged(changed))
}

// move prepares, fills, finishes and compares a table. The source is digested
// while rows move, the target while the table is finished. When a chunk's count
// was wrong the table is not finished, but still compared, so that the receipt
// has both numbers.
func (r *run) move(ctx context.Context, p *pb.TablePlan) (*pb.Comparison, error) {
	if err := r.prepare(ctx, p); err != nil {
		return nil, err
	}
	pair := r.pair(p)
	source, target := r.digestAhead(ctx, r.askSource(p, pair.Source)), r.digestAhead(ctx, pair.Target.Digest)
	source.known = r.tableStatus(p).GetSourceDigest() != nil
	defer source.end()
	defer target.end()
	err := r.chunks(ctx, p, source)
	if err != nil && apierr.ReasonOf(err) != pb.Reason_REASON_COUNTS_DIFFER {
		return nil, err
	}
	if stop := r.boundary(); stop != nil {
		return nil, errors.Join(err, stop)
	}
	defer r.tickEvery(pulse, r.subject(p).Tick(&pb.ChunkProgress{Phase: pb.Phase_PHASE_VERIFY}))()
	if err == nil {
		target.begin()
		err = r.finish(ctx, p)
	}
	comparison, countErr := r.compare(ctx, p, source, target)
	if countErr != nil {
		return nil, errors.Join(err, countErr)
	}
	if err != nil {
		return comparison, err
	}
	return comparison, verify.Table(p.GetTableId(), p.GetOptions().GetIfExists(), comparison)
}

// prepare makes sure of the target table. A failed table is prepared again: that
// costs nothing, and the table may have been dropped meanwhile.
func (r *run) prepare(ctx context.Context, p *pb.TablePlan) error {
	switch r.tableState(p) {
	case pb.TableState_TABLE_STATE_PREPARED, pb.TableState_TABLE_STATE_FINISHED:
		return nil
	default:
	}
	if err := r.boundary(); err != nil {
		return err
	}
	if err := r.emptyAgain(ctx, p); err != nil {
		return err
	}
	resp, err := r.target.PrepareTable(ctx, &pb.PrepareTableRequest{MigrationId: r.id, Plan: p})
	if err != nil {
		return err
	}
	if n := r.arrived(p); resp.GetCreated() && n > 0 {
		return dropped(p, n)
	}
	changed := &pb.TableChanged{State: pb.TableState_TABLE_STATE_PREPARED, Created: resp.GetCreated()}
	if changed.Before, err = r.before(ctx, p); err != nil {
		return err
	}
	return r.journal.Append(r.subject(p).TableChanged(changed))
}

// chunks moves a table's chunks side by side: as many as can be exported and
// imported at a time, and one that waits between the two. After one fails no
// further one is begun; those that run come to their end. When the first export
// has a lane, digesting the source may have one too.
func (r *run) chunks(ctx context.Context, p *pb.TablePlan, ahead *aheadDigest) error {
	defer ahead.begin()
	if r.tableState(p) == pb.TableState_TABLE_STATE_FINISHED {
		return nil
	}
	group, failed := errgroup.WithContext(ctx)
	group.SetLimit(r.exports.most + r.imports.most + 1)
	for _, c := range p.GetChunks() {
		group.Go(func() error {
			if failed.Err() == nil {
				return r.chunk(ctx, cargo{table: p, chunk: c, exporting: ahead.begin})
			}
			return nil
		})
	}
	return group.Wait()
}

// finish adds what a table has beside its rows and what would only slow the
// loading down before. What cannot be added is named, and keeps no row away.
func (r *run) finish(ctx context.Context, p *pb.TablePlan) error {
	if r.tableState(p) == pb.TableState_TABLE_STATE_FINISHED {
		return nil
	}
	if err := r.boundary(); err != nil {
		return err
	}
	resp, err := r.target.FinishTable(ctx, &pb.FinishTableRequest{MigrationId: r.id, Plan: p})
	if err != nil {
		return err
	}
	for _, f := range resp.GetFailures() {
		r.notice(r.subject(p), "not made on the target: "+f.GetWhat()+": "+f.GetFailure().GetText())
	}
	return r.journal.Append(r.subject(p).TableChanged(&pb.TableChanged{
		State: pb.TableState_TABLE_STATE_FINISHED, Definitions: resp.GetConstraints(), DefinitionFailures: resp.GetFailures(),
	}))
}

// tableState is what the journal says of a table now.
func (r *run) tableState(p *pb.TablePlan) pb.TableState { return r.tableStatus(p).GetState() }

// tableStatus is what the journal knows of a table now, without its chunks.
func (r *run) tableStatus(p *pb.TablePlan) (status *pb.TableStatus) {
	r.journal.View(func(s *pb.MigrationStatus) {
		t := progress.Table(s, p.GetTableId())
		status = proto.CloneOf(&pb.TableStatus{
			State: t.GetState(), Comparison: t.GetComparison(), Before: t.GetBefore(), Tries: t.GetTries(), SnapshotsLost: t.GetSnapshotsLost(),
			Definitions: t.GetDefinitions(), DefinitionFailures: t.GetDefinitionFailures(), SourceDigest: t.GetSourceDigest(),
		})
	})
	return status
}

// subject is the table in events.
func (r *run) subject(p *pb.TablePlan) progress.Subject {
	return progress.Subject{Migration: r.id, Table: p.GetTableId()}
}
