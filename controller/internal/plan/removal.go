package plan

import (
	"fmt"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/quantity"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A Removal is rows of a target table that would have to go.
type Removal struct {
	Table *pb.TableName
	Rows  int64
}

// Removals returns what carrying out a plan would remove, in its order.
func Removals(p *pb.MigrationPlan) []Removal {
	var out []Removal
	for _, t := range p.GetTables() {
		out = append(out, Removal{Table: t.GetTarget(), Rows: t.GetOutlook().GetRowsRemoved()})
	}
	return out
}

// Removes reports whether a table's rows on the target would go.
func Removes(s *pb.TableSelection) bool {
	mode := s.GetOptions().GetIfExists()
	return mode == pb.IfExists_IF_EXISTS_TRUNCATE || mode == pb.IfExists_IF_EXISTS_REPLACE
}

// CheckRemoval refuses to remove rows that nobody agreed to lose, and says how
// many of which tables.
//
// Error: REASON_TARGET_NOT_EMPTY with the fact "field" set to pb.ConsentToRemove.
func CheckRemoval(spec *pb.MigrationSpec, removals []Removal) error {
	if spec.GetAllowDataRemoval() {
		return nil
	}
	var lines, ids, rows []string
	for _, r := range removals {
		if r.Rows > 0 {
			lines = append(lines, quantity.Of(r.Rows, "row")+" of "+r.Table.Text())
			ids = append(ids, r.Table.ID())
			rows = append(rows, fmt.Sprint(r.Rows))
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TARGET_NOT_EMPTY, "the target would lose %s", strings.Join(lines, ", ")).
		WithHint("agree with --yes, or choose --if-exists append or fail").
		WithFact("field", pb.ConsentToRemove).
		WithFact("table", strings.Join(ids, ",")).
		WithFact("rows", strings.Join(rows, ","))
}
