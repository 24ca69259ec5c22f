package journal

import (
	"bytes"
	"errors"
	"os"
	"testing"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestADamagedJournalIsGivenUpForGood(t *testing.T) {
	s := newStore(t, t.TempDir())
	create(t, s, changed(pb.MigrationState_MIGRATION_STATE_RUNNING), changed(pb.MigrationState_MIGRATION_STATE_STOPPED))
	lines := bytes.SplitAfter(readFile(t, s), []byte("\n"))
	bad := bytes.Join([][]byte{lines[0], lines[1], flip(lines[2])}, nil)
	for _, kept := range []string{".damaged", ".damaged-2"} {
		writeFile(t, s, bad)
		if status, err := s.Readable(id); err != nil || status.GetState() != pb.MigrationState_MIGRATION_STATE_RUNNING {
			t.Errorf("readable: %v, %v", status.GetState(), err)
		}
		if err := s.GiveUp(id); err != nil {
			t.Fatal(err)
		}
		status, err := s.Status(id)
		if err != nil || status.GetCleanUp() == nil || status.GetLastSequence() != 3 || status.GetPlan() == nil {
			t.Errorf("given up: %v, %v", status, err)
		}
		if got, err := os.ReadFile(s.path(id) + kept); err != nil || !bytes.Equal(got, bad) {
			t.Errorf("the damaged file was not kept: %v", err)
		}
	}
	closeJournal(t, open(t, s))
	if ids, err := s.IDs(); err != nil || len(ids) != 1 {
		t.Errorf("journals %v, %v", ids, err)
	}
}

func TestOnlyADamagedJournalIsReplaced(t *testing.T) {
	s := newStore(t, t.TempDir())
	if err := s.GiveUp(id); !errors.Is(err, ErrNotFound) {
		t.Errorf("without a journal: %v", err)
	}
	create(t, s, changed(pb.MigrationState_MIGRATION_STATE_RUNNING))
	whole := readFile(t, s)
	if err := s.GiveUp(id); err != nil || !bytes.Equal(readFile(t, s), whole) {
		t.Errorf("a good journal was changed (%v)", err)
	}
	j := open(t, s)
	if _, busy := errors.AsType[*BusyError](newStore(t, s.dir).GiveUp(id)); !busy {
		t.Error("the journal of another writer was given up")
	}
	closeJournal(t, j)
	writeFile(t, s, flip(whole[:bytes.IndexByte(whole, '\n')+1]))
	if _, damaged := errors.AsType[*CorruptError](s.GiveUp(id)); !damaged {
		t.Error("a journal without a plan was given up")
	}
}
