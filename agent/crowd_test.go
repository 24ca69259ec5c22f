package agent_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

// mostSessions is how many sessions an agent has at a time.
const mostSessions = 32

// A tally counts how calls ended.
type tally struct{ done, refused, cancelled, other atomic.Int32 }

// add counts an end; what is refused must say when to come back.
func (y *tally) add(t *testing.T, err error) {
	f := apierr.FailureOf(err)
	switch {
	case err == nil:
		y.done.Add(1)
	case status.Code(err) == codes.ResourceExhausted && f.GetRetryable() && f.GetRetryDelay().AsDuration() > 0:
		y.refused.Add(1)
	case f.GetReason() == pb.Reason_REASON_CANCELLED:
		y.cancelled.Add(1)
	default:
		y.other.Add(1)
		t.Errorf("a call of the crowd: %v", err)
	}
}

// crowd makes calls of every kind, the i-th of its kind at the i-th chunk.
func (p *pair) crowd(plan *pb.TablePlan, i int) error {
	ctx := p.t.Context()
	var columns []*pb.Column
	for _, c := range plan.GetColumns() {
		columns = append(columns, c.GetColumn())
	}
	chunk := proto.CloneOf(plan.GetChunks()[0])
	chunk.ChunkId = fmt.Sprintf("%s/%06d", plan.GetTableId(), i+1)
	switch i % 5 {
	case 0:
		_, err := p.source.Count(ctx, &pb.CountRequest{Table: name(demo)})
		return err
	case 1:
		_, err := p.source.Checksum(ctx, &pb.ChecksumRequest{Selection: &pb.RowSelection{Table: name(demo), Columns: columns}})
		return err
	case 2:
		_, err := p.source.PlanTable(ctx, &pb.PlanTableRequest{Table: name(demo), Target: name(demo), Scn: chunk.GetScn(), MaxStringBytes: 4000})
		return err
	case 3:
		stream, err := p.source.Export(ctx, &pb.ExportRequest{MigrationId: "crowd", Plan: plan, Chunk: chunk, Attempt: 1, ParUrl: p.par})
		if err != nil {
			return err
		}
		_, err = collect(stream.Recv)
		return err
	default:
		chunk.ChunkId = fmt.Sprintf("%s/%06d", plan.GetTableId(), i)
		_, err := p.source.Cancel(ctx, &pb.CancelRequest{MigrationId: "crowd", ChunkId: chunk.GetChunkId(), Attempt: 7})
		return err
	}
}

// TestTwoHundredCallsAtOnce sends more than an agent's sessions can serve while
// the database is slow. Each call ends: done, or refused with a time to come back.
func TestTwoHundredCallsAtOnce(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 50})
	plan := p.plan(demo)
	if _, err := p.sim.Region(sim.SanJose).Fail(sim.Trigger{Match: "SELECT COUNT", Repeat: true}, sim.CallFault{Hang: 300 * time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	most, watched := p.watchSessions(sim.SanJose)
	var ends tally
	var callers errgroup.Group
	for i := range 200 {
		callers.Go(func() error {
			ends.add(t, p.crowd(plan, i))
			return nil
		})
	}
	_ = callers.Wait() // always nil
	watched()
	if n := most.Load(); n > mostSessions {
		t.Errorf("%d sessions at a time, want at most %d", n, mostSessions)
	}
	t.Logf("%d done, %d refused, %d sessions at most", ends.done.Load(), ends.refused.Load(), most.Load())
	p.sim.Heal()
	if err := p.crowd(plan, 0); err != nil {
		t.Errorf("after the crowd has gone: %v", err)
	}
}

// TestACrowdThatStaysIsRefused holds every session and sees that those who come
// then hear of it: at once when many wait already, after a while otherwise.
func TestACrowdThatStaysIsRefused(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 5})
	plan := p.plan(demo)
	release := make(chan struct{})
	p.sim.Region(sim.SanJose).Intercept(func(_ context.Context, c sim.Call) sim.Decision {
		if at("catalog.count")(c) {
			<-release
		}
		return sim.Decision{}
	})
	var ends tally
	var callers sync.WaitGroup
	for range 200 {
		callers.Go(func() { ends.add(t, p.crowd(plan, 0)) })
	}
	p.eventually("callers are refused", func(context.Context) bool { return ends.refused.Load() >= 200-mostSessions-4*mostSessions })
	close(release)
	callers.Wait()
	if n := ends.done.Load(); n < mostSessions+1 {
		t.Errorf("%d calls were served, want those with a session and those that waited", n)
	}
}

// watchSessions notes the largest number of sessions until it is told to stop.
func (p *pair) watchSessions(region string) (most *atomic.Int32, stop func()) {
	most = &atomic.Int32{}
	done := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			most.Store(max(most.Load(), int32(p.sim.Region(region).Sessions()))) //nolint:gosec // a few
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	})
	return most, func() { close(done); watching.Wait() }
}
