package agent_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/adbferry/adbferry/agent"
	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/rpc"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

// A pair is two agents next to the two databases of a simulation, reached over
// mTLS as the controller reaches them.
type pair struct {
	t              *testing.T
	sim            *sim.Simulation
	dir            string
	par            string
	source, target pb.AgentServiceClient
	log            *safeBuffer
	stops          map[string]func() // ends a region's agents
	addresses      map[string]string // of the agents that were started last
	change         func(*agent.Config)
	attempts       int32 // how many attempts moved has made
}

// safeBuffer is what both agents log into.
type safeBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func newPair(t *testing.T, config sim.Config) *pair {
	t.Helper()
	p := &pair{t: t, sim: sim.StartT(t, config), dir: t.TempDir(), log: &safeBuffer{}, stops: map[string]func(){}, addresses: map[string]string{}, change: func(*agent.Config) {}}
	if err := p.sim.WriteFiles(p.dir); err != nil {
		t.Fatal(err)
	}
	url, err := os.ReadFile(filepath.Join(p.dir, "par.url"))
	if err != nil {
		t.Fatal(err)
	}
	p.par = strings.TrimSpace(string(url))
	p.source, p.target = p.start(sim.SanJose), p.start(sim.Phoenix)
	t.Cleanup(p.checkSecrets)
	return p
}

// stop ends the agent of a region that was started last.
func (p *pair) stop(region string) { p.stops[region]() }

// config loads the configuration that the simulator wrote for a region's agent.
func (p *pair) config(region string) agent.Config {
	p.t.Helper()
	cfg, err := agent.LoadConfig(filepath.Join(p.dir, region, "agent.yaml"))
	if err != nil {
		p.t.Fatal(err)
	}
	cfg.TickInterval, cfg.ConnectTimeout = 50*time.Millisecond, 5*time.Second
	p.change(&cfg)
	return cfg
}

// start runs an agent until the test ends and returns a client of it.
func (p *pair) start(region string) pb.AgentServiceClient {
	t := p.t
	t.Helper()
	log := hclog.New(&hclog.LoggerOptions{Name: region, Level: hclog.Debug, Output: p.log})
	a, err := agent.New(p.config(region), log)
	if err != nil {
		t.Fatal(err)
	}
	lis, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Serve(ctx, lis) }()
	p.stops[region] = sync.OnceFunc(func() {
		cancel(nil)
		if err := <-ended; err != nil {
			t.Errorf("agent of %s: %v", region, err)
		}
	})
	t.Cleanup(p.stops[region])
	p.addresses[region] = lis.Addr().String()
	return p.dial(p.addresses[region], region, "controller")
}

func (p *pair) dial(address, region, as string) pb.AgentServiceClient {
	p.t.Helper()
	files := rpc.TLSFiles{CA: "ca.pem", Certificate: as + ".pem", Key: as + "-key.pem"}.In(filepath.Join(p.dir, "pki"))
	cfg, err := rpc.ClientTLS(files, rpc.IdentityAgent(region))
	if err != nil {
		p.t.Fatal(err)
	}
	conn, err := rpc.Dial(address, cfg)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = conn.Close() })
	return pb.NewAgentServiceClient(conn)
}

// checkSecrets greps what the agents logged and what the databases keep.
func (p *pair) checkSecrets() {
	log := p.log.String()
	for name, secret := range map[string]string{
		"PAR token": strings.Split(p.par, "/")[4], "password": p.sim.Region(sim.SanJose).Password(), "wallet password": p.sim.Region(sim.SanJose).WalletPassword(),
	} {
		if strings.Contains(log, secret) {
			p.t.Errorf("the log shows the %s", name)
		}
	}
}

// exec runs statements on a region beside the wire.
func (p *pair) exec(region string, statements ...string) {
	p.t.Helper()
	for _, s := range statements {
		if err := p.sim.Region(region).Exec(p.t.Context(), s); err != nil {
			p.t.Fatalf("%s: %v", s, err)
		}
	}
}

func (p *pair) rows(region, query string) [][]string {
	p.t.Helper()
	rows, err := p.sim.Region(region).Rows(p.t.Context(), query)
	if err != nil {
		p.t.Fatalf("%s: %v", query, err)
	}
	return rows
}

