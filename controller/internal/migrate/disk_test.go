package migrate_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/hashicorp/go-hclog"

	"github.com/adbferry/adbferry/controller/internal/agenttest"
	"github.com/adbferry/adbferry/controller/internal/journal"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// openFile opens a journal on the port's disk. What is to be said about the disk
// is said before the journal is opened.
func (p *port) openFile(path string) (journal.File, error) {
	f, err := journal.OpenFile(path)
	if err != nil || p.disk == nil {
		return f, err
	}
	return diskFile{File: f, check: p.disk}, nil
}

// A diskFile cannot be written to while its check fails, and half of what was to
// be written stays.
type diskFile struct {
	journal.File

	check func() error
}

func (f diskFile) Write(p []byte) (int, error) {
	if err := f.check(); err != nil {
		n, _ := f.File.Write(p[:len(p)/2])
		return n, err
	}
	return f.File.Write(p)
}

func (f diskFile) Truncate(size int64) error {
	if err := f.check(); err != nil {
		return err
	}
	return f.File.Truncate(size)
}

// Whichever event finds the disk full, the migration stops and says so, nothing
// is claimed, and it goes on when there is room: no row is lost or doubled.
func TestAFullDiskStopsAMigrationAndNothingIsLost(t *testing.T) {
	for room := 2; room <= 10; room++ {
		t.Run(fmt.Sprintf("after %d writes", room), func(t *testing.T) {
			p := newPort(t)
			var left atomic.Int64
			left.Store(int64(room))
			p.disk = func() error {
				if left.Add(-1) < 0 {
					return syscall.ENOSPC
				}
				return nil
			}
			_, err := p.runs.Start(id, p.Bucket.PAR())
			check(t, err)
			err = p.store.Watch(t.Context(), id, 0, func(*pb.Event) error { return nil })
			if !errors.Is(err, journal.ErrAbandoned) {
				t.Fatalf("the watch ended with %v", err)
			}
			awaitBroken(t, p)
			s, err := p.store.Status(id)
			check(t, err)
			if s.GetState() != pb.MigrationState_MIGRATION_STATE_RUNNING {
				t.Errorf("the journal claims %s", s.GetState())
			}
			left.Store(1 << 30)
			p.expectVerified(p.run())
			expectNoPrefixTwice(t, p)
		})
	}
}

func awaitBroken(t *testing.T, p *port) {
	t.Helper()
	broken, ok := errors.AsType[*journal.WriteError](p.runs.Broken(id))
	if !ok || broken.Dir != p.dir || !errors.Is(broken, syscall.ENOSPC) || !strings.Contains(broken.Error(), "no space left") {
		t.Errorf("the migration ended with %v", broken)
	}
}

// Whoever follows the migration is told why it ended; a log of faults does not say
// it once more.
func TestAFullDiskIsNoFaultOfTheController(t *testing.T) {
	p := newPort(t)
	var printed bytes.Buffer
	p.log = hclog.New(&hclog.LoggerOptions{Output: &printed, Level: hclog.Error})
	var left atomic.Int64
	left.Store(3)
	p.disk = func() error {
		if left.Add(-1) < 0 {
			return syscall.ENOSPC
		}
		return nil
	}
	p.open()
	p.start()
	if err := p.store.Watch(t.Context(), id, 0, func(*pb.Event) error { return nil }); !errors.Is(err, journal.ErrAbandoned) {
		t.Fatalf("the watch ended with %v", err)
	}
	awaitBroken(t, p)
	p.runs.Close()
	if printed.Len() > 0 {
		t.Errorf("logged: %s", printed.String())
	}
}

// What runs when the journal breaks is not waited for, nor cancelled: its outcome
// is asked for by the next start.
func TestRunningWorkIsLetGoWhenTheJournalBreaks(t *testing.T) {
	p := newPort(t)
	var full atomic.Bool
	p.disk = func() error {
		if full.Load() {
			return syscall.ENOSPC
		}
		return nil
	}
	gate := make(chan struct{})
	p.Source.Inject(agenttest.Fault{RPC: "Export", Gate: gate})
	_, err := p.runs.Start(id, p.Bucket.PAR())
	check(t, err)
	p.until(func(e *pb.Event) bool { return e.GetChunkChanged().GetState() == pb.ChunkState_CHUNK_STATE_EXPORTING })
	full.Store(true)
	check(t, p.runs.Stop(t.Context(), id)) // whose notice finds the disk full
	if n := len(asked(p.Source, "Cancel")); n != 0 {
		t.Errorf("%d attempts were cancelled", n)
	}
	awaitBroken(t, p)
	close(gate)
	full.Store(false)
	p.expectVerified(p.run())
}
