package fleet

import (
	"errors"
	"testing"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestAChunkIsNamedOnceInItsError(t *testing.T) {
	for said, want := range map[string]string{
		"import A.B/000001: ORA-01653: full": "import chunk A.B/000001 into phoenix: ORA-01653: full",
		"no connection":                      "import chunk A.B/000001 into phoenix: no connection",
		"import A.B/000002: odd":             "import chunk A.B/000001 into phoenix: import A.B/000002: odd",
	} {
		cause := apierr.New(codes.ResourceExhausted, pb.Reason_REASON_SPACE_EXHAUSTED, "%s", said).WithHint("make room")
		err := chunkError("import", "A.B/000001", "into phoenix", cause)
		f := apierr.FailureOf(err)
		if f.GetText() != want || f.GetHint() != "make room" || f.GetReason() != pb.Reason_REASON_SPACE_EXHAUSTED || !errors.Is(err, cause) {
			t.Errorf("failure %v, want %q", f, want)
		}
	}
}
