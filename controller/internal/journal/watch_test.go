package journal

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// collect watches in the background; received reports each event, done the end.
func collect(t *testing.T, s *Store, after int64) (received chan *pb.Event, done chan error) {
	t.Helper()
	received, done = make(chan *pb.Event), make(chan error, 1)
	go func() {
		done <- s.Watch(t.Context(), id, after, func(e *pb.Event) error {
			received <- e
			return nil
		})
	}()
	return received, done
}

func TestWatchReplaysFollowsAndEndsWithTheMigration(t *testing.T) {
	s := newStore(t, t.TempDir())
	create(t, s, changed(pb.MigrationState_MIGRATION_STATE_RUNNING), changed(pb.MigrationState_MIGRATION_STATE_STOPPED))
	j := open(t, s)
	appendTo(t, j, changed(pb.MigrationState_MIGRATION_STATE_RUNNING))
	received, done := collect(t, s, 1)
	var got []int64
	for range 3 {
		got = append(got, (<-received).GetSequence())
	}
	appendTo(t, j, changed(pb.MigrationState_MIGRATION_STATE_VERIFIED))
	got = append(got, (<-received).GetSequence())
	if err := <-done; err != nil {
		t.Errorf("Watch: %v", err)
	}
	if diff := cmp.Diff([]int64{2, 3, 4, 5}, got); diff != "" {
		t.Errorf("sequences (-want +got):\n%s", diff)
	}
	closeJournal(t, j)
}

func TestSlowWatcherGetsOnlyTheLatestTick(t *testing.T) {
	s := newStore(t, t.TempDir())
	create(t, s)
	j := open(t, s)
	appendTo(t, j, changed(pb.MigrationState_MIGRATION_STATE_RUNNING))
	for n := range int64(1000) {
		j.Tick(tickOf(n))
	}
	received, done := collect(t, s, 2)
	e := <-received
	if e.GetSequence() != 0 || e.GetChunkProgress().GetBytes() != 999 {
		t.Errorf("first event is %v, want the last tick", e)
	}
	appendTo(t, j, chunkChanged(pb.ChunkState_CHUNK_STATE_EXPORTED))
	appendTo(t, j, changed(pb.MigrationState_MIGRATION_STATE_FAILED))
	for want := int64(3); want <= 4; want++ {
		if got := (<-received).GetSequence(); got != want {
			t.Errorf("sequence %d, want %d", got, want)
		}
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	closeJournal(t, j)
}

// Whoever begins to watch hears of what is going on now, and of nothing else.
func TestATickOfWhatIsOverIsNotShown(t *testing.T) {
	compares := progress.Subject{Migration: id, Table: table}.Tick(&pb.ChunkProgress{Phase: pb.Phase_PHASE_VERIFY})
	of := progress.Subject{Migration: id, Table: table}
	for name, over := range map[string]*pb.Event{
		"a table that settled":        of.TableChanged(&pb.TableChanged{State: pb.TableState_TABLE_STATE_FAILED}),
		"a migration that was paused": changed(pb.MigrationState_MIGRATION_STATE_PAUSED),
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t, t.TempDir())
			create(t, s)
			j := open(t, s)
			appendTo(t, j, changed(pb.MigrationState_MIGRATION_STATE_RUNNING))
			j.Tick(compares)
			appendTo(t, j, over)
			if g := j.since(0); len(g.ticks) != 0 {
				t.Errorf("shown: %v", g.ticks)
			}
			closeJournal(t, j)
		})
	}
}

func TestWatchOfAnotherProcessSeesEveryEvent(t *testing.T) {
	s := newStore(t, t.TempDir())
	create(t, s)
	j := open(t, s)
	appendTo(t, j, changed(pb.MigrationState_MIGRATION_STATE_RUNNING))
	received, done := collect(t, newStore(t, s.dir), 0)
	for want := int64(1); want <= 2; want++ {
		if got := (<-received).GetSequence(); got != want {
			t.Errorf("sequence %d, want %d", got, want)
		}
	}
	appendTo(t, j, changed(pb.MigrationState_MIGRATION_STATE_VERIFIED))
	closeJournal(t, j)
	if got := (<-received).GetSequence(); got != 3 {
		t.Errorf("sequence %d, want 3", got)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestWatchOfADeadProcessEnds(t *testing.T) {
	s := newStore(t, t.TempDir())
	create(t, s, changed(pb.MigrationState_MIGRATION_STATE_RUNNING))
	err := s.Watch(t.Context(), id, 2, func(*pb.Event) error { return nil })
	if !errors.Is(err, ErrAbandoned) {
		t.Errorf("Watch: %v, want ErrAbandoned", err)
	}
}

func TestWatchEndsWithItsCallerAndItsContext(t *testing.T) {
	s := newStore(t, t.TempDir())
	create(t, s)
	stop := errors.New("enough")
	if err := s.Watch(t.Context(), id, 0, func(*pb.Event) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("Watch: %v, want the caller's error", err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(stop)
	if err := s.Watch(ctx, id, 1, func(*pb.Event) error { return nil }); !errors.Is(err, stop) {
		t.Errorf("Watch: %v, want the context's cause", err)
	}
	if err := s.Watch(t.Context(), "nobody", 0, nil); !errors.Is(err, ErrNotFound) {
		t.Errorf("Watch: %v, want ErrNotFound", err)
	}
}

func appendTo(t *testing.T, j *Journal, e *pb.Event) {
	t.Helper()
	if err := j.Append(e); err != nil {
		t.Fatal(err)
	}
}
