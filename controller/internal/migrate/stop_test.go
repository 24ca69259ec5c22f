package migrate_test

import (
	"errors"
	"testing"

	"github.com/adbferry/adbferry/controller/internal/agenttest"
	"github.com/adbferry/adbferry/controller/internal/journal"
	"github.com/adbferry/adbferry/controller/internal/migrate"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestStopEndsAtTheNextStepBoundary(t *testing.T) {
	p := newPort(t)
	gate := make(chan struct{})
	p.Source.Inject(agenttest.Fault{RPC: "Export", Gate: gate})
	_, err := p.runs.Start(id, p.Bucket.PAR())
	check(t, err)
	p.until(isTick)
	stopped := make(chan error, 1)
	go func() { stopped <- p.runs.Stop(t.Context(), id) }()
	close(gate)
	check(t, <-stopped)

	s, err := p.store.Status(id)
	check(t, err)
	if s.GetState() != pb.MigrationState_MIGRATION_STATE_STOPPED || s.GetReceipt() != nil {
		t.Fatalf("state %s, receipt %v", s.GetState(), s.GetReceipt())
	}
	if len(asked(p.Target, "Import")) != 0 {
		t.Error("a step began after the stop")
	}
	p.expectVerified(p.run())
}

// A step that outlasts the grace is cancelled in the database, and counts as an
// attempt that failed.
func TestStopCancelsStepsThatTakeTooLong(t *testing.T) {
	for rpc, state := range map[string]pb.ChunkState{
		"Export": pb.ChunkState_CHUNK_STATE_EXPORTING, "Import": pb.ChunkState_CHUNK_STATE_IMPORTING,
	} {
		t.Run(rpc, func(t *testing.T) {
			p := newPort(t)
			agent := p.Target
			if rpc == "Export" {
				agent = p.Source
			}
			agent.Inject(agenttest.Fault{RPC: rpc, Gate: make(chan struct{})})
			_, err := p.runs.Start(id, p.Bucket.PAR())
			check(t, err)
			p.until(isState(state))
			p.until(isTick)
			check(t, p.runs.Stop(t.Context(), id))
			if agent.Running() != 0 {
				t.Error("work goes on in the database")
			}
			s, err := p.store.Status(id)
			check(t, err)
			chunk := s.GetTables()[0].GetChunks()[0]
			if s.GetState() != pb.MigrationState_MIGRATION_STATE_STOPPED || chunk.GetFailure().GetReason() != pb.Reason_REASON_CANCELLED {
				t.Errorf("state %s, chunk %v", s.GetState(), chunk)
			}
			p.expectVerified(p.run())
			expectNoPrefixTwice(t, p)
		})
	}
}

// When the agent cannot be told to cancel, the outcome is open, and starting
// again asks for the same attempt.
func TestStopThatCannotCancelLeavesTheAttemptOpen(t *testing.T) {
	p := newPort(t)
	gate := make(chan struct{})
	p.Target.Inject(agenttest.Fault{RPC: "Import", Gate: gate}, agenttest.Fault{RPC: "Cancel", Before: agenttest.Permanent()})
	_, err := p.runs.Start(id, p.Bucket.PAR())
	check(t, err)
	p.until(isState(pb.ChunkState_CHUNK_STATE_IMPORTING))
	p.until(isTick)
	check(t, p.runs.Stop(t.Context(), id))
	s, err := p.store.Status(id)
	check(t, err)
	if c := s.GetTables()[0].GetChunks()[0]; c.GetState() != pb.ChunkState_CHUNK_STATE_IMPORTING || c.GetImportAttempt() != 1 {
		t.Fatalf("chunk %v", c)
	}
	close(gate)
	s = p.run()
	p.expectVerified(s)
	if got := s.GetTables()[0].GetChunks()[0].GetImportAttempt(); got != 1 {
		t.Errorf("import attempt %d, want 1 again", got)
	}
}

// What a dead controller left would go on by itself when the next one starts: a
// stop is journaled, and ends in the database what still runs there.
func TestStopOfAnInterruptedMigrationIsForGood(t *testing.T) {
	for name, reachable := range map[string]bool{"its agent answers": true, "its agent is away": false} {
		t.Run(name, func(t *testing.T) {
			p := newPort(t)
			gate := make(chan struct{})
			p.Target.Inject(agenttest.Fault{RPC: "Import", Gate: gate}, agenttest.Fault{RPC: "Cancel", Before: agenttest.Permanent()})
			p.start()
			importing := isState(pb.ChunkState_CHUNK_STATE_IMPORTING)
			p.until(importing)
			p.until(isTick)
			p.runs.Close()
			cutAfter(t, p, importing)
			p.open()
			if !reachable {
				p.Target.Inject(agenttest.Fault{RPC: "Cancel", Before: agenttest.Permanent()})
			}
			check(t, p.runs.Stop(t.Context(), id))
			if got := p.Target.Running() == 0; got != reachable {
				t.Errorf("%d imports run", p.Target.Running())
			}
			s, err := p.store.Status(id)
			check(t, err)
			if s.GetState() != pb.MigrationState_MIGRATION_STATE_STOPPED {
				close(gate)
				t.Fatalf("after the stop it is %s", s.GetState())
			}
			s = p.goOn()
			failure := s.GetTables()[0].GetChunks()[0].GetFailure()
			if s.GetState() != pb.MigrationState_MIGRATION_STATE_STOPPED || s.GetShutDown() || (failure.GetReason() == pb.Reason_REASON_CANCELLED) != reachable {
				t.Errorf("%s, %v", s.GetState(), failure)
			}
			close(gate)
			p.expectVerified(p.run())
		})
	}
}

func TestStopOfWhatDoesNotRunDoesNothing(t *testing.T) {
	p := newPort(t)
	check(t, p.runs.Stop(t.Context(), id))
	check(t, p.runs.Stop(t.Context(), "nobody"))
}

func TestClosedRunsStartNothing(t *testing.T) {
	p := newPort(t)
	gate := make(chan struct{})
	p.Source.Inject(agenttest.Fault{RPC: "Export", Gate: gate})
	_, err := p.runs.Start(id, p.Bucket.PAR())
	check(t, err)
	p.until(isTick)
	p.runs.Close()
	if p.runs.Active(id) {
		t.Error("a migration outlives its controller")
	}
	if _, err := p.runs.Start(id, p.Bucket.PAR()); err == nil {
		t.Error("a closing controller started a migration")
	}
	close(gate)
	p.open()
	p.expectVerified(p.run())
}

// Nobody asked for the end of a migration whose controller is shut down: the next
// one goes on with it by itself. What somebody stopped stays stopped.
func TestAMigrationWhoseControllerIsShutDownGoesOnByItself(t *testing.T) {
	for name, asked := range map[string]bool{"nobody asked": false, "somebody asked": true} {
		t.Run(name, func(t *testing.T) {
			p := newPort(t)
			p.Target.Inject(agenttest.Fault{RPC: "Import", Gate: make(chan struct{})})
			p.start()
			p.until(isState(pb.ChunkState_CHUNK_STATE_IMPORTING))
			p.until(isTick)
			if asked {
				check(t, p.runs.Stop(t.Context(), id))
			}
			p.runs.Suspend()
			if p.Target.Running() != 0 {
				t.Error("work goes on in the database")
			}
			p.open()
			s := p.wait(0)
			if s.GetState() != pb.MigrationState_MIGRATION_STATE_STOPPED || s.GetShutDown() == asked || (s.GetFailure() == nil) != asked {
				t.Errorf("shut down: %s, %v, %v", s.GetState(), s.GetShutDown(), s.GetFailure())
			}
			s = p.goOn()
			if asked {
				if s.GetState() != pb.MigrationState_MIGRATION_STATE_STOPPED {
					t.Errorf("a migration that somebody stopped is %s", s.GetState())
				}
				return
			}
			p.expectVerified(s)
			expectNoPrefixTwice(t, p)
		})
	}
}

func TestAStopDuringAShutdownIsAStop(t *testing.T) {
	p := newPort(t)
	p.Target.Inject(agenttest.Fault{RPC: "Import", Gate: make(chan struct{})})
	p.start()
	p.until(isState(pb.ChunkState_CHUNK_STATE_IMPORTING))
	p.until(isTick)
	shutDown := make(chan struct{})
	go func() {
		defer close(shutDown)
		p.runs.Suspend()
	}()
	for p.runs.Active(id) { // until the shutdown has ended the run, or is about to
		check(t, p.runs.Stop(t.Context(), id))
	}
	check(t, p.runs.Stop(t.Context(), id))
	<-shutDown
	p.open()
	if s := p.goOn(); s.GetState() != pb.MigrationState_MIGRATION_STATE_STOPPED || s.GetShutDown() {
		t.Errorf("a migration that somebody stopped is %s, shut down: %t", s.GetState(), s.GetShutDown())
	}
}

func TestTwoControllersDoNotShareAMigration(t *testing.T) {
	p := newPort(t)
	gate := make(chan struct{})
	p.Source.Inject(agenttest.Fault{RPC: "Export", Gate: gate})
	first := p.runs
	started, err := first.Start(id, p.Bucket.PAR())
	check(t, err)
	p.open()
	_, err = p.runs.Start(id, p.Bucket.PAR())
	if busy, ok := errors.AsType[*journal.BusyError](err); !ok || busy.Holder == "" {
		t.Errorf("second controller: %v, want a BusyError with the holder", err)
	}
	close(gate)
	p.expectVerified(p.wait(started.GetLastSequence()))
}

func TestUnknownMigrationIsNotStarted(t *testing.T) {
	p := newPort(t)
	if _, err := p.runs.Start("nobody", p.Bucket.PAR()); !errors.Is(err, journal.ErrNotFound) {
		t.Errorf("Start: %v, want ErrNotFound", err)
	}
}

func TestDefaultLimitsAreUsable(t *testing.T) {
	if l := migrate.DefaultLimits; l.Lanes < 0 || l.Attempts < 1 || l.Grace <= 0 || l.Patience.Total <= l.Patience.First {
		t.Errorf("limits %+v", l)
	}
}
