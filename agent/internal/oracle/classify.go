package oracle

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/sijms/go-ora/v2/network"
	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/par"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A ServerError is the cause of every failure that the database reported: the
// numbers of its error stack, outermost first, and nothing else of its text.
type ServerError struct {
	Codes []int
}

// Error lists the numbers.
func (e *ServerError) Error() string {
	texts := make([]string, len(e.Codes))
	for i, c := range e.Codes {
		texts[i] = oraText(c)
	}
	return strings.Join(texts, " ")
}

// HasCode reports whether err carries an ORA- number anywhere in its stack.
func HasCode(err error, code int) bool {
	se, ok := errors.AsType[*ServerError](err)
	return ok && slices.Contains(se.Codes, code)
}

// Lost reports whether err means that the connection broke, so that what the
// last call did is unknown.
func Lost(err error) bool { return apierr.ReasonOf(err) == pb.Reason_REASON_CONNECTION_LOST }

// passing reports whether an attempt to connect may succeed later.
func passing(err error) bool { return apierr.Retryable(err) }

var stackLine = regexp.MustCompile(`\bORA-(\d{5}): ?([^\r\n]*)`)

// maxDetail bounds the server's line in a failure, in bytes.
const maxDetail = 300

// classify turns an error of a call into a failure. Driver and server texts
// stay behind, except lines that a class lets through, redacted.
func classify(ctx context.Context, k Kind, err error) error {
	if err == nil {
		return nil
	}
	if cancelled := cancellation(ctx, err); cancelled != nil {
		return fmt.Errorf("%s: %w", k.Name, cancelled)
	}
	if e, ok := errors.AsType[*apierr.Error](err); ok {
		return fmt.Errorf("%s: %w", k.Name, e)
	}
	if oe, ok := errors.AsType[*network.OracleError](err); ok {
		return fmt.Errorf("%s: %w", k.Name, fromServer(oe.ErrCode, oe.Error()))
	}
	if broken(err) {
		return fmt.Errorf("%s: %w", k.Name, lost(err))
	}
	return fmt.Errorf("%s: %w", k.Name, apierr.New(codes.Internal, pb.Reason_REASON_DATABASE_ERROR, "the database driver failed (%T)", root(err)))
}

// cancellation explains an error by the end of its context, which the driver
// reports as ORA-01013 or not at all.
func cancellation(ctx context.Context, err error) error {
	cause := context.Cause(ctx)
	if cause == nil {
		return nil
	}
	if e, ok := errors.AsType[*apierr.Error](cause); ok {
		return e
	}
	e := apierr.New(codes.Canceled, pb.Reason_REASON_CANCELLED, "cancelled")
	if errors.Is(cause, context.DeadlineExceeded) {
		e = apierr.New(codes.DeadlineExceeded, pb.Reason_REASON_CANCELLED, "took too long").WithRetry(soon)
	}
	if broken(err) {
		e = e.WithFact("connection", "lost")
	}
	return e.WithCause(cause)
}

// fromServer classifies an error stack by the first number that says
// something, wherever it stands.
func fromServer(outer int, stack string) *apierr.Error {
	numbers, lines := parseStack(outer, stack)
	chosen, c := unknown, outer
	for _, n := range numbers {
		if cl, ok := classes[n]; ok && (!cl.wrapper || chosen.text == unknown.text) {
			chosen, c = cl, n
			if !cl.wrapper {
				break
			}
		}
	}
	if c == 6550 && strings.Contains(stack, "PLS-00201") {
		chosen = noPackage
	}
	text := fmt.Sprintf("%s (%s)", chosen.text, oraText(c))
	if detail := lines[c]; chosen.detail && detail != "" {
		text += ": " + detail
	}
	e := apierr.New(chosen.code, chosen.reason, "%s", text).
		WithFact("ora_code", oraText(c)).WithCause(&ServerError{Codes: numbers})
	if chosen.hint != "" {
		e = e.WithHint("%s", chosen.hint)
	}
	if chosen.delay > 0 {
		e = e.WithRetry(chosen.delay)
	}
	return e
}

// parseStack returns the numbers of an error stack in order, and the first
// line of each, redacted and bounded.
func parseStack(outer int, stack string) ([]int, map[int]string) {
	var numbers []int
	lines := make(map[int]string)
	for _, m := range stackLine.FindAllStringSubmatch(stack, -1) {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			continue
		}
		numbers = append(numbers, n)
		if _, seen := lines[n]; !seen {
			lines[n] = serverLine(m[2])
		}
	}
	if len(numbers) == 0 {
		numbers = []int{outer}
	}
	return numbers, lines
}

// serverLine makes a line of the server's text fit for readers.
func serverLine(line string) string {
	line, _, _ = strings.Cut(line, " error occur at position") // the driver's addition
	line = strings.TrimSpace(par.Redact(line))
	if len(line) > maxDetail {
		line = strings.ToValidUTF8(line[:maxDetail], "") + "…"
	}
	return line
}

func oraText(code int) string { return fmt.Sprintf("ORA-%05d", code) }

// broken reports whether err says that the socket is of no more use.
func broken(err error) bool {
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	for _, e := range []error{
		io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, net.ErrClosed, driver.ErrBadConn, sql.ErrConnDone,
		syscall.EPIPE, syscall.ECONNRESET, network.ErrConnReset,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	// Two errors of the driver about a socket that was closed under it.
	return strings.Contains(err.Error(), "closed connection")
}

func lost(err error) *apierr.Error {
	return apierr.New(codes.Unavailable, pb.Reason_REASON_CONNECTION_LOST, "the connection to the database broke").
		WithRetry(soon).WithCause(fmt.Errorf("%T", root(err)))
}

// classifyConnect turns an error of connecting to an address into a failure.
func classifyConnect(ctx context.Context, err error, address string) error {
	if oe, ok := errors.AsType[*network.OracleError](err); ok {
		e := fromServer(oe.ErrCode, oe.Error())
		return e.WithFact("address", address)
	}
	e := apierr.New(codes.Unavailable, pb.Reason_REASON_DATABASE_UNREACHABLE, "the database at %s cannot be reached: %s", address, connectProblem(err)).
		WithFact("address", address)
	if distrust(err) {
		return e.WithHint("use the wallet of this database; wallets are replaced when they are rotated")
	}
	if cancelled := cancellation(ctx, err); cancelled != nil && !errors.Is(err, errSilent) {
		return cancelled
	}
	return e.WithHint("check the network, the access control list, and that the database is started").WithRetry(soon)
}

// distrust reports whether connecting failed over certificates, which does not
// pass by itself.
func distrust(err error) bool {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return true
	}
	if _, ok := errors.AsType[tls.AlertError](err); ok {
		return true
	}
	return errors.Is(err, errServerDN) || strings.Contains(err.Error(), "remote error: tls:")
}

// connectProblem names what went wrong in words that hold no secret.
func connectProblem(err error) string {
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return fmt.Sprintf("host name %q is unknown", dns.Name)
	}
	switch {
	case errors.Is(err, errSilent):
		return errSilent.Error()
	case errors.Is(err, errServerDN):
		return errServerDN.Error()
	case distrust(err):
		return "the two sides do not accept each other's certificates"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET):
		return "it closed the connection"
	default:
		if sys, ok := errors.AsType[syscall.Errno](err); ok {
			return sys.Error()
		}
		return fmt.Sprintf("%T", root(err))
	}
}

// root returns the innermost error, whose type is safe to show.
func root(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
