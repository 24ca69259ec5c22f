// Package judges_test runs one table of scenarios through three unmodified
// drivers, as their users would: go-ora in process, python-oracledb and
// node-oracledb as programs of their own. What all three agree on, and what
// Oracle documents, is what the simulator has to do. It owns the table, the
// judges and the tutorial's scripts; it knows nothing of the simulator's inside.
package judges_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/adbferry/adbferry/sim"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The drivers, by the names that the table uses.
const (
	goOra  = "go"
	python = "python"
	node   = "node"
)

func drivers() []string { return []string{goOra, python, node} }

// install is the one command that makes both child judges runnable.
const install = "bash tools/judges.sh"

// systemPython is Debian's, which python3-oracledb is installed for.
const systemPython = "/usr/bin/python3"

// patience bounds a child judge, so that a hang shows what was last judged.
const patience = 2 * time.Minute

// access is how a judge reaches the database. Each judge has a user of its
// own, so that the tables of the judges do not meet.
type access struct {
	User           string `json:"user"`
	Password       string `json:"password"`
	Alias          string `json:"alias"`
	Wallet         string `json:"wallet"`
	WalletPassword string `json:"wallet_password"`
}

type job struct {
	Access    access     `json:"access"`
	Scenarios []scenario `json:"scenarios"`
}

// a verdict is what a judge found about one scenario.
type verdict struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
}

// admit makes the user of a judge and its wallet, which holds three aliases
// more than a real one, all without retries: one of a service that nobody
// offers, one that expects another server, and one that is right.
func admit(t *testing.T, r *sim.Region, driver string) access {
	t.Helper()
	a := access{
		User: "JUDGE_" + strings.ToUpper(driver), Password: "Judge-2026-of-" + driver,
		Alias: r.Alias("high"), Wallet: t.TempDir(), WalletPassword: r.WalletPassword(),
	}
	r.CreateUser(a.User, a.Password)
	if err := r.WriteWallet(a.Wallet); err != nil {
		t.Fatal(err)
	}
	names := filepath.Join(a.Wallet, "tnsnames.ora")
	data, err := os.ReadFile(names)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(data), a.Alias+" = (description= (retry_count=20)(retry_delay=3)")
	entry, _, _ := strings.Cut(rest, "\n")
	for alias, change := range map[string][]string{
		"once":            {"", ""},
		"unknown_service": {r.Service("high"), "nobody_high.adb.oraclecloud.com"},
		"other_server":    {"CN=", "CN=not-"},
	} {
		data = fmt.Appendf(data, "%s = (description= %s\n\n", alias, strings.Replace(entry, change[0], change[1], 1))
	}
	if err := os.WriteFile(names, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return a
}

// start starts a simulation that has to be left with nothing open.
func start(t *testing.T, demoRows int) *sim.Simulation {
	t.Helper()
	s := sim.StartT(t, sim.Config{DemoRows: demoRows})
	t.Cleanup(func() { s.AssertIdle(t) })
	return s
}

func TestScenarios(t *testing.T) {
	r := start(t, 0).Region(sim.SanJose)
	all := load(t)
	t.Run(goOra, func(t *testing.T) {
		t.Parallel()
		judgeInProcess(t, admit(t, r, goOra), of(all, goOra), false)
	})
	t.Run(python, func(t *testing.T) {
		t.Parallel()
		judgeInChild(t, job{admit(t, r, python), of(all, python)}, systemPython, "judge.py")
	})
	t.Run(node, func(t *testing.T) {
		t.Parallel()
		judgeInChild(t, job{admit(t, r, node), of(all, node)}, "node", "judge.mjs")
	})
}

// judgeInChild runs a judge that is a program and shows its verdicts as subtests.
func judgeInChild(t *testing.T, j job, program, script string) {
	t.Helper()
	installed(t)
	said, err := converse(t, j, program, script)
	verdicts := map[string]verdict{}
	for line := range bytes.Lines(said) {
		var v verdict
		if err := json.Unmarshal(line, &v); err != nil {
			t.Errorf("judge said %q", line)
		}
		verdicts[v.Name] = v
	}
	for _, s := range j.Scenarios {
		t.Run(s.Name, func(t *testing.T) {
			if v, ok := verdicts[s.Name]; !ok || !v.OK {
				t.Errorf("judged: %v: %s", ok, v.Detail)
			}
		})
	}
	if err != nil {
		t.Error(err)
	}
}

// converse hands a job to a program and returns what it printed.
func converse(t *testing.T, j job, program, script string) ([]byte, error) {
	t.Helper()
	input, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeoutCause(t.Context(), patience, errors.New("the judge takes too long"))
	defer cancel()
	var complaints bytes.Buffer
	cmd := exec.CommandContext(ctx, program, script)
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	cmd.Stdin, cmd.Stderr = bytes.NewReader(input), &complaints
	said, err := cmd.Output()
	if err != nil {
		return said, fmt.Errorf("%s %s: %w: %s", program, script, err, complaints.String())
	}
	return said, nil
}

// installed fails the test when a driver is missing. It never skips: a judge
// that does not sit proves nothing.
func installed(t *testing.T) {
	t.Helper()
	for _, probe := range [][]string{
		{systemPython, "-c", "import oracledb"},
		{"node", "--input-type=module", "-e", "import 'oracledb'"},
	} {
		if out, err := exec.CommandContext(t.Context(), probe[0], probe[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("a driver is missing; install both with: %s\n%v: %s", install, err, out)
		}
	}
}
