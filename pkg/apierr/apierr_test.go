package apierr_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func loginRefused() *apierr.Error {
	return apierr.New(codes.PermissionDenied, pb.Reason_REASON_LOGIN_REFUSED, "log on as %s: refused", "ADMIN").
		WithHint("check user and password").
		WithFact("ora_code", "1017").
		WithRetry(3 * time.Second).
		WithCause(errors.New("ORA-01017 with a secret"))
}

// hop sends an error through a gRPC status and back, as a call does.
func hop(err error) error { return status.Convert(err).Err() }

func TestFailureSurvivesHops(t *testing.T) {
	want := &pb.Failure{
		Reason:     pb.Reason_REASON_LOGIN_REFUSED,
		Text:       "migrate: describe database: log on as ADMIN: refused",
		Hint:       "check user and password",
		Retryable:  true,
		RetryDelay: durationpb.New(3 * time.Second),
		Facts:      map[string]string{"ora_code": "1017"},
	}
	err := fmt.Errorf("describe database: %w", loginRefused())
	err = hop(apierr.From(err))
	err = fmt.Errorf("migrate: %w", apierr.From(err))
	err = hop(apierr.From(err))

	got := apierr.From(err)
	if diff := cmp.Diff(want, got.Failure(), protocmp.Transform()); diff != "" {
		t.Errorf("failure after two hops (-want +got):\n%s", diff)
	}
	if got.Code() != codes.PermissionDenied {
		t.Errorf("code = %v, want PermissionDenied", got.Code())
	}
}

func TestCauseStaysAtHome(t *testing.T) {
	e := loginRefused()
	if e.Error() != "log on as ADMIN: refused" {
		t.Errorf("text %q must not contain the cause", e.Error())
	}
	if e.Unwrap() == nil {
		t.Error("the cause is lost in its own process")
	}
	if got := apierr.From(hop(e)).Failure().GetText(); got != e.Error() {
		t.Errorf("text after a hop = %q", got)
	}
}

func TestFromClassifiesForeignErrors(t *testing.T) {
	for name, tt := range map[string]struct {
		err    error
		code   codes.Code
		reason pb.Reason
		retry  bool
	}{
		"cancelled context":     {fmt.Errorf("x: %w", context.Canceled), codes.Canceled, pb.Reason_REASON_CANCELLED, false},
		"missed deadline":       {context.DeadlineExceeded, codes.DeadlineExceeded, pb.Reason_REASON_CANCELLED, true},
		"unreachable peer":      {status.Error(codes.Unavailable, "refused"), codes.Unavailable, pb.Reason_REASON_AGENT_UNREACHABLE, true},
		"cancelled call":        {status.Error(codes.Canceled, "x"), codes.Canceled, pb.Reason_REASON_CANCELLED, false},
		"deadline of the peer":  {status.Error(codes.DeadlineExceeded, "x"), codes.DeadlineExceeded, pb.Reason_REASON_CANCELLED, true},
		"bare status":           {status.Error(codes.Unimplemented, "no such call"), codes.Unimplemented, pb.Reason_REASON_INTERNAL, false},
		"any other error":       {errors.New("boom"), codes.Internal, pb.Reason_REASON_INTERNAL, false},
		"journaled failure":     {apierr.Of(loginRefused().Failure()), codes.FailedPrecondition, pb.Reason_REASON_LOGIN_REFUSED, true},
		"wrapped error of ours": {fmt.Errorf("a: %w", loginRefused()), codes.PermissionDenied, pb.Reason_REASON_LOGIN_REFUSED, true},
	} {
		t.Run(name, func(t *testing.T) {
			e := apierr.From(tt.err)
			if e.Code() != tt.code || apierr.ReasonOf(tt.err) != tt.reason || apierr.Retryable(tt.err) != tt.retry {
				t.Errorf("got %v %v retryable=%v", e.Code(), e.Failure().GetReason(), e.Failure().GetRetryable())
			}
		})
	}
}

func TestNilIsNoFailure(t *testing.T) {
	if apierr.From(nil) != nil || apierr.FailureOf(nil) != nil || apierr.ReasonOf(nil) != pb.Reason_REASON_UNSPECIFIED {
		t.Error("nil became a failure")
	}
}

func TestInternalTextIsNotShown(t *testing.T) {
	err := errors.New("password=hunter2")
	if got := apierr.From(err).Error(); got != "internal error" {
		t.Errorf("text of an internal fault = %q", got)
	}
	if !errors.Is(apierr.From(err), err) {
		t.Error("the cause is lost for the log")
	}
}
