//go:build !race

package agent_test

// These tests cancel calls in the database. The driver's own cancel path has
// unsynchronised accesses (wire notes, section 19), which the race detector
// would report as ours.

import (
	"context"
	"errors"
	"strings"
	"testing"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

// block holds the next statement of a kind until its call is cancelled.
func (p *pair) block(region, kind string) <-chan struct{} {
	reached := make(chan struct{})
	p.sim.Region(region).Intercept(func(ctx context.Context, c sim.Call) sim.Decision {
		if !strings.HasPrefix(c.SQL, "/* adbferry "+kind+" */") {
			return sim.Decision{}
		}
		close(reached)
		<-ctx.Done()
		return sim.Decision{Done: true, Code: 1013, Text: "user requested cancel of current operation"}
	})
	return reached
}

func TestCancelEndsAnExportInTheDatabase(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 20})
	plan := p.plan(demo)
	reached := p.block(sim.SanJose, "dbmscloud.export")
	ended := make(chan error, 1)
	go func() {
		_, err := p.export("m1", plan, 1)
		ended <- err
	}()
	<-reached
	resp, err := p.source.Cancel(t.Context(), &pb.CancelRequest{MigrationId: "m1", ChunkId: plan.GetChunks()[0].GetChunkId(), Attempt: 1})
	if err != nil || !resp.GetCancelled() {
		t.Errorf("cancelled %v, %v", resp.GetCancelled(), err)
	}
	wantReason(t, <-ended, pb.Reason_REASON_CANCELLED)
	if events, err := p.export("m1", plan, 2); err != nil || outcome(events).GetManifest().GetRows() != 20 {
		t.Errorf("the next attempt: %v", err)
	}
}

func TestShutdownEndsWhatRuns(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 20})
	plan := p.plan(demo)
	reached := p.block(sim.SanJose, "dbmscloud.export")
	ended := make(chan error, 1)
	go func() {
		_, err := p.export("m1", plan, 1)
		ended <- err
	}()
	<-reached
	p.stop(sim.SanJose)
	if err := <-ended; err == nil || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the caller got %v", err)
	}
	p.eventually("no session is left", func(context.Context) bool { return p.sim.Region(sim.SanJose).Sessions() == 0 })
}
