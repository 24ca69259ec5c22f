package schedules

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"

	"github.com/adbferry/adbferry/controller/internal/agenttest"
	"github.com/adbferry/adbferry/pkg/rpc"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A host is where an agent runs, one life after the other, and the network to it.
type host struct {
	world    *world
	planner  *agenttest.Agent
	database *database
	killed   kind
	address  string

	mu       sync.Mutex
	listener *bufconn.Listener // nil while the agent is down
	end      context.CancelCauseFunc
	links    map[*link]bool
	lives    sync.WaitGroup
	closed   bool
}

// start begins a life of the agent.
func (h *host) start() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return
	}
	life, end := context.WithCancelCause(context.Background())
	h.listener, h.end = bufconn.Listen(1<<16), end
	a := &agent{
		Agent: h.planner, attempts: attempts{life: life, byName: map[string]*attempt{}},
		host: h, database: h.database, bucket: h.world.bucket, chance: h.world.chance, vice: h.world.vice,
	}
	listener := h.listener
	h.lives.Go(func() {
		err := rpc.Serve(life, listener, hclog.NewNullLogger(), nil, func(s *grpc.Server) { pb.RegisterAgentServiceServer(s, a) })
		if err != nil {
			h.world.found("agent %s does not serve: %v", h.planner.Name(), err)
		}
		a.close()
	})
}

// kill ends the agent's life at once and begins another one some time later.
func (h *host) kill() {
	h.mu.Lock()
	if h.listener == nil {
		h.mu.Unlock()
		return
	}
	h.listener = nil
	h.mu.Unlock()
	h.cut()
	h.end(errKilled)
	h.lives.Go(func() {
		if pause(h.world.ending, h.world.chance.takes("down "+h.address, 90*time.Second)) == nil {
			h.start()
		}
	})
}

// close ends the host with all that runs on it.
func (h *host) close() {
	h.mu.Lock()
	h.closed = true
	if h.listener != nil {
		h.end(errKilled)
	}
	h.mu.Unlock()
	h.cut()
	h.lives.Wait()
}

// suffer is a place where a call's way can break, and the processes die.
func (h *host) suffer(ctx context.Context, place string) error {
	c := h.world.chance
	if c.strikes(ferryKilled, place) {
		h.world.ferry.kill()
	}
	switch {
	case c.strikes(h.killed, place):
		h.kill()
	case c.strikes(callCut, place):
		h.cut()
	case c.strikes(callHalfOpen, place):
		h.freeze()
		return nil
	default:
		return nil
	}
	<-ctx.Done() // the caller's connection is gone
	return status.Error(codes.Unavailable, "the connection is gone")
}

// cut closes all connections.
func (h *host) cut() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for l := range h.links {
		l.close()
	}
	clear(h.links)
}

// freeze makes all connections half-open: what is sent arrives nowhere.
func (h *host) freeze() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for l := range h.links {
		l.freeze()
	}
}

// dial connects a controller to the agent.
func (h *host) dial(ctx context.Context) (*link, error) {
	h.mu.Lock()
	listener := h.listener
	h.mu.Unlock()
	if listener == nil {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: context.DeadlineExceeded}
	}
	conn, err := listener.DialContext(ctx)
	if err != nil {
		return nil, err
	}
	l := &link{Conn: conn, frozen: make(chan struct{}), closed: make(chan struct{})}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.listener != listener {
		l.close()
	}
	h.links[l] = true
	return l, nil
}

// A link is a connection, seen by the controller.
type link struct {
	net.Conn
	freezing, closing sync.Once
	frozen, closed    chan struct{}
}

func (l *link) freeze() { l.freezing.Do(func() { close(l.frozen) }) }

func (l *link) close() {
	l.closing.Do(func() {
		close(l.closed)
		_ = l.Conn.Close() // a pipe in memory
	})
}

// Close implements net.Conn.
func (l *link) Close() error {
	l.close()
	return nil
}

func (l *link) isFrozen() bool {
	select {
	case <-l.frozen:
		return true
	default:
		return false
	}
}

// Read implements net.Conn: what comes in over a frozen link is dropped.
func (l *link) Read(p []byte) (int, error) {
	n, err := l.Conn.Read(p)
	if l.isFrozen() {
		<-l.closed
		return 0, net.ErrClosed
	}
	return n, err
}

// Write implements net.Conn: what goes out over a frozen link is dropped.
func (l *link) Write(p []byte) (int, error) {
	if l.isFrozen() {
		return len(p), nil
	}
	return l.Conn.Write(p)
}
