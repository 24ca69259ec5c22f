// Package desk is what the examples' tests sit at: two simulated regions, a real
// agent next to each database, and a controller inside the test. Only tests
// import it.
package desk

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"

	"github.com/adbferry/adbferry/agent"
	"github.com/adbferry/adbferry/controller"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

// A Desk is a controller with its two databases. It is closed with its test.
type Desk struct {
	Sim    *sim.Simulation
	Dir    string // with the files that the simulation wrote, and the journals
	PAR    string // of the bucket between them, with all rights
	Client pb.MigrationServiceClient

	t testing.TB
}

// Start starts everything and ends it with the test. What is to be prepared is
// done when the files of the agents are written, and before they start.
func Start(t testing.TB, config sim.Config, prepare ...func(s *sim.Simulation, dir string)) *Desk {
	t.Helper()
	d := &Desk{Sim: sim.StartT(t, config), t: t}
	dir := t.TempDir()
	d.Dir = dir
	d.check(d.Sim.WriteFiles(dir))
	for _, do := range prepare {
		do(d.Sim, dir)
	}
	cfg, err := controller.Load(filepath.Join(dir, "adbferry.yaml"))
	d.check(err)
	for _, region := range []string{sim.SanJose, sim.Phoenix} {
		d.startAgent(filepath.Join(dir, region, "agent.yaml"), cfg.Databases[region].Agent)
	}
	c, err := controller.New(cfg, hclog.NewNullLogger())
	d.check(err)
	conn, closeAll, err := c.Embed()
	d.check(err)
	t.Cleanup(func() { d.check(closeAll()) })
	url, err := os.ReadFile(filepath.Join(dir, "par.url"))
	d.check(err)
	d.PAR, d.Client = strings.TrimSpace(string(url)), pb.NewMigrationServiceClient(conn)
	return d
}

func (d *Desk) startAgent(file, address string) {
	d.t.Helper()
	cfg, err := agent.LoadConfig(file)
	d.check(err)
	a, err := agent.New(cfg, hclog.NewNullLogger())
	d.check(err)
	lis, err := net.Listen("tcp", address)
	d.check(err)
	ended := make(chan error, 1)
	ctx := d.t.Context() // ends before the cleanups run
	go func() { ended <- a.Serve(ctx, lis) }()
	d.t.Cleanup(func() { d.check(<-ended) })
}

// Migrate carries a migration out and returns it at its end, however it ended.
func (d *Desk) Migrate(id string, spec *pb.MigrationSpec) *pb.MigrationStatus {
	d.t.Helper()
	ctx := d.t.Context()
	_, err := d.Client.CreateMigration(ctx, &pb.CreateMigrationRequest{MigrationId: id, Spec: spec, ParUrl: d.PAR})
	d.check(err)
	_, err = d.Client.StartMigration(ctx, &pb.StartMigrationRequest{MigrationId: id, ParUrl: d.PAR})
	d.check(err)
	stream, err := d.Client.WatchMigration(ctx, &pb.WatchMigrationRequest{MigrationId: id})
	d.check(err)
	for err == nil {
		_, err = stream.Recv()
	}
	if !errors.Is(err, io.EOF) {
		d.check(err)
	}
	resp, err := d.Client.GetMigration(ctx, &pb.GetMigrationRequest{MigrationId: id})
	d.check(err)
	return resp.GetMigration()
}

// Exec runs statements in a region, as ADMIN, beside the agents.
func (d *Desk) Exec(region string, statements ...string) {
	d.t.Helper()
	for _, s := range statements {
		d.check(d.Sim.Region(region).Exec(d.t.Context(), s))
	}
}

// Rows reads from a region's database, as ADMIN, beside the agents.
func (d *Desk) Rows(region, query string) [][]string {
	d.t.Helper()
	rows, err := d.Sim.Region(region).Rows(d.t.Context(), query)
	d.check(err)
	return rows
}

func (d *Desk) check(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}
