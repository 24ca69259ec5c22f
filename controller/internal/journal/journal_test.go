package journal

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

const (
	id    = "m1"
	table = "ADMIN.T"
	chunk = "ADMIN.T/000001"
)

var start = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

// newStore makes a store whose clock advances a second with every look.
func newStore(t *testing.T, dir string) *Store {
	t.Helper()
	now := start
	s, err := NewStore(Options{Dir: dir, Now: func() time.Time { now = now.Add(time.Second); return now }, Log: hclog.NewNullLogger()})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func samplePlan() *pb.MigrationPlan {
	return &pb.MigrationPlan{Scn: 7, Tables: []*pb.TablePlan{{
		TableId: table, Rows: 3, Chunks: []*pb.Chunk{{ChunkId: chunk, Scn: 7}},
	}}}
}

func changed(state pb.MigrationState) *pb.Event {
	return progress.Subject{Migration: id}.MigrationChanged(&pb.MigrationChanged{State: state})
}

func chunkChanged(state pb.ChunkState) *pb.Event {
	return progress.Subject{Migration: id, Table: table, Chunk: chunk, Attempt: 1}.ChunkChanged(&pb.ChunkChanged{State: state})
}

func tickOf(bytes int64) *pb.Event {
	return progress.Subject{Migration: id, Table: table, Chunk: chunk, Attempt: 1}.
		Tick(&pb.ChunkProgress{Phase: pb.Phase_PHASE_EXPORT, Bytes: bytes})
}

// create makes a journal with a plan and the given events and leaves it closed.
func create(t *testing.T, s *Store, events ...*pb.Event) {
	t.Helper()
	if _, err := s.Create(id, samplePlan()); err != nil {
		t.Fatal(err)
	}
	j := open(t, s)
	for _, e := range events {
		if err := j.Append(e); err != nil {
			t.Fatal(err)
		}
	}
	closeJournal(t, j)
}

func open(t *testing.T, s *Store) *Journal {
	t.Helper()
	j, err := s.Open(id)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func closeJournal(t *testing.T, j *Journal) {
	t.Helper()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestAppendNumbersStampsAndFolds(t *testing.T) {
	s := newStore(t, t.TempDir())
	create(t, s, changed(pb.MigrationState_MIGRATION_STATE_RUNNING), chunkChanged(pb.ChunkState_CHUNK_STATE_EXPORTING))

	got, err := newStore(t, s.dir).Status(id)
	if err != nil {
		t.Fatal(err)
	}
	want := &pb.MigrationStatus{
		MigrationId: id, State: pb.MigrationState_MIGRATION_STATE_RUNNING, LastSequence: 3, Plan: samplePlan(),
		PlanTime: timestamppb.New(start.Add(time.Second)), StartTime: timestamppb.New(start.Add(2 * time.Second)),
		Tables: []*pb.TableStatus{{
			TableId: table, StartTime: timestamppb.New(start.Add(3 * time.Second)),
			Chunks: []*pb.ChunkStatus{{ChunkId: chunk, State: pb.ChunkState_CHUNK_STATE_EXPORTING, ExportAttempt: 1}},
		}},
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Errorf("status (-want +got):\n%s", diff)
	}
}

func TestCreateRefusesTakenAndInvalidIDs(t *testing.T) {
	s := newStore(t, t.TempDir())
	create(t, s)
	if _, err := s.Create(id, samplePlan()); !errors.Is(err, ErrExists) {
		t.Errorf("second Create: %v, want ErrExists", err)
	}
	for _, bad := range []string{"", "../m", "a/b", "-x", strings.Repeat("x", 64)} {
		if _, err := s.Create(bad, samplePlan()); err == nil {
			t.Errorf("Create(%q) succeeded", bad)
		}
		if _, err := s.Status(bad); !errors.Is(err, ErrNotFound) {
			t.Errorf("Status(%q): %v, want ErrNotFound", bad, err)
		}
	}
}

func TestIDsListsJournalsOnly(t *testing.T) {
	s := newStore(t, t.TempDir())
	create(t, s)
	if err := os.WriteFile(filepath.Join(s.dir, "notes.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := s.IDs()
	if diff := cmp.Diff([]string{id}, got); err != nil || diff != "" {
		t.Errorf("IDs: %v (-want +got):\n%s", err, diff)
	}
}

// A crash may leave any part of the last record; what was acted on is all there.
func TestCutAtEveryByteOfTheLastRecordLosesOnlyThatRecord(t *testing.T) {
	s := newStore(t, t.TempDir())
	create(t, s, changed(pb.MigrationState_MIGRATION_STATE_RUNNING), chunkChanged(pb.ChunkState_CHUNK_STATE_EXPORTING))
	whole := readFile(t, s)
	last := bytes.LastIndexByte(whole[:len(whole)-1], '\n') + 1
	for cut := last; cut < len(whole); cut++ {
		writeFile(t, s, whole[:cut])
		expectSequence(t, s, 2)
		j := open(t, s)
		if err := j.Append(changed(pb.MigrationState_MIGRATION_STATE_STOPPED)); err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		closeJournal(t, j)
		expectSequence(t, s, 3)
		if got := readFile(t, s); !bytes.HasPrefix(got, whole[:last]) {
			t.Fatalf("cut at %d: the records before the cut changed", cut)
		}
	}
}

// A file system may have written the length of the last record and not its data.
func TestALastRecordOfWhichTheDiskHasOnlyTheLengthIsDropped(t *testing.T) {
	s := newStore(t, t.TempDir())
	create(t, s, changed(pb.MigrationState_MIGRATION_STATE_RUNNING))
	whole := readFile(t, s)
	for i := bytes.IndexByte(whole, '\n') + 1; i < len(whole)-1; i++ {
		for _, end := range []int{i + 1, len(whole) - 1, len(whole)} {
			bad := bytes.Clone(whole)
			clear(bad[i:end])
			writeFile(t, s, bad)
			expectSequence(t, s, 1)
		}
	}
}

// What was written whole was acted on: a byte that flips in the last record is
// damage as it is in any other.
func TestAFlippedByteInTheLastRecordIsDamage(t *testing.T) {
	s := newStore(t, t.TempDir())
	create(t, s, changed(pb.MigrationState_MIGRATION_STATE_RUNNING))
	whole := readFile(t, s)
	for i := bytes.IndexByte(whole, '\n') + 1; i < len(whole)-1; i++ {
		bad := bytes.Clone(whole)
		bad[i] ^= 0x20
		if bad[i] == '\n' || bad[i] == 0 {
			continue
		}
		writeFile(t, s, bad)
		_, err := s.Open(id)
		if corrupt, ok := errors.AsType[*CorruptError](err); !ok || corrupt.Line != 2 {
			t.Fatalf("byte %d: %v, want damage in line 2", i, err)
		}
		if got := readFile(t, s); !bytes.Equal(got, bad) {
			t.Fatal("a damaged journal was changed")
		}
	}
}

func TestDamageBeforeTheLastRecordSaysWhere(t *testing.T) {
	s := newStore(t, t.TempDir())
	create(t, s, changed(pb.MigrationState_MIGRATION_STATE_RUNNING), changed(pb.MigrationState_MIGRATION_STATE_STOPPED))
	whole := readFile(t, s)
	lines := bytes.SplitAfter(whole, []byte("\n"))
	offset := int64(len(lines[0]))
	damage := map[string][]byte{
		"a flipped bit":    bytes.Join([][]byte{lines[0], flip(lines[1]), lines[2]}, nil),
		"a missing record": bytes.Join([][]byte{lines[0], lines[2], lines[2]}, nil),
		"foreign text":     bytes.Join([][]byte{lines[0], []byte("hello\n"), lines[2]}, nil),
	}
	for name, data := range damage {
		t.Run(name, func(t *testing.T) {
			writeFile(t, s, data)
			_, err := s.Open(id)
			corrupt, ok := errors.AsType[*CorruptError](err)
			if !ok || corrupt.Line != 2 || corrupt.Offset != offset || corrupt.Path == "" {
				t.Errorf("Open: %v, want damage in line 2 at byte %d", err, offset)
			}
			if got := readFile(t, s); !bytes.Equal(got, data) {
				t.Error("a damaged journal was changed")
			}
		})
	}
}

// What a newer version wrote, or a copy put together by hand, is whole but wrong:
// it is never taken for a torn end.
func TestWholeLastRecordThatMakesNoSenseIsNotDropped(t *testing.T) {
	s := newStore(t, t.TempDir())
	create(t, s)
	whole := readFile(t, s)
	for name, text := range map[string]string{
		"an unknown field":    `{"sequence":"2","fromTheFuture":1}`,
		"a sequence too high": `{"sequence":"3"}`,
	} {
		t.Run(name, func(t *testing.T) {
			data := append(bytes.Clone(whole), checksum([]byte(text))+" "+text+"\n"...)
			writeFile(t, s, data)
			_, err := s.Open(id)
			if corrupt, ok := errors.AsType[*CorruptError](err); !ok || corrupt.Line != 2 {
				t.Errorf("Open: %v, want damage in line 2", err)
			}
			if got := readFile(t, s); !bytes.Equal(got, data) {
				t.Error("the journal was changed")
			}
		})
	}
}

func TestFileWithoutACompletePlanIsNoMigration(t *testing.T) {
	s := newStore(t, t.TempDir())
	create(t, s)
	whole := readFile(t, s)
	writeFile(t, s, whole[:len(whole)/2])
	if _, err := s.Status(id); !errors.Is(err, ErrNotFound) {
		t.Errorf("Status: %v, want ErrNotFound", err)
	}
	if _, err := s.Create(id, samplePlan()); err != nil {
		t.Errorf("Create over a torn file: %v", err)
	}
	expectSequence(t, s, 1)
}

func TestOneWriterAtATime(t *testing.T) {
	s := newStore(t, t.TempDir())
	create(t, s)
	j := open(t, s)
	other := newStore(t, s.dir)
	_, err := other.Open(id)
	if busy, ok := errors.AsType[*BusyError](err); !ok || !strings.HasPrefix(busy.Holder, "process ") {
		t.Errorf("second Open: %v, want a BusyError that names the process", err)
	}
	if _, held, err := other.Holder(id); !held || err != nil {
		t.Errorf("Holder: held %v, %v", held, err)
	}
	if _, err := other.Status(id); err != nil {
		t.Errorf("reading a journal that is being written: %v", err)
	}
	closeJournal(t, j)
	if _, held, err := other.Holder(id); held || err != nil {
		t.Errorf("Holder after Close: held %v, %v", held, err)
	}
	closeJournal(t, open(t, other))
}

func TestSecretsAreRedactedAndObjectNamesAreNot(t *testing.T) {
	const secret = "aVerySecretToken123"
	s := newStore(t, t.TempDir())
	create(t, s)
	j := open(t, s)
	url := "ORA-20404: https://objectstorage/p/" + secret + "/n/ns/b/bk/o/x not found"
	failure := &pb.Failure{Text: url, Hint: url, Facts: map[string]string{"url": url}}
	manifest := &pb.Manifest{Objects: []*pb.Object{{Name: "mine/p/ADMIN.T/000001/1/a.csv"}}}
	events := []*pb.Event{
		changed(pb.MigrationState_MIGRATION_STATE_FAILED),
		chunkChanged(pb.ChunkState_CHUNK_STATE_EXPORTED),
		progress.Subject{Migration: id}.Notice(url),
	}
	events[0].GetMigrationChanged().Failure = failure
	events[0].GetMigrationChanged().Receipt = &pb.Receipt{Tables: []*pb.TableReceipt{{Failure: failure}}}
	events[1].GetChunkChanged().Manifest = manifest
	for _, e := range events {
		if err := j.Append(e); err != nil {
			t.Fatal(err)
		}
	}
	closeJournal(t, j)
	if strings.Contains(string(readFile(t, s)), secret) {
		t.Error("the journal has the secret")
	}
	status, err := s.Status(id)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(manifest, status.GetTables()[0].GetChunks()[0].GetManifest(), protocmp.Transform()); diff != "" {
		t.Errorf("manifest (-want +got):\n%s", diff)
	}
}

// No message that can stand in a journal may have a field for a secret.
func TestNoEventHasAFieldForAPAR(t *testing.T) {
	seen := map[protoreflect.FullName]bool{}
	var walk func(m protoreflect.MessageDescriptor)
	walk = func(m protoreflect.MessageDescriptor) {
		if seen[m.FullName()] {
			return
		}
		seen[m.FullName()] = true
		for i := range m.Fields().Len() {
			f := m.Fields().Get(i)
			options, ok := f.Options().(*descriptorpb.FieldOptions)
			if (ok && options.GetDebugRedact()) || strings.Contains(string(f.Name()), "par_url") {
				t.Errorf("%s would put a secret into the journal", f.FullName())
			}
			if f.Message() != nil {
				walk(f.Message())
			}
		}
	}
	walk((&pb.Event{}).ProtoReflect().Descriptor())
	if len(seen) < 10 {
		t.Errorf("only %d messages were looked at", len(seen))
	}
}

func flip(line []byte) []byte {
	line = bytes.Clone(line)
	line[len(line)/2] ^= 1
	return line
}

func expectSequence(t *testing.T, s *Store, want int64) {
	t.Helper()
	status, err := s.Status(id)
	if err != nil || status.GetLastSequence() != want {
		t.Fatalf("status: sequence %d, %v, want %d", status.GetLastSequence(), err, want)
	}
}

func readFile(t *testing.T, s *Store) []byte {
	t.Helper()
	data, err := os.ReadFile(s.path(id))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func writeFile(t *testing.T, s *Store, data []byte) {
	t.Helper()
	if err := os.WriteFile(s.path(id), data, 0o600); err != nil {
		t.Fatal(err)
	}
}