func name(table string) *pb.TableName { return &pb.TableName{Schema: "ADMIN", Name: table} }

// plan plans a table of the source as of now.
func (p *pair) plan(table string) *pb.TablePlan {
	p.t.Helper()
	d, err := p.source.DescribeDatabase(p.t.Context(), &pb.DescribeDatabaseRequest{})
	if err != nil {
		p.t.Fatal(err)
	}
	resp, err := p.source.PlanTable(p.t.Context(), &pb.PlanTableRequest{
		Table: name(table), Target: name(table), Scn: d.GetDatabase().GetCurrentScn(), MaxStringBytes: d.GetDatabase().GetMaxStringBytes(),
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return resp.GetPlan()
}

// export runs an attempt to its end and returns its events.
func (p *pair) export(migration string, plan *pb.TablePlan, attempt int32) ([]*pb.Event, error) {
	stream, err := p.source.Export(p.t.Context(), &pb.ExportRequest{
		MigrationId: migration, Plan: plan, Chunk: plan.GetChunks()[0], Attempt: attempt, ParUrl: p.par,
	})
	if err != nil {
		return nil, err
	}
	return collect(stream.Recv)
}

func (p *pair) load(migration string, plan *pb.TablePlan, m *pb.Manifest, attempt int32) ([]*pb.Event, error) {
	stream, err := p.target.Import(p.t.Context(), &pb.ImportRequest{
		MigrationId: migration, Plan: plan, Chunk: plan.GetChunks()[0], Attempt: attempt, Manifest: m, ParUrl: p.par,
	})
	if err != nil {
		return nil, err
	}
	return collect(stream.Recv)
}

func collect[R interface{ GetEvent() *pb.Event }](recv func() (R, error)) ([]*pb.Event, error) {
	var events []*pb.Event
	for {
		resp, err := recv()
		if errors.Is(err, io.EOF) {
			return events, nil
		}
		if err != nil {
			return events, err
		}
		events = append(events, resp.GetEvent())
	}
}

func outcome(events []*pb.Event) *pb.ChunkChanged {
	if len(events) == 0 {
		return nil
	}
	return events[len(events)-1].GetChunkChanged()
}

// move carries a table over, step by step, and returns the plan and the manifest.
func (p *pair) move(migration, table string) (*pb.TablePlan, *pb.Manifest) {
	p.t.Helper()
	plan := p.plan(table)
	if _, err := p.target.PrepareTable(p.t.Context(), &pb.PrepareTableRequest{MigrationId: migration, Plan: plan}); err != nil {
		p.t.Fatal(err)
	}
	events, err := p.export(migration, plan, 1)
	if err != nil {
		p.t.Fatal(err)
	}
	m := outcome(events).GetManifest()
	events, err = p.load(migration, plan, m, 1)
	if err != nil {
		p.t.Fatal(err)
	}
	if got := outcome(events).GetRowsImported(); got != plan.GetRows() {
		p.t.Errorf("%d rows imported, want %d", got, plan.GetRows())
	}
	if _, err := p.target.FinishTable(p.t.Context(), &pb.FinishTableRequest{MigrationId: migration, Plan: plan}); err != nil {
		p.t.Fatal(err)
	}
	return plan, m
}

// eventually waits for what has no signal of its own, for ten seconds.
func (p *pair) eventually(what string, met func(context.Context) bool) {
	p.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(10 * time.Second); !met(p.t.Context()); <-tick.C {
		if time.Now().After(end) {
			p.t.Errorf("in vain: %s", what)
			return
		}
	}
}

func wantReason(t *testing.T, err error, want pb.Reason) {
	t.Helper()
	f := apierr.FailureOf(err)
	if f.GetReason() != want {
		t.Errorf("%v is %s, want %s", err, f.GetReason(), want)
	}
}

// at matches calls with a statement of a kind.
func at(kind string) func(sim.Call) bool {
	return func(c sim.Call) bool { return strings.HasPrefix(c.SQL, "/* adbferry "+kind+" */") }
}
