package migrate

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/controller/internal/fleet"
	"github.com/adbferry/adbferry/controller/internal/verify"
	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A cargo is one chunk on its way, with its place in the plan.
type cargo struct {
	table     *pb.TablePlan
	chunk     *pb.Chunk
	exporting func() // called when its export has a lane
}

// A step brings a chunk to a state. It writes its outcome down itself.
type step struct {
	state pb.ChunkState
	do    func(context.Context, cargo) error
}

// chunk moves one chunk: export, import, verify. Steps that fail are tried again
// when that can help, within the chunk's budget.
func (r *run) chunk(ctx context.Context, c cargo) error {
	outage := r.pauses().Outage()
	if reached(r.chunkStatus(c)) >= pb.ChunkState_CHUNK_STATE_EXPORTED {
		c.exporting() // it was, in another run
	}
	for tries := r.spent(c); ; {
		_, number := r.par.use()
		err := r.steps(ctx, c)
		if err == nil || errors.Is(err, errStopped) {
			return err
		}
		switch r.remedyFor(ctx, number, err) {
		case pauseMigration:
			return errStopped
		case failChunk:
			return err
		case countAttempt:
			if tries++; tries >= r.limits.Attempts {
				return err
			}
		case repeatAttempt:
		}
		if err := outage.Wait(r.stop, err); err != nil {
			return err
		}
	}
}

// A remedy is what is done about a failed attempt at a chunk.
type remedy int

const (
	failChunk      remedy = iota // no other attempt would help
	countAttempt                 // another attempt, if the chunk's budget has one left
	repeatAttempt                // another attempt, with the PAR that came meanwhile: the failed one does not count
	pauseMigration               // the PAR is of no use any more
)

// remedyFor decides what is done about an attempt that failed while the PAR of this
// number was in use.
func (r *run) remedyFor(ctx context.Context, number int, err error) remedy {
	switch {
	case progress.PARFailed(apierr.FailureOf(err)):
		return r.remedyForPAR(ctx, number, err)
	case worthAnother(err):
		return countAttempt
	default:
		return failChunk
	}
}

// worthAnother reports whether another attempt may succeed. A lost agent has
// used up the fleet's patience already. Objects that changed in the bucket are
// exported again, under a new prefix. What was cancelled and not by this run was
// cancelled by one before that had no time to write it down.
func worthAnother(err error) bool {
	if fleet.Lost(err) {
		return false
	}
	switch apierr.ReasonOf(err) {
	case pb.Reason_REASON_OBJECT_CHANGED, pb.Reason_REASON_CANCELLED:
		return true
	default:
		return apierr.Retryable(err)
	}
}

