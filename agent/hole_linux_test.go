//go:build linux && !race

package agent_test

// A network that swallows everything without a word, as when a firewall forgets
// a connection or a host loses its power. Calls are cancelled on the way, which
// the race detector would report (see cancel_test.go).

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/adbferry/adbferry/agent"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

// A hole is a way to an address that can fall silent: what was connected then
// gets no answer any more, not even from its peer's kernel.
type hole struct {
	t   *testing.T
	lis net.Listener
	to  string

	mu    sync.Mutex
	pairs []*pipe
}

// A pipe is one connection through a hole.
type pipe struct {
	near, far net.Conn
	silent    atomic.Bool
}

func dig(t *testing.T, to string) *hole {
	t.Helper()
	lis, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &hole{t: t, lis: lis, to: to}
	var pumps sync.WaitGroup
	pumps.Go(func() { h.accept(&pumps) })
	t.Cleanup(func() {
		_ = lis.Close()
		h.hangUp()
		pumps.Wait()
	})
	return h
}

func (h *hole) accept(pumps *sync.WaitGroup) {
	for {
		near, err := h.lis.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", h.to)
		if err != nil {
			_ = near.Close()
			continue
		}
		p := &pipe{near: near, far: far}
		h.mu.Lock()
		h.pairs = append(h.pairs, p)
		h.mu.Unlock()
		pumps.Go(func() { p.pump(far, near) })
		pumps.Go(func() { p.pump(near, far) })
	}
}

// pump carries bytes until an end closes; a silent pipe carries none, and hides
// that an end has closed.
func (p *pipe) pump(to, from net.Conn) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if p.silent.Load() {
			n = 0
		}
		if _, writeErr := to.Write(buf[:n]); err == nil {
			err = writeErr
		}
		if err != nil {
			if !p.silent.Load() {
				_, _ = p.near.Close(), p.far.Close()
			}
			return
		}
	}
}

// fallSilent makes all connections that exist silent. A filter on the near
// socket lets the kernel drop what comes before it is acknowledged.
func (h *hole) fallSilent() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, p := range h.pairs {
		p.silent.Store(true)
		raw, err := p.near.(*net.TCPConn).SyscallConn()
		if err != nil {
			h.t.Error(err)
			continue
		}
		if err := raw.Control(func(fd uintptr) {
			// One instruction: keep 0 bytes of every packet.
			err := syscall.AttachLsf(int(fd), []syscall.SockFilter{{Code: syscall.BPF_RET | syscall.BPF_K}}) //nolint:staticcheck // the replacement is outside of the standard library
			if err != nil {
				h.t.Error(err)
			}
		}); err != nil && !strings.Contains(err.Error(), "closed") {
			h.t.Error(err)
		}
	}
}

// hangUp closes all connections, as the far side does when its own patience ends.
func (h *hole) hangUp() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, p := range h.pairs {
		_, _ = p.near.Close(), p.far.Close()
	}
}

// silence is the network timeout of these tests' agents, and bounded what a call
// may take that meets a silent network: probes, which are sent once a second at
// most, a goodbye, a new connection.
const (
	silence = 3 * time.Second
	bounded = 12 * time.Second
)

// throughHole starts an agent of a region whose way to its database can fall
// silent.
func (p *pair) throughHole(region string) (pb.AgentServiceClient, *hole) {
	p.t.Helper()
	h := dig(p.t, p.sim.Region(region).Address())
	tns := filepath.Join(p.dir, region, "wallet", "tnsnames.ora")
	text, err := os.ReadFile(tns)
	if err != nil {
		p.t.Fatal(err)
	}
	_, from, _ := net.SplitHostPort(h.to)
	_, to, _ := net.SplitHostPort(h.lis.Addr().String())
	if err := os.WriteFile(tns, []byte(strings.ReplaceAll(string(text), from, to)), 0o600); err != nil {
		p.t.Fatal(err)
	}
	p.change = func(c *agent.Config) { c.NetworkTimeout = silence }
	return p.start(region), h
}

// silentAt makes the hole fall silent when a statement of a kind arrives, and
// lets the database go on behind it when then ends.
func (p *pair) silentAt(region string, h *hole, strikes func(sim.Call) bool, then <-chan struct{}) {
	p.sim.Region(region).Intercept(func(_ context.Context, c sim.Call) sim.Decision {
		if !strikes(c) {
			return sim.Decision{}
		}
		h.fallSilent()
		<-then
		return sim.Decision{Done: true}
	})
}

func quick(t *testing.T, began time.Time) {
	t.Helper()
	if took := time.Since(began); took > bounded {
		t.Errorf("that took %v, longer than %v", took, bounded)
	}
}

func TestASilentNetworkInTheMiddleOfAnExport(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 20})
	source, h := p.throughHole(sim.SanJose)
	plan := p.plan(demo)
	then := make(chan struct{})
	p.silentAt(sim.SanJose, h, at("dbmscloud.export"), then)
	began := time.Now()
	_, err := p.exportOf(source, "m1", plan, 1)
	quick(t, began)
	wantReason(t, err, pb.Reason_REASON_CONNECTION_LOST)
	if !apierr.Retryable(err) {
		t.Errorf("%v is not retryable", err)
	}
	close(then)
	if got, err := p.exportOf(source, "m1", plan, 2); err != nil || got.GetManifest().GetRows() != 20 {
		t.Errorf("the next attempt: %v, %v", got, err)
	}
}

