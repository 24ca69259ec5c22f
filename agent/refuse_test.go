package agent_test

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"

	"github.com/adbferry/adbferry/agent"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

func TestWrongConfigurationsEndBeforeListening(t *testing.T) {
	p := newPair(t, sim.Config{})
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("not-the-password"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		spoil func(*agent.Config)
		want  pb.Reason
		text  string
	}{
		"wallet password":   {func(c *agent.Config) { c.WalletPassword.File = secret }, pb.Reason_REASON_WALLET_PASSWORD_WRONG, "wallet password"},
		"missing wallet":    {func(c *agent.Config) { c.Wallet = "nowhere" }, pb.Reason_REASON_WALLET_MISSING, "nowhere"},
		"unknown alias":     {func(c *agent.Config) { c.Service = "adbsj_hihg" }, pb.Reason_REASON_ALIAS_UNKNOWN, "adbsj_high"},
		"database password": {func(c *agent.Config) { c.Password.File = secret }, pb.Reason_REASON_LOGIN_REFUSED, "ORA-01017"},
		"unknown user":      {func(c *agent.Config) { c.User = "NOBODY" }, pb.Reason_REASON_LOGIN_REFUSED, "ORA-01017"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := p.config(sim.SanJose)
			tt.spoil(&cfg)
			err := run(t.Context(), cfg)
			wantReason(t, err, tt.want)
			if err == nil || !strings.Contains(err.Error(), tt.text) || strings.Contains(err.Error(), "not-the-password") {
				t.Errorf("got %v", err)
			}
			if apierr.FailureOf(err).GetHint() == "" || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v is not one line with a hint", err)
			}
		})
	}
}

func run(ctx context.Context, cfg agent.Config) error {
	a, err := agent.New(cfg, hclog.NewNullLogger())
	if err != nil {
		return err
	}
	return a.Run(ctx)
}

