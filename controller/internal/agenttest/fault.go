package agenttest

import (
	"errors"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A Fault strikes the next call of one RPC, once. Faults of one RPC strike in
// the order they were injected.
type Fault struct {
	RPC string // "Export", "CheckStorage", …

	Before error // is the answer; nothing is done
	After  error // is the answer, although the work was done

	// For Export and Import only:
	Cut      bool            // the stream breaks after the first tick, the work runs on
	EndEarly bool            // the stream ends well but without its outcome, the work runs on
	Kill     bool            // the agent dies after the first tick and forgets the work
	Gate     <-chan struct{} // the work waits until it is closed; for other RPCs the call does
	Lose     int64           // so many rows get lost on the way, silently
}

func (f Fault) inWorker() bool { return f.RPC == "Export" || f.RPC == "Import" }

// Inject adds faults.
func (a *Agent) Inject(faults ...Fault) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.faults = append(a.faults, faults...)
}

// Pending returns how many faults have not struck yet.
func (a *Agent) Pending() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.faults)
}

// errKilled ends work that an agent's death takes with it.
var errKilled = errors.New("agent was killed")

// Unreachable is what a caller gets when the connection breaks: a status
// without a Failure.
func Unreachable() error { return status.Error(codes.Unavailable, "connection reset by peer") }

// Transient is a failure of the database that a second try may overcome.
func Transient() error {
	return apierr.New(codes.Unavailable, pb.Reason_REASON_CONNECTION_LOST, "ORA-03113: the database closed the connection").
		WithFact("ora_code", "ORA-03113").WithRetry(0)
}

// Permanent is a failure that no second try overcomes.
func Permanent() error {
	return apierr.New(codes.ResourceExhausted, pb.Reason_REASON_SPACE_EXHAUSTED, "ORA-01653: the tablespace is full").
		WithHint("add space").WithFact("ora_code", "ORA-01653")
}