func TestASilentNetworkInTheMiddleOfACommit(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 20})
	target, h := p.throughHole(sim.Phoenix)
	plan, m := p.exported("m1")
	then := make(chan struct{})
	close(then)
	p.silentAt(sim.Phoenix, h, func(c sim.Call) bool { return c.Function == "commit" }, then)
	began := time.Now()
	got, err := p.importOf(target, "m1", plan, m, 1)
	quick(t, began)
	if err != nil || got.GetRowsImported() != 20 || p.targetRows() != 20 {
		t.Errorf("the outcome was not settled: %v, %v; %d rows", got, err, p.targetRows())
	}
	if again, err := p.importOf(p.target, "m1", plan, m, 2); err != nil || again.GetRowsImported() != 20 || p.targetRows() != 20 {
		t.Errorf("asked again: %v, %v; %d rows", again, err, p.targetRows())
	}
}

func TestASilentNetworkBeforeTheCommit(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 20})
	target, h := p.throughHole(sim.Phoenix)
	plan, m := p.exported("m1")
	then := make(chan struct{})
	p.silentAt(sim.Phoenix, h, at("staging.load"), then)
	began := time.Now()
	_, err := p.importOf(target, "m1", plan, m, 1)
	quick(t, began)
	wantReason(t, err, pb.Reason_REASON_CONNECTION_LOST)
	close(then)
	// The database still has the first attempt's transaction: the second waits
	// for it, until the database misses its client as well.
	second := make(chan error, 1)
	go func() {
		got, err := p.importOf(target, "m1", plan, m, 2)
		if err == nil && got.GetRowsImported() != 20 {
			t.Errorf("the second attempt imported %v", got)
		}
		second <- err
	}()
	h.hangUp()
	if err := <-second; err != nil && !apierr.Retryable(err) {
		t.Errorf("the second attempt: %v", err)
	}
	if got, err := p.importOf(target, "m1", plan, m, 3); err != nil || got.GetRowsImported() != 20 || p.targetRows() != 20 {
		t.Errorf("the third attempt: %v, %v; %d rows", got, err, p.targetRows())
	}
}

func TestASilentNetworkUnderIdleConnections(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 20})
	source, h := p.throughHole(sim.SanJose)
	count := func() error {
		_, err := source.Count(t.Context(), &pb.CountRequest{Table: name(demo)})
		return err
	}
	agents := []pb.AgentServiceClient{source, source, source}
	side(t, agents, func(pb.AgentServiceClient) (int, error) { return 0, count() })
	h.fallSilent()
	began := time.Now()
	side(t, agents, func(pb.AgentServiceClient) (int, error) { return 0, count() })
	quick(t, began)
}

// TestAControllerThatVanishes loses a controller without a word while an export
// runs. The stream ends; the export runs on for another controller, or until
// nobody asked for the orphan timeout.
func TestAControllerThatVanishes(t *testing.T) {
	for label, returns := range map[string]bool{"and comes back": true, "for good": false} {
		t.Run(label, func(t *testing.T) {
			p := newPair(t, sim.Config{DemoRows: 20})
			p.change = func(c *agent.Config) { c.NetworkTimeout, c.OrphanTimeout = silence, 2*time.Second }
			p.source = p.start(sim.SanJose)
			plan := p.plan(demo)
			h := dig(t, p.addresses[sim.SanJose])
			vanishing := p.dial(h.lis.Addr().String(), sim.SanJose, "controller")
			reached, release, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
			p.sim.Region(sim.SanJose).Intercept(func(ctx context.Context, c sim.Call) sim.Decision {
				if !at("dbmscloud.export")(c) {
					return sim.Decision{}
				}
				close(reached)
				defer close(ended)
				select {
				case <-release:
					return sim.Decision{Done: true}
				case <-ctx.Done():
					return sim.Decision{Done: true, Code: 1013, Text: "user requested cancel of current operation"}
				}
			})
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			stream, err := vanishing.Export(ctx, &pb.ExportRequest{MigrationId: "m1", Plan: plan, Chunk: plan.GetChunks()[0], Attempt: 1, ParUrl: p.par})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := stream.Recv(); err != nil {
				t.Fatal(err)
			}
			<-reached
			h.fallSilent()
			if returns {
				close(release)
				if got, err := p.exportOf(p.source, "m1", plan, 1); err != nil || got.GetManifest().GetRows() != 20 {
					t.Errorf("the returned controller got %v, %v", got, err)
				}
				return
			}
			select {
			case <-ended:
			case <-time.After(bounded):
				t.Error("the export runs on in the database")
				close(release)
			}
			_, err = p.exportOf(p.source, "m1", plan, 1)
			wantReason(t, err, pb.Reason_REASON_CANCELLED)
			if p.calls(sim.SanJose, "EXPORT_DATA") > 1 {
				t.Error("the export was begun twice")
			}
		})
	}
}
