package migrate

import (
	"errors"
	"fmt"

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
