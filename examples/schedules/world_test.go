//go:build !race

package schedules

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"google.golang.org/grpc"

	"github.com/adbferry/adbferry/agent"
	"github.com/adbferry/adbferry/controller"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

// A world is two simulated regions with an agent each, which all schedules use.
type world struct {
	t      *testing.T
	sim    *sim.Simulation
	dir    string
	par    string
	config controller.Config
	agents map[string]*daemon

	pending interface{ Struck() int } // the fault that was set last
}

// A daemon runs until it is stopped.
type daemon struct {
	cancel context.CancelCauseFunc
	ended  chan error
}

func (d *daemon) stop(t *testing.T) {
	t.Helper()
	d.cancel(errors.New("the agent is restarted"))
	check(t, <-d.ended)
}

var regions = []string{sim.SanJose, sim.Phoenix}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, sim: sim.StartT(t, sim.Config{}), dir: t.TempDir(), agents: map[string]*daemon{}}
	check(t, w.sim.WriteFiles(w.dir))
	var err error
	w.config, err = controller.Load(filepath.Join(w.dir, "adbferry.yaml"))
	check(t, err)
	w.config.Limits.StopGrace, w.config.Limits.AgentPatience = 200*time.Millisecond, 10*time.Second
	url, err := os.ReadFile(filepath.Join(w.dir, "par.url"))
	check(t, err)
	w.par = strings.TrimSpace(string(url))
	for _, region := range regions {
		w.startAgent(region)
	}
	t.Cleanup(func() {
		for _, d := range w.agents {
			d.stop(t)
		}
	})
	return w
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// startAgent starts a region's agent, at the address of the one before.
func (w *world) startAgent(region string) {
	w.t.Helper()
	cfg, err := agent.LoadConfig(filepath.Join(w.dir, region, "agent.yaml"))
	check(w.t, err)
	cfg.TickInterval = 100 * time.Millisecond
	a, err := agent.New(cfg, hclog.NewNullLogger())
	check(w.t, err)
	lis, err := net.Listen("tcp", cfg.Listen)
	check(w.t, err)
	ctx, cancel := context.WithCancelCause(context.Background())
	d := &daemon{cancel: cancel, ended: make(chan error, 1)}
	go func() { d.ended <- a.Serve(ctx, lis) }()
	w.agents[region] = d
}

// restart ends a region's agent and starts another.
func (w *world) restart(region string) {
	w.t.Helper()
	w.agents[region].stop(w.t)
	w.startAgent(region)
}

// A ferry is a controller inside this process.
type ferry struct {
	pb.MigrationServiceClient
	conn  *grpc.ClientConn
	close func() error
}

// launch starts a controller over the journals of a directory.
func (w *world) launch(journals string) *ferry {
	w.t.Helper()
	cfg := w.config
	cfg.JournalDir = journals
	c, err := controller.New(cfg, hclog.NewNullLogger())
	check(w.t, err)
	conn, closeAll, err := c.Embed()
	check(w.t, err)
	return &ferry{MigrationServiceClient: pb.NewMigrationServiceClient(conn), conn: conn, close: closeAll}
}

// content returns how often each row of a table is there, whole.
func (w *world) content(region, table string) map[string]int {
	w.t.Helper()
	rows, err := w.sim.Region(region).Rows(w.t.Context(), "SELECT * FROM ADMIN."+table)
	check(w.t, err)
	found := map[string]int{}
	for _, row := range rows {
		found[strings.Join(row, "\x00")]++
	}
	return found
}

// exec runs statements beside the wire, where no fault strikes.
func (w *world) exec(region string, statements ...string) {
	w.t.Helper()
	for _, s := range statements {
		if err := w.sim.Region(region).Exec(w.t.Context(), s); err != nil {
			w.t.Fatal(fmt.Errorf("%s: %w", s, err))
		}
	}
}
