package transfer

import (
	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

const (
	textTooLong    = 12899 // for its column
	numberTooLarge = 1438  // for its column
)

// narrow explains that values do not fit into a target that was taken as it is:
// its columns are smaller than the source's, so another format would not help.
// Elsewhere the columns were compared, and such an error says that values arrived
// changed.
//
// Error: REASON_TARGET_DIFFERS.
func narrow(j Job, target oracle.Table, err error) error {
	if j.Plan.GetOptions().GetDdl() != pb.DdlMode_DDL_MODE_NONE || !oracle.HasCode(err, textTooLong) && !oracle.HasCode(err, numberTooLarge) {
		return err
	}
	f := apierr.FailureOf(err)
	return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TARGET_DIFFERS, "the target table %s is too small for the rows: %s", target.Text(), f.GetText()).
		WithFact("table", target.Text()).WithFact("ora_code", f.GetFacts()["ora_code"]).WithFact("differences", f.GetText()).WithCause(err).
		WithHint("make the column as large as the source's and start the migration again; without --ddl none the plan compares them")
}
