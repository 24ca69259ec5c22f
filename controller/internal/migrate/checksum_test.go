package migrate_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/adbferry/adbferry/controller/internal/agenttest"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// beforeComparing runs the migration up to the comparison, then spoils the target.
func beforeComparing(p *port, spoil func(target *agenttest.Agent)) *pb.MigrationStatus {
	p.t.Helper()
	p.Target.Inject(agenttest.Fault{RPC: "FinishTable", Before: agenttest.Permanent()})
	p.expect(p.run(), pb.MigrationState_MIGRATION_STATE_FAILED, pb.Verdict_VERDICT_FAILED)
	spoil(p.Target)
	return p.run()
}

func TestDamageThatCountsDoNotShowIsFound(t *testing.T) {
	for name, spoil := range map[string]func(*agenttest.Agent){
		"a changed value": func(a *agenttest.Agent) { a.Change(agenttest.DemoTable(), 7, "ORDER_TOTAL", "7.01") },
		"another row":     func(a *agenttest.Agent) { a.Replace(agenttest.DemoTable(), 7, 700000) },
		"swapped values": func(a *agenttest.Agent) {
			a.Change(agenttest.DemoTable(), 7, "EMAIL", "8")
			a.Change(agenttest.DemoTable(), 8, "EMAIL", "7")
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPort(t)
			s := beforeComparing(p, spoil)
			p.expect(s, pb.MigrationState_MIGRATION_STATE_FAILED, pb.Verdict_VERDICT_DIFFERS)
			if f := s.GetFailure(); f.GetReason() != pb.Reason_REASON_CHECKSUMS_DIFFER || f.GetFacts()["source_digest"] == f.GetFacts()["target_digest"] {
				t.Errorf("failure %v", f)
			}
			table := s.GetReceipt().GetTables()[0]
			if table.GetSourceRows() != 50000 || table.GetTargetRows() != 50000 || table.GetSourceDigest().GetSum() == table.GetTargetDigest().GetSum() {
				t.Errorf("receipt %v", table)
			}
			if n := len(asked(p.Target, "Discard")); n != 0 {
				t.Error("what explains the difference was discarded")
			}
		})
	}
}

func TestDamageInAColumnLeftBehindIsNoDamage(t *testing.T) {
	p := newPort(t)
	s := beforeComparing(p, func(a *agenttest.Agent) { a.Change(agenttest.DemoTable(), 7, "CUSTOMER_NOTES", "x") })
	p.expectVerified(s)
	table := s.GetReceipt().GetTables()[0]
	if diff := cmp.Diff(table.GetSourceDigest(), table.GetTargetDigest(), protocmp.Transform()); diff != "" || table.GetSourceDigest().GetRows() != 50000 {
		t.Errorf("receipt %v", table)
	}
}

func TestWhatCannotBeComparedIsNotCalledVerified(t *testing.T) {
	p := newPort(t)
	s := beforeComparing(p, func(a *agenttest.Agent) { a.Refuse("EMAIL") })
	p.expect(s, pb.MigrationState_MIGRATION_STATE_FAILED, pb.Verdict_VERDICT_UNPROVEN)
	if f := s.GetFailure(); f.GetReason() != pb.Reason_REASON_CHECKSUMS_UNKNOWN || !strings.Contains(f.GetText(), "EMAIL") || f.GetHint() == "" {
		t.Errorf("failure %v", f)
	}
	table := s.GetReceipt().GetTables()[0]
	if len(table.GetColumnsNotCompared()) != 1 || table.GetSourceDigest().GetSum() != table.GetTargetDigest().GetSum() {
		t.Errorf("receipt %v", table)
	}

	// When the privilege is there, another start only compares.
	imports := len(asked(p.Target, "Import"))
	p.Target.Grant()
	p.expectVerified(p.run())
	if n := len(asked(p.Target, "Import")); n != imports {
		t.Errorf("%d imports, want %d", n, imports)
	}
}

func TestOneSideThatCannotCompareDoesNotHideADifference(t *testing.T) {
	p := newPort(t)
	s := beforeComparing(p, func(a *agenttest.Agent) {
		a.Refuse("EMAIL")
		a.Change(agenttest.DemoTable(), 7, "ORDER_TOTAL", "7.01")
	})
	p.expect(s, pb.MigrationState_MIGRATION_STATE_FAILED, pb.Verdict_VERDICT_DIFFERS)
}

func TestAComparisonThatBreaksIsDoneAgain(t *testing.T) {
	p := newPort(t)
	p.Source.Inject(agenttest.Fault{RPC: "Checksum", Before: agenttest.Transient()})
	p.Target.Inject(agenttest.Fault{RPC: "Checksum", After: agenttest.Unreachable()})
	p.expectVerified(p.run())
}

// A table whose rows did not arrive is not compared, and nobody is told that it is.
func TestATableThatIsNotComparedDoesNotSaySo(t *testing.T) {
	p := newPort(t)
	p.Target.Inject(agenttest.Fault{RPC: "Import", Before: agenttest.Permanent()})
	started, err := p.runs.Start(id, p.Bucket.PAR())
	check(t, err)
	check(t, p.store.Watch(t.Context(), id, started.GetLastSequence(), func(e *pb.Event) error {
		if e.GetChunkProgress().GetPhase() == pb.Phase_PHASE_VERIFY {
			t.Error("it is said to be compared")
		}
		return nil
	}))
}
