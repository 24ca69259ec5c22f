package journal

import (
	"errors"
	"testing"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A faultyFile is a disk that fills up or stops syncing.
type faultyFile struct {
	file
	writeBytes int // how much of the next write gets through; -1 for all
	syncErr    error
}

func (f *faultyFile) Write(p []byte) (int, error) {
	if f.writeBytes < 0 {
		return f.file.Write(p)
	}
	n, err := f.file.Write(p[:f.writeBytes])
	return n, errors.Join(err, errors.New("no space left on device"))
}

func (f *faultyFile) Sync() error { return errors.Join(f.file.Sync(), f.syncErr) }

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
			s.open = func(path string) (file, error) {
				f, err := openFile(path)
				fault.file = f
				return fault, err
			}
			j := open(t, s)
			running := changed(pb.MigrationState_MIGRATION_STATE_RUNNING)
			if err := j.Append(running); err == nil {
				t.Fatal("Append succeeded")
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
