package agenttest_test

import (
	"crypto/tls"
	"testing"

	"go.uber.org/goleak"

	"github.com/adbferry/adbferry/controller/internal/agenttest"
	"github.com/adbferry/adbferry/pkg/rpc"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSuite(t *testing.T) {
	for name, chunks := range map[string]int{"one chunk": 1, "seven chunks": 7} {
		t.Run(name, func(t *testing.T) {
			r := agenttest.Start(t)
			r.Source.SetChunks(chunks)
			agenttest.Suite(t, agenttest.Subject{
				Source: client(t, r, r.Source.Name()), Target: client(t, r, r.Target.Name()),
				Table: agenttest.DemoTable(), Rows: agenttest.DemoRows, PAR: r.Bucket.PAR(), Migration: "suite",
			})
		})
	}
}

func client(t *testing.T, r *agenttest.Running, name string) pb.AgentServiceClient {
	t.Helper()
	config, err := r.ClientTLS(rpc.IdentityAgent(name))
	if err != nil {
		t.Fatal(err)
	}
	return connect(t, r.Addresses[name], config)
}

func connect(t *testing.T, address string, config *tls.Config) pb.AgentServiceClient {
	t.Helper()
	conn, err := rpc.Dial(address, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	})
	return pb.NewAgentServiceClient(conn)
}
