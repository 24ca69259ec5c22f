package plan

import (
	"strings"
	"testing"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestRowsAreRemovedOnlyWithConsent(t *testing.T) {
	a, b := tablePlan("A", 1, "X"), tablePlan("B", 2, "X")
	a.Outlook = &pb.TargetOutlook{RowsRemoved: 17}
	b.Outlook = &pb.TargetOutlook{RowsKept: 4}
	p := &pb.MigrationPlan{Spec: specOf("A", "B"), Tables: []*pb.TablePlan{a, b}}
	f := apierr.FailureOf(CheckRemoval(p.GetSpec(), Removals(p)))
	if f.GetReason() != pb.Reason_REASON_TARGET_NOT_EMPTY || f.GetFacts()["field"] != pb.ConsentToRemove ||
		f.GetFacts()["table"] != "ADMIN.A" || f.GetFacts()["rows"] != "17" || !strings.Contains(f.GetText(), "17 rows of ADMIN.A") {
		t.Errorf("failure %v", f)
	}
	p.Spec.AllowDataRemoval = true
	if err := CheckRemoval(p.GetSpec(), Removals(p)); err != nil {
		t.Errorf("with consent: %v", err)
	}
	p.Spec.AllowDataRemoval = false
	a.Outlook = nil
	if err := CheckRemoval(p.GetSpec(), Removals(p)); err != nil {
		t.Errorf("nothing to remove: %v", err)
	}
}
