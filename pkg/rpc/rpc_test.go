package rpc_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509/pkix"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/pki"
	"github.com/adbferry/adbferry/pkg/rpc"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// agent answers Count in the way its field says; every other call is missing.
type agent struct {
	pb.UnimplementedAgentServiceServer
	count func() error
}

func (a agent) Count(context.Context, *pb.CountRequest) (*pb.CountResponse, error) {
	return &pb.CountResponse{Rows: 7}, a.count()
}

func serveInMemory(t *testing.T, log hclog.Logger, a agent) pb.AgentServiceClient {
	t.Helper()
	lis := rpc.ListenInMemory()
	serve(t, lis, func(ctx context.Context) error {
		return rpc.Serve(ctx, lis, log, nil, func(s *grpc.Server) { pb.RegisterAgentServiceServer(s, a) })
	})
	conn, err := lis.Dial()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return pb.NewAgentServiceClient(conn)
}

// serve runs a server until the test ends, and fails the test when it ends
// with an error.
func serve(t *testing.T, _ net.Listener, run func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	t.Cleanup(func() {
		cancel(errors.New("test is over"))
		if err := <-done; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
}

func TestEveryErrorReachesTheClientWithAFailure(t *testing.T) {
	for name, tt := range map[string]struct {
		count  func() error
		code   codes.Code
		reason pb.Reason
	}{
		"error of ours": {
			func() error {
				return apierr.New(codes.NotFound, pb.Reason_REASON_TABLE_NOT_FOUND, "no such table")
			}, codes.NotFound, pb.Reason_REASON_TABLE_NOT_FOUND,
		},
		"unknown error": {func() error { return errors.New("hunter2") }, codes.Internal, pb.Reason_REASON_INTERNAL},
		"panic":         {func() error { panic("hunter2") }, codes.Internal, pb.Reason_REASON_INTERNAL},
	} {
		t.Run(name, func(t *testing.T) {
			client := serveInMemory(t, hclog.NewNullLogger(), agent{count: tt.count})
			_, err := client.Count(t.Context(), &pb.CountRequest{})
			e := apierr.From(err)
			if e.Code() != tt.code || e.Failure().GetReason() != tt.reason {
				t.Errorf("got %v %v", e.Code(), e.Failure())
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the client reads %q", err)
			}
		})
	}
}

func TestFaultsAreLoggedInFull(t *testing.T) {
	var out bytes.Buffer
	log := hclog.New(&hclog.LoggerOptions{Output: &out, Level: hclog.Debug})
	client := serveInMemory(t, log, agent{count: func() error { panic("the reason why") }})
	if _, err := client.Count(t.Context(), &pb.CountRequest{}); err == nil {
		t.Fatal("a panic gave no error")
	}
	if !strings.Contains(out.String(), "the reason why") {
		t.Errorf("log: %s", out.String())
	}
}

func TestHealthIsServed(t *testing.T) {
	lis := rpc.ListenInMemory()
	serve(t, lis, func(ctx context.Context) error {
		return rpc.Serve(ctx, lis, hclog.NewNullLogger(), nil, func(*grpc.Server) {})
	})
	conn, err := lis.Dial()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	resp, err := healthpb.NewHealthClient(conn).Check(t.Context(), &healthpb.HealthCheckRequest{})
	if err != nil || resp.GetStatus() != healthpb.HealthCheckResponse_SERVING {
		t.Errorf("health: %v, %v", resp, err)
	}
}

func TestAServerThatIsStoppedBeforeItBeginsEndsCleanly(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("before it began"))
	lis := rpc.ListenInMemory()
	if err := rpc.Serve(ctx, lis, hclog.NewNullLogger(), nil, func(*grpc.Server) {}); err != nil {
		t.Errorf("serve: %v", err)
	}
}

// material writes the mTLS files of one identity, signed by ca.
func material(t *testing.T, ca *pki.Authority, identity string) rpc.TLSFiles {
	t.Helper()
	pair, err := ca.Issue(pki.Request{
		Subject: pkix.Name{CommonName: identity}, Hosts: []string{"127.0.0.1"},
		Identity: identity, Server: true, Client: true, Lifetime: time.Hour,
	})
	if err != nil {
		t.Fatal(err)
	}
	key, err := pair.KeyPEM()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, data := range map[string][]byte{
		"ca.pem": ca.CertificatePEM(), "cert.pem": pair.CertificatePEM(), "key.pem": key,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return rpc.TLSFiles{CA: "ca.pem", Certificate: "cert.pem", Key: "key.pem"}.In(dir)
}

func newCA(t *testing.T) *pki.Authority {
	t.Helper()
	ca, err := pki.NewAuthority(pkix.Name{CommonName: "CA"}, time.Hour, false)
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

func TestOnlyTheRightIdentitiesTalk(t *testing.T) {
	ca, foreign := newCA(t), newCA(t)
	agentFiles := material(t, ca, rpc.IdentityAgent("sanjose"))
	serverTLS, err := rpc.ServerTLS(agentFiles, func(id string) bool { return id == rpc.IdentityController })
	if err != nil {
		t.Fatal(err)
	}
	lis, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	serve(t, lis, func(ctx context.Context) error {
		return rpc.Serve(ctx, lis, hclog.NewNullLogger(), serverTLS, func(s *grpc.Server) {
			pb.RegisterAgentServiceServer(s, agent{count: func() error { return nil }})
		})
	})
	for name, tt := range map[string]struct {
		files  rpc.TLSFiles
		expect string
		ok     bool
	}{
		"controller":                    {material(t, ca, rpc.IdentityController), rpc.IdentityAgent("sanjose"), true},
		"controller, other agent":       {material(t, ca, rpc.IdentityController), rpc.IdentityAgent("phoenix"), false},
		"another agent":                 {material(t, ca, rpc.IdentityAgent("phoenix")), rpc.IdentityAgent("sanjose"), false},
		"no identity":                   {material(t, ca, ""), rpc.IdentityAgent("sanjose"), false},
		"controller of a foreign realm": {material(t, foreign, rpc.IdentityController), rpc.IdentityAgent("sanjose"), false},
	} {
		t.Run(name, func(t *testing.T) {
			clientTLS, err := rpc.ClientTLS(tt.files, tt.expect)
			if err != nil {
				t.Fatal(err)
			}
			for range 30 { // a verdict that came only sometimes would be none
				err := count(t, lis.Addr().String(), clientTLS)
				if (err == nil) != tt.ok {
					t.Fatalf("call: %v", err)
				}
				if !tt.ok && !rpc.PeerRefused(err) {
					t.Fatalf("PeerRefused(%v) = false", err)
				}
			}
		})
	}
}

// count makes one call over a connection of its own.
func count(t *testing.T, address string, config *tls.Config) error {
	t.Helper()
	conn, err := rpc.Dial(address, config)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, err = pb.NewAgentServiceClient(conn).Count(t.Context(), &pb.CountRequest{})
	return err
}

func TestAnUnreachablePeerIsNoRefusal(t *testing.T) {
	lis, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := lis.Addr().String()
	_ = lis.Close()
	conn, err := rpc.Dial(addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, err = pb.NewAgentServiceClient(conn).Count(t.Context(), &pb.CountRequest{})
	if rpc.PeerRefused(err) || apierr.ReasonOf(err) != pb.Reason_REASON_AGENT_UNREACHABLE || !apierr.Retryable(err) {
		t.Errorf("err = %v", err)
	}
}

func TestTLSFilesNameWhatIsMissing(t *testing.T) {
	err := rpc.TLSFiles{Certificate: "x"}.Validate()
	if err == nil || err.Error() != "tls.ca and tls.key are not set" {
		t.Errorf("err = %v", err)
	}
	if _, err := rpc.ClientTLS(rpc.TLSFiles{CA: "/x", Certificate: "/y", Key: "/z"}, ""); err == nil {
		t.Error("missing files were loaded")
	}
}
