package controller

import (
	"context"
	"errors"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/controller/internal/fleet"
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
	if err := fleet.Handshake(context.Background(), address, config); errors.Is(err, fleet.ErrRefused) {
		return nil, apierr.New(codes.Unauthenticated, pb.Reason_REASON_PEER_REFUSED,
			"the controller at %s and this command do not accept each other's certificates", address).
			WithHint("tls in the configuration must name a client certificate of the controller's CA; see adbferry pki init --help").
			WithFact("address", address).WithCause(err)
	} else if err != nil {
		return nil, Unreachable(address, err)
	}
	return rpc.Dial(address, config)
}

// Unreachable is the error of calls to a controller that is not there.
func Unreachable(address string, cause error) error {
	return apierr.New(codes.Unavailable, pb.Reason_REASON_AGENT_UNREACHABLE, "the controller at %s cannot be reached", address).
		WithHint("check that adbferry serve runs there, or leave --controller out").
		WithFact("address", address).WithCause(cause)
}
