package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/adbferry/adbferry/pkg/durable"
	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Readable is Status of a journal that may be damaged: what the events before the
// damage fold to. It is the *CorruptError itself when the plan, the first event,
// cannot be read.
func (s *Store) Readable(id string) (*pb.MigrationStatus, error) {
	status, _, err := s.readable(id)
	return status, err
}

func (s *Store) readable(id string) (*pb.MigrationStatus, position, error) {
	status := &pb.MigrationStatus{}
	at, err := s.scan(id, position{}, wholeFile, func(e *pb.Event) error {
		progress.Fold(status, e)
		return nil
	})
	if _, damaged := errors.AsType[*CorruptError](err); damaged && at.sequence > 0 {
		err = nil
	}
	if err == nil && at.sequence == 0 {
		err = ErrNotFound
	}
	return status, at, err
}

// GiveUp makes a damaged journal one that can be cleaned up after and never goes
// on: the events before the damage, and that a clean-up began. Both come into
// place in one step, so that there is no moment in which the journal lacks an event
// and could be started. The damaged file stays beside it, as ID.journal.damaged. It
// is durable on return. A journal that is not damaged is left alone.
//
// Errors: those of Readable, *BusyError, *WriteError.
func (s *Store) GiveUp(id string) (err error) {
	lock, err := s.lock(id)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	if _, err := s.Status(id); err == nil {
		return nil
	}
	_, at, err := s.readable(id)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(s.path(id))
	if err != nil {
		return fmt.Errorf("read journal: %w", err)
	}
	e := progress.Subject{Migration: id}.CleanedUp(&pb.MigrationCleanedUp{})
	e.Sequence, e.Time = at.sequence+1, timestamppb.New(s.now())
	line, err := encode(e)
	if err != nil {
		return err
	}
	if err := keep(s.path(id)); err != nil {
		return &WriteError{ID: id, Dir: s.dir, Err: err}
	}
	if err := durable.Replace(s.path(id), bytes.Join([][]byte{data[:at.offset], line}, nil)); err != nil {
		return &WriteError{ID: id, Dir: s.dir, Err: err}
	}
	return nil
}

// keep gives a damaged file a second name, which nobody has yet.
func keep(path string) error {
	kept := path + ".damaged"
	for n := 2; ; n++ {
		err := os.Link(path, kept)
		if !errors.Is(err, fs.ErrExist) {
			return err
		}
		kept = fmt.Sprintf("%s.damaged-%d", path, n)
	}
}
