package migrate_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/adbferry/adbferry/controller/internal/agenttest"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Every fault of the way, and every passing one of the work, on every RPC: the
// migration ends verified and no attempt writes a prefix twice.
func TestPassingFaultsOnEveryRPCAreOvercome(t *testing.T) {
	faults := map[string]agenttest.Fault{
		"lost before": {Before: agenttest.Unreachable()},
		"lost after":  {After: agenttest.Unreachable()},
		"transient":   {Before: agenttest.Transient()},
		"cut":         {Cut: true},
		"ends early":  {EndEarly: true},
		"killed":      {Kill: true},
	}
	for _, rpc := range []string{"PrepareTable", "Export", "Import", "FinishTable", "Checksum", "Discard"} {
		for name, fault := range faults {
			if (fault.Cut || fault.EndEarly || fault.Kill) && rpc != "Export" && rpc != "Import" {
				continue
			}
			t.Run(rpc+" "+name, func(t *testing.T) {
				p := newPort(t)
				fault.RPC = rpc
				agent := p.Target
				if rpc == "Export" {
					agent = p.Source
				}
				agent.Inject(fault, fault)
				p.expectVerified(p.run())
				if agent.Pending() > 1 {
					t.Error("the fault did not strike")
				}
			})
		}
	}
}

// What no second try overcomes fails the table under its own name, and starting
// again after the cause is gone finishes the job.
func TestPermanentFaultsFailTheTableAndStartingAgainFinishesIt(t *testing.T) {
	for _, rpc := range []string{"PrepareTable", "Export", "Import", "FinishTable", "Checksum"} {
		t.Run(rpc, func(t *testing.T) {
			p := newPort(t)
			agent := p.Target
			if rpc == "Export" {
				agent = p.Source
			}
			agent.Inject(agenttest.Fault{RPC: rpc, Before: agenttest.Permanent()})
			if rpc == "Checksum" { // asked ahead, and again when it matters
				agent.Inject(agenttest.Fault{RPC: rpc, Before: agenttest.Permanent()})
			}
			s := p.run()
			p.expect(s, pb.MigrationState_MIGRATION_STATE_FAILED, pb.Verdict_VERDICT_FAILED)
			if f := s.GetFailure(); f.GetReason() != pb.Reason_REASON_SPACE_EXHAUSTED || f.GetHint() != "add space" {
				t.Errorf("failure %v", f)
			}
			p.expectVerified(p.run())
		})
	}
}

func TestTheBudgetOfAChunkEnds(t *testing.T) {
	p := newPort(t)
	for range 5 {
		p.Source.Inject(agenttest.Fault{RPC: "Export", Before: agenttest.Transient()})
	}
	s := p.run()
	p.expect(s, pb.MigrationState_MIGRATION_STATE_FAILED, pb.Verdict_VERDICT_FAILED)
	if s.GetFailure().GetReason() != pb.Reason_REASON_CONNECTION_LOST || p.Source.Pending() != 2 {
		t.Errorf("failure %v with %d faults left, want 2", s.GetFailure(), p.Source.Pending())
	}
	p.expectVerified(p.run())
	if got := s.GetTables()[0].GetChunks()[0].GetExportAttempt(); got != 3 {
		t.Errorf("%d attempts, want 3", got)
	}
}

func TestFailedCleanUpIsToldAndDoesNotSpoilTheResult(t *testing.T) {
	p := newPort(t)
	p.Source.Inject(agenttest.Fault{RPC: "Discard", Before: agenttest.Permanent()})
	s := p.run()
	p.expectVerified(s)
	if l := s.GetReceipt().GetLeftovers(); len(l) != 1 || l[0].GetCount() != 3+1 || l[0].GetLocation() != id+"/" { // and what proves the PAR
		t.Errorf("leftovers %v", l)
	}
}

// A controller that dies anywhere leaves a prefix of its journal and agents that
// may be further along. Starting again ends verified, without a row too many,
// whether or not the agents died with it.
func TestAControllerThatDiesAnywhereIsResumed(t *testing.T) {
	whole := len(journalLines(t, deadController(t)))
	for keep := 1; keep <= whole; keep++ {
		for _, agentsDie := range []bool{false, true} {
			t.Run(fmt.Sprintf("after event %d, agents die %v", keep, agentsDie), func(t *testing.T) {
				p := deadController(t)
				lines := journalLines(t, p)
				check(t, os.WriteFile(journalPath(p), bytes.Join(lines[:keep], nil), 0o600))
				if agentsDie {
					p.Source.Restart()
					p.Target.Restart()
				}
				p.open()
				p.expectVerified(p.run())
				expectNoPrefixTwice(t, p)
			})
		}
	}
}

// deadController runs a migration up to the end, where it fails to discard, so
// that the agents still have all they had in the middle.
func deadController(t *testing.T) *port {
	t.Helper()
	p := newPort(t)
	for _, a := range []*agenttest.Agent{p.Source, p.Target} {
		a.Inject(agenttest.Fault{RPC: "Discard", Before: agenttest.Permanent()})
	}
	p.expectVerified(p.run())
	p.runs.Close()
	return p
}

func journalPath(p *port) string { return filepath.Join(p.dir, id+".journal") }

// journalLines returns the events up to the last chunk's or table's.
func journalLines(t *testing.T, p *port) [][]byte {
	t.Helper()
	data, err := os.ReadFile(journalPath(p))
	check(t, err)
	lines := bytes.SplitAfter(data, []byte("\n"))
	end := slices.IndexFunc(lines, func(l []byte) bool {
		return bytes.Contains(l, []byte("notice")) || bytes.Contains(l, []byte(`MIGRATION_STATE_VERIFIED`))
	})
	return lines[:end]
}

// expectNoPrefixTwice checks that each attempt's prefix has the objects of one export.
func expectNoPrefixTwice(t *testing.T, p *port) {
	t.Helper()
	perPrefix := map[string]int{}
	for _, name := range p.Bucket.Objects() {
		perPrefix[filepath.Dir(name)]++
	}
	for prefix, n := range perPrefix {
		if n != 3 {
			t.Errorf("prefix %s has %d objects, want 3", prefix, n)
		}
	}
}
