package agent_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/adbferry/adbferry/agent"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

// TestAReaderThatDoesNotReadDelaysNothing lets a caller ask for an export and
// then read none of its events, of which there are ten thousand a second. The
// export ends all the same, another caller is told at once, and the slow one
// finds the outcome behind as few ticks as the network held.
func TestAReaderThatDoesNotReadDelaysNothing(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 20})
	p.change = func(c *agent.Config) { c.TickInterval = 100 * time.Microsecond }
	p.source = p.start(sim.SanJose)
	plan := p.plan(demo)
	if _, err := p.sim.Region(sim.SanJose).Fail(sim.Trigger{Match: "EXPORT_DATA"}, sim.CallFault{Hang: 2 * time.Second}); err != nil {
		t.Fatal(err)
	}
	slow, err := p.source.Export(t.Context(), &pb.ExportRequest{MigrationId: "m1", Plan: plan, Chunk: plan.GetChunks()[0], Attempt: 1, ParUrl: p.par})
	if err != nil {
		t.Fatal(err)
	}
	p.eventually("the export is over though nobody reads", func(context.Context) bool {
		return p.calls(sim.SanJose, "EXPORT_DATA") == 1 && len(p.rows(sim.SanJose, "SELECT id FROM user_load_operations")) == 0 && exportEnded(p)
	})
	began := time.Now()
	if got, err := p.exportOf(p.source, "m1", plan, 1); err != nil || got.GetManifest().GetRows() != 20 || time.Since(began) > time.Second {
		t.Errorf("another caller got %v, %v after %v", got, err, time.Since(began))
	}
	events, err := collect(slow.Recv)
	if err != nil || outcome(events).GetManifest().GetRows() != 20 {
		t.Errorf("the slow reader got %v, %v", outcome(events), err)
	}
	for _, e := range events[:len(events)-1] {
		if e.GetChunkProgress() == nil || e.GetSequence() != 0 {
			t.Errorf("before the outcome came %v", e)
		}
	}
	if len(events) > 5000 {
		t.Errorf("%d events were kept for a reader who did not read", len(events))
	}
}

// exportEnded reports whether the export's session has gone back to rest.
func exportEnded(p *pair) bool {
	for _, row := range p.rows(sim.SanJose, "SELECT status, action FROM v$session WHERE module = 'adbferry'") {
		if row[0] == "ACTIVE" && strings.HasPrefix(row[1], "export") {
			return false
		}
	}
	return true
}
