package rpc

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/hashicorp/go-hclog"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// unaryLog logs each call once and makes sure that its error carries a
// Failure. Requests are never logged: some hold a PAR.
func unaryLog(log hclog.Logger) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
		start := time.Now()
		resp, err := next(ctx, req)
		return resp, finish(log, info.FullMethod, start, err)
	}
}

func streamLog(log hclog.Logger) grpc.StreamServerInterceptor {
	return func(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) error {
		start := time.Now()
		return finish(log, info.FullMethod, start, next(srv, stream))
	}
}

// finish logs the end of a call and returns the error the client gets: never
// one without a Failure, never the text of a fault of ours.
func finish(log hclog.Logger, method string, start time.Time, err error) error {
	e := apierr.From(err)
	took := time.Since(start).Round(time.Millisecond)
	switch {
	case e == nil:
		log.Debug("call done", "method", method, "took", took)
		return nil
	case e.Failure().GetReason() == pb.Reason_REASON_INTERNAL:
		log.Error("call hit a fault", "method", method, "took", took, "error", err, "cause", e.Unwrap())
	case e.Code() == codes.Canceled:
		log.Debug("call cancelled", "method", method, "took", took)
	default:
		log.Warn("call refused", "method", method, "took", took, "error", err)
	}
	return e
}

func unaryRecover(log hclog.Logger) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (resp any, err error) {
		defer recoverCall(log, &err)
		return next(ctx, req)
	}
}

func streamRecover(log hclog.Logger) grpc.StreamServerInterceptor {
	return func(srv any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, next grpc.StreamHandler) (err error) {
		defer recoverCall(log, &err)
		return next(srv, stream)
	}
}

func recoverCall(log hclog.Logger, err *error) {
	if p := recover(); p != nil {
		log.Error("call panicked", "panic", p, "stack", string(debug.Stack()))
		*err = apierr.New(codes.Internal, pb.Reason_REASON_INTERNAL, "internal error").
			WithCause(fmt.Errorf("panic: %v", p))
	}
}
