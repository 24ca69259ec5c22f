// Package session serves one Oracle connection at a time: handshake, logon,
// and then a dispatch of calls to a database.Session (wire notes, sections 3
// to 13). It owns what lives between calls of a connection: cursors, LOB
// locators, the packets that wait to be read.
//
// It does not know SQL; it asks the statement for its kind, columns and binds.
// TLS is done before Serve; Listener does it for whole servers.
package session

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/logon"
	"github.com/adbferry/adbferry/sim/internal/tns"
	"github.com/adbferry/adbferry/sim/internal/ttc"
)

// logonTimeout bounds everything between TLS and a successful logon, unless the
// Options say otherwise.
const logonTimeout = time.Minute

// Options are the knobs of a connection. The zero value works.
type Options struct {
	// Logger gets one line per connection at debug level and one per call at
	// trace level. Statement texts are logged, bind values never.
	Logger hclog.Logger

	// Intercept is asked before every call, nil for never. It runs in the
	// connection's goroutine and may block, until ctx ends.
	Intercept func(ctx context.Context, c Call) Decision

	// HalfOpen is how many connections of a Listener may be on their way to a
	// logon at a time, 0 for 256; when one more comes, the oldest of them is cut.
	HalfOpen int

	// Connections is how many connections of a Listener there may be in all, 0
	// for 4096; more are closed at once.
	Connections int

	// LogonTimeout bounds the TLS handshake of a Listener's connections, and
	// once more what comes between it and a successful logon; 0 for ten seconds
	// and a minute.
	LogonTimeout time.Duration

	loggedOn func() // called after a successful logon, nil for nothing
}

// A Call is what Intercept gets to see of a call.
type Call struct {
	Function    ttc.Function
	SQL         string // of execute and re-execute, and of fetch: the cursor's
	User        string
	Service     string // the service name the client asked the listener for
	SID, Serial int
}

// A Decision says what becomes of a call. The zero value lets it happen.
type Decision struct {
	Err *datum.Error // answer this, do nothing
	Cut bool         // close the connection without an answer

	// Orphan closes the connection before the call begins and lets the call
	// run to its end, as a server process does that has yet to notice that its
	// client is gone. What it leaves uncommitted is rolled back then.
	Orphan bool

	// Ended, when set, is told once how the call ended, whatever became of
	// it, before the last of the reply is sent. If it returns true the
	// connection is closed instead: the call has had its effect, and the client
	// cannot know.
	Ended func(e Ended) (lose bool)
}

// Ended is how a call ended.
type Ended struct {
	Code          int  // ORA- number of the answer, 0 for success
	Gone          bool // the connection ended during the call
	InTransaction bool // something is left uncommitted
}

// serviceKey is the context key of the service name.
type serviceKey struct{}

// ServiceOf returns the service name of the connection that a call's context
// belongs to, "" when it belongs to none. What a call does outside the database,
// such as reaching Object Storage, can tell by it on whose behalf.
func ServiceOf(ctx context.Context) string {
	name, _ := ctx.Value(serviceKey{}).(string)
	return name
}

// Errors by which a connection ends that the client did not end by itself.
var (
	ErrCut    = errors.New("connection cut")
	errDenied = errors.New("logon denied")
)

// Serve runs one connection to its end and closes conn. It returns nil when
// the client went away, ErrCut when an interceptor asked for it, and otherwise
// what was wrong. It returns early, with the context's cause, when ctx ends.
func Serve(ctx context.Context, conn net.Conn, db database.Database, o Options) error {
	if o.Logger == nil {
		o.Logger = hclog.NewNullLogger()
	}
	ctx, cancel := context.WithCancelCause(ctx)
	c := newConnection(conn, db, o)
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	var reader sync.WaitGroup
	defer func() {
		cancel(nil)
		stop()
		_ = conn.Close()
		if c.in != nil {
			close(c.in.done)
		}
		reader.Wait()
		c.release()
	}()
	err := c.handshake(conn)
	if err == nil {
		reader.Go(c.in.run)
		err = c.converse(ctx)
	}
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, io.EOF):
		return nil
	default:
		return err
	}
}

// A connection is the state of one client. Everything but the inbox belongs
// to the goroutine that runs Serve.
type connection struct {
	net       net.Conn
	db        database.Database
	log       hclog.Logger
	intercept func(context.Context, Call) Decision
	loggedOn  func()
	patience  time.Duration // up to a successful logon

	out     *tns.Writer
	in      *inbox
	r       *ttc.Reader
	w       ttc.Writer
	flushed bool // part of the current reply is on its way

	service   string
	user      string
	challenge *logon.Challenge // by which the client logged on
	again     *logon.Challenge // of another logon before a change of the password
	session   database.Session
	cursors   cursors
	lobs      lobs
	// unstored was written to through its locator, and its row not yet.
	unstored *lob
	late     error            // what a piggyback failed with: the answer to the next call
	code     int              // ORA- number of the answer to the current call
	ended    func(Ended) bool // of the current call, nil for none
}

// newConnection makes the state of a connection before its first packet.
func newConnection(conn net.Conn, db database.Database, o Options) *connection {
	c := &connection{
		net: conn, db: db, log: o.Logger.Named("session").With("client", conn.RemoteAddr().String()),
		intercept: o.Intercept, loggedOn: o.loggedOn, patience: cmp.Or(o.LogonTimeout, logonTimeout), out: tns.NewWriter(conn),
	}
	c.cursors.open = map[uint32]*cursor{}
	c.lobs.open = map[uint64]*lob{}
	return c
}

// release gives back what the database holds for the connection.
func (c *connection) release() {
	c.cursors.closeAll()
	if c.session != nil {
		c.session.Close()
	}
}

// converse logs on and serves calls until the connection ends.
func (c *connection) converse(ctx context.Context) error {
	if err := c.logon(ctx); err != nil {
		return fmt.Errorf("logon: %w", err)
	}
	if err := c.net.SetDeadline(time.Time{}); err != nil {
		return fmt.Errorf("lift deadline: %w", err)
	}
	c.r.Limit = 0
	if c.loggedOn != nil {
		c.loggedOn()
	}
	ctx = context.WithValue(ctx, serviceKey{}, c.service)
	for {
		payload, err := c.in.next()
		if err == nil {
			err = c.request(ctx, payload)
		}
		if errors.Is(err, errBreak) {
			err = c.exchange()
		}
		if err != nil {
			return err
		}
	}
}

// maxReply is how much of a reply is collected before it is sent, in bytes,
// and keepBuffer how large a buffer is kept for the next reply.
const (
	maxReply   = 1 << 20
	keepBuffer = 4 << 20
)

// flush sends what is written of the reply.
func (c *connection) flush() error {
	err := c.out.Data(c.w.Bytes())
	c.flushed = true
	c.w.Reset()
	if c.w.Len() == 0 && cap(c.w.Bytes()) > keepBuffer {
		c.w = ttc.Writer{Dialect: c.w.Dialect}
	}
	return err
}
