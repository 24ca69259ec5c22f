package oracle

import (
	"context"
	"crypto/tls"
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	go_ora "github.com/sijms/go-ora/v2"

	"github.com/adbferry/adbferry/agent/internal/wallet"
	"github.com/adbferry/adbferry/pkg/config"
)

const (
	// handshakeLimit bounds one attempt to connect, up to the logon: the driver
	// would wait for ever for a peer that accepts TCP and then says nothing.
	handshakeLimit = 20 * time.Second
	// keepaliveCount probes are lost before a peer that says nothing is dead.
	keepaliveCount = 3
)

// A connector makes connections for database/sql. It builds a driver
// connector anew each time, because the driver writes into the TLS
// configuration that it is given (wire notes, section 19).
type connector struct {
	descriptor wallet.Descriptor
	tls        *tls.Config
	user       string
	password   config.Secret
	silence    time.Duration // of the network, after which a connection is lost

	mu    sync.Mutex
	links map[driver.Conn]*link
}

// A link is what this package knows about a driver connection.
type link struct {
	net         *watchedConn
	sid, serial int64
}

// Connect implements driver.Connector: it tries the descriptor's addresses in
// turn. Its errors are classified.
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	var last error
	for _, a := range c.descriptor.Addresses {
		conn, err := c.connect(ctx, a)
		if err == nil {
			return conn, nil
		}
		last = classifyConnect(ctx, err, a.String())
		if !passing(last) {
			break
		}
	}
	return nil, last
}

func (c *connector) connect(parent context.Context, a wallet.Address) (driver.Conn, error) {
	ctx, cancel := context.WithTimeoutCause(parent, handshakeLimit, errSilent)
	defer cancel()
	d := &dialer{silence: c.silence}
	dc, ok := go_ora.NewConnector(dataSource(c.descriptor.Connect(a), a, c.user, c.password)).(*go_ora.OracleConnector)
	if !ok {
		return nil, errors.New("driver has no connector")
	}
	dc.Dialer(d)
	cfg := c.tls.Clone()
	if c.descriptor.ServerDN != "" {
		requireDN(cfg, c.descriptor.ServerDN)
	}
	dc.WithTLSConfig(cfg)
	// The driver's own reaction to a context waits for a lock that a blocked
	// handshake holds; closing the socket under it does not.
	stop := context.AfterFunc(ctx, d.abort)
	defer stop()
	conn, err := dc.Connect(ctx)
	if err != nil {
		d.abort()
		if cause := context.Cause(ctx); cause != nil {
			return nil, cause
		}
		return nil, err
	}
	return c.adopt(ctx, conn, d.conn)
}

// adopt fixes the session's settings and remembers its socket and number.
func (c *connector) adopt(ctx context.Context, conn driver.Conn, socket *watchedConn) (driver.Conn, error) {
	oc, ok := conn.(*go_ora.Connection)
	if !ok {
		return nil, errors.Join(errors.New("driver made an unknown connection"), conn.Close())
	}
	if _, err := oc.ExecContext(ctx, alterSession(), nil); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	l := &link{net: socket}
	for key, into := range map[string]*int64{"AUTH_SESSION_ID": &l.sid, "AUTH_SERIAL_NUM": &l.serial} {
		n, err := strconv.ParseInt(oc.SessionProperties[key], 10, 64)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("session number: %w", err), conn.Close())
		}
		*into = n
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sweep()
	c.links[conn] = l
	return conn, nil
}

// sweep forgets the links of closed sockets; c.mu is held.
func (c *connector) sweep() {
	for conn, l := range c.links {
		if l.net.closed() {
			delete(c.links, conn)
		}
	}
}

// link returns what is known about a driver connection.
func (c *connector) link(conn driver.Conn) *link {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.links[conn]
}

// Driver implements driver.Connector.
func (c *connector) Driver() driver.Driver { return go_ora.NewDriver() }

// errSilent is a peer that did not finish connecting in time.
var errSilent = errors.New("peer did not answer in time")
