package agent_test

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

func TestATableThatCannotBeCreatedIsAnErrorOfThePlan(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.exec(sim.SanJose, "CREATE TABLE T (X NUMBER)", "INSERT INTO T VALUES (1)")
	p.exec(sim.Phoenix, "CREATE TABLE OWNER_OF_A_SEQUENCE (X NUMBER GENERATED ALWAYS AS IDENTITY)")
	sequence := p.rows(sim.Phoenix, "SELECT OBJECT_NAME FROM ALL_OBJECTS WHERE OBJECT_TYPE = 'SEQUENCE'")[0][0]
	plan := p.plan("T")
	for label, tt := range map[string]struct {
		target *pb.TableName
		text   string
		hint   string
	}{
		"no schema":         {&pb.TableName{Schema: "NOSUCH", Name: "T"}, "the target has no schema NOSUCH", "--remap-schema"},
		"the name is taken": {name(sequence), "a sequence of the schema has that name", "rename or drop the other object"},
	} {
		t.Run(label, func(t *testing.T) {
			elsewhere := proto.CloneOf(plan)
			elsewhere.Target = tt.target
			_, err := p.target.PrepareTable(t.Context(), &pb.PrepareTableRequest{MigrationId: "m1", Plan: elsewhere, ValidateOnly: true})
			wantReason(t, err, pb.Reason_REASON_TARGET_DIFFERS)
			if f := apierr.FailureOf(err); f.GetRetryable() || !strings.Contains(f.GetText(), tt.text) || !strings.Contains(f.GetHint(), tt.hint) || f.GetFacts()["differences"] == "" {
				t.Errorf("%v", f)
			}
		})
	}
	if resp, err := p.target.PrepareTable(t.Context(), &pb.PrepareTableRequest{MigrationId: "m1", Plan: plan, ValidateOnly: true}); err != nil || !resp.GetCreated() {
		t.Errorf("%v, %v", resp, err)
	}
}

func TestANameThatIsTakenIsNotTriedAgain(t *testing.T) {
	for label, tt := range map[string]struct {
		code   int
		target *pb.TableName
		text   string
	}{
		"by something that nobody sees": {955, name("T"), "an object that the agent's user may not see has that name"},
		"no schema":                     {0, &pb.TableName{Schema: "NOSUCH", Name: "T"}, "the schema does not exist (ORA-01918)"},
	} {
		t.Run(label, func(t *testing.T) {
			p := newPair(t, sim.Config{})
			p.exec(sim.SanJose, "CREATE TABLE T (X NUMBER)")
			plan := p.plan("T")
			plan.Target = tt.target
			if tt.code != 0 {
				if _, err := p.sim.Region(sim.Phoenix).Fail(sim.Trigger{Match: "adbferry table.create"}, sim.CallFault{Code: tt.code}); err != nil {
					t.Fatal(err)
				}
			}
			_, err := p.target.PrepareTable(t.Context(), &pb.PrepareTableRequest{MigrationId: "m1", Plan: plan})
			wantReason(t, err, pb.Reason_REASON_TARGET_DIFFERS)
			if f := apierr.FailureOf(err); f.GetRetryable() || !strings.Contains(f.GetText(), tt.text) || f.GetHint() == "" {
				t.Errorf("%v", f)
			}
		})
	}
}
