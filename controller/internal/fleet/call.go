package fleet

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/rpc"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// errTooLong is the cause of a call that rpc.LongTimeout ended.
var errTooLong = errors.New("call took too long")

// call makes a unary call and makes it again while its failure says that this
// may help and patience lasts. Every RPC may be repeated.
func call[Req, Resp any](ctx context.Context, a *Agent, doing string,
	invoke func(context.Context, Req, ...grpc.CallOption) (Resp, error), req Req,
) (Resp, error) {
	outage := a.patience.Outage()
	for {
		resp, err := invoke(ctx, req)
		if err == nil {
			return resp, nil
		}
		err = fmt.Errorf("%s on %s: %w", doing, a.name, a.classify(ctx, err))
		if ctx.Err() != nil {
			return resp, fmt.Errorf("%s on %s: %w", doing, a.name, context.Cause(ctx))
		}
		if !apierr.Retryable(err) {
			return resp, err
		}
		if err := outage.Wait(ctx, err); err != nil {
			return resp, err
		}
	}
}

// long is call without the default deadline of unary calls.
func long[Req, Resp any](ctx context.Context, a *Agent, doing string,
	invoke func(context.Context, Req, ...grpc.CallOption) (Resp, error), req Req,
) (Resp, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, rpc.LongTimeout, errTooLong)
	defer cancel()
	return call(ctx, a, doing, invoke, req)
}

// classify tells what the transport says from what the agent says: the latter
// has a Failure already.
func (a *Agent) classify(ctx context.Context, err error) error {
	e := apierr.From(err)
	switch {
	case rpc.PeerRefused(err):
		return a.refused(err)
	case e.Failure().GetReason() != pb.Reason_REASON_AGENT_UNREACHABLE:
		return e
	default:
		return a.Unreachable(err)
	}
}

// refused is the error of two sides that do not accept each other. Waiting does not
// help, so it is not retryable.
func (a *Agent) refused(cause error) error {
	return apierr.New(codes.Unauthenticated, pb.Reason_REASON_PEER_REFUSED,
		"agent %s at %s and this controller do not accept each other's certificates", a.name, a.address).
		WithHint("both must be issued by the same CA, the agent's for the name %q and the host of its address; "+
			"see adbferry pki init --help", a.name).
		WithFact("agent", a.name).WithFact("address", a.address).WithCause(cause)
}

// Unreachable is the error of an agent that does not answer.
func (a *Agent) Unreachable(cause error) error {
	return apierr.New(codes.Unavailable, pb.Reason_REASON_AGENT_UNREACHABLE, "agent %s at %s cannot be reached", a.name, a.address).
		WithHint("check that adbferry-agent runs there, that the address in the configuration is right, and that no firewall is between").
		WithFact("agent", a.name).WithFact("address", a.address).
		WithRetry(0).WithCause(cause)
}
