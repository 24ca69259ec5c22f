// Package example runs the three real programs against each other, as a user
// would, and reads what they print.
package example

import (
	"bufio"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// repository is the module's root, as seen from a test's folder.
const repository = "../.."

// readyWithin bounds how long a daemon may take to come up.
const readyWithin = 60 * time.Second

// TestTranscripts runs every script of testdata. Beside testscript's own
// commands they may use
//
//	daemon NAME COMMAND…   start a program, wait for its line "ready", keep its output in NAME.log
//	signal NAME SIGNAL     send it INT, TERM or KILL and wait for its end
//	nosecrets              fail when any file the run left behind holds a secret of the simulation
//	edit FILE REGEXP TEXT  replace in a file
//	agentsuite DIR         run the controller's suite for agents against those of a simulation
func TestTranscripts(t *testing.T) {
	bin := build(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
			env.Values[daemonsKey{}] = &daemons{running: map[string]*program{}}
			env.Defer(func() { env.Values[daemonsKey{}].(*daemons).stop() })
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"daemon":     startDaemon,
			"signal":     signalDaemon,
			"nosecrets":  noSecrets,
			"edit":       edit,
			"agentsuite": agentSuite,
		},
	})
}

// build makes the three programs the way "make build" does.
func build(t *testing.T) string {
	t.Helper()
	bin := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", bin,
		"./controller/cmd/adbferry", "./agent/cmd/adbferry-agent", "./sim/cmd/adbferry-sim")
	cmd.Dir = repository
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return bin
}

type daemonsKey struct{}

// daemons is the programs that one script has running.
type daemons struct{ running map[string]*program }

type program struct {
	cmd    *exec.Cmd
	exited chan struct{} // closed when it has ended
}

func (d *daemons) stop() {
	for _, p := range d.running {
		_ = p.cmd.Process.Signal(syscall.SIGTERM)
	}
	for _, p := range d.running {
		<-p.exited
	}
}

func startDaemon(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: daemon NAME COMMAND…")
	}
	name, log := args[0], ts.MkAbs(args[0]+".log")
	out, err := os.Create(log)
	ts.Check(err)
	path, err := exec.LookPath(filepath.Join(strings.Split(ts.Getenv("PATH"), ":")[0], args[1]))
	ts.Check(err)
	cmd := exec.Command(path, args[2:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = ts.MkAbs("."), out, out
	ts.Check(cmd.Start())
	p := &program{cmd: cmd, exited: make(chan struct{})}
	go func() {
		defer close(p.exited)
		_ = cmd.Wait() // how it ended is in its log
		_ = out.Close()
	}()
	ts.Value(daemonsKey{}).(*daemons).running[name] = p
	if err := waitReady(log, p); err != nil {
		ts.Fatalf("%s: %v\n%s", name, err, ts.ReadFile(log))
	}
}

// waitReady follows a log until it says "ready".
func waitReady(log string, p *program) error {
	ctx, cancel := context.WithTimeoutCause(context.Background(), readyWithin, errors.New("not ready in time"))
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if says(log, "ready") {
			return nil
		}
		select {
		case <-p.exited:
			return errors.New("ended early")
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
	}
}

func says(log, word string) bool {
	f, err := os.Open(log)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if strings.Contains(lines.Text(), word) {
			return true
		}
	}
	return false
}

func signalDaemon(ts *testscript.TestScript, neg bool, args []string) {
	signals := map[string]syscall.Signal{"INT": syscall.SIGINT, "TERM": syscall.SIGTERM, "KILL": syscall.SIGKILL}
	if neg || len(args) != 2 || signals[args[1]] == 0 {
		ts.Fatalf("usage: signal NAME INT|TERM|KILL")
	}
	d := ts.Value(daemonsKey{}).(*daemons)
	p := d.running[args[0]]
	if p == nil {
		ts.Fatalf("no daemon %s", args[0])
	}
	ts.Check(p.cmd.Process.Signal(signals[args[1]]))
	<-p.exited
	delete(d.running, args[0])
}

// homes are the files of a simulation that hold secrets on purpose.
var homes = regexp.MustCompile(`(^|/)(par\.url|pars/.*|env\.sh|password|wallet-password|wallet/.*|.*\.pem|\.tmp/.*|state|state\.tmp)$`)

// noSecrets reads the secrets from sim/env.sh and looks for each of them in
// everything else below the script's folder.
func noSecrets(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: nosecrets")
	}
	root := ts.MkAbs(".")
	var secrets []string
	for _, m := range regexp.MustCompile(`(?m)_PASSWORD='([^']+)'|/p/([^/]+)/n/`).FindAllStringSubmatch(ts.ReadFile("sim/env.sh"), -1) {
		secrets = append(secrets, m[1]+m[2])
	}
	if len(secrets) != 5 {
		ts.Fatalf("found %d secrets in env.sh, want four passwords and a token", len(secrets))
	}
	ts.Check(filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		name, relErr := filepath.Rel(root, path)
		if err != nil || relErr != nil || d.IsDir() || homes.MatchString(name) {
			return errors.Join(err, relErr)
		}
		data, err := os.ReadFile(path)
		for _, secret := range secrets {
			if strings.Contains(string(data), secret) {
				ts.Fatalf("%s holds a secret", name)
			}
		}
		return err
	}))
}

func edit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: edit FILE REGEXP TEXT")
	}
	pattern, err := regexp.Compile("(?m)" + args[1])
	ts.Check(err)
	before := ts.ReadFile(args[0])
	after := pattern.ReplaceAllString(before, args[2])
	if after == before {
		ts.Fatalf("edit: nothing in %s matches %s", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(after), 0o600))
}

// agentSuite runs the test that the controller's scripted agents pass, too,
// against the real agents of a simulation.
func agentSuite(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: agentsuite DIR")
	}
	dir := ts.MkAbs(args[0])
	address := func(name string) string {
		m := regexp.MustCompile(`(?m)^listen: (.*)$`).FindStringSubmatch(ts.ReadFile(filepath.Join(dir, name, "agent.yaml")))
		if m == nil {
			ts.Fatalf("no address of agent %s", name)
		}
		return name + "@" + m[1]
	}
	cmd := exec.Command("go", "test", "-count=1", "-tags", "agents", "-run", "TestRemoteAgents", "./controller/internal/agenttest")
	cmd.Dir = repository
	cmd.Env = append(os.Environ(), "AGENT_SOURCE="+address("sanjose"), "AGENT_TARGET="+address("phoenix"),
		"AGENT_PKI="+filepath.Join(dir, "pki"), "AGENT_PAR_FILE="+filepath.Join(dir, "par.url"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		ts.Fatalf("%v\n%s", err, out)
	}
}
