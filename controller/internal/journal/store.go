package journal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/adbferry/adbferry/pkg/durable"
	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

const (
	suffix   = ".journal"
	dirMode  = 0o700 // journals name schemas, tables and buckets
	fileMode = 0o600
)

var (
	// ErrNotFound is returned for a migration that has no journal.
	ErrNotFound = errors.New("there is no such migration")
	// ErrExists is returned by Create when the migration has a journal.
	ErrExists = errors.New("the migration exists already")
)

// A Store is a directory of journals. Several processes may use one directory;
// each journal has one writer at a time and any number of readers. Its methods
// may be called concurrently.
type Store struct {
	dir  string
	now  func() time.Time
	log  hclog.Logger
	open func(path string) (File, error)

	mu   sync.Mutex
	live map[string]*Journal // the journals that this process writes
}

// Options is what a Store is made of.
type Options struct {
	Dir string           // of the journals; made when it does not exist
	Now func() time.Time // stamps all events
	Log hclog.Logger
	// Open opens a journal's file; nil for OpenFile. Tests give a file that fails.
	Open func(path string) (File, error)
}

// A File is what a Journal needs of its open file.
type File interface {
	io.Writer
	io.Closer
	Sync() error
	Truncate(size int64) error
}

// NewStore opens a directory of journals.
func NewStore(o Options) (*Store, error) {
	if err := os.MkdirAll(o.Dir, dirMode); err != nil {
		return nil, fmt.Errorf("make journal directory: %w", err)
	}
	if o.Open == nil {
		o.Open = OpenFile
	}
	return &Store{dir: o.Dir, now: o.Now, log: o.Log.Named("journal"), open: o.Open, live: map[string]*Journal{}}, nil
}

// OpenFile opens a file for appending, and makes it when it does not exist: a
// write never lands anywhere but at the end.
func OpenFile(path string) (File, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, fileMode)
}

func (s *Store) path(id string) string { return filepath.Join(s.dir, id+suffix) }

// IDs returns the migrations of the directory in name order, damaged journals
// included, and files that a crash left without a complete first event: of those
// Status says ErrNotFound. It is an error when the directory cannot be read.
func (s *Store) IDs() ([]string, error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, fmt.Errorf("list journals: %w", err)
	}
	var ids []string
	for _, e := range entries {
		if id, ok := strings.CutSuffix(e.Name(), suffix); ok && pb.ValidMigrationID(id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// Status returns what the events of a migration fold to. While this process
// writes the journal, the latest ticks are in it. Reading needs no lock.
func (s *Store) Status(id string) (*pb.MigrationStatus, error) {
	if j := s.writer(id); j != nil {
		return j.Status(), nil
	}
	status := &pb.MigrationStatus{}
	_, err := s.scan(id, position{}, wholeFile, func(e *pb.Event) error {
		progress.Fold(status, e)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if status.GetLastSequence() == 0 {
		return nil, ErrNotFound
	}
	return status, nil
}

// Create makes the journal of a migration, whose first event is its plan, and
// returns the status. It is durable on return. A file that a crash left without
// a complete first event is no migration and is used again. After an error there is
// no file, as far as it can be removed.
func (s *Store) Create(id string, plan *pb.MigrationPlan) (_ *pb.MigrationStatus, err error) {
	if !pb.ValidMigrationID(id) {
		return nil, fmt.Errorf("create journal: %q cannot be a migration ID", id)
	}
	j, err := s.openWriter(id)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	if j.status.GetLastSequence() > 0 {
		return nil, ErrExists
	}
	if err := j.Append(progress.Subject{Migration: id}.Planned(plan)); err != nil {
		return nil, errors.Join(err, os.Remove(s.path(id)))
	}
	return j.Status(), durable.Folder(s.dir)
}

// Open takes the journal of a migration for writing and repairs its torn end. It
// is a *BusyError while another process, or another part of this one, has it.
// The caller must Close it.
func (s *Store) Open(id string) (*Journal, error) {
	if _, err := s.Status(id); err != nil {
		return nil, err
	}
	return s.openWriter(id)
}

// wholeFile is the limit of a scan that goes to the end which the file has when the
// scan begins.
const wholeFile = -1

// scan reads a journal's events that follow from, up to the byte limit.
func (s *Store) scan(id string, from position, limit int64, yield func(*pb.Event) error) (_ position, err error) {
	if !pb.ValidMigrationID(id) {
		return from, ErrNotFound
	}
	f, err := os.Open(s.path(id))
	if errors.Is(err, os.ErrNotExist) {
		return from, ErrNotFound
	}
	if err != nil {
		return from, fmt.Errorf("open journal: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if limit == wholeFile {
		info, err := f.Stat()
		if err != nil {
			return from, fmt.Errorf("open journal: %w", err)
		}
		limit = info.Size()
	}
	to, err := scan(io.NewSectionReader(f, from.offset, max(0, limit-from.offset)), from, yield)
	if corrupt, ok := errors.AsType[*CorruptError](err); ok {
		corrupt.Path = s.path(id)
	}
	return to, err
}

// writer returns the journal of a migration that this process writes, or nil.
func (s *Store) writer(id string) *Journal {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.live[id]
}
