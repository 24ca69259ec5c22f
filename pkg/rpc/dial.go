package rpc

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
)

// DefaultTimeout bounds unary calls whose context has no deadline of its own.
// Streams have none: an export may run for hours.
const DefaultTimeout = 2 * time.Minute

// LongTimeout bounds unary calls that work through whole tables. A dead peer is
// noticed much sooner, by keepalive.
const LongTimeout = 12 * time.Hour

// Dial makes a connection to target ("host:port"). It connects on first use,
// so an unreachable peer is an error of the call and not of Dial.
func Dial(target string, tlsConfig *tls.Config, opts ...grpc.DialOption) (*grpc.ClientConn, error) {
	creds := insecure.NewCredentials()
	if tlsConfig != nil {
		creds = newClientCredentials(tlsConfig)
	}
	opts = append([]grpc.DialOption{
		grpc.WithTransportCredentials(creds),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: keepaliveTime, Timeout: keepaliveTimeout}),
		grpc.WithUnaryInterceptor(withDeadline),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessage)),
	}, opts...)
	conn, err := grpc.NewClient(target, opts...)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", target, err)
	}
	return conn, nil
}

func withDeadline(ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption) error {
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, DefaultTimeout, errors.New("call took too long"))
		defer cancel()
	}
	return invoke(ctx, method, req, reply, cc, opts...)
}

// PeerRefused reports whether a call failed because one of the two sides does
// not accept the other's certificate. grpc-go keeps only the text of the TLS
// library's error, so this is the one place that reads it.
func PeerRefused(err error) bool {
	st, ok := status.FromError(err)
	if !ok || st.Code() != codes.Unavailable || !strings.Contains(st.Message(), "authentication handshake failed") {
		return false
	}
	for _, sign := range []string{"tls: ", "x509: ", identityRefused} {
		if strings.Contains(st.Message(), sign) {
			return true
		}
	}
	return false
}

// inMemoryBuffer is the size of the in-memory pipe in bytes.
const inMemoryBuffer = 1 << 20

// An InMemory listener connects a client and a server in one process.
type InMemory struct {
	*bufconn.Listener
}

// ListenInMemory makes an in-memory listener.
func ListenInMemory() InMemory { return InMemory{bufconn.Listen(inMemoryBuffer)} }

// Dial connects to the server behind the listener.
func (m InMemory) Dial() (*grpc.ClientConn, error) {
	return Dial("passthrough:///in-memory", nil, grpc.WithContextDialer(
		func(ctx context.Context, _ string) (net.Conn, error) { return m.DialContext(ctx) }))
}
