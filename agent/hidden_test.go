package agent_test

import (
	"strings"
	"testing"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

// Rows that the agent's session does not see would be missing everywhere alike:
// in the files, in the counts and in the digests.
func TestATableWhoseRowsOrValuesAreHiddenIsNotMoved(t *testing.T) {
	for label, tt := range map[string]struct {
		arrange func(*sim.Region)
		exec    []string
		why     string
	}{
		"row archival":      {exec: []string{"ALTER TABLE T ROW ARCHIVAL", "UPDATE T SET ORA_ARCHIVE_STATE = '1' WHERE X = 1"}, why: "row archival"},
		"a policy":          {arrange: policy(false), why: "policy HIDES, which may hide rows from the agent's user: GRANT EXEMPT ACCESS POLICY"},
		"redaction":         {arrange: policy(true), why: "policy HIDES, which may mask values before the agent's user: GRANT EXEMPT REDACTION POLICY"},
		"an exempt user":    {arrange: policy(false), exec: []string{"GRANT EXEMPT ACCESS POLICY TO ADMIN"}},
		"exempt from masks": {arrange: policy(true), exec: []string{"GRANT EXEMPT REDACTION POLICY TO ADMIN"}},
		"a column's name":   {exec: []string{"ALTER TABLE T ADD (ORA_ARCHIVE_STATE VARCHAR2(10))"}},
	} {
		t.Run(label, func(t *testing.T) {
			p := newPair(t, sim.Config{})
			for _, region := range []string{sim.SanJose, sim.Phoenix} {
				p.exec(region, "CREATE TABLE T (X NUMBER)", "CREATE TABLE OTHER (X NUMBER)", "INSERT INTO T VALUES (1)", "INSERT INTO T VALUES (2)")
			}
			plan := p.plan("T")
			for _, region := range []string{sim.SanJose, sim.Phoenix} {
				if tt.arrange != nil {
					tt.arrange(p.sim.Region(region))
				}
				p.exec(region, tt.exec...)
			}
			p.plan("OTHER")
			_, err := p.source.PlanTable(t.Context(), p.request("T"))
			expectHidden(t, "plan", err, tt.why)
			for _, definitions := range []bool{true, false} {
				list, err := p.source.ListTables(t.Context(), &pb.ListTablesRequest{Schema: "ADMIN", Definitions: definitions})
				if err != nil {
					t.Fatal(err)
				}
				for _, table := range list.GetTables() {
					want := table.GetName().GetName() == "T" && tt.why != ""
					if got := table.GetObstacle(); (got != "") != want || want && !strings.Contains(got, tt.why) {
						t.Errorf("%s: %q", table.GetName().GetName(), got)
					}
				}
			}
			if tt.why != "" {
				_, err = p.target.PrepareTable(t.Context(), &pb.PrepareTableRequest{MigrationId: "m1", Plan: with(plan, create, truncating), ValidateOnly: true})
				expectHidden(t, "target", err, tt.why)
			}
		})
	}
}

func policy(redaction bool) func(*sim.Region) {
	return func(r *sim.Region) {
		r.AddPolicy(sim.Policy{Owner: "ADMIN", Table: "T", Name: "HIDES", Redaction: redaction})
	}
}

func expectHidden(t *testing.T, what string, err error, why string) {
	t.Helper()
	want := pb.Reason_REASON_UNSPECIFIED
	if why != "" {
		want = pb.Reason_REASON_TABLE_UNSUPPORTED
	}
	wantReason(t, err, want)
	if text := apierr.FailureOf(err).GetText(); why != "" && !strings.Contains(text, why) {
		t.Errorf("%s: %s", what, text)
	}
}

// A user without rights on the dictionary is moved for all the same.
func TestRedactionThatTheUserCannotSeeIsNoError(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.exec(sim.SanJose, "CREATE TABLE T (X NUMBER)")
	if _, err := p.sim.Region(sim.SanJose).Fail(sim.Trigger{Match: "adbferry catalog.redactions", Repeat: true}, sim.CallFault{Code: 942}); err != nil {
		t.Fatal(err)
	}
	p.plan("T")
}
