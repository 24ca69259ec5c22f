package bucket

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/par"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// probeText is what the probe object holds.
const probeText = "adbferry checks that this pre-authenticated request may list, write and read\n"

const hintRights = "create a PAR of the bucket with access type AnyObjectReadWrite and with object listing enabled"

// Check proves what the PAR permits by listing, writing and reading back one
// small object under the migration's prefix, whose name it returns. Twice: the
// same object again.
//
// Errors: REASON_PAR_REFUSED, REASON_PAR_EXPIRED, REASON_PAR_CANNOT_LIST,
// REASON_PAR_CANNOT_WRITE, REASON_PAR_CANNOT_READ, REASON_STORAGE_UNREACHABLE,
// REASON_STORAGE_BUSY.
func (st Store) Check(ctx context.Context, u par.URL, migration string) (string, error) {
	name := u.FullName(migration + "/probe")
	_, listing := st.Client.List(ctx, u, u.FullName(migration+"/"))
	if unusable(listing) {
		return "", classify(ctx, listing)
	}
	writing := st.Client.Put(ctx, u, name, []byte(probeText))
	body, reading := st.Client.Get(ctx, u, name, int64(len(probeText)))
	if err := judge(ctx, listing, writing, reading); err != nil {
		return "", err
	}
	if !bytes.Equal(body, []byte(probeText)) {
		return "", apierr.New(codes.FailedPrecondition, pb.Reason_REASON_OBJECT_CHANGED, "the object store returned another text than was written to %s", name).
			WithFact("object", name).WithHint("check that nothing else writes to this bucket")
	}
	return name, nil
}

// Lists reports whether a PAR lists the objects of a migration. Why it does not,
// Check can tell.
func (st Store) Lists(ctx context.Context, u par.URL, migration string) bool {
	_, err := st.Client.List(ctx, u, u.FullName(migration+"/"))
	return err == nil
}

// unusable reports whether the first answer already says it all: the store
// cannot be reached, or it does not know the PAR.
func unusable(err error) bool {
	se, ok := errors.AsType[*par.StatusError](err)
	return err != nil && !ok || ok && (se.Status == http.StatusUnauthorized && strings.Contains(se.Message, "does not exist") ||
		se.Status == http.StatusTooManyRequests || se.Status >= http.StatusInternalServerError)
}

// judge tells a PAR without a right from one without any: the store answers
// both the same way, but an expired PAR is refused everything.
func judge(ctx context.Context, listing, writing, reading error) error {
	if denied(listing) && denied(writing) && denied(reading) {
		return classify(ctx, listing)
	}
	for _, right := range []struct {
		err    error
		reason pb.Reason
		verb   string
	}{
		{listing, pb.Reason_REASON_PAR_CANNOT_LIST, "listing objects"},
		{writing, pb.Reason_REASON_PAR_CANNOT_WRITE, "writing objects"},
		{reading, pb.Reason_REASON_PAR_CANNOT_READ, "reading objects"},
	} {
		if denied(right.err) {
			return apierr.New(codes.PermissionDenied, right.reason, "the PAR does not permit %s", right.verb).WithHint(hintRights).WithCause(right.err)
		}
		if right.err != nil {
			return classify(ctx, right.err)
		}
	}
	return nil
}
