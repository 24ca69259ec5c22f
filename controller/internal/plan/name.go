package plan

import (
	"errors"
	"fmt"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// maxNameBytes is Oracle's limit for the name of a schema, table or column since
// release 12.2.
const maxNameBytes = 128

// CheckName says what keeps a name, in the letter case of the dictionary, from being carried.
func CheckName(name string) error {
	switch {
	case name == "":
		return errors.New("a name is empty")
	case len(name) > maxNameBytes:
		return fmt.Errorf("a name has more than %d bytes", maxNameBytes)
	case strings.ContainsAny(name, "\"\x00\r\n"):
		return errors.New("names that contain a quote or a control character are not supported")
	}
	return nil
}

func invalidName(name string, cause error) error {
	return apierr.New(codes.InvalidArgument, pb.Reason_REASON_NAME_INVALID, "name %q: %v", name, cause).
		WithFact("name", name)
}
