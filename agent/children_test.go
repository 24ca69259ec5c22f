package agent_test

import (
	"strings"
	"testing"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

// Rows that others refer to are not removed, and the plan says so: also where the
// database would remove the others' rows too.
func TestRowsThatOtherTablesReferToAreNotRemoved(t *testing.T) {
	for label, tt := range map[string]struct {
		key     string   // what the foreign key says
		then    []string // after a parent and its child were inserted
		refused bool
		warned  bool
	}{
		"a child row":                 {refused: true},
		"a child that would go along": {key: " ON DELETE CASCADE", refused: true},
		"a child that would change":   {key: " ON DELETE SET NULL", refused: true},
		"a disabled key":              {then: []string{"ALTER TABLE KID DISABLE CONSTRAINT KID_FK"}},
		"a child of nobody":           {then: []string{"UPDATE KID SET PARENT = NULL"}, warned: true},
		"no child rows":               {then: []string{"DELETE FROM KID"}, warned: true},
	} {
		t.Run(label, func(t *testing.T) {
			p := newPair(t, sim.Config{})
			p.exec(sim.SanJose, "CREATE TABLE P1 (ID NUMBER PRIMARY KEY)", "INSERT INTO P1 VALUES (1)")
			p.exec(sim.Phoenix, "CREATE TABLE P1 (ID NUMBER PRIMARY KEY)",
				"CREATE TABLE KID (ID NUMBER, PARENT NUMBER, CONSTRAINT KID_FK FOREIGN KEY (PARENT) REFERENCES P1 (ID)"+tt.key+")",
				"INSERT INTO P1 VALUES (7)", "INSERT INTO KID VALUES (1, 7)")
			p.exec(sim.Phoenix, tt.then...)
			kids := p.rows(sim.Phoenix, "SELECT COUNT(*), COUNT(PARENT) FROM KID")[0]
			plan := with(p.plan("P1"), create, truncating)
			for _, validate := range []bool{true, false} {
				resp, err := p.target.PrepareTable(t.Context(), &pb.PrepareTableRequest{MigrationId: "m1", Plan: plan, ValidateOnly: validate})
				if !tt.refused {
					if warned := strings.Contains(strings.Join(resp.GetWarnings(), "\n"), "foreign key KID_FK of table ADMIN.KID"); err != nil || warned != tt.warned || resp.GetRowsRemoved() != 1 {
						t.Errorf("%v: %v", resp, err)
					}
					continue
				}
				wantReason(t, err, pb.Reason_REASON_TARGET_DIFFERS)
				if f := apierr.FailureOf(err); f.GetFacts()["child"] != "ADMIN.KID" || !strings.Contains(f.GetHint(), "KID_FK") || f.GetRetryable() {
					t.Errorf("%v", f)
				}
			}
			if left := p.count("P1"); (left == "1") != tt.refused {
				t.Errorf("%s rows are left", left)
			}
			if now := p.rows(sim.Phoenix, "SELECT COUNT(*), COUNT(PARENT) FROM KID")[0]; now[0] != kids[0] || now[1] != kids[1] {
				t.Errorf("the child had %v rows and has %v", kids, now)
			}
		})
	}
}
