package migrate

import (
	"errors"
	"fmt"
	"iter"

	"github.com/adbferry/adbferry/controller/internal/fleet"
	"github.com/adbferry/adbferry/pkg/advice"
	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// continuations is how often in a row a controller goes on by itself without a
// step being done: one that kills it every time would do so for ever.
const continuations = 5

// Continue is Start for a controller that goes on by itself with what ran when
// its process died or was shut down. Budgets go on where they were, and tables that failed are
// left alone. A migration that has died too often in a row is paused instead. One
// that was not interrupted, by its journal, is left alone.
func (r *Runs) Continue(id, parURL string) (*pb.MigrationStatus, error) {
	status, err := r.options.Store.Status(id)
	if err != nil || !progress.Interrupted(status) {
		return status, err
	}
	if n := status.GetContinuations(); n >= continuations {
		return r.Pause(id, &pb.Failure{
			Reason: pb.Reason_REASON_CANCELLED,
			Text:   fmt.Sprintf("the controller has died %d times in a row before a step was done", n+1),
			Hint:   "look into its log, then go on with: " + advice.Resume(id),
		})
	}
	return r.start(id, parURL, true)
}

// Pause writes down that a migration which was interrupted, and runs neither here
// nor anywhere else, waits for an operator, and why. It is durable on return. Error:
// *journal.BusyError when another process carries it out.
func (r *Runs) Pause(id string, why *pb.Failure) (*pb.MigrationStatus, error) {
	j, err := r.options.Store.Open(id)
	if err != nil {
		return nil, err
	}
	if progress.Interrupted(j.Status()) {
		paused := &pb.MigrationChanged{State: pb.MigrationState_MIGRATION_STATE_PAUSED, Failure: why}
		err = j.Append(progress.Subject{Migration: id}.MigrationChanged(paused))
	}
	return j.Status(), errors.Join(err, j.Close())
}

// stopInterrupted writes down that somebody does not want a migration to go on
// which was interrupted: no controller goes on with it by itself any more. What it
// left running is cancelled, as far as agents can be reached; a notice tells of
// the rest, which its agent ends when nobody asks for it.
func (r *Runs) stopInterrupted(id string) (err error) {
	if status, err := r.options.Store.Status(id); err != nil || !progress.Interrupted(status) {
		return nil // who asks for the status is told of the error
	}
	j, err := r.options.Store.Open(id)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	status := j.Status()
	if !progress.Interrupted(status) { // somebody was faster
		return nil
	}
	run, err := newRun(r.options, j, "", false)
	if err != nil {
		return err
	}
	for subject, agent := range openAttempts(status, run.source, run.target) {
		if !run.cancel(agent, subject) {
			continue
		}
		if err := run.fail(subject, errStopped); err != nil {
			return err
		}
	}
	stopped := &pb.MigrationChanged{State: pb.MigrationState_MIGRATION_STATE_STOPPED}
	return j.Append(progress.Subject{Migration: id}.MigrationChanged(stopped))
}

// openAttempts are those whose outcome the journal does not know, each with the
// agent that was asked for it: they may still run.
func openAttempts(s *pb.MigrationStatus, source, target *fleet.Agent) iter.Seq2[progress.Subject, *fleet.Agent] {
	return func(yield func(progress.Subject, *fleet.Agent) bool) {
		for _, t := range s.GetTables() {
			for _, c := range t.GetChunks() {
				subject := progress.Subject{Migration: s.GetMigrationId(), Table: t.GetTableId(), Chunk: c.GetChunkId(), Attempt: c.GetExportAttempt()}
				agent := source
				switch c.GetState() {
				case pb.ChunkState_CHUNK_STATE_EXPORTING:
				case pb.ChunkState_CHUNK_STATE_IMPORTING:
					agent, subject.Attempt = target, c.GetImportAttempt()
				default:
					continue
				}
				if !yield(subject, agent) {
					return
				}
			}
		}
	}
}
