// Package apierr is the error that crosses processes: a gRPC code for the
// transport and one pb.Failure for people and programs. It is made where the
// cause is known, wrapped with %w on the way up, carried by gRPC as a status
// detail, and found again on the far side after any number of hops.
package apierr

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// An Error is a failure with its transport code and its cause. The cause stays
// in this process: it is for the log and errors.Is, never for the wire.
type Error struct {
	code    codes.Code
	failure *pb.Failure
	cause   error
}

// New makes an error whose Failure has the formatted text, which must not
// contain a secret: it travels to every reader of events.
func New(code codes.Code, reason pb.Reason, format string, args ...any) *Error {
	return &Error{code: code, failure: &pb.Failure{Reason: reason, Text: fmt.Sprintf(format, args...)}}
}

// Of makes an error from a failure that was kept, for example in a journal.
func Of(f *pb.Failure) *Error {
	return &Error{code: codes.FailedPrecondition, failure: proto.CloneOf(f)}
}

// WithHint says what the reader can do about it. It changes and returns e, as
// the other With methods do; they belong to construction.
func (e *Error) WithHint(format string, args ...any) *Error {
	e.failure.Hint = fmt.Sprintf(format, args...)
	return e
}

// WithFact adds a detail by name.
func (e *Error) WithFact(key, value string) *Error {
	if e.failure.Facts == nil {
		e.failure.Facts = make(map[string]string)
	}
	e.failure.Facts[key] = value
	return e
}

// WithRetry marks the error as retryable, after the given delay or, when it is
// 0, after one of the caller's choice.
func (e *Error) WithRetry(delay time.Duration) *Error {
	e.failure.Retryable = true
	if delay > 0 {
		e.failure.RetryDelay = durationpb.New(delay)
	}
	return e
}

// WithCause keeps the error that led to this one.
func (e *Error) WithCause(err error) *Error {
	e.cause = err
	return e
}

// Error returns the failure's text. The cause is not part of it: driver texts
// contain URLs and are not for every reader.
func (e *Error) Error() string { return e.failure.GetText() }

// Unwrap returns the cause, nil when there is none in this process.
func (e *Error) Unwrap() error { return e.cause }

// Hint returns what the reader can do about it, "" when there is nothing.
func (e *Error) Hint() string { return e.failure.GetHint() }

// Code returns the gRPC code.
func (e *Error) Code() codes.Code { return e.code }

// Failure returns a copy of the failure.
func (e *Error) Failure() *pb.Failure { return proto.CloneOf(e.failure) }

// GRPCStatus is how grpc-go turns a handler's error into a status. grpc-go
// finds it through wrapping and keeps the text of the wrapping.
func (e *Error) GRPCStatus() *status.Status {
	st := status.New(e.code, e.Error())
	detailed, err := st.WithDetails(e.failure)
	if err != nil {
		return st // only possible with code OK, which New's callers never use
	}
	return detailed
}

// From returns err as an *Error. It finds an *Error or a gRPC status with a
// Failure detail anywhere in the chain and keeps what the chain says around
// it. Cancellations, missed deadlines and unreachable peers become failures of
// their own; whatever is left is an internal fault. From(nil) is nil.
func From(err error) *Error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.within(err)
	}
	if e := fromContext(err); e != nil {
		return e
	}
	if st, ok := status.FromError(err); ok {
		return fromStatus(st, err)
	}
	return New(codes.Internal, pb.Reason_REASON_INTERNAL, "internal error").WithCause(err)
}

// within gives e the text of the error it was found in, so that "export
// A.B/000001: …" is not lost on the way.
func (e *Error) within(outer error) *Error {
	if errors.Is(outer, e) && outer.Error() == e.Error() {
		return e
	}
	f := e.Failure()
	f.Text = outer.Error()
	return &Error{code: e.code, failure: f, cause: outer}
}

func fromContext(err error) *Error {
	switch {
	case errors.Is(err, context.Canceled):
		return New(codes.Canceled, pb.Reason_REASON_CANCELLED, "cancelled").WithCause(err)
	case errors.Is(err, context.DeadlineExceeded):
		return New(codes.DeadlineExceeded, pb.Reason_REASON_CANCELLED, "took too long").WithRetry(0).WithCause(err)
	default:
		return nil
	}
}

func fromStatus(st *status.Status, err error) *Error {
	for _, d := range st.Details() {
		if f, ok := d.(*pb.Failure); ok {
			f = proto.CloneOf(f)
			f.Text = st.Message()
			return &Error{code: st.Code(), failure: f, cause: err}
		}
	}
	switch st.Code() {
	case codes.Canceled:
		return New(st.Code(), pb.Reason_REASON_CANCELLED, "cancelled").WithCause(err)
	case codes.DeadlineExceeded:
		return New(st.Code(), pb.Reason_REASON_CANCELLED, "took too long").WithRetry(0).WithCause(err)
	case codes.Unavailable:
		return New(st.Code(), pb.Reason_REASON_AGENT_UNREACHABLE, "peer cannot be reached").WithRetry(0).WithCause(err)
	default:
		return New(st.Code(), pb.Reason_REASON_INTERNAL, "%s", st.Message()).WithCause(err)
	}
}

// FailureOf returns the failure that err carries, nil for nil.
func FailureOf(err error) *pb.Failure {
	if e := From(err); e != nil {
		return e.Failure()
	}
	return nil
}

// ReasonOf returns the reason that err carries, REASON_UNSPECIFIED for nil.
func ReasonOf(err error) pb.Reason { return FailureOf(err).GetReason() }

// Retryable reports whether the step that failed with err may succeed when it
// is simply tried again.
func Retryable(err error) bool { return FailureOf(err).GetRetryable() }
