package fleet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"google.golang.org/grpc"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// errSilent ends a stream whose agent sent nothing for too long.
var errSilent = errors.New("the agent went silent")

// A message is the response of a stream: an event and nothing else.
type message[T any] interface {
	*T
	GetEvent() *pb.Event
}

// An attempt is one export or import, whichever stream it runs over.
type attempt[Req, Resp any, M message[Resp]] struct {
	agent *Agent
	open  func(context.Context, Req, ...grpc.CallOption) (grpc.ServerStreamingClient[Resp], error)
	req   Req
	done  pb.ChunkState   // which state is the good outcome
	tick  func(*pb.Event) // called for every event before the outcome, from the caller's goroutine
}

// run follows the attempt to its outcome. When the stream breaks it asks for the
// same attempt again, to which the agent attaches or of which it repeats the
// outcome; hearing anything in between renews patience. An error that carries
// the agent's Failure is the outcome too.
func (t attempt[Req, Resp, M]) run(ctx context.Context) (*pb.Event, error) {
	outage := t.agent.patience.Outage()
	for {
		outcome, heard, err := t.follow(ctx)
		if err == nil || ctx.Err() != nil || !Lost(err) {
			return outcome, err
		}
		if heard {
			outage.Over()
		}
		if err := outage.Wait(ctx, err); err != nil {
			return nil, err
		}
	}
}

// follow reads one stream to its end. heard reports whether any event came.
func (t attempt[Req, Resp, M]) follow(ctx context.Context) (outcome *pb.Event, heard bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil) // a stream that is neither read to its end nor cancelled leaks
	silence := time.AfterFunc(t.agent.silence, func() { cancel(errSilent) })
	defer silence.Stop()

	stream, err := t.open(ctx, t.req)
	for err == nil {
		var resp *Resp
		if resp, err = stream.Recv(); err != nil {
			break
		}
		heard = true
		silence.Reset(t.agent.silence)
		switch e := M(resp).GetEvent(); e.GetChunkChanged().GetState() {
		case t.done:
			return e, heard, nil
		case pb.ChunkState_CHUNK_STATE_FAILED:
			return nil, heard, apierr.Of(e.GetChunkChanged().GetFailure())
		default:
			t.tick(e)
		}
	}
	return nil, heard, t.why(ctx, err)
}

// why turns the end of a stream without an outcome into an error.
func (t attempt[Req, Resp, M]) why(ctx context.Context, err error) error {
	cause := context.Cause(ctx)
	switch {
	case errors.Is(err, io.EOF):
		return t.agent.Unreachable(fmt.Errorf("stream ended without its outcome: %w", io.ErrUnexpectedEOF))
	case errors.Is(cause, errSilent):
		return t.agent.Unreachable(errSilent)
	case cause != nil:
		return cause
	default:
		return t.agent.classify(ctx, err)
	}
}

// Lost reports whether an error says nothing about an attempt itself, only about
// the way to its agent. How far the attempt got is then open.
func Lost(err error) bool {
	return apierr.ReasonOf(err) == pb.Reason_REASON_AGENT_UNREACHABLE
}
