package chunk

import (
	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/condition"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// checkWhere refuses an operator's text that cannot be one condition, whoever
// sent it and whatever they checked before.
func checkWhere(text string) error {
	if err := condition.Check(text); err != nil {
		return apierr.New(codes.InvalidArgument, pb.Reason_REASON_REQUEST_INVALID, "the condition %q cannot be used: %v", text, err).
			WithFact("field", "where").
			WithHint("give what stands after WHERE, as one condition, such as ORDER_DATE >= DATE '2026-01-01'")
	}
	return nil
}
