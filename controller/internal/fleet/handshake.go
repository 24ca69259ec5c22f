package fleet

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// ErrRefused is returned by Handshake when one side does not accept the other's
// certificate.
var ErrRefused = errors.New("certificate is not accepted")

// handshakeTime bounds the way to a verdict about certificates.
const handshakeTime = 5 * time.Second

// Handshake finds out whether a gRPC server and the holder of config accept each
// other. Its error is ErrRefused, or why the server could not be asked.
//
// With TLS 1.3 a server judges the client's certificate after the client believes
// the handshake done. A client that writes at once, as gRPC does, may get a broken
// pipe instead of the verdict. This one writes nothing and reads: the server
// sends either an alert or, unasked, its HTTP/2 settings.
func Handshake(ctx context.Context, address string, config *tls.Config) error {
	ctx, cancel := context.WithTimeoutCause(ctx, handshakeTime, errors.New("the server did not answer"))
	defer cancel()
	raw, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("dial: %w", err)
	}
	defer func() { _ = raw.Close() }() // nothing was written that could be lost
	release := context.AfterFunc(ctx, func() { _ = raw.SetDeadline(time.Unix(1, 0)) })
	defer release()

	config = config.Clone()
	config.NextProtos = []string{"h2"}
	if config.ServerName, _, err = net.SplitHostPort(address); err != nil {
		return fmt.Errorf("dial: %w", err)
	}
	conn := tls.Client(raw, config)
	err = conn.HandshakeContext(ctx)
	if err == nil {
		_, err = conn.Read(make([]byte, 1))
	}
	switch {
	case err == nil:
		return nil
	case ctx.Err() == nil && isVerdict(err):
		return fmt.Errorf("%w: %w", ErrRefused, err)
	default:
		return fmt.Errorf("handshake: %w", err)
	}
}

// isVerdict tells an error about certificates from one of the network: the
// peer's alert, or whatever our side found wrong with the peer.
func isVerdict(err error) bool {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op.Op == "remote error"
	}
	return !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF)
}
