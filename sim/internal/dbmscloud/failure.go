package dbmscloud

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
)

// statusError is what a refused HTTP request becomes: 20000 plus the status,
// with the texts of reference, section 4.2. It prints the URL as it was given,
// PAR token included, because the real package does.
func statusError(status int, uri, body string) *datum.Error {
	var e *datum.Error
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		e = datum.Errorf(20000+status, "Authorization failed for URI - %s", uri)
	case http.StatusNotFound:
		e = datum.Errorf(20000+status, "Object not found - %s", uri)
	default:
		e = datum.Errorf(20000+status, "Request failed with status HTTP %d - %s", status, uri)
	}
	if body = strings.TrimSpace(body); body != "" {
		e = e.With("Error response - " + body)
	}
	return e
}

// transportError is what a request becomes that got no answer. The Go error is
// looked at and not printed: it holds the URL in a form no database shows. An
// Oracle error comes from a transport that breaks transfers on demand.
func transportError(err error) *datum.Error {
	if e, ok := errors.AsType[*datum.Error](err); ok {
		return e
	}
	e := datum.Errorf(29273, "HTTP request failed")
	var unknown x509.UnknownAuthorityError
	var verify *tls.CertificateVerificationError
	switch {
	case errors.As(err, &unknown), errors.As(err, &verify):
		return e.With("ORA-29024: Certificate validation failure")
	case errors.Is(err, context.DeadlineExceeded):
		return e.With("ORA-29276: transfer timeout")
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return e.With("ORA-29259: end-of-input reached")
	}
	return e.With("ORA-12545: Connect failed because target host or object does not exist")
}

// inFetch wraps an error as the external table of a load does (reference,
// section 4.2).
func inFetch(e *datum.Error) *datum.Error {
	return e.Above(29913, "error while processing ODCIEXTTABLEFETCH routine")
}

// inOpen wraps an error in the access parameters of a load.
func inOpen(e *datum.Error) *datum.Error {
	return e.Above(29913, "error while processing ODCIEXTTABLEOPEN routine")
}

// cartridge makes ORA-29400 over the loader's own lines.
func cartridge(lines ...string) *datum.Error {
	e := datum.Errorf(29400, "data cartridge error")
	for _, line := range lines {
		e = e.With(line)
	}
	return e
}

// raised is how an error leaves the package: cancellation in the client's
// terms, everything else with the package in its stack.
func raised(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return database.Cancelled()
	}
	return datum.AsError(err).With(fmt.Sprintf("ORA-06512: at %q, line 1", owner+".DBMS_CLOUD"))
}
