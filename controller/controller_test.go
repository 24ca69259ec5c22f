package controller_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"
	"go.uber.org/goleak"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/adbferry/adbferry/controller"
	"github.com/adbferry/adbferry/controller/internal/agenttest"
	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/rpc"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func configFor(t *testing.T, r *agenttest.Running) controller.Config {
	t.Helper()
	c := controller.Default()
	c.Listen, c.JournalDir, c.TLS = "127.0.0.1:0", t.TempDir(), r.Controller
	c.Databases = map[string]controller.Database{}
	for name, address := range r.Addresses {
		c.Databases[name] = controller.Database{Agent: address}
	}
	return c
}

func newController(t *testing.T, c controller.Config) *controller.Controller {
	t.Helper()
	built, err := controller.New(c, hclog.NewNullLogger())
	if err != nil {
		t.Fatal(err)
	}
	return built
}

// start runs a controller until the test ends and returns its address.
func start(t *testing.T, c controller.Config) string {
	t.Helper()
	ctx, stop := context.WithCancelCause(context.Background())
	ready, ended := make(chan string, 1), make(chan error, 1)
	built := newController(t, c)
	go func() { ended <- built.Run(ctx, func(address string) { ready <- address }) }()
	t.Cleanup(func() {
		stop(nil)
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return <-ready
}

// call asks a controller for its migrations as the holder of a certificate.
func call(t *testing.T, address string, files rpc.TLSFiles, expect string) error {
	t.Helper()
	tls, err := rpc.ClientTLS(files, expect)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := rpc.Dial(address, tls)
	if err != nil {
		t.Fatal(err)
	}
	_, err = pb.NewMigrationServiceClient(conn).ListMigrations(t.Context(), &pb.ListMigrationsRequest{})
	return errors.Join(err, conn.Close())
}

func TestControllerServesOnlyWhomItAccepts(t *testing.T) {
	r, stranger := agenttest.Start(t), agenttest.Start(t)
	address := start(t, configFor(t, r))
	if err := call(t, address, r.Controller, rpc.IdentityController); err != nil {
		t.Errorf("an accepted client: %v", err)
	}
	if err := call(t, address, stranger.Controller, rpc.IdentityController); !rpc.PeerRefused(err) {
		t.Errorf("a client of another CA: %v", err)
	}
	c := configFor(t, r)
	c.Clients = []string{rpc.IdentityClient}
	if err := call(t, start(t, c), r.Controller, rpc.IdentityController); status.Code(err) != codes.Unavailable {
		t.Errorf("a client that is not on the list: %v", err)
	}
}

func TestEmbeddedControllerStopsWhatItRuns(t *testing.T) {
	r := agenttest.Start(t)
	c := configFor(t, r)
	c.Limits.StopGrace = time.Millisecond
	conn, closeAll, err := newController(t, c).Embed()
	if err != nil {
		t.Fatal(err)
	}
	client := pb.NewMigrationServiceClient(conn)
	r.Source.Inject(agenttest.Fault{RPC: "Export", Gate: make(chan struct{})})
	create := &pb.CreateMigrationRequest{MigrationId: "m", Spec: &pb.MigrationSpec{
		Source: "sanjose", Target: "phoenix", AllowPartial: true, Tables: []*pb.TableSelection{{Source: agenttest.DemoTable()}},
	}}
	if _, err := client.CreateMigration(t.Context(), create); err != nil {
		t.Fatal(err)
	}
	if _, err := client.StartMigration(t.Context(), &pb.StartMigrationRequest{MigrationId: "m", ParUrl: r.Bucket.PAR()}); err != nil {
		t.Fatal(err)
	}
	if err := closeAll(); err != nil {
		t.Error(err)
	}
	if r.Source.Running() != 0 {
		t.Error("an export outlives its controller")
	}
	data, err := os.ReadFile(filepath.Join(c.JournalDir, "m.journal"))
	if err != nil || !strings.Contains(string(data), "MIGRATION_STATE_STOPPED") {
		t.Errorf("the journal does not say that the migration was stopped (%v)", err)
	}
}

func TestListenFailureIsAnError(t *testing.T) {
	r := agenttest.Start(t)
	c := configFor(t, r)
	c.Listen = start(t, configFor(t, r))
	if err := newController(t, c).Run(t.Context(), func(string) {}); err == nil || !strings.Contains(err.Error(), "listen") ||
		!strings.Contains(apierr.FailureOf(err).GetHint(), "another process answers there") {
		t.Errorf("Run on a taken port: %v", err)
	}
}

func TestNewReportsMissingCertificates(t *testing.T) {
	c := configFor(t, agenttest.Start(t))
	c.TLS.Key = "nowhere.key"
	if _, err := controller.New(c, hclog.NewNullLogger()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("New: %v", err)
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "adbferry.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const good = "databases:\n  a: {agent: host:1}\ntls: {ca: ca.pem, certificate: /abs/c.pem, key: k.pem}\nlimits: {stop_grace: 1m}\n"
	write(good)
	got, err := controller.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	want := controller.Default()
	want.Databases = map[string]controller.Database{"a": {Agent: "host:1"}}
	want.JournalDir = filepath.Join(dir, "journal")
	want.TLS = rpc.TLSFiles{CA: filepath.Join(dir, "ca.pem"), Certificate: "/abs/c.pem", Key: filepath.Join(dir, "k.pem")}
	want.Limits.StopGrace = time.Minute
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}

	for _, bad := range []struct{ text, problem string }{
		{good + "colour: red\n", `line 5, column 1: unknown field "colour"`},
		{"tls: {}\n", "databases: there are none"},
		{good + "listen: here\n", `listen: "here" is not a host:port address`},
		{good + "log: {level: loud}\n", "log: level must be"},
		{good + "journal_dir: ''\n", "journal_dir is not set"},
		{strings.Replace(good, "a:", `"a/b":`, 1), `databases: "a/b" cannot be a name`},
		{strings.Replace(good, "{stop_grace: 1m}", "{lanes: -1}", 1), "limits: lanes"},
	} {
		write(bad.text)
		if _, err := controller.Load(path); err == nil || !strings.Contains(err.Error(), bad.problem) {
			t.Errorf("Load of %q: %v, want %q", bad.text, err, bad.problem)
		}
	}
}

func TestClientsNeedOnlyCertificates(t *testing.T) {
	path := filepath.Join(t.TempDir(), "adbferry.yaml")
	if err := os.WriteFile(path, []byte("tls: {ca: a, certificate: b, key: c}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := controller.LoadClient(path); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(path, []byte("listen: 127.0.0.1:1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := controller.LoadClient(path); err == nil || !strings.Contains(err.Error(), "tls.ca, tls.certificate and tls.key are not set") {
		t.Errorf("LoadClient without certificates: %v", err)
	}
}
