// Package bucket is the agent's own view of Object Storage through a PAR: what
// the PAR permits, how the objects of an attempt are named, what an export
// wrote, and what is left when a migration is over. The databases move the
// bytes; this package lists them.
//
// Facts: reference, sections 1.4, 5 and 10.2.
package bucket

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/par"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A Store lists, reads and writes through PARs. The zero Store uses the
// default HTTP client.
type Store struct {
	Client par.Client
	// Pause is the time between two listings of a folder that should not
	// change any more; 0 for 500 ms.
	Pause time.Duration
}

// Parse reads a PAR URL.
//
// Error: REASON_PAR_MALFORMED, without the text.
func Parse(text string) (par.URL, error) {
	u, err := par.Parse(text)
	if m, ok := errors.AsType[*par.MalformedError](err); ok {
		return par.URL{}, apierr.New(codes.InvalidArgument, pb.Reason_REASON_PAR_MALFORMED, "%s", m.Error()).
			WithHint("copy the whole URL that the console showed when the PAR was created")
	}
	return u, err
}

// list lists a prefix and classifies the error.
func (st Store) list(ctx context.Context, u par.URL, prefix string) ([]par.Object, error) {
	objects, err := st.Client.List(ctx, u, prefix)
	return objects, classify(ctx, err)
}

// denied reports whether the store says that the PAR does not permit the
// request. It hides that behind 404 (5.6); a missing object has its own code.
func denied(err error) bool {
	se, ok := errors.AsType[*par.StatusError](err)
	if !ok {
		return false
	}
	switch se.Status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return true
	case http.StatusNotFound:
		return se.Code != "ObjectNotFound"
	default:
		return false
	}
}

// classify turns an error of the store into a failure. A PAR that is denied in
// the middle of a migration worked before, so it has expired or was deleted.
func classify(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if cause := context.Cause(ctx); cause != nil {
		return apierr.From(cause)
	}
	se, ok := errors.AsType[*par.StatusError](err)
	switch {
	case !ok:
		return apierr.New(codes.Unavailable, pb.Reason_REASON_STORAGE_UNREACHABLE, "the object store cannot be reached").
			WithHint("check the PAR's host name, the network, and object_storage_ca of the configuration").WithRetry(0).WithCause(err)
	case se.Status == http.StatusUnauthorized:
		return apierr.New(codes.PermissionDenied, pb.Reason_REASON_PAR_REFUSED, "%s: the object store refuses the PAR", se.Op).
			WithHint("%s", refusedHint(se.Message)).WithCause(err)
	case denied(err):
		return apierr.New(codes.PermissionDenied, pb.Reason_REASON_PAR_EXPIRED, "%s: the PAR is expired, deleted or lost its rights", se.Op).
			WithHint("create a new PAR for the same bucket: AnyObjectReadWrite with ListObjects").WithCause(err)
	case se.Status == http.StatusTooManyRequests, se.Status >= http.StatusInternalServerError:
		return apierr.New(codes.Unavailable, pb.Reason_REASON_STORAGE_BUSY, "%s: the object store answered %d", se.Op, se.Status).
			WithRetry(0).WithCause(err)
	default:
		return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_PAR_REFUSED, "%s: the object store answered %d %s", se.Op, se.Status, se.Code).
			WithCause(err)
	}
}

// refusedHint reads the store's message, because its code does not tell a
// wrong prefix from a wrong PAR (5.6).
func refusedHint(message string) string {
	if strings.Contains(message, "prefix") {
		return "the PAR is for one prefix: append it to the URL, with a / at its end"
	}
	return "check that the whole URL was copied, and that the PAR was not deleted"
}

// Put writes an object by its full name.
//
// Errors are those of Check.
func (st Store) Put(ctx context.Context, u par.URL, name string, body []byte) error {
	return classify(ctx, st.Client.Put(ctx, u, name, body))
}
