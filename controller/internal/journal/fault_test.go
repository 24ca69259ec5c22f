package journal

import (
	"errors"
	"os"
	"testing"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A faultyFile is a disk that fills up or stops syncing.
type faultyFile struct {
	File
	writeBytes int // how much of the next write gets through; -1 for all
	syncErr    error
}

func (f *faultyFile) Write(p []byte) (int, error) {
	if f.writeBytes < 0 {
		return f.File.Write(p)
	}
	n, err := f.File.Write(p[:f.writeBytes])
	return n, errors.Join(err, errors.New("no space left on device"))
}

func (f *faultyFile) Sync() error { return errors.Join(f.File.Sync(), f.syncErr) }

func TestFailedAppendLeavesTheJournalAsItWas(t *testing.T) {
	tests := map[string]*faultyFile{
		"nothing written": {writeBytes: 0},
		"short write":     {writeBytes: 20},
		"failed sync":     {writeBytes: -1, syncErr: errors.New("input/output error")},
	}
	for name, fault := range tests {
		t.Run(name, func(t *testing.T) {
			s := newStore(t, t.TempDir())
			create(t, s)
			writeBytes, syncErr := fault.writeBytes, fault.syncErr
			fault.writeBytes, fault.syncErr = -1, nil // the disk is good while the journal is opened
			s.open = func(path string) (File, error) {
				f, err := OpenFile(path)
				fault.File = f
				return fault, err
			}
			j := open(t, s)
			fault.writeBytes, fault.syncErr = writeBytes, syncErr
			running := changed(pb.MigrationState_MIGRATION_STATE_RUNNING)
			if err := j.Append(running); err == nil {
				t.Fatal("Append succeeded")
			}
			if broken, ok := errors.AsType[*WriteError](j.Append(running)); !ok || broken.Dir != s.dir || broken.ID == "" {
				t.Errorf("not told where: %v", broken)
			}
			select {
			case <-j.Broke():
			default:
				t.Error("nobody hears that the journal broke")
			}
			fault.writeBytes, fault.syncErr = -1, nil
			if err := j.Append(running); err == nil {
				t.Error("Append succeeded on a journal that broke")
			}
			if got := j.Status().GetLastSequence(); got != 1 {
				t.Errorf("sequence %d after failed appends, want 1", got)
			}
			closeJournal(t, j)

			j = open(t, s)
			if err := j.Append(running); err != nil {
				t.Errorf("Append after opening again: %v", err)
			}
			closeJournal(t, j)
			expectSequence(t, s, 2)
		})
	}
}

// What a process that died has written is a fact for the next one only when the
// disk has it.
func TestAJournalIsDurableBeforeAnybodyActsOnIt(t *testing.T) {
	s := newStore(t, t.TempDir())
	create(t, s)
	s.open = func(path string) (File, error) {
		f, err := OpenFile(path)
		return &faultyFile{File: f, writeBytes: -1, syncErr: errors.New("input/output error")}, err
	}
	if _, err := s.Open("m1"); err == nil {
		t.Error("a journal was opened that may not be on the disk")
	} else if _, ok := errors.AsType[*WriteError](err); !ok {
		t.Errorf("%v is no *WriteError", err)
	}
}

// However little of an event is on the disk when it is full, the event did not
// happen, and the journal goes on when there is room.
func TestATailTornAtEveryByteIsCutOff(t *testing.T) {
	s := newStore(t, t.TempDir())
	create(t, s)
	whole, err := os.ReadFile(s.path("m1"))
	if err != nil {
		t.Fatal(err)
	}
	running := changed(pb.MigrationState_MIGRATION_STATE_RUNNING)
	j := open(t, s)
	if err := j.Append(running); err != nil {
		t.Fatal(err)
	}
	closeJournal(t, j)
	both, err := os.ReadFile(s.path("m1"))
	if err != nil {
		t.Fatal(err)
	}
	for cut := len(whole); cut < len(both); cut++ {
		if err := os.WriteFile(s.path("m1"), both[:cut], fileMode); err != nil {
			t.Fatal(err)
		}
		expectSequence(t, s, 1)
		j := open(t, s)
		if err := j.Append(running); err != nil {
			t.Errorf("after byte %d: %v", cut, err)
		}
		closeJournal(t, j)
		expectSequence(t, s, 2)
	}
}
