package migrate_test

import (
	"testing"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/controller/internal/agenttest"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// appending plans a migration into a table that has three rows already.
func appending(t *testing.T) *port {
	t.Helper()
	p := newPort(t)
	p.Target.AddTable(agenttest.DemoTable(), 0)
	for _, key := range []int64{900001, 900002, 900003} {
		p.Target.Replace(agenttest.DemoTable(), 0, key)
	}
	p.again(&pb.PlanTableRequest{Options: &pb.TableOptions{IfExists: pb.IfExists_IF_EXISTS_APPEND}}, agenttest.DemoTable())
	return p
}

func (p *port) expectAppended(s *pb.MigrationStatus, state pb.MigrationState, verdict pb.Verdict, before int64) {
	p.t.Helper()
	table := s.GetReceipt().GetTables()[0]
	if s.GetState() != state || table.GetVerdict() != verdict || table.GetBefore().GetRows() != before {
		p.t.Fatalf("%s, failure %v, receipt %v", s.GetState(), s.GetFailure(), table)
	}
}

func TestRowsAreAppendedAndWhatWasThereIsSubtracted(t *testing.T) {
	p := appending(t)
	s := p.run()
	p.expectAppended(s, pb.MigrationState_MIGRATION_STATE_VERIFIED, pb.Verdict_VERDICT_VERIFIED_PARTIAL, 3)
	table := s.GetReceipt().GetTables()[0]
	if p.Target.Rows(agenttest.DemoTable()) != 50003 || table.GetTargetRows() != 50000 || table.GetSourceDigest().GetSum() != table.GetTargetDigest().GetSum() {
		t.Errorf("receipt %v", table)
	}
}

// What the target held is known from before the first row, however often the
// migration is started.
func TestAppendingIsResumedWithoutForgettingWhatWasThere(t *testing.T) {
	for _, fault := range []agenttest.Fault{
		{RPC: "PrepareTable", After: agenttest.Permanent()},
		{RPC: "Checksum", Before: agenttest.Permanent()},
		{RPC: "Import", After: agenttest.Permanent()},
		{RPC: "FinishTable", Before: agenttest.Permanent()},
	} {
		p := appending(t)
		p.Target.Inject(fault)
		p.run()
		p.expectAppended(p.run(), pb.MigrationState_MIGRATION_STATE_VERIFIED, pb.Verdict_VERDICT_VERIFIED_PARTIAL, 3)
	}
}

func TestDamageToWhatWasThereIsFound(t *testing.T) {
	for name, spoil := range map[string]func(*agenttest.Agent){
		"changed": func(a *agenttest.Agent) { a.Change(agenttest.DemoTable(), 900002, "EMAIL", "x") },
		"gone":    func(a *agenttest.Agent) { a.Replace(agenttest.DemoTable(), 7, 0) },
		"swapped": func(a *agenttest.Agent) { a.Replace(agenttest.DemoTable(), 7, 900004) },
	} {
		t.Run(name, func(t *testing.T) {
			p := appending(t)
			p.Target.Inject(agenttest.Fault{RPC: "FinishTable", Before: agenttest.Permanent()})
			p.run()
			spoil(p.Target)
			p.expectAppended(p.run(), pb.MigrationState_MIGRATION_STATE_FAILED, pb.Verdict_VERDICT_DIFFERS, 3)
		})
	}
}

func TestAppendingToAnEmptyTableIsOrdinary(t *testing.T) {
	p := newPort(t)
	p.Target.Refuse("EMAIL") // while it is empty nothing has to be digested
	p.again(&pb.PlanTableRequest{Options: &pb.TableOptions{IfExists: pb.IfExists_IF_EXISTS_APPEND}}, agenttest.DemoTable())
	p.Target.Inject(agenttest.Fault{RPC: "FinishTable", Before: agenttest.Permanent()})
	p.run()
	p.Target.Grant()
	p.expectVerified(p.run())
}

func TestWhatCouldNotBeDigestedBeforeLeavesItOpen(t *testing.T) {
	p := appending(t)
	p.Target.Refuse("EMAIL")
	p.expectAppended(p.run(), pb.MigrationState_MIGRATION_STATE_FAILED, pb.Verdict_VERDICT_UNPROVEN, 3)
	p.Target.Grant() // comes too late for the three rows
	p.expectAppended(p.run(), pb.MigrationState_MIGRATION_STATE_FAILED, pb.Verdict_VERDICT_UNPROVEN, 3)
}

// An agent from before checksums proves counts only.
func TestAnAgentWithoutChecksumsLeavesItOpen(t *testing.T) {
	unknown := apierr.New(codes.Unimplemented, pb.Reason_REASON_INTERNAL, "unknown method Checksum")
	for name, side := range map[string]func(*port) *agenttest.Agent{
		"source": func(p *port) *agenttest.Agent { return p.Source }, "target": func(p *port) *agenttest.Agent { return p.Target },
	} {
		t.Run(name, func(t *testing.T) {
			p := newPort(t)
			side(p).Inject(agenttest.Fault{RPC: "Checksum", Before: unknown})
			s := p.run()
			p.expect(s, pb.MigrationState_MIGRATION_STATE_FAILED, pb.Verdict_VERDICT_UNPROVEN)
			table := s.GetReceipt().GetTables()[0]
			if s.GetFailure().GetReason() != pb.Reason_REASON_CHECKSUMS_UNKNOWN || table.GetTargetRows() != 50000 || len(table.GetColumnsNotCompared()) != 12 {
				t.Errorf("failure %v, receipt %v", s.GetFailure(), table)
			}
		})
	}
}

func TestAConditionIsKeptToTheEnd(t *testing.T) {
	p := newPort(t)
	p.Source.SetChunks(3)
	p.again(&pb.PlanTableRequest{Where: "ORDER_ID <= 1000"}, agenttest.DemoTable())
	s := p.run()
	p.expect(s, pb.MigrationState_MIGRATION_STATE_VERIFIED, pb.Verdict_VERDICT_VERIFIED_PARTIAL)
	table := s.GetReceipt().GetTables()[0]
	if table.GetSourceRows() != 1000 || table.GetWhere() != "ORDER_ID <= 1000" || p.Target.Rows(agenttest.DemoTable()) != 1000 {
		t.Errorf("receipt %v", table)
	}
}
