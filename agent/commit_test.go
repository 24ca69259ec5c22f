package agent_test

import (
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

// A wire forwards connections to a database, and can break them at the moment
// when the database has answered and the answer has not arrived.
type wire struct {
	target string
	mute   atomic.Bool // the next bytes from the database break the connection
	struck atomic.Int32

	mu    sync.Mutex
	conns []net.Conn
}

// newWire listens and returns the port.
func newWire(t *testing.T, target string) (*wire, string) {
	t.Helper()
	lis, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{target: target}
	var workers sync.WaitGroup
	workers.Go(func() {
		for {
			client, err := lis.Accept()
			if err != nil {
				return
			}
			workers.Go(func() { w.forward(&workers, client) })
		}
	})
	t.Cleanup(func() {
		_ = lis.Close()
		w.mu.Lock()
		for _, c := range w.conns {
			_ = c.Close()
		}
		w.mu.Unlock()
		workers.Wait()
	})
	_, port, _ := net.SplitHostPort(lis.Addr().String())
	return w, port
}

func (w *wire) forward(workers *sync.WaitGroup, client net.Conn) {
	server, err := net.Dial("tcp", w.target)
	if err != nil {
		_ = client.Close()
		return
	}
	w.mu.Lock()
	w.conns = append(w.conns, client, server)
	w.mu.Unlock()
	workers.Go(func() {
		_, _ = io.Copy(server, client)
		_ = server.Close()
	})
	buf := make([]byte, 64<<10)
	for {
		n, err := server.Read(buf)
		if err != nil || w.mute.CompareAndSwap(true, false) {
			if err == nil {
				w.struck.Add(1)
			}
			break
		}
		if _, err := client.Write(buf[:n]); err != nil {
			break
		}
	}
	_ = client.Close()
	_ = server.Close()
}

// reroute sends a region's agent through a wire.
func (p *pair) reroute(region string) *wire {
	p.t.Helper()
	w, port := newWire(p.t, p.sim.Region(region).Address())
	tns := filepath.Join(p.dir, region, "wallet", "tnsnames.ora")
	text, err := os.ReadFile(tns)
	if err != nil {
		p.t.Fatal(err)
	}
	_, old, _ := net.SplitHostPort(p.sim.Region(region).Address())
	if err := os.WriteFile(tns, []byte(strings.ReplaceAll(string(text), old, port)), 0o600); err != nil {
		p.t.Fatal(err)
	}
	return w
}

// atCommit calls do when the commit of a load reaches the database.
func (p *pair) atCommit(do func() sim.Decision) {
	loaded := false
	p.sim.Region(sim.Phoenix).Intercept(func(_ context.Context, c sim.Call) sim.Decision {
		if strings.HasPrefix(c.SQL, "/* adbferry staging.load */") {
			loaded = true
			return sim.Decision{}
		}
		if !loaded || c.Function != "commit" {
			return sim.Decision{}
		}
		d := do()
		d.Done = true
		return d
	})
}

func TestACommitWhoseAnswerIsLostCounts(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 40})
	w := p.reroute(sim.Phoenix)
	p.target = p.start(sim.Phoenix)
	plan, m := p.exported("m1")
	p.muteCommit(w)
	events, err := p.load("m1", plan, m, 1)
	if err != nil || outcome(events).GetRowsImported() != 40 {
		t.Errorf("%v, %v", outcome(events), err)
	}
	if w.struck.Load() != 1 || p.targetRows() != 40 {
		t.Errorf("%d answers lost, %d rows", w.struck.Load(), p.targetRows())
	}
	if events, err := p.load("m1", plan, m, 2); err != nil || outcome(events).GetRowsImported() != 40 || p.targetRows() != 40 {
		t.Errorf("again: %v, %v, %d rows", outcome(events), err, p.targetRows())
	}
}

// muteCommit loses the answer to the commit, which is done.
func (p *pair) muteCommit(w *wire) {
	p.atCommit(func() sim.Decision {
		w.mute.Store(true)
		return sim.Decision{}
	})
}

func TestACommitThatDoesNotArriveIsNoCommit(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 40})
	plan, m := p.exported("m1")
	p.atCommit(func() sim.Decision { return sim.Decision{Cut: true} })
	_, err := p.load("m1", plan, m, 1)
	wantReason(t, err, pb.Reason_REASON_CONNECTION_LOST)
	if n := p.targetRows(); n != 0 {
		t.Errorf("%d rows", n)
	}
	if events, err := p.load("m1", plan, m, 2); err != nil || outcome(events).GetRowsImported() != 40 || p.targetRows() != 40 {
		t.Errorf("again: %v, %v", outcome(events), err)
	}
}

func TestACommitIsUnknownWhileTheDatabaseIsGone(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 40})
	plan, m := p.exported("m1")
	p.atCommit(func() sim.Decision {
		p.strike(sim.Phoenix, "ledger.enter", sim.Decision{Code: 1034, Text: "the Oracle instance is not available"})
		return sim.Decision{Cut: true}
	})
	_, err := p.load("m1", plan, m, 1)
	wantReason(t, err, pb.Reason_REASON_OUTCOME_UNKNOWN)
	if events, err := p.load("m1", plan, m, 2); err != nil || outcome(events).GetRowsImported() != 40 || p.targetRows() != 40 {
		t.Errorf("again: %v, %v", outcome(events), err)
	}
}
