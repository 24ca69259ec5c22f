package journal

import (
	"context"
	"errors"
	"time"

	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// poll is how often a watcher looks at a journal that another process writes.
const poll = 200 * time.Millisecond

// ErrAbandoned ends a watch of a migration whose process is gone.
var ErrAbandoned = errors.New("the process that carried out the migration is gone")

// Watch calls yield for every event after a sequence number, then for each new
// one as it comes, ticks in between, until the migration has ended; then it
// returns nil. It follows journals of other processes too, without their ticks.
// Ticks may be left out, events never. Other ends: an error of yield, the
// context's cause, ErrNotFound, or ErrAbandoned when the migration is running by
// its journal and nobody carries it out.
func (s *Store) Watch(ctx context.Context, id string, after int64, yield func(*pb.Event) error) error {
	w := &watcher{store: s, id: id, after: after, yield: yield}
	for {
		live := s.writer(id)
		wait, done, err := w.round(live)
		if err != nil || done {
			return err
		}
		timer := time.NewTimer(poll)
		select {
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		case <-wait:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// A watcher is one reader on its way through a journal.
type watcher struct {
	store *Store
	id    string
	after int64
	yield func(*pb.Event) error

	at     position
	state  pb.MigrationState
	ticked uint64
}

// round catches up once. It returns what to wait for besides the clock, or that
// the migration has ended.
func (w *watcher) round(live *Journal) (wait <-chan struct{}, done bool, err error) {
	if live == nil {
		done, err := w.foreign()
		return nil, done, err
	}
	n := live.since(w.ticked)
	if err := w.read(n.end.offset); err != nil {
		return nil, false, err
	}
	w.ticked = n.ticked
	for _, t := range n.ticks {
		if err := w.yield(t); err != nil {
			return nil, false, err
		}
	}
	return n.changed, progress.Ended(w.state), nil
}

// foreign catches up with a journal that this process does not write. Who holds
// it is asked before reading, so that a last event is never missed.
func (w *watcher) foreign() (done bool, err error) {
	_, held, err := w.store.Holder(w.id)
	if err != nil {
		return false, err
	}
	if err := w.read(wholeFile); err != nil {
		return false, err
	}
	switch {
	case progress.Ended(w.state):
		return true, nil
	case w.state == pb.MigrationState_MIGRATION_STATE_RUNNING && !held:
		return false, ErrAbandoned
	case w.at.sequence == 0:
		return false, ErrNotFound
	}
	return false, nil
}

// read yields the events that follow, up to a byte of the file; see scan.
func (w *watcher) read(limit int64) error {
	at, err := w.store.scan(w.id, w.at, limit, func(e *pb.Event) error {
		if e.GetMigrationPlanned() != nil {
			w.state = pb.MigrationState_MIGRATION_STATE_PLANNED
		}
		if c := e.GetMigrationChanged(); c != nil {
			w.state = c.GetState()
		}
		if e.GetSequence() <= w.after {
			return nil
		}
		return w.yield(e)
	})
	w.at = at
	return err
}
