package engine

import (
	"context"
	"errors"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine/heap"
)

// savepoint is a named mark in the open transaction.
type savepoint struct {
	name string
	mark int
}

// begin returns the open transaction, starting one when there is none, with a
// new statement number.
func (s *Session) begin() *heap.Txn {
	if s.txn == nil {
		s.txn = s.instance.store.Begin()
		s.savepoints = nil
	}
	s.txn.NextStatement()
	return s.txn
}

// Commit makes the open transaction durable and visible.
func (s *Session) Commit(context.Context) error {
	if s.txn != nil {
		s.txn.Commit()
		s.txn = nil
	}
	return nil
}

// Rollback undoes the open transaction.
func (s *Session) Rollback(context.Context) error {
	if s.txn != nil {
		s.txn.Rollback()
		s.txn = nil
	}
	return nil
}

// InTransaction reports whether a transaction is open.
func (s *Session) InTransaction() bool { return s.txn != nil }

// SCN returns the database's current system change number: a snapshot taken
// with it sees all that was committed before the call.
func (s *Session) SCN() uint64 { return s.instance.store.SCN() }

// Close rolls back, ends what the session reads from outside, and ends the
// session. It may be called twice.
func (s *Session) Close() {
	for scan := range s.scans {
		scan.close()
	}
	_ = s.Rollback(context.Background()) // cannot fail
	s.instance.mu.Lock()
	defer s.instance.mu.Unlock()
	delete(s.instance.sessions, s.sid)
}

// setSavepoint marks the transaction; a name that is used again moves.
func (s *Session) setSavepoint(name string) {
	mark := s.begin().Mark()
	for i := range s.savepoints {
		if s.savepoints[i].name == name {
			s.savepoints = append(s.savepoints[:i], s.savepoints[i+1:]...)
			break
		}
	}
	s.savepoints = append(s.savepoints, savepoint{name, mark})
}

// rollbackTo undoes what came after a savepoint. The savepoint itself stays,
// later ones are gone.
func (s *Session) rollbackTo(name string) error {
	if s.txn != nil {
		for i, p := range s.savepoints {
			if p.name == name {
				s.txn.RollbackTo(p.mark)
				s.savepoints = s.savepoints[:i+1]
				return nil
			}
		}
	}
	return datum.Errorf(1086, "savepoint '%s' never established in this session or is invalid", name)
}

// translate gives the errors of the heap, and a cancelled call, their numbers.
func (s *Session) translate(t *table, err error) error {
	if err == nil {
		return nil
	}
	if d, ok := errors.AsType[*heap.Duplicate](err); ok {
		return datum.Errorf(1, "unique constraint (%s.%s) violated", t.schema, t.indexName(d.Index))
	}
	switch {
	case errors.Is(err, heap.ErrTooOld):
		return datum.Errorf(1555, "snapshot too old: rollback segment number  with name \"\" too small")
	case errors.Is(err, heap.ErrBusy):
		return datum.Errorf(54, "resource busy and acquire with NOWAIT specified or timeout expired")
	case errors.Is(err, heap.ErrDeadlock):
		return datum.Errorf(60, "deadlock detected while waiting for resource")
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return database.Cancelled()
	}
	return err
}

// indexName is the name a violated unique index is reported by: its
// constraint's, if it has one.
func (t *table) indexName(x *heap.Index) string {
	for _, k := range t.constraints {
		if k.index != nil && k.index.heap == x {
			return k.name
		}
	}
	for _, i := range t.indexes {
		if i.heap == x {
			return i.name
		}
	}
	return "?"
}
