package migrate

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestLanesFollowTheServiceLevel(t *testing.T) {
	for _, tt := range []struct {
		level string
		asked int32
		limit int
		want  int
	}{
		{"high", 0, 0, 3},
		{"medium", 0, 0, 2},
		{"low", 0, 0, 8},
		{"tp", 0, 0, 8},
		{"tpurgent", 0, 0, 8},
		{"", 0, 0, 3},
		{"tp", 0, 2, 2},
		{"medium", 0, 5, 2},
		{"high", 12, 2, 12},
	} {
		if got := lanesOf(&pb.DatabaseDescription{ServiceLevel: tt.level}, tt.asked, tt.limit); got != tt.want {
			t.Errorf("%+v: %d lanes", tt, got)
		}
	}
}

// A road is lanes under test and what they said.
type road struct {
	*lanes
	mu   sync.Mutex
	said []string
}

func newRoad(n int) *road {
	r := &road{}
	r.lanes = newLanes("phoenix", n, time.Now, func(text string) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.said = append(r.said, text)
	})
	return r
}

// most sends work through the lanes, all at once, and returns how much of it
// was under way at the same time.
func (r *road) most(t *testing.T, work int, do func(n int) error) int {
	t.Helper()
	var mu sync.Mutex
	var all sync.WaitGroup
	running, most := 0, 0
	for n := range work {
		all.Go(func() {
			err := r.in(t.Context(), func() error {
				mu.Lock()
				running++
				most = max(most, running)
				mu.Unlock()
				time.Sleep(time.Second) //nolint:forbidigo // the bubble's clock
				mu.Lock()
				running--
				mu.Unlock()
				return do(n)
			})
			if err != nil && !busy(err) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	return most
}

func TestLanesBoundWhatRunsAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if got := newRoad(3).most(t, 20, func(int) error { return nil }); got != 3 {
			t.Errorf("%d at a time", got)
		}
	})
}

func TestABusyDatabaseGetsFewerLanesUntilItIsWell(t *testing.T) {
	busyError := apierr.New(codes.ResourceExhausted, pb.Reason_REASON_DATABASE_UNREACHABLE, "no free session").WithRetry(time.Second)
	synctest.Test(t, func(t *testing.T) {
		r := newRoad(8)
		r.most(t, 8, func(int) error { return busyError })
		if r.open != 1 || len(r.said) == 0 || !strings.Contains(r.said[0], "phoenix answers that it is busy: 4 at a time") {
			t.Errorf("%d lanes, %q", r.open, r.said)
		}
		if got := r.most(t, 1, func(int) error { return nil }); got != 1 || r.open != 2 {
			t.Errorf("%d at a time, then %d lanes", got, r.open)
		}
		r.most(t, 30, func(int) error { return nil })
		if r.open != 8 {
			t.Errorf("%d lanes in the end", r.open)
		}
	})
}

func TestFailuresThatAskForNoPatienceCloseNoLane(t *testing.T) {
	for _, err := range []error{
		errors.New("x"), errStopped,
		apierr.New(codes.Unavailable, pb.Reason_REASON_AGENT_UNREACHABLE, "gone").WithRetry(0),
		apierr.New(codes.Unavailable, pb.Reason_REASON_CONNECTION_LOST, "broke").WithRetry(time.Second),
		apierr.New(codes.DataLoss, pb.Reason_REASON_COUNTS_DIFFER, "differ"),
	} {
		r := newRoad(4)
		if got := r.in(t.Context(), func() error { return err }); !errors.Is(got, err) || r.open != 4 {
			t.Errorf("%v: %v, %d lanes", err, got, r.open)
		}
	}
	if !busy(apierr.New(codes.Unavailable, pb.Reason_REASON_STORAGE_BUSY, "throttled").WithRetry(0)) {
		t.Error("a store that throttles is not busy")
	}
}

func TestAStopEndsWaitingForALane(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoad(1)
		stop, cancel := context.WithCancelCause(t.Context())
		inside, ended := make(chan struct{}), make(chan error, 1)
		go func() { _ = r.in(t.Context(), func() error { <-inside; return nil }) }()
		synctest.Wait()
		go func() { ended <- r.in(stop, func() error { return nil }) }()
		synctest.Wait()
		cancel(errStopped)
		if err := <-ended; !errors.Is(err, errStopped) || len(r.waiting) != 0 {
			t.Errorf("%v, %d wait", err, len(r.waiting))
		}
		close(inside)
		if err := r.in(t.Context(), func() error { return nil }); err != nil || r.taken != 0 {
			t.Errorf("%v, %d lanes are taken", err, r.taken)
		}
	})
}

func TestAnExportThatWaitsWhileOthersGrowClosesALane(t *testing.T) {
	for name, tt := range map[string]struct {
		after      time.Duration
		otherGrows bool
		bytes      int64
		want       int
	}{
		"waits while another grows": {2 * queued, true, 0, 2},
		"nobody grows":              {2 * queued, false, 0, 3},
		"not for long":              {queued / 2, true, 0, 3},
		"grows itself":              {2 * queued, true, 7, 3},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRoad(3)
				r.taken = 3
				one, other := r.watch(), r.watch()
				time.Sleep(tt.after) //nolint:forbidigo // the bubble's clock
				if tt.otherGrows {
					other.saw(&pb.ChunkProgress{Bytes: 1})
				}
				one.saw(&pb.ChunkProgress{Bytes: tt.bytes})
				one.saw(&pb.ChunkProgress{Bytes: tt.bytes})
				if r.open != tt.want || len(r.said) != 3-tt.want {
					t.Errorf("%d lanes, want %d; %q", r.open, tt.want, r.said)
				}
			})
		})
	}
}
