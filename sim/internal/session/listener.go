package session

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/adbferry/adbferry/sim/internal/database"
)

// tlsTimeout bounds the TLS handshake of a new connection, unless the Options
// say otherwise.
const tlsTimeout = 10 * time.Second

var errNoHandshake = fmt.Errorf("the client did not finish the TLS handshake in time: %w", context.DeadlineExceeded)

// What a Listener bears unless its Options say otherwise.
const (
	halfOpenLimit   = 256
	connectionLimit = 4096
)

// ErrClosed is the cause by which connections of a closed Listener end.
var ErrClosed = errors.New("listener closed")

// errCrowded is the cause by which a connection ends that has not logged on
// when too many others come that have not either.
var errCrowded = errors.New("too many connections that do not log on")

// A Listener accepts TLS connections and serves each until it ends. It owns
// all goroutines it starts and waits for them in Close.
type Listener struct {
	tcp    net.Listener
	tls    *tls.Config
	db     database.Database
	o      Options
	ctx    context.Context // of all connections
	cancel context.CancelCauseFunc
	work   sync.WaitGroup

	mu       sync.Mutex
	conns    map[net.Conn]context.CancelCauseFunc
	halfOpen []net.Conn // those that have not logged on, oldest first
}

// Listen starts to listen on a TCP address, "127.0.0.1:0" for any free port.
// The TLS configuration decides whether client certificates are required. The
// listener ends with Close; the context's end has the same effect on its
// connections.
func Listen(ctx context.Context, address string, config *tls.Config, db database.Database, o Options) (*Listener, error) {
	tcp, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	l := &Listener{tcp: tcp, tls: config, db: db, o: o, conns: map[net.Conn]context.CancelCauseFunc{}}
	if l.o.Logger == nil {
		l.o.Logger = hclog.NewNullLogger()
	}
	l.o.HalfOpen = cmp.Or(o.HalfOpen, halfOpenLimit)
	l.o.Connections = cmp.Or(o.Connections, connectionLimit)
	l.ctx, l.cancel = context.WithCancelCause(ctx)
	l.work.Go(l.accept)
	return l, nil
}

// Addr returns the address the listener is reached at.
func (l *Listener) Addr() *net.TCPAddr { return l.tcp.Addr().(*net.TCPAddr) }

// Connections returns how many connections are being served, those in their
// TLS handshake included.
func (l *Listener) Connections() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.conns)
}

// Cut ends all connections as a crash of the server would, without a word to
// the clients, and goes on listening. It does not wait for them to be gone.
func (l *Listener) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for conn, cancel := range l.conns {
		cancel(ErrCut)
		_ = conn.Close()
	}
}

// Close stops listening, ends all connections, and waits for them. It may be
// called twice.
func (l *Listener) Close() error {
	err := l.tcp.Close()
	l.cancel(ErrClosed)
	l.Cut()
	l.work.Wait()
	if errors.Is(err, net.ErrClosed) {
		err = nil
	}
	return err
}

// accept takes connections until the listener is closed. The TLS handshake is
// left to the connection's goroutine, so that a silent client holds up nobody.
func (l *Listener) accept() {
	for {
		conn, err := l.tcp.Accept()
		if err != nil {
			if !errors.Is(err, net.ErrClosed) {
				l.o.Logger.Error("accept", "error", err)
			}
			return
		}
		ctx, ok := l.register(conn)
		if !ok {
			l.o.Logger.Warn("connection refused", "client", conn.RemoteAddr().String(), "connections", l.o.Connections)
			_ = conn.Close()
			continue
		}
		l.work.Go(func() {
			defer l.forget(conn)
			l.serve(ctx, conn)
		})
	}
}

// register makes room for a connection and returns its context. Clients that
// connect and say nothing cannot keep others out: of those that have not logged
// on, the oldest goes. ok is false when there are too many connections in all.
func (l *Listener) register(conn net.Conn) (ctx context.Context, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.conns) >= l.o.Connections {
		return nil, false
	}
	if len(l.halfOpen) >= l.o.HalfOpen {
		oldest := l.halfOpen[0]
		l.halfOpen = l.halfOpen[1:]
		l.conns[oldest](errCrowded)
		_ = oldest.Close()
	}
	ctx, cancel := context.WithCancelCause(l.ctx)
	l.conns[conn] = cancel
	l.halfOpen = append(l.halfOpen, conn)
	return ctx, true
}

// established notes that a connection has logged on.
func (l *Listener) established(conn net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.halfOpen = slices.DeleteFunc(l.halfOpen, func(c net.Conn) bool { return c == conn })
}

// forget closes a connection whose goroutine is done. A panic, which only a
// mistake of ours can cause, has been turned into the end of this one
// connection, as the crash of a server process is.
func (l *Listener) forget(conn net.Conn) {
	if r := recover(); r != nil {
		l.o.Logger.Error("connection crashed", "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
	}
	l.established(conn)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conns[conn](nil)
	delete(l.conns, conn)
	_ = conn.Close()
}

// serve logs how a connection ended at debug level only: that clients come and
// go, with and without a good-bye, is no news for an operator.
func (l *Listener) serve(ctx context.Context, conn net.Conn) {
	log := l.o.Logger.With("client", conn.RemoteAddr().String())
	secure := tls.Server(conn, l.tls)
	hello, cancel := context.WithTimeoutCause(ctx, cmp.Or(l.o.LogonTimeout, tlsTimeout), errNoHandshake)
	defer cancel()
	if err := secure.HandshakeContext(hello); err != nil {
		log.Debug("TLS handshake", "error", err)
		return
	}
	o := l.o
	o.loggedOn = func() { l.established(conn) }
	if err := Serve(ctx, secure, l.db, o); err != nil {
		log.Debug("connection ended", "error", err)
	}
}
