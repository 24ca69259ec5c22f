package agent_test

import (
	"strings"
	"testing"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

// A target that is taken as it is may be too small, which no other format would
// change. Where the columns were compared, a value that is too long was changed.
func TestATargetTakenAsItIsThatIsTooSmallIsToBlame(t *testing.T) {
	for label, tt := range map[string]struct {
		ddl    pb.DdlMode
		target string
		fault  int
		want   pb.Reason
	}{
		"a text":              {none, "CREATE TABLE T (X NUMBER(10), Y VARCHAR2(5))", 0, pb.Reason_REASON_TARGET_DIFFERS},
		"a number":            {none, "CREATE TABLE T (X NUMBER(3), Y VARCHAR2(10))", 0, pb.Reason_REASON_TARGET_DIFFERS},
		"columns that fit":    {require, "CREATE TABLE T (X NUMBER(10), Y VARCHAR2(10))", 12899, pb.Reason_REASON_ROWS_REJECTED},
		"something else":      {none, "CREATE TABLE T (X NUMBER(10), Y VARCHAR2(10) NOT NULL)", 0, pb.Reason_REASON_ROWS_REJECTED},
		"the value's own fit": {none, "CREATE TABLE T (X NUMBER(5), Y VARCHAR2(8))", 0, pb.Reason_REASON_UNSPECIFIED},
	} {
		t.Run(label, func(t *testing.T) {
			p := newPair(t, sim.Config{})
			p.exec(sim.SanJose, "CREATE TABLE T (X NUMBER(10), Y VARCHAR2(10))", "INSERT INTO T VALUES (12345, '12345678')")
			if label == "something else" {
				p.exec(sim.SanJose, "INSERT INTO T VALUES (1, NULL)")
			}
			p.exec(sim.Phoenix, tt.target)
			if tt.fault != 0 {
				if _, err := p.sim.Region(sim.Phoenix).Fail(sim.Trigger{Match: "adbferry staging.load"}, sim.CallFault{Code: tt.fault}); err != nil {
					t.Fatal(err)
				}
			}
			plan := with(p.plan("T"), tt.ddl, pb.IfExists_IF_EXISTS_FAIL)
			if _, err := p.target.PrepareTable(t.Context(), &pb.PrepareTableRequest{MigrationId: "m1", Plan: plan}); err != nil {
				t.Fatal(err)
			}
			events, err := p.export("m1", plan, 1)
			if err != nil {
				t.Fatal(err)
			}
			_, err = p.load("m1", plan, outcome(events).GetManifest(), 1)
			wantReason(t, err, tt.want)
			if f := apierr.FailureOf(err); tt.want == pb.Reason_REASON_TARGET_DIFFERS && (!strings.Contains(f.GetText(), "ADMIN.T is too small") || f.GetHint() == "" || f.GetRetryable()) {
				t.Errorf("%v", f)
			}
		})
	}
}
