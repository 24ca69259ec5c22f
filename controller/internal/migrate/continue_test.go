package migrate_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"

	"github.com/adbferry/adbferry/controller/internal/agenttest"
	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// died leaves a controller that died after the first event that matches, and the
// next one over its journal.
func died(t *testing.T, p *port, after func(*pb.Event) bool) {
	t.Helper()
	p.runs.Close()
	cutAfter(t, p, after)
	p.Source.Restart()
	p.Target.Restart()
	p.open()
}

// cutAfter ends the journal with the first event that matches.
func cutAfter(t *testing.T, p *port, after func(*pb.Event) bool) {
	t.Helper()
	data, err := os.ReadFile(journalPath(p))
	check(t, err)
	lines := bytes.SplitAfter(data, []byte("\n"))
	for n, line := range lines {
		_, text, _ := bytes.Cut(line, []byte(" "))
		e := &pb.Event{}
		check(t, protojson.Unmarshal(text, e))
		if after(e) {
			check(t, os.WriteFile(journalPath(p), bytes.Join(lines[:n+1], nil), 0o600))
			return
		}
	}
}

func (p *port) goOn() *pb.MigrationStatus {
	p.t.Helper()
	started, err := p.runs.Continue(id, p.Bucket.PAR())
	check(p.t, err)
	return p.wait(started.GetLastSequence())
}

func TestAControllerGoesOnByItself(t *testing.T) {
	p := newPort(t)
	for _, a := range []*agenttest.Agent{p.Source, p.Target} {
		a.Inject(agenttest.Fault{RPC: "Discard", Before: agenttest.Permanent()})
	}
	p.expectVerified(p.run())
	died(t, p, func(e *pb.Event) bool { return e.GetChunkChanged().GetState() == pb.ChunkState_CHUNK_STATE_IMPORTING })
	p.expectVerified(p.goOn())
	p.expectVerified(p.goOn()) // which is over
}

// A controller that dies while it tries must not have more tries than one that
// lives, and one that somebody starts has all of them.
func TestFailuresBeforeARestartCount(t *testing.T) {
	p := newPort(t)
	fault := agenttest.Fault{RPC: "Export", Before: agenttest.Transient()}
	p.Source.Inject(fault, fault, fault)
	p.expect(p.run(), pb.MigrationState_MIGRATION_STATE_FAILED, pb.Verdict_VERDICT_FAILED)
	died(t, p, func(e *pb.Event) bool {
		return e.GetAttempt() == 2 && e.GetChunkChanged().GetState() == pb.ChunkState_CHUNK_STATE_FAILED
	})
	p.Source.Inject(fault, fault)
	s := p.goOn()
	p.expect(s, pb.MigrationState_MIGRATION_STATE_FAILED, pb.Verdict_VERDICT_FAILED)
	if got := s.GetTables()[0].GetChunks()[0]; got.GetExportAttempt() != 3 || got.GetFailures() != 3 {
		t.Errorf("%d attempts and %d failures, want 3", got.GetExportAttempt(), got.GetFailures())
	}
	p.expectVerified(p.run())
	data, err := os.ReadFile(journalPath(p))
	check(t, err)
	if !strings.Contains(string(data), "each chunk may be tried 3 times again") {
		t.Error("the journal does not say that the budget is new")
	}
}

func TestWhatFailedWaitsForSomebody(t *testing.T) {
	p := newPort(t)
	p.Source.Inject(agenttest.Fault{RPC: "Export", Before: agenttest.Permanent()})
	p.expect(p.run(), pb.MigrationState_MIGRATION_STATE_FAILED, pb.Verdict_VERDICT_FAILED)
	died(t, p, func(e *pb.Event) bool { return e.GetTableChanged().GetState() == pb.TableState_TABLE_STATE_FAILED })
	p.expect(p.goOn(), pb.MigrationState_MIGRATION_STATE_FAILED, pb.Verdict_VERDICT_FAILED)
	if n := len(asked(p.Source, "Export")); n != 1 {
		t.Errorf("%d exports, want 1", n)
	}
	p.expectVerified(p.run())
}

func TestAControllerThatDiesAgainAndAgainPauses(t *testing.T) {
	p := newPort(t)
	j, err := p.store.Open(id)
	check(t, err)
	for n := range 6 { // one start, and five times that the controller went on
		check(t, j.Append(progress.Subject{Migration: id}.MigrationChanged(&pb.MigrationChanged{
			State: pb.MigrationState_MIGRATION_STATE_RUNNING, Continued: n > 0,
		})))
	}
	check(t, j.Close())
	s := p.goOn()
	if s.GetState() != pb.MigrationState_MIGRATION_STATE_PAUSED || !strings.Contains(s.GetFailure().GetHint(), "adbferry resume "+id) {
		t.Errorf("%s, %v", s.GetState(), s.GetFailure())
	}
	p.expectVerified(p.run())
}

// A migration that is started again and stopped before it can try anything is
// stopped: its tables have failed before, and may not next time.
func TestAStopAtOnceIsNoFailure(t *testing.T) {
	p := newPort(t)
	p.Source.Inject(agenttest.Fault{RPC: "Export", Before: agenttest.Permanent()})
	p.expect(p.run(), pb.MigrationState_MIGRATION_STATE_FAILED, pb.Verdict_VERDICT_FAILED)
	gate := make(chan struct{})
	p.Target.Inject(agenttest.Fault{RPC: "PrepareTable", Gate: gate})
	before := len(asked(p.Target, "PrepareTable"))
	p.start()
	p.called(p.Target, "PrepareTable", before+1)
	stopped := make(chan error, 1)
	go func() { stopped <- p.runs.Stop(t.Context(), id) }()
	p.until(func(e *pb.Event) bool { return strings.Contains(e.GetNotice().GetText(), "a stop was asked for") })
	close(gate)
	check(t, <-stopped)
	s, err := p.store.Status(id)
	check(t, err)
	if s.GetState() != pb.MigrationState_MIGRATION_STATE_STOPPED {
		t.Errorf("%s, want stopped", s.GetState())
	}
	p.expectVerified(p.run())
}
