//go:build agents

package agenttest_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/adbferry/adbferry/controller/internal/agenttest"
	"github.com/adbferry/adbferry/pkg/rpc"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// TestRemoteAgents runs the suite against agents that run elsewhere, real or on
// the simulator, whose source has the demo table. It is built with -tags agents:
//
//	AGENT_SOURCE=sanjose@host:port AGENT_TARGET=phoenix@host:port AGENT_PKI=dir AGENT_PAR_FILE=par.url
//
// The directory is what "adbferry pki init" made.
func TestRemoteAgents(t *testing.T) {
	files := rpc.TLSFiles{CA: "ca.pem", Certificate: "controller.pem", Key: "controller-key.pem"}.In(os.Getenv("AGENT_PKI"))
	dial := func(variable string) pb.AgentServiceClient {
		name, address, _ := strings.Cut(os.Getenv(variable), "@")
		config, err := rpc.ClientTLS(files, rpc.IdentityAgent(name))
		if err != nil {
			t.Fatal(err)
		}
		return connect(t, address, config)
	}
	url, err := os.ReadFile(os.Getenv("AGENT_PAR_FILE"))
	if err != nil {
		t.Fatal(err)
	}
	source := dial("AGENT_SOURCE")
	count, err := source.Count(t.Context(), &pb.CountRequest{Table: agenttest.DemoTable()})
	if err != nil {
		t.Fatal(err)
	}
	agenttest.Suite(t, agenttest.Subject{
		Source: source, Target: dial("AGENT_TARGET"), Table: agenttest.DemoTable(), Rows: count.GetRows(),
		PAR: strings.TrimSpace(string(url)), Migration: "suite-" + time.Now().UTC().Format("20060102-150405"),
	})
}
