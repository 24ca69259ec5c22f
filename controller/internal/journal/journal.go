package journal

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/gofrs/flock"
	"github.com/hashicorp/go-hclog"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A Journal is the journal of one migration, open for writing. Its methods may
// be called concurrently.
type Journal struct {
	store *Store
	id    string
	log   hclog.Logger
	lock  *flock.Flock

	mu      sync.Mutex
	file    File
	end     position
	status  *pb.MigrationStatus
	broken  error         // why nothing can be appended any more
	broke   chan struct{} // closed then
	changed chan struct{} // closed and replaced with every event and tick
	ticks   map[string]tick
	ticked  uint64 // counts ticks
}

// A tick is the latest progress of a chunk and its number.
type tick struct {
	event  *pb.Event
	number uint64
}

// openWriter takes the lock before it looks at the file, so that it never repairs
// another writer's unfinished line.
func (s *Store) openWriter(id string) (*Journal, error) {
	lock, err := s.lock(id)
	if err != nil {
		return nil, err
	}
	j := &Journal{
		store: s, id: id, lock: lock, log: s.log.With("migration_id", id),
		status: &pb.MigrationStatus{}, changed: make(chan struct{}), broke: make(chan struct{}), ticks: map[string]tick{},
	}
	if err := j.load(); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.live[id] = j
	return j, nil
}

// load folds what is there and cuts off what the last append of a dead process
// left incomplete. What remains is made durable: that process may have written it
// and not have lived, or not have been able, to do so.
func (j *Journal) load() error {
	end, err := j.store.scan(j.id, position{}, wholeFile, func(e *pb.Event) error {
		progress.Fold(j.status, e)
		return nil
	})
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	f, err := j.store.open(j.store.path(j.id))
	if err != nil {
		return fmt.Errorf("open journal: %w", err)
	}
	if err := errors.Join(f.Truncate(end.offset), f.Sync()); err != nil {
		return errors.Join(&WriteError{ID: j.id, Dir: j.store.dir, Err: err}, f.Close())
	}
	j.file, j.end = f, end
	return nil
}

// Append numbers and stamps an event, writes it and folds it into the status. It
// is durable on return. After a *WriteError nothing can be appended any more, since
// nobody knows what the disk holds: close the journal and open it again.
func (j *Journal) Append(event *pb.Event) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.broken != nil {
		return j.broken
	}
	e := proto.CloneOf(event)
	redact(e.ProtoReflect())
	e.Sequence = j.end.sequence + 1
	e.Time = timestamppb.New(j.store.now())
	line, err := encode(e)
	if err != nil {
		return err
	}
	if err := j.write(line); err != nil {
		j.broken = &WriteError{ID: j.id, Dir: j.store.dir, Err: err}
		close(j.broke)
		return j.broken
	}
	j.end = position{offset: j.end.offset + int64(len(line)), line: j.end.line + 1, sequence: e.GetSequence()}
	progress.Fold(j.status, e)
	delete(j.ticks, tickOn(e))
	if progress.Ended(j.status.GetState()) {
		clear(j.ticks)
	}
	j.notify()
	logEvent(j.log, e)
	return nil
}

// write makes a line durable or tries to leave no trace of it.
func (j *Journal) write(line []byte) error {
	_, err := j.file.Write(line)
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		return errors.Join(err, j.file.Truncate(j.end.offset))
	}
	return nil
}

// Broke is closed when nothing can be appended any more.
func (j *Journal) Broke() <-chan struct{} { return j.broke }

// Tick shows progress to watchers. Only the latest of each chunk or table is kept,
// in memory, until its next event or the migration's end.
func (j *Journal) Tick(event *pb.Event) {
	j.mu.Lock()
	defer j.mu.Unlock()
	e := proto.CloneOf(event)
	e.Sequence = 0
	e.Time = timestamppb.New(j.store.now())
	progress.Fold(j.status, e)
	j.ticked++
	j.ticks[tickOn(e)] = tick{event: e, number: j.ticked}
	j.notify()
}

// tickOn is what an event ends the tick of: its chunk, or its table as a whole.
func tickOn(e *pb.Event) string { return cmp.Or(e.GetChunkId(), e.GetTableId()) }

// notify wakes all watchers; the caller holds the lock.
func (j *Journal) notify() {
	close(j.changed)
	j.changed = make(chan struct{})
}

// Status returns a copy of what the events fold to, latest ticks included.
func (j *Journal) Status() *pb.MigrationStatus {
	j.mu.Lock()
	defer j.mu.Unlock()
	return proto.CloneOf(j.status)
}

// View calls see with the status, which see must neither change nor keep.
func (j *Journal) View(see func(*pb.MigrationStatus)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	see(j.status)
}

// Close gives the journal up; watchers go on reading it from the disk. Closing
// twice is not allowed.
func (j *Journal) Close() error {
	j.store.mu.Lock()
	delete(j.store.live, j.id)
	j.store.mu.Unlock()
	j.mu.Lock()
	defer j.mu.Unlock()
	j.notify()
	if err := errors.Join(j.file.Close(), j.lock.Close()); err != nil {
		return fmt.Errorf("close journal of %s: %w", j.id, err)
	}
	return nil
}

// news is what a watcher has not seen of a journal yet.
type news struct {
	end     position
	ticks   []*pb.Event
	ticked  uint64
	changed <-chan struct{}
}

// since returns the ticks after number seen, in the order they came, and up to where
// the file has been written.
func (j *Journal) since(seen uint64) news {
	j.mu.Lock()
	defer j.mu.Unlock()
	var fresh []tick
	for _, t := range j.ticks {
		if t.number > seen {
			fresh = append(fresh, t)
		}
	}
	slices.SortFunc(fresh, func(a, b tick) int { return cmp.Compare(a.number, b.number) })
	n := news{end: j.end, ticked: j.ticked, changed: j.changed}
	for _, t := range fresh {
		n.ticks = append(n.ticks, t.event)
	}
	return n
}
