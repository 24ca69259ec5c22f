package plan

import (
	"errors"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

const (
	// alteredSince is ORA-01466, and neverAnSCN ORA-08181: they are about the SCN
	// of the query, not about its condition.
	alteredSince = 1466
	neverAnSCN   = 8181
)

// ofCondition blames the operator's condition for what the database says of the
// first query that has it, unless it is about the connection, the privileges or
// the snapshot. Everything else in that query is ours and was written for the
// table's columns.
//
// Error: REASON_REQUEST_INVALID.
func ofCondition(t oracle.Table, where string, err error) error {
	if _, answered := errors.AsType[*oracle.ServerError](err); where == "" || !answered || apierr.Retryable(err) {
		return err
	}
	if oracle.HasCode(err, alteredSince) || oracle.HasCode(err, neverAnSCN) {
		return err
	}
	switch apierr.ReasonOf(err) {
	case pb.Reason_REASON_TABLE_ALTERED, pb.Reason_REASON_ROWS_REJECTED, pb.Reason_REASON_DATABASE_ERROR:
	default:
		return err
	}
	f := apierr.FailureOf(err)
	number := f.GetFacts()["ora_code"]
	_, detail, _ := strings.Cut(f.GetText(), "("+number+")")
	return apierr.New(codes.InvalidArgument, pb.Reason_REASON_REQUEST_INVALID, "the database refuses the condition of table %s (%s)%s", t.Text(), number, detail).
		WithFact("field", "where").WithFact("table", t.Text()).WithFact("ora_code", number).WithCause(err).
		WithHint("try it on the source: SELECT COUNT(*) FROM %s WHERE (%s)", t, where)
}
