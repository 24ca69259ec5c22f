package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Holder takes a lock for a moment, only to look. A writer that meets such a lock
// tries again for this long before it believes in another writer.
const (
	lockPatience = 500 * time.Millisecond
	lockPause    = 20 * time.Millisecond
)

// A BusyError says that somebody else carries the migration out.
type BusyError struct {
	ID     string
	Holder string // "process 4711 on host ferry1"
}

func (e *BusyError) Error() string {
	return fmt.Sprintf("migration %s is being carried out by %s", e.ID, e.Holder)
}

// Own reports whether it is this process that carries the migration out.
func (e *BusyError) Own() bool { return e.Holder == self() }

func (s *Store) lockPath(id string) string { return filepath.Join(s.dir, id+".lock") }

// lock takes the right to write a journal. The operating system gives it back
// when the process dies; the file stays, because removing it would let two
// processes lock two files of one name.
func (s *Store) lock(id string) (*flock.Flock, error) {
	l := flock.New(s.lockPath(id), flock.SetPermissions(fileMode))
	ctx, cancel := context.WithTimeoutCause(context.Background(), lockPatience, errors.New("lock is taken"))
	defer cancel()
	ok, err := l.TryLockContext(ctx, lockPause)
	if err != nil && ctx.Err() == nil {
		return nil, fmt.Errorf("lock journal: %w", errors.Join(err, l.Close()))
	}
	if !ok {
		return nil, errors.Join(&BusyError{ID: id, Holder: s.holder(id)}, l.Close())
	}
	if err := os.WriteFile(s.lockPath(id), []byte(self()), fileMode); err != nil {
		return nil, errors.Join(&WriteError{ID: id, Dir: s.dir, Err: err}, l.Close())
	}
	return l, nil
}

// Holder returns who carries a migration out; held is false when nobody does.
//
// Errors: ErrNotFound for what cannot be an ID, those of the file system.
func (s *Store) Holder(id string) (who string, held bool, err error) {
	if !pb.ValidMigrationID(id) {
		return "", false, ErrNotFound
	}
	if s.writer(id) != nil {
		return self(), true, nil
	}
	if _, err := os.Stat(s.lockPath(id)); errors.Is(err, os.ErrNotExist) {
		return "", false, nil
	}
	l := flock.New(s.lockPath(id), flock.SetPermissions(fileMode))
	free, err := l.TryRLock()
	if err := errors.Join(err, l.Close()); err != nil {
		return "", false, fmt.Errorf("look at journal lock: %w", err)
	}
	if free {
		return "", false, nil
	}
	return s.holder(id), true, nil
}

// holder reads what the owner of a lock wrote about itself.
func (s *Store) holder(id string) string {
	text, err := os.ReadFile(s.lockPath(id))
	if err != nil || len(text) == 0 {
		return "another process"
	}
	return strings.TrimSpace(string(text))
}

// self is how this process is named to others.
func self() string {
	host, err := os.Hostname()
	if err != nil {
		host = "this host"
	}
	return fmt.Sprintf("process %d on %s", os.Getpid(), host)
}
