package attempt_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/adbferry/adbferry/agent/internal/attempt"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var config = attempt.Config{Orphan: 10 * time.Minute, Keep: time.Hour, Tick: time.Second}

func key(phase pb.Phase, number int32) attempt.Key {
	return attempt.Key{Phase: phase, Migration: "m", Chunk: "A.B/000001", Attempt: number}
}

var one = key(pb.Phase_PHASE_EXPORT, 1)

func ignore(*pb.ChunkProgress) error { return nil }

// takes returns work that needs d and then reports rows.
func takes(d time.Duration, rows int64, started *atomic.Int32) attempt.Work {
	return func(ctx context.Context, report func(*pb.ChunkProgress)) (*pb.ChunkChanged, error) {
		started.Add(1)
		report(&pb.ChunkProgress{Phase: pb.Phase_PHASE_EXPORT, Rows: rows})
		select {
		case <-time.After(d):
			return &pb.ChunkChanged{RowsImported: rows}, nil
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

func TestAnAttemptRunsOnceForAllCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := attempt.NewRegistry(config)
		defer g.Close()
		var started atomic.Int32
		results := make(chan int64, 3)
		for range 2 {
			go func() {
				out, err := g.Follow(t.Context(), one, takes(time.Minute, 7, &started), ignore)
				if err != nil {
					t.Error(err)
				}
				results <- out.GetRowsImported()
			}()
		}
		if a, b := <-results, <-results; a != 7 || b != 7 || started.Load() != 1 {
			t.Errorf("outcomes %d and %d of %d runs", a, b, started.Load())
		}
		out, err := g.Follow(t.Context(), one, takes(0, 8, &started), ignore)
		if err != nil || out.GetRowsImported() != 7 || started.Load() != 1 {
			t.Errorf("asked again: %v, %v after %d runs", out, err, started.Load())
		}
		time.Sleep(config.Keep + time.Second) //nolint:forbidigo // virtual time
		if out, err := g.Follow(t.Context(), one, takes(0, 8, &started), ignore); err != nil || out.GetRowsImported() != 8 {
			t.Errorf("after the outcome was forgotten: %v, %v", out, err)
		}
	})
}

func TestFailuresAreOutcomesToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := attempt.NewRegistry(config)
		defer g.Close()
		boom := errors.New("boom")
		fail := func(context.Context, func(*pb.ChunkProgress)) (*pb.ChunkChanged, error) { return nil, boom }
		for range 2 {
			if _, err := g.Follow(t.Context(), one, fail, ignore); !errors.Is(err, boom) {
				t.Errorf("err = %v", err)
			}
		}
		crash := func(context.Context, func(*pb.ChunkProgress)) (*pb.ChunkChanged, error) { panic("oops") }
		if _, err := g.Follow(t.Context(), key(pb.Phase_PHASE_EXPORT, 2), crash, ignore); apierr.ReasonOf(err) != pb.Reason_REASON_INTERNAL {
			t.Errorf("a panic became %v", err)
		}
	})
}

func TestTicksComeAtTheirInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := attempt.NewRegistry(config)
		defer g.Close()
		var started atomic.Int32
		var ticks []int64
		_, err := g.Follow(t.Context(), one, takes(3500*time.Millisecond, 7, &started), func(p *pb.ChunkProgress) error {
			ticks = append(ticks, p.GetRows())
			return nil
		})
		if err != nil || len(ticks) != 4 || ticks[3] != 7 {
			t.Errorf("ticks %v, %v", ticks, err)
		}
		_, err = g.Follow(t.Context(), key(pb.Phase_PHASE_EXPORT, 2), takes(time.Hour, 0, &started), func(*pb.ChunkProgress) error { return errors.New("caller is gone") })
		if err == nil {
			t.Error("a tick that cannot be sent does not end the following")
		}
	})
}