// steps does what the journal does not call done yet.
func (r *run) steps(ctx context.Context, c cargo) error {
	for _, s := range []step{
		{pb.ChunkState_CHUNK_STATE_EXPORTED, r.export},
		{pb.ChunkState_CHUNK_STATE_IMPORTED, r.load},
		{pb.ChunkState_CHUNK_STATE_VERIFIED, r.verify},
	} {
		if reached(r.chunkStatus(c)) >= s.state {
			continue
		}
		if err := r.boundary(); err != nil {
			return err
		}
		if err := s.do(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// reached is the last step that is done and still counts: an export whose
// objects an import found changed does not.
func reached(s *pb.ChunkStatus) pb.ChunkState {
	if s.GetReached() == pb.ChunkState_CHUNK_STATE_EXPORTED && s.GetFailure().GetReason() == pb.Reason_REASON_OBJECT_CHANGED {
		return pb.ChunkState_CHUNK_STATE_UNSPECIFIED
	}
	return s.GetReached()
}

// export writes the chunk into the bucket and seals the manifest in the journal.
func (r *run) export(ctx context.Context, c cargo) error {
	return r.exports.in(r.stop, func() error {
		c.exporting()
		status := r.chunkStatus(c)
		subject, err := r.beginAttempt(c, status.GetState(), pb.ChunkState_CHUNK_STATE_EXPORTING, status.GetExportAttempt())
		if err != nil {
			return err
		}
		tick, watch := r.ticker(subject), r.exports.watch()
		m, err := r.source.Export(ctx, &pb.ExportRequest{
			MigrationId: r.id, Plan: c.table, Chunk: c.chunk, Attempt: subject.Attempt, ParUrl: r.par.secret(),
		}, func(e *pb.Event) {
			watch.saw(e.GetChunkProgress())
			tick(e)
		})
		if err == nil {
			err = verify.Manifest(c.chunk.GetChunkId(), m)
		}
		if err != nil {
			return r.failed(r.source, subject, err)
		}
		return r.journal.Append(subject.ChunkChanged(&pb.ChunkChanged{State: pb.ChunkState_CHUNK_STATE_EXPORTED, Manifest: m}))
	})
}

// load brings the rows of the sealed manifest, and no others, to the target.
func (r *run) load(ctx context.Context, c cargo) error {
	return r.imports.in(r.stop, func() error {
		status := r.chunkStatus(c)
		subject, err := r.beginAttempt(c, status.GetState(), pb.ChunkState_CHUNK_STATE_IMPORTING, status.GetImportAttempt())
		if err != nil {
			return err
		}
		rows, err := r.target.Import(ctx, &pb.ImportRequest{
			MigrationId: r.id, Plan: c.table, Chunk: c.chunk, Attempt: subject.Attempt, Manifest: status.GetManifest(), ParUrl: r.par.secret(),
		}, r.ticker(subject))
		if err != nil {
			return r.failed(r.target, subject, err)
		}
		return r.journal.Append(subject.ChunkChanged(&pb.ChunkChanged{State: pb.ChunkState_CHUNK_STATE_IMPORTED, RowsImported: rows}))
	})
}

// verify compares what was written with what arrived.
func (r *run) verify(_ context.Context, c cargo) error {
	status := r.chunkStatus(c)
	subject := progress.Subject{Migration: r.id, Table: c.table.GetTableId(), Chunk: c.chunk.GetChunkId()}
	err := verify.Chunk(c.table.GetTableId(), c.chunk.GetChunkId(), c.table.GetOptions().GetIfExists(), status.GetManifest(), status.GetRowsImported())
	if err != nil {
		return errors.Join(err, r.fail(subject, err))
	}
	return r.journal.Append(subject.ChunkChanged(&pb.ChunkChanged{State: pb.ChunkState_CHUNK_STATE_VERIFIED}))
}

// beginAttempt decides on the number of an attempt and writes it down before anybody
// hears of it. An attempt without an outcome keeps its number.
func (r *run) beginAttempt(c cargo, state, beginning pb.ChunkState, last int32) (progress.Subject, error) {
	subject := progress.Subject{Migration: r.id, Table: c.table.GetTableId(), Chunk: c.chunk.GetChunkId(), Attempt: last}
	if state == beginning {
		return subject, nil
	}
	subject.Attempt++
	return subject, r.journal.Append(subject.ChunkChanged(&pb.ChunkChanged{State: beginning}))
}

// cancelTime bounds the cancelling of an attempt that a stop cut off.
const cancelTime = 30 * time.Second

// failed writes down that an attempt failed, and returns why. Two kinds of
// attempt get no such record, because their outcome is open: those of an agent
// that was lost, and those cut off by a stop that did not end when cancelled.
func (r *run) failed(agent *fleet.Agent, subject progress.Subject, err error) error {
	switch {
	case fleet.Lost(err):
		return err
	case errors.Is(err, errStopped):
		if !r.cancel(agent, subject) {
			return err
		}
	}
	return errors.Join(err, r.fail(subject, err))
}

// fail journals a failed attempt; its own error is the journal's.
func (r *run) fail(subject progress.Subject, err error) error {
	failure := apierr.FailureOf(err)
	if errors.Is(err, errStopped) {
		failure = &pb.Failure{Reason: pb.Reason_REASON_CANCELLED, Text: errStopped.Error(), Retryable: true}
	}
	return r.journal.Append(subject.ChunkChanged(&pb.ChunkChanged{State: pb.ChunkState_CHUNK_STATE_FAILED, Failure: failure}))
}

// cancel ends an attempt in the database and reports whether it was running and
// has ended without an outcome.
func (r *run) cancel(agent *fleet.Agent, subject progress.Subject) bool {
	ctx, cancel := context.WithTimeoutCause(context.Background(), cancelTime, errors.New("cancelling took too long"))
	defer cancel()
	cancelled, err := agent.Patient(fleet.Impatience).Cancel(ctx, &pb.CancelRequest{
		MigrationId: r.id, ChunkId: subject.Chunk, Attempt: subject.Attempt,
	})
	if err != nil {
		r.notice(subject, "the attempt could not be cancelled: "+apierr.FailureOf(err).GetText())
	}
	return err == nil && cancelled
}

// ticker passes an agent's ticks on under the subject they belong to here.
func (r *run) ticker(subject progress.Subject) func(*pb.Event) {
	return func(e *pb.Event) {
		if p := e.GetChunkProgress(); p != nil {
			r.journal.Tick(subject.Tick(p))
		}
	}
}

// chunkStatus is what the journal knows of a chunk now.
func (r *run) chunkStatus(c cargo) (status *pb.ChunkStatus) {
	r.journal.View(func(s *pb.MigrationStatus) {
		status = proto.CloneOf(progress.Chunk(progress.Table(s, c.table.GetTableId()), c.chunk.GetChunkId()))
	})
	return status
}
