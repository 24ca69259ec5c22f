package plan

import (
	"testing"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// What the caller knows of a table saves the queries, so no session is needed.
func TestATableIsTakenAsTheCallerDescribesIt(t *testing.T) {
	name := &pb.TableName{Schema: "HR", Name: "EMP"}
	other := &pb.TableName{Schema: "HR", Name: "DEPT"}
	for what, tt := range map[string]struct {
		described *pb.Table
		want      pb.Reason
	}{
		"the table":            {&pb.Table{Name: name, Definition: &pb.TableDefinition{}}, pb.Reason_REASON_UNSPECIFIED},
		"another table":        {&pb.Table{Name: other, Definition: &pb.TableDefinition{}}, pb.Reason_REASON_REQUEST_INVALID},
		"without a definition": {&pb.Table{Name: name}, pb.Reason_REASON_REQUEST_INVALID},
	} {
		t.Run(what, func(t *testing.T) {
			table, err := oracle.NewTable(name)
			if err != nil {
				t.Fatal(err)
			}
			got, err := describe(t.Context(), nil, table, &pb.PlanTableRequest{Table: name, Described: tt.described})
			if apierr.ReasonOf(err) != tt.want || (err == nil) != (got == tt.described) {
				t.Errorf("described as %v, %v", got, err)
			}
		})
	}
}