func TestOrphansAreCancelledAndFollowedOnesAreNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := attempt.NewRegistry(config)
		defer g.Close()
		var started atomic.Int32
		leave := func(after time.Duration) error {
			ctx, cancel := context.WithTimeoutCause(t.Context(), after, fmt.Errorf("the caller left: %w", context.DeadlineExceeded))
			defer cancel()
			_, err := g.Follow(ctx, one, takes(time.Hour, 7, &started), ignore)
			return err
		}
		if err := leave(time.Minute); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("err = %v", err)
		}
		time.Sleep(9 * time.Minute) //nolint:forbidigo // virtual time
		if err := leave(20 * time.Minute); !errors.Is(err, context.DeadlineExceeded) || started.Load() != 1 {
			t.Fatalf("attached again: %v, %d runs", err, started.Load())
		}
		time.Sleep(11 * time.Minute) //nolint:forbidigo // virtual time
		err := leave(time.Minute)
		if apierr.ReasonOf(err) != pb.Reason_REASON_CANCELLED || !apierr.Retryable(err) || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the orphan ended with %v", err)
		}
	})
}

func TestCancelWaitsForTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := attempt.NewRegistry(config)
		defer g.Close()
		ended := make(chan error, 1)
		slow := func(ctx context.Context, _ func(*pb.ChunkProgress)) (*pb.ChunkChanged, error) {
			<-ctx.Done()
			time.Sleep(5 * time.Second) //nolint:forbidigo // virtual time
			return nil, context.Cause(ctx)
		}
		go func() {
			_, err := g.Follow(t.Context(), key(pb.Phase_PHASE_STAGE, 3), slow, ignore)
			ended <- err
		}()
		synctest.Wait()
		before := time.Now()
		if ok, err := g.Cancel(t.Context(), "m", "A.B/000001", 3); !ok || err != nil || time.Since(before) != 5*time.Second {
			t.Errorf("cancelled %v after %s: %v", ok, time.Since(before), err)
		}
		if err := <-ended; apierr.ReasonOf(err) != pb.Reason_REASON_CANCELLED {
			t.Errorf("the follower got %v", err)
		}
		for _, number := range []int32{3, 4} {
			if ok, err := g.Cancel(t.Context(), "m", "A.B/000001", number); ok || err != nil {
				t.Errorf("attempt %d cancelled again: %v, %v", number, ok, err)
			}
		}
	})
}

func TestANewerAttemptTakesOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := attempt.NewRegistry(config)
		defer g.Close()
		var started atomic.Int32
		first := make(chan error, 1)
		go func() {
			_, err := g.Follow(t.Context(), key(pb.Phase_PHASE_STAGE, 2), takes(time.Hour, 1, &started), ignore)
			first <- err
		}()
		synctest.Wait()
		if _, err := g.Follow(t.Context(), key(pb.Phase_PHASE_STAGE, 1), takes(0, 1, &started), ignore); apierr.ReasonOf(err) != pb.Reason_REASON_CANCELLED {
			t.Errorf("an older attempt gave %v", err)
		}
		if out, err := g.Follow(t.Context(), key(pb.Phase_PHASE_EXPORT, 1), takes(0, 9, &started), ignore); err != nil || out.GetRowsImported() != 9 {
			t.Errorf("an export beside the import gave %v, %v", out, err)
		}
		if out, err := g.Follow(t.Context(), key(pb.Phase_PHASE_STAGE, 3), takes(0, 3, &started), ignore); err != nil || out.GetRowsImported() != 3 {
			t.Errorf("the newer attempt gave %v, %v", out, err)
		}
		if err := <-first; apierr.ReasonOf(err) != pb.Reason_REASON_CANCELLED {
			t.Errorf("the older attempt ended with %v", err)
		}
	})
}

func TestCloseEndsEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := attempt.NewRegistry(config)
		var started atomic.Int32
		ended := make(chan error, 1)
		go func() {
			_, err := g.Follow(t.Context(), one, takes(time.Hour, 1, &started), ignore)
			ended <- err
		}()
		synctest.Wait()
		g.Close()
		g.Close()
		if err := <-ended; !apierr.Retryable(err) {
			t.Errorf("the follower got %v", err)
		}
		if _, err := g.Follow(t.Context(), key(pb.Phase_PHASE_EXPORT, 5), takes(0, 1, &started), ignore); !apierr.Retryable(err) || started.Load() != 1 {
			t.Errorf("a closed registry started work: %v", err)
		}
	})
}
