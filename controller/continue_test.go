package controller_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/adbferry/adbferry/controller"
	"github.com/adbferry/adbferry/controller/internal/agenttest"
	"github.com/adbferry/adbferry/pkg/rpc"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// dead leaves migration m as a controller does that was killed while it ran.
func dead(t *testing.T, r *agenttest.Running, c controller.Config) {
	t.Helper()
	c.Limits.StopGrace = time.Millisecond
	conn, closeAll, err := newController(t, c).Embed()
	if err != nil {
		t.Fatal(err)
	}
	client := pb.NewMigrationServiceClient(conn)
	gate := make(chan struct{})
	r.Source.Inject(agenttest.Fault{RPC: "Export", Gate: gate})
	_, err = client.CreateMigration(t.Context(), &pb.CreateMigrationRequest{MigrationId: "m", Spec: &pb.MigrationSpec{
		Source: "sanjose", Target: "phoenix", AllowPartial: true, Tables: []*pb.TableSelection{{Source: agenttest.DemoTable()}},
	}})
	if err == nil {
		_, err = client.StartMigration(t.Context(), &pb.StartMigrationRequest{MigrationId: "m", ParUrl: r.Bucket.PAR()})
	}
	if err := errors.Join(err, closeAll()); err != nil {
		t.Fatal(err)
	}
	close(gate)
	path := filepath.Join(c.JournalDir, "m.journal")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(data, []byte("\n")) // the plan, and that it runs
	if err := os.WriteFile(path, bytes.Join(lines[:2], nil), 0o600); err != nil {
		t.Fatal(err)
	}
}

// ended waits for the end of migration m at a controller.
func ended(t *testing.T, address string, files rpc.TLSFiles) *pb.MigrationStatus {
	t.Helper()
	client := clientOf(t, address, files)
	for {
		stream, err := client.WatchMigration(t.Context(), &pb.WatchMigrationRequest{MigrationId: "m"})
		for err == nil {
			_, err = stream.Recv()
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if t.Context().Err() != nil || !strings.Contains(err.Error(), "interrupted") { // not yet taken up
			t.Fatal(err)
		}
	}
	resp, err := client.GetMigration(t.Context(), &pb.GetMigrationRequest{MigrationId: "m"})
	if err != nil {
		t.Fatal(err)
	}
	return resp.GetMigration()
}

func TestServeGoesOnWithWhatRanWhenItDied(t *testing.T) {
	for name, tt := range map[string]struct {
		par  func(*agenttest.Running) string
		want pb.MigrationState
		hint string
	}{
		"with a PAR":       {func(r *agenttest.Running) string { return r.Bucket.PAR() }, pb.MigrationState_MIGRATION_STATE_VERIFIED, ""},
		"without one":      {func(*agenttest.Running) string { return "" }, pb.MigrationState_MIGRATION_STATE_PAUSED, "adbferry resume m"},
		"with a wrong one": {func(*agenttest.Running) string { return "https://example.com/p/secret" }, pb.MigrationState_MIGRATION_STATE_PAUSED, "adbferry par replace m"},
	} {
		t.Run(name, func(t *testing.T) {
			r := agenttest.Start(t)
			c := configFor(t, r)
			dead(t, r, c)
			if par := tt.par(r); par != "" {
				t.Setenv("ADBFERRY_TEST_PAR", par)
				c.PAR.Env = "ADBFERRY_TEST_PAR"
			}
			s := ended(t, start(t, c), r.Controller)
			if s.GetState() != tt.want || !strings.Contains(s.GetFailure().GetHint(), tt.hint) {
				t.Errorf("%s: %v", s.GetState(), s.GetFailure())
			}
			if tt.want == pb.MigrationState_MIGRATION_STATE_VERIFIED && r.Target.Rows(agenttest.DemoTable()) != agenttest.DemoRows {
				t.Errorf("%d rows", r.Target.Rows(agenttest.DemoTable()))
			}
			data, err := os.ReadFile(filepath.Join(c.JournalDir, "m.journal"))
			if err != nil || strings.Contains(string(data), "secret") {
				t.Errorf("the journal has the PAR (%v)", err)
			}
		})
	}
}

// systemctl restart is no wish of anybody's that a migration should end.
func TestServeGoesOnWithWhatRanWhenItWasShutDown(t *testing.T) {
	r := agenttest.Start(t)
	c := configFor(t, r)
	c.Limits.StopGrace = time.Millisecond
	t.Setenv("ADBFERRY_TEST_PAR", r.Bucket.PAR())
	c.PAR.Env = "ADBFERRY_TEST_PAR"
	ctx, stop := context.WithCancelCause(t.Context())
	ready, served := make(chan string, 1), make(chan error, 1)
	first := newController(t, c)
	go func() { served <- first.Run(ctx, func(address string) { ready <- address }) }()
	client := clientOf(t, <-ready, r.Controller)
	r.Source.Inject(agenttest.Fault{RPC: "Export", Gate: make(chan struct{})})
	_, err := client.CreateMigration(t.Context(), &pb.CreateMigrationRequest{MigrationId: "m", Spec: &pb.MigrationSpec{
		Source: "sanjose", Target: "phoenix", AllowPartial: true, Tables: []*pb.TableSelection{{Source: agenttest.DemoTable()}},
	}})
	if err == nil {
		_, err = client.StartMigration(t.Context(), &pb.StartMigrationRequest{MigrationId: "m", ParUrl: r.Bucket.PAR()})
	}
	if err != nil {
		t.Fatal(err)
	}
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for r.Source.Running() == 0 {
		<-look.C
	}
	stop(nil)
	if err := <-served; err != nil {
		t.Fatal(err)
	}
	client = clientOf(t, start(t, c), r.Controller)
	for end := time.Now().Add(20 * time.Second); ; {
		resp, err := client.GetMigration(t.Context(), &pb.GetMigrationRequest{MigrationId: "m"})
		if err != nil {
			t.Fatal(err)
		}
		s := resp.GetMigration()
		if s.GetState() == pb.MigrationState_MIGRATION_STATE_VERIFIED && r.Target.Rows(agenttest.DemoTable()) == agenttest.DemoRows {
			return
		}
		if (<-look.C).After(end) {
			t.Fatalf("%s: %v", s.GetState(), s.GetFailure())
		}
	}
}

// clientOf makes a client of a controller until the test ends.
func clientOf(t *testing.T, address string, files rpc.TLSFiles) pb.MigrationServiceClient {
	t.Helper()
	tls, err := rpc.ClientTLS(files, rpc.IdentityController)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := rpc.Dial(address, tls)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return pb.NewMigrationServiceClient(conn)
}
