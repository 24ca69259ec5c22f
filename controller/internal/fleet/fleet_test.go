package fleet_test

import (
	"context"
	"crypto/tls"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/adbferry/adbferry/controller/internal/agenttest"
	"github.com/adbferry/adbferry/controller/internal/fleet"
	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/rpc"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// quick gives a call some tries in little time.
var quick = fleet.Patience{First: time.Millisecond, Longest: 10 * time.Millisecond, Total: 3 * time.Second}

func open(t *testing.T, agents map[string]string, config func(string) (*tls.Config, error)) *fleet.Fleet {
	t.Helper()
	f, err := fleet.Open(fleet.Options{Agents: agents, TLS: config, Patience: quick, Silence: 200 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func start(t *testing.T) (r *agenttest.Running, source, target *fleet.Agent) {
	t.Helper()
	r = agenttest.Start(t)
	f := open(t, r.Addresses, r.ClientTLS)
	return r, agent(t, f, "sanjose"), agent(t, f, "phoenix")
}

func agent(t *testing.T, f *fleet.Fleet, name string) *fleet.Agent {
	t.Helper()
	a, err := f.Agent(name)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestUnknownDatabaseNamesTheKnownOnes(t *testing.T) {
	f := open(t, map[string]string{"b": "127.0.0.1:1", "a": "127.0.0.1:1"}, noTLS)
	_, err := f.Agent("c")
	failure := apierr.FailureOf(err)
	if failure.GetReason() != pb.Reason_REASON_NOT_FOUND || !strings.Contains(failure.GetHint(), "a, b") {
		t.Errorf("failure %v", failure)
	}
}

func noTLS(string) (*tls.Config, error) { return nil, nil } //nolint:nilnil // a nil configuration is no TLS

func TestUnreachableAgentIsNamedWithItsAddress(t *testing.T) {
	f := open(t, map[string]string{"sanjose": "127.0.0.1:1"}, noTLS)
	_, err := agent(t, f, "sanjose").Patient(fleet.Patience{}).DescribeDatabase(t.Context())
	failure := apierr.FailureOf(err)
	if failure.GetReason() != pb.Reason_REASON_AGENT_UNREACHABLE || failure.GetHint() == "" ||
		!strings.Contains(failure.GetText(), "agent sanjose at 127.0.0.1:1") || failure.GetFacts()["address"] != "127.0.0.1:1" {
		t.Errorf("failure %v", failure)
	}
}

func TestWrongCertificatesAreRefusedAtOnce(t *testing.T) {
	r, stranger := agenttest.Start(t), agenttest.Start(t)
	tests := map[string]func(string) (*tls.Config, error){
		"a certificate of another CA": func(string) (*tls.Config, error) {
			return rpc.ClientTLS(stranger.Controller, rpc.IdentityAgent("sanjose"))
		},
		"an agent of another name": func(string) (*tls.Config, error) {
			return rpc.ClientTLS(r.Controller, rpc.IdentityAgent("phoenix"))
		},
	}
	for name, config := range tests {
		t.Run(name, func(t *testing.T) {
			f := open(t, r.Addresses, config)
			_, err := agent(t, f, "sanjose").DescribeDatabase(t.Context())
			failure := apierr.FailureOf(err)
			if failure.GetReason() != pb.Reason_REASON_PEER_REFUSED || failure.GetHint() == "" || failure.GetRetryable() {
				t.Errorf("%v: failure %v", err, failure)
			}
		})
	}
}

func TestUnaryCallsAreTriedAgainOnlyWhenThatCanHelp(t *testing.T) {
	r, source, _ := start(t)
	tests := map[string]struct {
		faults []error
		want   pb.Reason
		calls  int
	}{
		"no fault":               {nil, pb.Reason_REASON_UNSPECIFIED, 1},
		"a lost connection":      {[]error{agenttest.Unreachable(), agenttest.Transient()}, pb.Reason_REASON_UNSPECIFIED, 3},
		"a permanent failure":    {[]error{agenttest.Permanent()}, pb.Reason_REASON_SPACE_EXHAUSTED, 1},
		"an error without cause": {[]error{errors.New("boom")}, pb.Reason_REASON_INTERNAL, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for _, err := range tt.faults {
				r.Source.Inject(agenttest.Fault{RPC: "Count", Before: err})
			}
			before := len(r.Source.Calls())
			n, err := source.Count(t.Context(), &pb.RowSelection{Table: agenttest.DemoTable()})
			if apierr.ReasonOf(err) != tt.want || (err == nil && n != agenttest.DemoRows) {
				t.Errorf("Count = %d, %v; want %s", n, err, tt.want)
			}
			if got := len(r.Source.Calls()) - before; got != tt.calls {
				t.Errorf("%d calls, want %d", got, tt.calls)
			}
		})
	}
}

func TestPatienceEnds(t *testing.T) {
	r, source, _ := start(t)
	for range 50 {
		r.Source.Inject(agenttest.Fault{RPC: "Count", Before: agenttest.Transient()})
	}
	short := fleet.Patience{First: time.Millisecond, Longest: time.Millisecond, Total: 10 * time.Millisecond}
	_, err := source.Patient(short).Count(t.Context(), &pb.RowSelection{Table: agenttest.DemoTable()})
	if apierr.ReasonOf(err) != pb.Reason_REASON_CONNECTION_LOST || r.Source.Pending() == 0 {
		t.Errorf("Count: %v with %d faults left", err, r.Source.Pending())
	}
}

func TestListTablesReadsAllPages(t *testing.T) {
	r, source, _ := start(t)
	for i := range 150 {
		r.Source.AddTable(&pb.TableName{Schema: "HR", Name: "T" + strings.Repeat("X", i)}, 1)
	}
	tables, err := source.ListTables(t.Context(), "HR", "")
	if err != nil || len(tables) != 150 {
		t.Errorf("%d tables, %v; want 150", len(tables), err)
	}
}

// exportRequest plans the demo table and asks for its first chunk.
func exportRequest(t *testing.T, r *agenttest.Running, source *fleet.Agent) *pb.ExportRequest {
	t.Helper()
	d, err := source.DescribeDatabase(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	plan, err := source.PlanTable(t.Context(), &pb.PlanTableRequest{
		Table: agenttest.DemoTable(), Target: agenttest.DemoTable(), Scn: d.GetCurrentScn(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return &pb.ExportRequest{MigrationId: "m", Plan: plan, Chunk: plan.GetChunks()[0], Attempt: 1, ParUrl: r.Bucket.PAR()}
}

func TestBrokenStreamsAreTakenUpAgain(t *testing.T) {
	held := make(chan struct{})
	tests := map[string][]agenttest.Fault{
		"cut":                    {{Cut: true}},
		"ends without outcome":   {{EndEarly: true}},
		"refused, then cut":      {{Before: agenttest.Unreachable()}, {Cut: true}, {Cut: true}},
		"silent":                 {{Gate: held}},
		"outcome lost on return": {{After: agenttest.Unreachable()}},
	}
	for name, faults := range tests {
		t.Run(name, func(t *testing.T) {
			r, source, _ := start(t)
			req := exportRequest(t, r, source)
			for _, f := range faults {
				f.RPC = "Export"
				r.Source.Inject(f)
			}
			if name == "silent" {
				time.AfterFunc(500*time.Millisecond, func() { close(held) })
			}
			ticks := 0
			m, err := source.Export(t.Context(), req, func(*pb.Event) { ticks++ })
			if err != nil || m.GetRows() != agenttest.DemoRows || ticks == 0 {
				t.Fatalf("Export: %d rows, %d ticks, %v", m.GetRows(), ticks, err)
			}
			if got := r.Bucket.Objects(); len(got) != len(m.GetObjects()) {
				t.Errorf("the bucket has %d objects, the manifest %d: the export ran more than once", len(got), len(m.GetObjects()))
			}
			if r.Source.Pending() != 0 {
				t.Errorf("%d faults did not strike", r.Source.Pending())
			}
		})
	}
}

func TestFailureOfTheAttemptIsItsOutcome(t *testing.T) {
	r, source, _ := start(t)
	req := exportRequest(t, r, source)
	r.Source.Inject(agenttest.Fault{RPC: "Export", Before: agenttest.Transient()})
	_, err := source.Export(t.Context(), req, func(*pb.Event) {})
	if apierr.ReasonOf(err) != pb.Reason_REASON_CONNECTION_LOST || fleet.Lost(err) {
		t.Errorf("Export: %v; want the agent's failure after one call", err)
	}
	if n := slices.Index(r.Source.Calls(), "Export m/ADMIN.CUSTOMER_ORDERS_DEMO/000001/1"); n != len(r.Source.Calls())-1 {
		t.Errorf("calls %q", r.Source.Calls())
	}
}

func TestImportReportsCommittedRows(t *testing.T) {
	r, source, target := start(t)
	req := exportRequest(t, r, source)
	m, err := source.Export(t.Context(), req, func(*pb.Event) {})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := target.PrepareTable(t.Context(), &pb.PrepareTableRequest{MigrationId: "m", Plan: req.GetPlan()}); err != nil {
		t.Fatal(err)
	}
	r.Target.Inject(agenttest.Fault{RPC: "Import", After: agenttest.Unreachable()})
	rows, err := target.Import(t.Context(), &pb.ImportRequest{
		MigrationId: "m", Plan: req.GetPlan(), Chunk: req.GetChunk(), Attempt: 1, Manifest: m, ParUrl: req.GetParUrl(),
	}, func(*pb.Event) {})
	if err != nil || rows != agenttest.DemoRows || r.Target.Rows(agenttest.DemoTable()) != agenttest.DemoRows {
		t.Errorf("Import: %d rows, %v; the target has %d", rows, err, r.Target.Rows(agenttest.DemoTable()))
	}
}

func TestCancelledCallerGetsItsCause(t *testing.T) {
	r, source, _ := start(t)
	req := exportRequest(t, r, source)
	why := errors.New("operator went home")
	ctx, cancel := context.WithCancelCause(t.Context())
	r.Source.Inject(agenttest.Fault{RPC: "Export", Gate: make(chan struct{})})
	_, err := source.Export(ctx, req, func(*pb.Event) { cancel(why) })
	if !errors.Is(err, why) {
		t.Errorf("Export: %v, want the cause", err)
	}
	cancelled, err := source.Cancel(t.Context(), &pb.CancelRequest{MigrationId: "m", ChunkId: req.GetChunk().GetChunkId(), Attempt: 1})
	if err != nil || !cancelled || r.Source.Running() != 0 {
		t.Errorf("Cancel: %v, %v, %d running", cancelled, err, r.Source.Running())
	}
}

func TestNamesAreInOrder(t *testing.T) {
	f := open(t, map[string]string{"b": "h:1", "c": "h:1", "a": "h:1"}, noTLS)
	if diff := cmp.Diff([]string{"a", "b", "c"}, f.Names()); diff != "" {
		t.Error(diff)
	}
}
