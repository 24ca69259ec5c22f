package agent_test

import (
	"strings"
	"testing"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

func TestAnErrorInTheOperatorsConditionIsSaidToBeThere(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.exec(sim.SanJose, "CREATE TABLE T (ID NUMBER, NOTE VARCHAR2(20))", "INSERT INTO T VALUES (1, 'a note')")
	for where, want := range map[string]string{
		"NOCOL = 3":        `the database refuses the condition of table ADMIN.T (ORA-00904)`,
		"NOTE > 5":         "(ORA-01722)",
		"ID = ":            "(ORA-00936)",
		"1=1 ORDER BY ID":  "(ORA-00907)",
		"ROWNUM <= 1":      "ROWNUM",
		"NOTE < SYSDATE":   "SYSDATE",
		"WHERE ID > 0":     "begins with WHERE",
		"NOTE = TO_DATE(5": "not closed",
	} {
		request := p.request("T")
		request.Where = where
		_, err := p.source.PlanTable(t.Context(), request)
		wantReason(t, err, pb.Reason_REASON_REQUEST_INVALID)
		f := apierr.FailureOf(err)
		if !strings.Contains(f.GetText(), want) || f.GetFacts()["field"] != "where" || f.GetHint() == "" {
			t.Errorf("%s: %v", where, f)
		}
		if f.GetFacts()["ora_code"] != "" && !strings.Contains(f.GetHint(), `SELECT COUNT(*) FROM "ADMIN"."T" WHERE (`+where+")") {
			t.Errorf("%s: hint %q", where, f.GetHint())
		}
	}
}

// What the SCN, a privilege or the undo is to blame for keeps its reason.
func TestAConditionIsNotBlamedForOtherErrors(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.exec(sim.SanJose, "CREATE TABLE T (ID NUMBER)")
	for code, want := range map[int]pb.Reason{
		1555: pb.Reason_REASON_SNAPSHOT_GONE, 1466: pb.Reason_REASON_TABLE_ALTERED, 8181: pb.Reason_REASON_DATABASE_ERROR, 1031: pb.Reason_REASON_PRIVILEGE_MISSING,
		54: pb.Reason_REASON_DATABASE_ERROR,
	} {
		if _, err := p.sim.Region(sim.SanJose).Fail(sim.Trigger{Match: "adbferry scan.values"}, sim.CallFault{Code: code}); err != nil {
			t.Fatal(err)
		}
		request := p.request("T")
		request.Where = "ID > 0"
		_, err := p.source.PlanTable(t.Context(), request)
		wantReason(t, err, want)
	}
}
