package rpc

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"time"

	"google.golang.org/grpc/credentials"
)

// clientCredentials is TLS whose handshake is over only when the server has
// said something. With TLS 1.3 a server refuses a client's certificate after
// the client's part of the handshake; without the wait the client would write
// into a closed connection and often learn "broken pipe" instead of the reason.
// A gRPC server speaks first, so nothing is waited for that does not come.
type clientCredentials struct {
	credentials.TransportCredentials
}

func newClientCredentials(config *tls.Config) credentials.TransportCredentials {
	return clientCredentials{credentials.NewTLS(config)}
}

// ClientHandshake implements credentials.TransportCredentials.
func (c clientCredentials) ClientHandshake(ctx context.Context, authority string, raw net.Conn) (net.Conn, credentials.AuthInfo, error) {
	conn, info, err := c.TransportCredentials.ClientHandshake(ctx, authority, raw)
	if err != nil {
		return nil, nil, err
	}
	deadline, _ := ctx.Deadline()
	first := make([]byte, 1)
	if err = conn.SetReadDeadline(deadline); err == nil {
		_, err = conn.Read(first)
	}
	if err == nil {
		err = conn.SetReadDeadline(time.Time{})
	}
	if err != nil {
		_ = conn.Close()
		return nil, nil, fmt.Errorf("wait for the server: %w", err)
	}
	return &spoken{Conn: conn, first: first}, info, nil
}

// Clone implements credentials.TransportCredentials.
func (c clientCredentials) Clone() credentials.TransportCredentials {
	return clientCredentials{c.TransportCredentials.Clone()}
}

// spoken is a connection whose first bytes were read ahead.
type spoken struct {
	net.Conn
	first []byte
}

// Read implements net.Conn.
func (s *spoken) Read(b []byte) (int, error) {
	if len(s.first) == 0 {
		return s.Conn.Read(b)
	}
	n := copy(b, s.first)
	s.first = s.first[n:]
	return n, nil
}