func TestAWalletOfAnotherDatabaseIsRefusedAtOnce(t *testing.T) {
	p := newPair(t, sim.Config{})
	other := sim.StartT(t, sim.Config{})
	dir := filepath.Join(t.TempDir(), "wallet")
	if err := other.Region(sim.SanJose).WriteWallet(dir); err != nil {
		t.Fatal(err)
	}
	names, err := os.ReadFile(filepath.Join(p.dir, sim.SanJose, "wallet", "tnsnames.ora"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "tnsnames.ora"), names, 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := p.config(sim.SanJose)
	cfg.Wallet = dir
	cfg.WalletPassword.File = ""
	err = run(t.Context(), cfg)
	wantReason(t, err, pb.Reason_REASON_DATABASE_UNREACHABLE)
	if apierr.Retryable(err) {
		t.Errorf("%v is taken for something that passes", err)
	}
}

func TestAnUnreachableDatabaseIsGivenUpAfterTheTimeout(t *testing.T) {
	p := newPair(t, sim.Config{})
	silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts and says nothing
	if err != nil {
		t.Fatal(err)
	}
	gone := silent.Addr().String()
	if err := silent.Close(); err != nil {
		t.Fatal(err)
	}
	tns := filepath.Join(p.dir, sim.SanJose, "wallet", "tnsnames.ora")
	text, err := os.ReadFile(tns)
	if err != nil {
		t.Fatal(err)
	}
	_, old, _ := net.SplitHostPort(p.sim.Region(sim.SanJose).Address())
	_, port, _ := net.SplitHostPort(gone)
	if err := os.WriteFile(tns, []byte(strings.ReplaceAll(string(text), old, port)), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := p.config(sim.SanJose)
	cfg.ConnectTimeout = 1
	err = run(t.Context(), cfg)
	wantReason(t, err, pb.Reason_REASON_DATABASE_UNREACHABLE)
	if err != nil && !strings.Contains(err.Error(), "connection refused") {
		t.Errorf("got %v", err)
	}
}

func TestOnlyTheControllerIsServed(t *testing.T) {
	p := newPair(t, sim.Config{})
	log := hclog.NewNullLogger()
	a, err := agent.New(p.config(sim.SanJose), log)
	if err != nil {
		t.Fatal(err)
	}
	lis, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Serve(ctx, lis) }()
	for _, as := range []string{"client", "agent-phoenix"} {
		if _, err := p.dial(lis.Addr().String(), sim.SanJose, as).DescribeDatabase(t.Context(), &pb.DescribeDatabaseRequest{}); err == nil {
			t.Errorf("%s was served", as)
		}
	}
	cancel(nil)
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestTablesThatCannotBePlanned(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.exec(sim.SanJose, "CREATE TABLE LONGS (c LONG)", "CREATE TABLE T (x NUMBER, y NUMBER)")
	d, err := p.source.DescribeDatabase(t.Context(), &pb.DescribeDatabaseRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for label, tt := range map[string]struct {
		table   string
		exclude []string
		scn     int64
		want    pb.Reason
	}{
		"unknown table":       {"NO_SUCH_TABLE", nil, 0, pb.Reason_REASON_TABLE_NOT_FOUND},
		"letter case":         {"t", nil, 0, pb.Reason_REASON_TABLE_NOT_FOUND},
		"quote":               {`T" x`, nil, 0, pb.Reason_REASON_NAME_INVALID},
		"column with a quote": {"T", []string{`X"`}, 0, pb.Reason_REASON_NAME_INVALID},
		"unknown column":      {"T", []string{"Z"}, 0, pb.Reason_REASON_REQUEST_INVALID},
		"nothing left":        {"T", []string{"X", "Y"}, 0, pb.Reason_REASON_TABLE_UNSUPPORTED},
		"nothing carried":     {"LONGS", nil, 0, pb.Reason_REASON_TABLE_UNSUPPORTED},
		"future SCN":          {"T", nil, d.GetDatabase().GetCurrentScn() + 1_000_000, pb.Reason_REASON_DATABASE_ERROR},
		"no SCN":              {"T", nil, -1, pb.Reason_REASON_REQUEST_INVALID},
	} {
		t.Run(label, func(t *testing.T) {
			scn := tt.scn
			if scn == 0 {
				scn = d.GetDatabase().GetCurrentScn()
			}
			_, err := p.source.PlanTable(t.Context(), &pb.PlanTableRequest{
				Table: name(tt.table), Target: name("T"), Scn: scn, ExcludeColumns: tt.exclude, MaxStringBytes: 32767,
			})
			wantReason(t, err, tt.want)
		})
	}
}

func TestTargetsThatDoNotFit(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.exec(sim.SanJose, "CREATE TABLE T (x NUMBER(10), y VARCHAR2(10))")
	plan := p.plan("T")
	for label, tt := range map[string]struct {
		setup []string
		want  pb.Reason
		fact  string
	}{
		"fits":      {[]string{"CREATE TABLE T (y VARCHAR2(10), x NUMBER(10), z NUMBER GENERATED ALWAYS AS (x) VIRTUAL)"}, pb.Reason_REASON_UNSPECIFIED, ""},
		"has rows":  {[]string{"CREATE TABLE T (x NUMBER(10), y VARCHAR2(10))", "INSERT INTO T VALUES (1, 'a')"}, pb.Reason_REASON_TARGET_NOT_EMPTY, "rows"},
		"is narrow": {[]string{"CREATE TABLE T (x NUMBER(10), y VARCHAR2(5))"}, pb.Reason_REASON_TARGET_DIFFERS, "differences"},
		"has less":  {[]string{"CREATE TABLE T (x NUMBER(10))"}, pb.Reason_REASON_TARGET_DIFFERS, "differences"},
	} {
		t.Run(label, func(t *testing.T) {
			p.exec(sim.Phoenix, tt.setup...)
			for _, validate := range []bool{true, false} {
				resp, err := p.target.PrepareTable(t.Context(), &pb.PrepareTableRequest{MigrationId: "m1", Plan: plan, ValidateOnly: validate})
				if tt.want == pb.Reason_REASON_UNSPECIFIED {
					if err != nil || resp.GetCreated() {
						t.Errorf("created %v, %v", resp.GetCreated(), err)
					}
					continue
				}
				wantReason(t, err, tt.want)
				if f := apierr.FailureOf(err); f.GetFacts()["table"] != "ADMIN.T" || f.GetFacts()[tt.fact] == "" || f.GetHint() == "" {
					t.Errorf("got %v", f)
				}
			}
			p.exec(sim.Phoenix, "DROP TABLE T")
		})
	}
}

func TestPARsThatAreNotEnough(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 10})
	plan := p.plan(demo)
	for file, want := range map[string]pb.Reason{
		"read-only": pb.Reason_REASON_PAR_CANNOT_WRITE, "write-only": pb.Reason_REASON_PAR_CANNOT_READ,
		"no-list": pb.Reason_REASON_PAR_CANNOT_LIST, "expired": pb.Reason_REASON_PAR_EXPIRED,
	} {
		t.Run(file, func(t *testing.T) {
			url, err := os.ReadFile(filepath.Join(p.dir, "pars", file+".url"))
			if err != nil {
				t.Fatal(err)
			}
			_, err = p.source.CheckStorage(t.Context(), &pb.CheckStorageRequest{MigrationId: "m1", ParUrl: string(url)})
			wantReason(t, err, want)
			stream, err := p.source.Export(t.Context(), &pb.ExportRequest{MigrationId: "m1", Plan: plan, Chunk: plan.GetChunks()[0], Attempt: 1, ParUrl: string(url)})
			if err == nil {
				_, err = collect(stream.Recv)
			}
			if err == nil && file != "write-only" {
				t.Error("an export went through")
			}
			if token := strings.Split(string(url), "/")[4]; err != nil && strings.Contains(err.Error(), token) {
				t.Error("the error shows the token")
			}
		})
	}
	for _, url := range []string{p.par[:20], strings.Replace(p.par, "/p/", "/p/x", 1)} {
		if _, err := p.source.CheckStorage(t.Context(), &pb.CheckStorageRequest{MigrationId: "m1", ParUrl: url}); err == nil {
			t.Error("a spoiled PAR was accepted")
		}
	}
}

func TestAUserWithoutRightsIsToldWhichOneIsMissing(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.sim.Region(sim.SanJose).CreateUser("POOR", "Poor-Password-1")
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("Poor-Password-1"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := p.config(sim.SanJose)
	cfg.User, cfg.Password.File = "POOR", secret
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(nil)
	if err := run(ctx, cfg); err == nil {
		t.Error("a cancelled start went on")
	}
}

// Who only wants to know whether a PAR lists has nothing written.
func TestListingIsProvenWithoutWriting(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 30})
	url, err := p.sim.Storage().NewPAR(sim.PAR{Access: sim.AnyObjectRead, List: true})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := p.source.CheckStorage(t.Context(), &pb.CheckStorageRequest{MigrationId: "m1", ParUrl: url, ListOnly: true})
	if err != nil || resp.GetProbeObject() != "" || resp.GetBucket() == "" {
		t.Errorf("%v, %v", resp, err)
	}
	url, err = p.sim.Storage().NewPAR(sim.PAR{Access: sim.AnyObjectReadWrite})
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.source.CheckStorage(t.Context(), &pb.CheckStorageRequest{MigrationId: "m1", ParUrl: url, ListOnly: true})
	wantReason(t, err, pb.Reason_REASON_PAR_CANNOT_LIST)
}

func TestAPrefixPARIsEnough(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 30})
	url, err := p.sim.Storage().NewPAR(sim.PAR{Access: sim.AnyObjectReadWrite, List: true, Object: "moves/2026/"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.source.CheckStorage(t.Context(), &pb.CheckStorageRequest{MigrationId: "m1", ParUrl: url})
	wantReason(t, err, pb.Reason_REASON_PAR_REFUSED) // the prefix is missing behind /o/
	p.par = url + "moves/2026/"
	resp, err := p.source.CheckStorage(t.Context(), &pb.CheckStorageRequest{MigrationId: "m1", ParUrl: p.par})
	if err != nil || resp.GetProbeObject() != "moves/2026/m1/probe" {
		t.Fatalf("%v, %v", resp, err)
	}
	_, m := p.move("m1", demo)
	if got := m.GetObjects()[0].GetName(); !strings.HasPrefix(got, "moves/2026/m1/ADMIN/") {
		t.Errorf("object %s", got)
	}
}
