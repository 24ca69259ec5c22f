package dbmscloud

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine"
)

// idStep is the distance between operation ids: 1, 11, 21 (reference, section
// 2.7).
const idStep = 10

// The states of an operation.
const (
	running   = "RUNNING"
	completed = "COMPLETED"
	failed    = "FAILED"
)

// operation is a row of USER_LOAD_OPERATIONS.
type operation struct {
	id                 int64
	kind               string // COPY, EXPORT
	user               string
	sid, serial        int
	started            time.Time
	updated            time.Time
	status             string
	schema, table      string // "" for exports
	uris               string
	loaded             datum.Value
	logPrefix          string // "" for no log tables
	noBad              bool   // a log table alone
	logTable, badTable string
}

// operations is the log of one database. It is kept in memory, so rows of
// running operations are visible to every session at once.
type operations struct {
	now func() time.Time

	mu   sync.RWMutex
	last int64
	all  []*operation
}

func newOperations(now func() time.Time) *operations {
	return &operations{now: now, last: 1 - idStep}
}

// start logs a running operation of session s. The caller owns the returned
// copy's identity fields; the state changes through finish alone.
func (o *operations) start(s *engine.Session, op operation) operation {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.last += idStep
	op.id = o.last
	op.user = s.User()
	op.sid, op.serial = s.ID()
	op.started = o.now()
	op.updated = op.started
	op.status = running
	if op.logPrefix != "" {
		op.logTable = fmt.Sprintf("%s$%d_LOG", op.logPrefix, op.id)
	}
	if op.logPrefix != "" && !op.noBad {
		op.badTable = fmt.Sprintf("%s$%d_BAD", op.logPrefix, op.id)
	}
	kept := op
	o.all = append(o.all, &kept)
	return op
}

// finish sets the outcome of operation id.
func (o *operations) finish(id int64, status string, loaded datum.Value) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, op := range o.all {
		if op.id == id {
			op.status, op.loaded, op.updated = status, loaded, o.now()
		}
	}
}

// remove takes the operations that match out of the log and returns them.
func (o *operations) remove(match func(operation) bool) []operation {
	o.mu.Lock()
	defer o.mu.Unlock()
	var removed []operation
	o.all = slices.DeleteFunc(o.all, func(op *operation) bool {
		if !match(*op) {
			return false
		}
		removed = append(removed, *op)
		return true
	})
	return removed
}

// snapshot returns copies of the operations of a user, or of all users for "".
func (o *operations) snapshot(user string) []operation {
	o.mu.RLock()
	defer o.mu.RUnlock()
	var found []operation
	for _, op := range o.all {
		if user == "" || op.user == user {
			found = append(found, *op)
		}
	}
	return found
}

// finish logs how an operation ended.
func (c *cloud) finish(op operation, loaded datum.Value, err error) {
	status := completed
	if err != nil {
		status = failed
	}
	c.operations.finish(op.id, status, loaded)
	c.log.Debug("operation ended", "id", op.id, "type", op.kind, "status", status)
}
