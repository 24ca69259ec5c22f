package main

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/controller/internal/agenttest"
	"github.com/adbferry/adbferry/controller/internal/cli"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"adbferry": command})
}

// command is the real main, except that it leaves its exit code in the file
// "code" and everything it prints in the file "printed".
func command() {
	work := os.Getenv("WORK")
	all, err := os.OpenFile(filepath.Join(work, "printed"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	code := cli.Main(os.Args[1:], io.MultiWriter(os.Stdout, all), io.MultiWriter(os.Stderr, all))
	if err := os.WriteFile(filepath.Join(work, "code"), []byte(strconv.Itoa(code)), 0o600); err != nil {
		panic(err)
	}
	os.Exit(code)
}

// TestTranscripts runs the command line against agents in memory, over loopback
// with mutual TLS. A transcript has, beside testscript's commands:
//
//	code N                      the last adbferry that ended had exit code N
//	fault AGENT RPC KIND        the next call of the RPC is struck: permanent, transient, lost, lose-rows, hold
//	release                     what is held goes on
//	rows AGENT TABLE N          the table ADMIN.TABLE, or SCHEMA.TABLE, has N rows, -1 for none
//	table TABLE N [AGENT]       adds the table ADMIN.TABLE, or SCHEMA.TABLE, with N rows to the source or another agent
//	obstacle TABLE WHY          makes the table of the source one that cannot be moved
//	expire-par                  makes the PAR invalid and writes the next one to par2.url
//	await-text FILE TEXT        waits until the file has the text
//	await-call AGENT RPC        waits until the agent was called
//
// Each ends with a search for the PAR's token in everything it left behind.
func TestTranscripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   "testdata",
		Setup: func(env *testscript.Env) error { return setup(t, env) },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code": expectCode, "fault": fault, "release": release, "rows": expectRows, "table": addTable, "obstacle": obstacle,
			"twins": addTwins, "change": change, "replace": replace,
			"expire-par": expirePAR, "await-text": awaitText, "await-call": awaitCall,
		},
		RequireExplicitExec: true,
	})
}

// A harbour is what a transcript talks to.
type harbour struct {
	*agenttest.Running
	gates sync.Map // of chan struct{}
}

type harbourKey struct{}

