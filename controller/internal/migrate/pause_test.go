package migrate_test

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/controller/internal/agenttest"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// refused is what an agent says when the PAR it was given is no longer honoured.
func refused() error {
	return apierr.New(codes.PermissionDenied, pb.Reason_REASON_PAR_EXPIRED, "the PAR is expired, deleted or lost its rights").WithHint("make another one")
}

// fourChunks plans the demo table in four chunks.
func fourChunks(t *testing.T) *port {
	t.Helper()
	p := newPort(t)
	p.Source.SetChunks(4)
	p.again(&pb.PlanTableRequest{}, agenttest.DemoTable())
	return p
}

// start starts the migration with the PAR that is good now.
func (p *port) start() {
	p.t.Helper()
	_, err := p.runs.Start(id, p.Bucket.PAR())
	check(p.t, err)
}

// called waits until an RPC was asked for n times, whether or not that is an event.
func (p *port) called(a *agenttest.Agent, rpc string, n int) {
	p.t.Helper()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for end := time.Now().Add(10 * time.Second); len(asked(a, rpc)) < n; {
		if (<-look.C).After(end) {
			p.t.Fatalf("%s was asked for %d times, want %d", rpc, len(asked(a, rpc)), n)
		}
	}
}

func expectPaused(p *port, s *pb.MigrationStatus, reason pb.Reason) {
	p.t.Helper()
	f := s.GetFailure()
	if s.GetState() != pb.MigrationState_MIGRATION_STATE_PAUSED || f.GetReason() != reason || s.GetEndTime() == nil || s.GetReceipt() != nil {
		p.t.Fatalf("migration is %s for %v", s.GetState(), f)
	}
	if f.GetRetryable() || !strings.Contains(f.GetHint(), "adbferry par replace "+id+" --par-file") {
		p.t.Errorf("failure %v", f)
	}
	if got := s.GetTables()[0].GetState(); got == pb.TableState_TABLE_STATE_FAILED {
		p.t.Errorf("the table is called failed")
	}
	p.expectNoSecret()
}

// The PAR ends while chunks are being exported or imported: what runs comes to
// its end, nothing new begins, and with another PAR only the rest is done.
func TestAPARThatEndsPausesTheMigration(t *testing.T) {
	for _, rpc := range []string{"Export", "Import"} {
		t.Run(rpc, func(t *testing.T) {
			p := fourChunks(t)
			gate := make(chan struct{})
			agent, begins := p.Source, pb.ChunkState_CHUNK_STATE_EXPORTING
			if rpc == "Import" {
				agent, begins = p.Target, pb.ChunkState_CHUNK_STATE_IMPORTING
			}
			agent.Inject(agenttest.Fault{RPC: rpc, Gate: gate})
			p.start()
			p.until(isState(begins))
			p.called(agent, rpc, 1)
			p.Bucket.Expire()
			close(gate)
			s := p.wait(0)
			expectPaused(p, s, pb.Reason_REASON_PAR_EXPIRED)
			done := 0
			for _, c := range s.GetTables()[0].GetChunks() {
				if c.GetReached() >= pb.ChunkState_CHUNK_STATE_EXPORTED {
					done++
				}
			}
			before := len(asked(p.Source, "Export"))
			p.expectVerified(p.run())
			if done == 0 || len(asked(p.Source, "Export"))-before != 4-done {
				t.Errorf("%d chunks were exported before and %d after", done, len(asked(p.Source, "Export"))-before)
			}
		})
	}
}

func TestARunningMigrationTakesAnotherPAR(t *testing.T) {
	p := fourChunks(t)
	gate := make(chan struct{})
	p.Source.Inject(agenttest.Fault{RPC: "Export", Gate: gate}, agenttest.Fault{RPC: "Export", Gate: gate})
	p.start()
	p.until(isState(pb.ChunkState_CHUNK_STATE_EXPORTING))
	p.Bucket.Expire()
	replaced, err := p.runs.ReplacePAR(t.Context(), id, p.Bucket.PAR())
	if err != nil || !replaced {
		t.Fatalf("replaced %v, %v", replaced, err)
	}
	close(gate)
	p.expectVerified(p.wait(0))
	journal, err := os.ReadFile(journalPath(p))
	check(t, err)
	if !bytes.Contains(journal, []byte("the PAR was replaced")) || bytes.Contains(journal, []byte("PAUSED")) {
		t.Error("the journal does not tell of the replacement, or tells of a pause")
	}
}

// The journal says where the objects are; during the first export they are as
// little elsewhere as later.
func TestARunningMigrationDoesNotMoveToAnotherPlace(t *testing.T) {
	p := newPort(t)
	gate := make(chan struct{})
	p.Source.Inject(agenttest.Fault{RPC: "Export", Gate: gate})
	p.start()
	p.until(isState(pb.ChunkState_CHUNK_STATE_EXPORTING))
	replaced, err := p.runs.ReplacePAR(t.Context(), id, p.Bucket.PAR()+"elsewhere/")
	if replaced || apierr.ReasonOf(err) != pb.Reason_REASON_PAR_ELSEWHERE {
		t.Errorf("replaced %v, %v", replaced, err)
	}
	check(t, p.runs.Stop(t.Context(), id))
	if _, err := p.runs.Start(id, p.Bucket.PAR()+"elsewhere/"); apierr.ReasonOf(err) != pb.Reason_REASON_PAR_ELSEWHERE {
		t.Errorf("started after a stop: %v", err)
	}
	close(gate)
	s := p.run()
	p.expectVerified(s)
	if s.GetStorage().GetPrefix() != "" {
		t.Errorf("objects are said to be in %v", s.GetStorage())
	}
}

