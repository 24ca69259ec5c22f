package scan

import (
	"context"
	"fmt"
	"strings"

	"github.com/adbferry/adbferry/agent/internal/codec"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Overflow counts the pieces of the planned columns' values that overflow, over
// the rows that stand after from.
//
// Errors: REASON_NAME_INVALID, REASON_REQUEST_INVALID, and what the database reports.
func Overflow(ctx context.Context, s *oracle.Session, from string, columns []*pb.ColumnPlan) (pieces int64, err error) {
	var sums []string
	for _, p := range columns {
		o, ok, err := codec.OverflowOf(p)
		if err != nil {
			return 0, err
		}
		if !ok {
			continue
		}
		name, err := oracle.NewName(p.GetColumn().GetName())
		if err != nil {
			return 0, err
		}
		length := fmt.Sprintf("DBMS_LOB.GETLENGTH(%s)", o.Object(name.String()))
		sums = append(sums, fmt.Sprintf("NVL(SUM(CASE WHEN %s THEN %s END), 0)", o.Overflows(length), o.Pieces(length)))
	}
	if len(sums) == 0 {
		return 0, nil
	}
	found, err := s.Row(ctx, overflowKind, fmt.Sprintf("SELECT %s FROM %s", strings.Join(sums, " + "), from), nil, &pieces)
	if err == nil && !found {
		err = oracle.NotOne(overflowKind)
	}
	return pieces, err
}