func setup(t *testing.T, env *testscript.Env) error {
	h := &harbour{Running: agenttest.Start(t)}
	env.Values[harbourKey{}] = h
	port, err := freeAddress()
	if err != nil {
		return err
	}
	env.Setenv("CONTROLLER", port)
	env.Setenv("SANJOSE", h.Addresses["sanjose"])
	env.Setenv("PHOENIX", h.Addresses["phoenix"])
	env.Setenv("ADBFERRY_CONFIG", "")
	env.Setenv("PKI", filepath.Dir(h.Controller.CA))
	env.Defer(func() { expectNoSecret(t, env.WorkDir) })
	config := fmt.Sprintf(`listen: %s
journal_dir: journal
databases:
  sanjose: {agent: "%s"}
  phoenix: {agent: "%s"}
tls:
  ca: %s
  certificate: %s
  key: %s
limits: {stop_grace: 5s, agent_patience: 1s}
`, port, h.Addresses["sanjose"], h.Addresses["phoenix"], h.Controller.CA, h.Controller.Certificate, h.Controller.Key)
	if err := os.WriteFile(filepath.Join(env.WorkDir, "adbferry.yaml"), []byte(config), 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(env.WorkDir, "par.url"), []byte(h.Bucket.PAR()+"\n"), 0o600)
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// expectNoSecret looks for the PAR's token in all files but those that are meant to have it.
func expectNoSecret(t *testing.T, dir string) {
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || strings.HasSuffix(path, ".url") {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte(agenttest.Token)) {
			t.Errorf("%s has the PAR's token", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func port(ts *testscript.TestScript) *harbour { return ts.Value(harbourKey{}).(*harbour) }

func agent(ts *testscript.TestScript, name string) *agenttest.Agent {
	switch h := port(ts); name {
	case h.Source.Name():
		return h.Source
	case h.Target.Name():
		return h.Target
	}
	ts.Fatalf("there is no agent %s", name)
	return nil
}

func expectCode(ts *testscript.TestScript, _ bool, args []string) {
	if got := ts.ReadFile("code"); got != args[0] {
		ts.Fatalf("exit code %s, want %s", got, args[0])
	}
}

func fault(ts *testscript.TestScript, _ bool, args []string) {
	f := agenttest.Fault{RPC: args[1]}
	switch args[2] {
	case "permanent":
		f.Before = agenttest.Permanent()
	case "transient":
		f.Before = agenttest.Transient()
	case "lost":
		f.Before = agenttest.Unreachable()
	case "leak":
		f.Before = apierr.New(codes.Internal, pb.Reason_REASON_DATABASE_ERROR, "ORA-20404: object not found: %s", port(ts).Bucket.PAR())
	case "lose-rows":
		f.Lose = 1774
	case "hold":
		gate := make(chan struct{})
		port(ts).gates.Store(gate, gate)
		f.Gate = gate
	default:
		ts.Fatalf("there is no fault %s", args[2])
	}
	agent(ts, args[0]).Inject(f)
}

func release(ts *testscript.TestScript, _ bool, _ []string) {
	port(ts).gates.Range(func(key, _ any) bool {
		close(key.(chan struct{}))
		port(ts).gates.Delete(key)
		return true
	})
}

func expectRows(ts *testscript.TestScript, _ bool, args []string) {
	got := agent(ts, args[0]).Rows(named(args[1]))
	if strconv.FormatInt(got, 10) != args[2] {
		ts.Fatalf("%s has %d rows on %s, want %s", args[1], got, args[0], args[2])
	}
}

func addTable(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	at := port(ts).Source
	if len(args) > 2 {
		at = agent(ts, args[2])
	}
	at.AddTable(named(args[0]), n, &pb.Column{Name: "ID", DataType: "NUMBER"})
}

func obstacle(ts *testscript.TestScript, _ bool, args []string) {
	port(ts).Source.SetObstacle(named(args[0]), args[1])
}

// named reads TABLE or SCHEMA.TABLE.
func named(text string) *pb.TableName {
	if schema, name, ok := strings.Cut(text, "."); ok {
		return &pb.TableName{Schema: schema, Name: name}
	}
	return &pb.TableName{Schema: "ADMIN", Name: text}
}

// addTwins puts the same table with a key into both databases.
func addTwins(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	name := &pb.TableName{Schema: "ADMIN", Name: args[0]}
	for _, a := range []*agenttest.Agent{port(ts).Source, port(ts).Target} {
		a.AddTable(name, n, &pb.Column{Name: "ID", DataType: "NUMBER"}, &pb.Column{Name: "NAME", DataType: "VARCHAR2"})
		a.SetKey(name, "ID")
	}
}

// change AGENT TABLE KEY VALUE changes NAME in one row.
func change(ts *testscript.TestScript, _ bool, args []string) {
	row, err := strconv.ParseInt(args[2], 10, 64)
	ts.Check(err)
	agent(ts, args[0]).Change(&pb.TableName{Schema: "ADMIN", Name: args[1]}, row, "NAME", args[3])
}

// replace AGENT TABLE KEY KEY puts a row with another key in the place of one.
func replace(ts *testscript.TestScript, _ bool, args []string) {
	gone, err := strconv.ParseInt(args[2], 10, 64)
	ts.Check(err)
	come, err := strconv.ParseInt(args[3], 10, 64)
	ts.Check(err)
	agent(ts, args[0]).Replace(&pb.TableName{Schema: "ADMIN", Name: args[1]}, gone, come)
}

func expirePAR(ts *testscript.TestScript, _ bool, _ []string) {
	port(ts).Bucket.Expire()
	ts.Check(os.WriteFile(ts.MkAbs("par2.url"), []byte(port(ts).Bucket.PAR()), 0o600))
}

func awaitText(ts *testscript.TestScript, _ bool, args []string) {
	await(ts, "the text "+args[1], func() bool {
		data, err := os.ReadFile(ts.MkAbs(args[0]))
		return err == nil && bytes.Contains(data, []byte(args[1]))
	})
}

func awaitCall(ts *testscript.TestScript, _ bool, args []string) {
	await(ts, "a call of "+args[1], func() bool {
		return slices.ContainsFunc(agent(ts, args[0]).Calls(), func(c string) bool { return strings.HasPrefix(c, args[1]+" ") })
	})
}

func await(ts *testscript.TestScript, what string, there func() bool) {
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !there() {
		select {
		case <-tick.C:
		case <-deadline:
			ts.Fatalf("waited in vain for %s", what)
		}
	}
}
