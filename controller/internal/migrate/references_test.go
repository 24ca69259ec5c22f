package migrate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/controller/internal/agenttest"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

var (
	parents  = &pb.TableName{Schema: "ADMIN", Name: "PARENTS"}
	children = &pb.TableName{Schema: "ADMIN", Name: "CHILDREN"}
)

// family plans two tables, the first of which refers to the second.
func family(t *testing.T) *port {
	t.Helper()
	p := newPort(t)
	id := &pb.Column{Name: "ID", DataType: "NUMBER"}
	p.Source.AddTable(children, 100, id)
	p.Source.AddTable(parents, 10, id)
	p.Source.SetDefinition(parents, &pb.TableDefinition{Constraints: []*pb.Constraint{{Name: "PK", Kind: pb.ConstraintKind_CONSTRAINT_KIND_PRIMARY}}})
	p.Source.SetDefinition(children, &pb.TableDefinition{Constraints: []*pb.Constraint{
		{Name: "CK", Kind: pb.ConstraintKind_CONSTRAINT_KIND_CHECK},
		{Name: "UK", Kind: pb.ConstraintKind_CONSTRAINT_KIND_UNIQUE},
		{Name: "FK", Kind: pb.ConstraintKind_CONSTRAINT_KIND_REFERENCE, ReferencedTable: parents},
	}})
	p.again(&pb.PlanTableRequest{}, children, parents)
	return p
}

func tableOf(s *pb.MigrationStatus, name *pb.TableName) *pb.TableReceipt {
	for _, t := range s.GetReceipt().GetTables() {
		if t.GetTarget().GetName() == name.GetName() {
			return t
		}
	}
	return nil
}

func whats(failures []*pb.DefinitionFailure) []string {
	var all []string
	for _, f := range failures {
		all = append(all, f.GetWhat())
	}
	return all
}

func TestForeignKeysComeAfterAllTables(t *testing.T) {
	p := family(t)
	s := p.run()
	p.expect(s, pb.MigrationState_MIGRATION_STATE_VERIFIED, pb.Verdict_VERDICT_VERIFIED)
	if diff := cmp.Diff([]string{"constraint CK", "constraint UK", "foreign key FK"}, tableOf(s, children).GetDefinitions()); diff != "" {
		t.Error(diff)
	}
	calls := p.Target.Calls()
	last := slices.Index(calls, "Discard "+id)
	finishes := asked(p.Target, "FinishTable")
	if len(finishes) != 3 || finishes[2] != "ADMIN.CHILDREN" || !strings.HasPrefix(calls[last-1], "FinishTable") {
		t.Errorf("calls %q", calls)
	}
}

func TestWhatCannotBeMadeIsNamedAndKeepsNoRowAway(t *testing.T) {
	p := family(t)
	p.Target.Unmake("CK", true)
	p.Target.Unmake("FK", true)
	notices := 0
	_, err := p.runs.Start(id, p.Bucket.PAR())
	check(t, err)
	check(t, p.store.Watch(t.Context(), id, 0, func(e *pb.Event) error {
		if strings.HasPrefix(e.GetNotice().GetText(), "not made on the target: ") {
			notices++
		}
		return nil
	}))
	s := p.wait(0)
	p.expect(s, pb.MigrationState_MIGRATION_STATE_VERIFIED, pb.Verdict_VERDICT_VERIFIED)
	table := tableOf(s, children)
	if diff := cmp.Diff([]string{"constraint CK", "foreign key FK"}, whats(table.GetDefinitionFailures())); diff != "" {
		t.Error(diff)
	}
	if !slices.Equal(table.GetDefinitions(), []string{"constraint UK"}) || notices != 2 || table.GetDefinitionFailures()[0].GetFailure().GetHint() == "" {
		t.Errorf("%d notices, definitions %q", notices, table.GetDefinitions())
	}
}

// A foreign key to a table that failed is tried again when that table is there.
func TestForeignKeysAreTriedAgainWithEveryStart(t *testing.T) {
	p := family(t)
	p.Target.Unmake("FK", true)
	p.Target.Unmake("CK", true)
	for range 3 { // whichever table asks first: one of them fails
		p.Target.Inject(agenttest.Fault{RPC: "PrepareTable", Before: agenttest.Permanent()})
	}
	p.run()
	s := p.run()
	for s.GetState() != pb.MigrationState_MIGRATION_STATE_VERIFIED {
		p.Target.Unmake("FK", false)
		s = p.run()
	}
	if diff := cmp.Diff([]string{"constraint CK"}, whats(tableOf(s, children).GetDefinitionFailures())); diff != "" {
		t.Error(diff)
	}
	if !slices.Contains(p.Target.Made(children), "foreign key FK") {
		t.Error("the foreign key was not made")
	}
}

func TestAnAgentThatFailsAtForeignKeysDoesNotSpoilTheResult(t *testing.T) {
	p := family(t)
	_, err := p.runs.Start(id, p.Bucket.PAR())
	check(t, err)
	done := 0
	check(t, p.store.Watch(t.Context(), id, 0, func(e *pb.Event) error {
		if e.GetTableChanged().GetState() == pb.TableState_TABLE_STATE_FINISHED {
			if done++; done == 2 {
				p.Target.Inject(agenttest.Fault{RPC: "FinishTable", Before: agenttest.Permanent()})
			}
		}
		return nil
	}))
	s := p.wait(0)
	p.expect(s, pb.MigrationState_MIGRATION_STATE_VERIFIED, pb.Verdict_VERDICT_VERIFIED)
	if p.Target.Pending() == 0 {
		if diff := cmp.Diff([]string{"foreign keys"}, whats(tableOf(s, children).GetDefinitionFailures())); diff != "" {
			t.Error(diff)
		}
	}
}
