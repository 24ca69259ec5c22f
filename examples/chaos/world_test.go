package chaos

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/adbferry/adbferry/sim"
)

// within bounds every wait: what takes longer hangs.
const within = 2 * time.Minute

// A world is two simulated regions, the programs that move tables between
// them, and those that run.
type world struct {
	t      *testing.T
	sim    *sim.Simulation
	dir    string
	bin    string
	agents map[string]*process
}

// A process is a program that runs.
type process struct {
	cmd    *exec.Cmd
	output bytes.Buffer
	exited chan struct{} // closed when it has ended
}

// newWorld starts the world in which there is something to interrupt.
func newWorld(t *testing.T) *world {
	t.Helper()
	return newWorldOf(t, sim.Config{DemoRows: *rows, Physics: physics()})
}

func newWorldOf(t *testing.T, config sim.Config) *world {
	t.Helper()
	w := &world{t: t, sim: sim.StartT(t, config), dir: t.TempDir(), bin: t.TempDir(), agents: map[string]*process{}}
	if err := w.sim.WriteFiles(w.dir); err != nil {
		t.Fatal(err)
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-o", w.bin, "./controller/cmd/adbferry", "./agent/cmd/adbferry-agent")
	build.Dir, build.Env = "../..", append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	for _, region := range []string{sim.SanJose, sim.Phoenix} {
		w.startAgent(region)
	}
	t.Cleanup(func() {
		for _, a := range w.agents {
			a.kill()
		}
	})
	return w
}

// run starts a program with its output kept.
func (w *world) run(name string, args ...string) *process {
	w.t.Helper()
	p := &process{cmd: exec.Command(filepath.Join(w.bin, name), args...), exited: make(chan struct{})}
	p.cmd.Dir, p.cmd.Env = w.dir, append(os.Environ(), "ADBFERRY_CONFIG="+filepath.Join(w.dir, "adbferry.yaml"))
	p.cmd.Stdout, p.cmd.Stderr = &p.output, &p.output
	if err := p.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	go func() {
		defer close(p.exited)
		_ = p.cmd.Wait() // how it ended is in its state
	}()
	return p
}

// kill ends a process the hard way; one that has ended stays as it is.
func (p *process) kill() {
	_ = p.cmd.Process.Signal(syscall.SIGKILL)
	<-p.exited
}

// wait waits for the end of a process and returns its exit code, -1 after a signal.
func (p *process) wait(t *testing.T) int {
	t.Helper()
	select {
	case <-p.exited:
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(within):
		p.kill()
		t.Fatalf("%s hangs:\n%s", strings.Join(p.cmd.Args, " "), p.output.String())
		return -1
	}
}

// startAgent starts a region's agent, at the address of the one that was killed.
func (w *world) startAgent(region string) {
	w.t.Helper()
	w.agents[region] = w.run("adbferry-agent", "--config", filepath.Join(w.dir, region, "agent.yaml"))
}

// migrate runs a migration, or goes on with one that was begun.
func (w *world) migrate(id, target string) *process {
	w.t.Helper()
	return w.run("adbferry", "migrate", "--id", id, "--source", sim.SanJose, "--target", sim.Phoenix,
		"--table", "ADMIN.CUSTOMER_ORDERS_DEMO", "--target-table", "ADMIN."+target, "--chunk-size", "300KB",
		"--par-file", filepath.Join(w.dir, "par.url"), "--output", "plain")
}

// calm returns how long a migration takes when nobody kills anything.
func (w *world) calm() time.Duration {
	w.t.Helper()
	began := time.Now()
	p := w.migrate("calm", "CALM")
	if code := p.wait(w.t); code != 0 {
		w.t.Fatalf("the calm migration ended with %d:\n%s", code, p.output.String())
	}
	return time.Since(began)
}

// rows reads from a region's database beside the agents.
func (w *world) rows(region, query string) [][]string {
	w.t.Helper()
	ctx, cancel := context.WithTimeoutCause(w.t.Context(), within, errors.New("the simulator hangs"))
	defer cancel()
	rows, err := w.sim.Region(region).Rows(ctx, query)
	if err != nil {
		w.t.Fatal(err)
	}
	return rows
}