// An attempt that the old PAR ended is no try of the chunk's own: of three, two
// are left for what comes.
func TestAttemptsWithAPARThatWasReplacedDoNotCount(t *testing.T) {
	p := newPort(t)
	gate := make(chan struct{})
	p.Source.Inject(agenttest.Fault{RPC: "Export", Gate: gate, After: refused()},
		agenttest.Fault{RPC: "Export", Before: agenttest.Transient()}, agenttest.Fault{RPC: "Export", Before: agenttest.Transient()})
	p.start()
	p.called(p.Source, "Export", 1)
	p.Bucket.Expire()
	replaced, err := p.runs.ReplacePAR(t.Context(), id, p.Bucket.PAR())
	if err != nil || !replaced {
		t.Fatalf("replaced %v, %v", replaced, err)
	}
	close(gate)
	p.expectVerified(p.wait(0))
}

// The store answers "not found" for more than a PAR that is gone, so both agents
// prove it first.
func TestAGoodPARIsNotBlamed(t *testing.T) {
	t.Run("once", func(t *testing.T) {
		p := newPort(t)
		p.Source.Inject(agenttest.Fault{RPC: "Export", Before: refused()})
		s := p.run()
		p.expectVerified(s)
		if got := s.GetTables()[0].GetChunks()[0].GetExportAttempt(); got != 2 {
			t.Errorf("%d attempts, want 2", got)
		}
	})
	t.Run("again and again", func(t *testing.T) {
		p := newPort(t)
		for range 3 {
			p.Target.Inject(agenttest.Fault{RPC: "Import", Before: refused()})
		}
		p.expect(p.run(), pb.MigrationState_MIGRATION_STATE_FAILED, pb.Verdict_VERDICT_FAILED)
	})
}

// An agent that is away while a PAR is in doubt makes nobody look for another PAR.
func TestAnOutageDoesNotPauseAMigrationOverAGoodPAR(t *testing.T) {
	for name, calls := range map[string]int{"which patience outlasts": 12, "which outlasts all patience": 2000} {
		t.Run(name, func(t *testing.T) {
			p := newPort(t)
			p.Source.Inject(agenttest.Fault{RPC: "Export", Before: refused()})
			for range calls {
				p.Source.Inject(agenttest.Fault{RPC: "CheckStorage", Before: agenttest.Unreachable()})
			}
			p.expectVerified(p.run())
		})
	}
}

func TestADoubtfulPARPausesForWhatTheProofSays(t *testing.T) {
	readOnly := apierr.New(codes.PermissionDenied, pb.Reason_REASON_PAR_CANNOT_WRITE, "the PAR does not permit writing objects")
	for _, tt := range []struct {
		name  string
		proof error
		want  pb.Reason
	}{
		{"a right is missing", readOnly, pb.Reason_REASON_PAR_CANNOT_WRITE},
		{"nobody can tell", agenttest.Permanent(), pb.Reason_REASON_PAR_EXPIRED},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPort(t)
			p.Source.Inject(agenttest.Fault{RPC: "Export", Before: refused()}, agenttest.Fault{RPC: "CheckStorage", Before: tt.proof})
			expectPaused(p, p.run(), tt.want)
			p.expectVerified(p.run())
		})
	}
}

func TestAStopThatWasAskedForIsNoPause(t *testing.T) {
	p := newPort(t)
	gate := make(chan struct{})
	p.Source.Inject(agenttest.Fault{RPC: "Export", Before: refused()}, agenttest.Fault{RPC: "CheckStorage", Gate: gate, Before: refused()})
	p.start()
	p.called(p.Source, "CheckStorage", 1)
	stopped := make(chan error, 1)
	go func() { stopped <- p.runs.Stop(t.Context(), id) }()
	p.until(func(e *pb.Event) bool { return strings.Contains(e.GetNotice().GetText(), "a stop was asked for") })
	close(gate)
	check(t, <-stopped)
	if s := p.wait(0); s.GetState() != pb.MigrationState_MIGRATION_STATE_STOPPED {
		t.Errorf("migration is %s", s.GetState())
	}
}

func TestAnotherPARIsTakenOnlyByAMigrationThatRuns(t *testing.T) {
	p := newPort(t)
	if replaced, err := p.runs.ReplacePAR(t.Context(), id, p.Bucket.PAR()); replaced || err != nil {
		t.Errorf("before the start: %v, %v", replaced, err)
	}
	p.expectVerified(p.run())
	if replaced, err := p.runs.ReplacePAR(t.Context(), id, p.Bucket.PAR()); replaced || err != nil {
		t.Errorf("after the end: %v, %v", replaced, err)
	}
}
