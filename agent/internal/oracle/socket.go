package oracle

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// A dialer opens one socket and can close it under the driver.
type dialer struct {
	silence time.Duration

	mu      sync.Mutex
	conn    *watchedConn
	aborted bool
}

// DialContext implements the driver's dialer interface. A peer that answers
// nothing for the dialer's silence is dead, whether or not anything is under
// way to it: probes find that out in the middle of a call that sends nothing for
// hours, and the limit for unanswered data where the kernel has one. Without it,
// data under way would keep the probes from being sent, for 15 minutes.
func (d *dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	nd := net.Dialer{
		KeepAliveConfig: net.KeepAliveConfig{
			Enable: true, Idle: d.silence / 2, Interval: d.silence / 2 / keepaliveCount, Count: keepaliveCount,
		},
		Control: func(_, _ string, raw syscall.RawConn) error { return limitUnanswered(raw, d.silence) },
	}
	conn, err := nd.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	// The driver lifts this deadline before it reads its first packet.
	if err := conn.SetReadDeadline(time.Now().Add(handshakeLimit)); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.aborted {
		return nil, errors.Join(errSilent, conn.Close())
	}
	d.conn = &watchedConn{Conn: conn, done: make(chan struct{})}
	return d.conn, nil
}

// abort closes the socket, now or when it comes.
func (d *dialer) abort() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.aborted = true
	if d.conn != nil {
		_ = d.conn.Close() // only its effect on the blocked reader counts
	}
}

// farewell is how long the answer to a goodbye is waited for. The driver would
// wait for ever.
const farewell = 3 * time.Second

// A watchedConn remembers that it was closed, and waits only briefly for
// answers while no session uses it: what is read then answers a goodbye.
type watchedConn struct {
	net.Conn
	idle atomic.Bool
	once sync.Once
	done chan struct{}
}

// Read implements net.Conn.
func (w *watchedConn) Read(b []byte) (int, error) {
	if w.idle.Load() {
		if err := w.SetReadDeadline(time.Now().Add(farewell)); err != nil {
			return 0, err
		}
	}
	return w.Conn.Read(b)
}

// Close closes the connection; again is harmless.
func (w *watchedConn) Close() error {
	w.once.Do(func() { close(w.done) })
	return w.Conn.Close()
}

func (w *watchedConn) closed() bool {
	select {
	case <-w.done:
		return true
	default:
		return false
	}
}
