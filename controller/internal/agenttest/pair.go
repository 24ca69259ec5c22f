package agenttest

import (
	"context"
	"crypto/tls"
	"crypto/x509/pkix"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"google.golang.org/grpc"

	"github.com/adbferry/adbferry/pkg/pki"
	"github.com/adbferry/adbferry/pkg/rpc"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Token is the secret in the PAR of every new pair. It must turn up nowhere.
const Token = "Pl4nt3dS3cr3tT0k3nThatMustNotLeak"

// DemoRows is how many rows DemoTable has on the source.
const DemoRows = 50000

// DemoTable is the tutorial's table, which every source has: 16 columns, 4 of them CLOBs.
func DemoTable() *pb.TableName { return &pb.TableName{Schema: "ADMIN", Name: "CUSTOMER_ORDERS_DEMO"} }

// A Pair is two agents and the bucket between them.
type Pair struct {
	Source, Target *Agent // named sanjose and phoenix
	Bucket         *Bucket
}

// NewPair makes a pair with the demo table on its source. The caller closes both agents.
func NewPair() *Pair {
	b := &Bucket{token: Token, objects: map[string]object{}}
	p := &Pair{Source: newAgent("sanjose", "us-sanjose-1", b), Target: newAgent("phoenix", "us-phoenix-1", b), Bucket: b}
	p.Source.AddTable(DemoTable(), DemoRows, demoColumns()...)
	return p
}

func demoColumns() []*pb.Column {
	var columns []*pb.Column
	for _, c := range [][2]string{
		{"ORDER_ID", "NUMBER"},
		{"CUSTOMER_ID", "NUMBER"},
		{"CUSTOMER_NAME", "VARCHAR2"},
		{"EMAIL", "VARCHAR2"},
		{"ORDER_DATE", "TIMESTAMP(6)"},
		{"ORDER_TOTAL", "NUMBER"},
		{"DISCOUNT_PERCENT", "NUMBER"},
		{"TAX_AMOUNT", "NUMBER"},
		{"SHIPPING_ADDRESS", "CLOB"},
		{"ORDER_STATUS", "VARCHAR2"},
		{"PAYMENT_METHOD", "VARCHAR2"},
		{"PRODUCT_DETAILS_JSON", "CLOB"},
		{"METADATA_JSON", "CLOB"},
		{"CUSTOMER_NOTES", "CLOB"},
		{"CREATED_AT", "TIMESTAMP(6)"},
		{"UPDATED_AT", "TIMESTAMP(6)"},
	} {
		columns = append(columns, &pb.Column{Name: c[0], DataType: c[1]})
	}
	return columns
}

// Running is a pair that serves on loopback with mutual TLS.
type Running struct {
	*Pair
	Addresses  map[string]string // by database name
	Controller rpc.TLSFiles      // the controller's certificate
}

// Start serves a new pair until the test ends.
func Start(t testing.TB) *Running {
	t.Helper()
	dir := t.TempDir()
	issue := newIssuer(t, dir)
	r := &Running{Pair: NewPair(), Addresses: map[string]string{}, Controller: issue("controller", rpc.IdentityController)}
	for _, a := range []*Agent{r.Source, r.Target} {
		r.Addresses[a.Name()] = a.Serve(t, issue(a.Name(), rpc.IdentityAgent(a.Name())))
	}
	return r
}

// ClientTLS makes what fleet.Options needs.
func (r *Running) ClientTLS(identity string) (*tls.Config, error) {
	return rpc.ClientTLS(r.Controller, identity)
}

// Serve answers calls of the controller on a loopback port, whose address it
// returns, until the test ends; then it also closes the agent.
func (a *Agent) Serve(t testing.TB, files rpc.TLSFiles) (address string) {
	t.Helper()
	config, err := rpc.ServerTLS(files, func(identity string) bool { return identity == rpc.IdentityController })
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	served := make(chan error, 1)
	go func() {
		served <- rpc.Serve(ctx, listener, hclog.NewNullLogger(), config, func(s *grpc.Server) { pb.RegisterAgentServiceServer(s, a) })
	}()
	t.Cleanup(func() {
		a.Close()
		cancel(nil)
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return listener.Addr().String()
}

// newIssuer makes a CA; the function it returns issues a certificate for
// 127.0.0.1 with an identity and writes it to dir.
func newIssuer(t testing.TB, dir string) func(name, identity string) rpc.TLSFiles {
	t.Helper()
	ca, err := pki.NewAuthority(pkix.Name{CommonName: "agenttest"}, time.Hour, false)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	root := write("ca.pem", ca.CertificatePEM())
	return func(name, identity string) rpc.TLSFiles {
		pair, err := ca.Issue(pki.Request{
			Subject: pkix.Name{CommonName: name}, Identity: identity, Hosts: []string{"127.0.0.1"},
			Server: true, Client: true, Lifetime: time.Hour,
		})
		if err != nil {
			t.Fatal(err)
		}
		keyPEM, err := pair.KeyPEM()
		if err != nil {
			t.Fatal(err)
		}
		return rpc.TLSFiles{CA: root, Certificate: write(name+".pem", pair.CertificatePEM()), Key: write(name+".key", keyPEM)}
	}
}
