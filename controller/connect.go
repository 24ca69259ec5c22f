package controller

import (
	"context"
	"errors"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/rpc"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Connect makes a connection to the controller that serves at an address, with
// the certificate of a client's configuration. It looks at once whether there is
// a controller and whether both accept each other; see Unreachable.
func Connect(c Config, address string) (*grpc.ClientConn, error) {
	config, err := rpc.ClientTLS(c.TLS, rpc.IdentityController)
	if err != nil {
		return nil, apierr.New(codes.InvalidArgument, pb.Reason_REASON_REQUEST_INVALID, "%v", err).
			WithHint("tls in the configuration names the files that adbferry pki init made")
	}
	conn, err := rpc.Dial(address, config)
	if err != nil {
		return nil, err
	}
	if err := meet(conn, address); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// meetTime bounds the first look at a controller.
const meetTime = 5 * time.Second

// meet asks the controller whether it serves.
func meet(conn *grpc.ClientConn, address string) error {
	ctx, cancel := context.WithTimeoutCause(context.Background(), meetTime, errors.New("the controller did not answer"))
	defer cancel()
	_, err := healthpb.NewHealthClient(conn).Check(ctx, &healthpb.HealthCheckRequest{})
	switch {
	case err == nil:
		return nil
	case rpc.PeerRefused(err):
		return apierr.New(codes.Unauthenticated, pb.Reason_REASON_PEER_REFUSED,
			"the controller at %s and this command do not accept each other's certificates", address).
			WithHint("tls in the configuration must name a client certificate of the controller's CA; see adbferry pki init --help").
			WithFact("address", address).WithCause(err)
	default:
		return Unreachable(address, err)
	}
}

// Unreachable is the error of calls to a controller that is not there.
func Unreachable(address string, cause error) error {
	return apierr.New(codes.Unavailable, pb.Reason_REASON_AGENT_UNREACHABLE, "the controller at %s cannot be reached", address).
		WithHint("check that adbferry serve runs there, or leave out --controller, ADBFERRY_CONTROLLER and controller in the configuration").
		WithFact("address", address).WithCause(cause)
}
