package cli

import (
	"strings"
	"testing"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestADiagnosisFailsWhenNoFormatWorks(t *testing.T) {
	works, changes := &pb.FormatDiagnosis{Works: true}, &pb.FormatDiagnosis{}
	fails := &pb.FormatDiagnosis{Failure: &pb.Failure{Reason: pb.Reason_REASON_PAR_EXPIRED, Text: "the PAR has expired", Hint: "make another"}}
	for name, tt := range map[string]struct {
		formats    []*pb.FormatDiagnosis
		reason     pb.Reason
		text, hint string
	}{
		"one of them works":       {[]*pb.FormatDiagnosis{fails, works}, pb.Reason_REASON_UNSPECIFIED, "", ""},
		"the first failure":       {[]*pb.FormatDiagnosis{changes, fails}, pb.Reason_REASON_PAR_EXPIRED, "the PAR has expired", "make another"},
		"only values that differ": {[]*pb.FormatDiagnosis{changes}, pb.Reason_REASON_TABLE_UNSUPPORTED, "changed or failed", "matrix"},
	} {
		t.Run(name, func(t *testing.T) {
			err := judgeDiagnosis(&pb.Diagnosis{Source: "a", Target: "b", Formats: tt.formats})
			if tt.reason == pb.Reason_REASON_UNSPECIFIED {
				if err != nil {
					t.Error(err)
				}
				return
			}
			f := apierr.FailureOf(err)
			if f.GetReason() != tt.reason || !strings.Contains(f.GetText(), tt.text) || !strings.Contains(f.GetHint(), tt.hint) {
				t.Errorf("got %v", f)
			}
		})
	}
}
