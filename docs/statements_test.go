package docs

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"net"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"
	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/agent"
	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/rpc"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

var update = flag.Bool("update", false, "write docs/statements.md")

// TestStatementsAreDocumented drives two agents through everything they can do
// and compares what the simulated databases saw with docs/statements.md.
func TestStatementsAreDocumented(t *testing.T) {
	s := sim.StartT(t, sim.Config{DemoRows: 20})
	dir := t.TempDir()
	if err := s.WriteFiles(dir); err != nil {
		t.Fatal(err)
	}
	credential(t, s, dir)
	source := startAgent(t, dir, sim.SanJose, "agent.yaml")
	target := startAgent(t, dir, sim.Phoenix, "agent.yaml")
	longValues(t, s, dir, source, target)
	takeover(t, s, dir, source, target)
	trip(t, s, dir, source, target)
	definitions(t, s, source, target)

	// What is asked in another way by a user who sees no V$ views.
	plainUser(t, s, dir)
	mover := startAgent(t, dir, sim.SanJose, "mover.yaml")
	must(mover.DescribeDatabase(t.Context(), &pb.DescribeDatabaseRequest{}))(t)

	seen, calls := map[string][]string{}, map[string]sim.CloudCall{}
	byRegion := map[string]map[string][]string{}
	for _, region := range []string{sim.SanJose, sim.Phoenix} {
		byRegion[region] = map[string][]string{}
		for _, text := range s.Region(region).Statements() {
			name, bare := agent.StatementOf(text)
			if name == "" {
				t.Errorf("a statement without a name: %s", text)
			}
			seen[name] = append(seen[name], timeless(bare))
			byRegion[region][name] = append(byRegion[region][name], bare)
		}
		for _, c := range s.Region(region).CloudCalls() {
			calls[c.Procedure] = c
		}
	}
	got := head + grantsHead + grants("source", byRegion[sim.SanJose]) + grants("target", byRegion[sim.Phoenix]) + render(t, seen) + carried(calls)
	if *update {
		if err := os.WriteFile("statements.md", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("statements.md")
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("docs/statements.md is stale; run: go test ./docs -run Statements -update")
	}
}

// startAgent runs an agent the way its main does and returns a client with the
// controller's certificate.
func startAgent(t *testing.T, dir, name, file string) pb.AgentServiceClient {
	t.Helper()
	cfg, err := agent.LoadConfig(filepath.Join(dir, name, file))
	if err != nil {
		t.Fatal(err)
	}
	a, err := agent.New(cfg, hclog.NewNullLogger())
	if err != nil {
		t.Fatal(err)
	}
	lis, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- a.Serve(ctx, lis) }()
	t.Cleanup(func() {
		cancel(errors.New("test is over"))
		if err := <-done; err != nil {
			t.Errorf("agent %s: %v", name, err)
		}
	})
	files := rpc.TLSFiles{CA: "ca.pem", Certificate: "controller.pem", Key: "controller-key.pem"}.In(filepath.Join(dir, "pki"))
	tlsConfig, err := rpc.ClientTLS(files, rpc.IdentityAgent(name))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := rpc.Dial(lis.Addr().String(), tlsConfig)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return pb.NewAgentServiceClient(conn)
}

// plainUser makes a user with nothing but what adbferry cannot do without, and
// an agent's configuration for it.
func plainUser(t *testing.T, s *sim.Simulation, dir string) {
	t.Helper()
	s.Region(sim.SanJose).CreateUser("MOVER", "a password")
	for _, p := range []string{"DBMS_CLOUD", "DBMS_FLASHBACK"} {
		if err := s.Region(sim.SanJose).Exec(t.Context(), "GRANT EXECUTE ON "+p+" TO MOVER"); err != nil {
			t.Fatal(err)
		}
	}
	folder := filepath.Join(dir, sim.SanJose)
	text, err := os.ReadFile(filepath.Join(folder, "agent.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	mover := strings.NewReplacer("user: ADMIN", "user: MOVER", "{file: password}", "{file: mover-password}").Replace(string(text))
	for name, content := range map[string]string{"mover.yaml": mover, "mover-password": "a password"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

const migrationID = "statements"

// trip makes every call of AgentService, in the order of a migration, and one
// import that fails.
func trip(t *testing.T, s *sim.Simulation, dir string, source, target pb.AgentServiceClient) {
	t.Helper()
	ctx := t.Context()
	text, err := os.ReadFile(filepath.Join(dir, "par.url"))
	if err != nil {
		t.Fatal(err)
	}
	par := strings.TrimSpace(string(text))

	described := must(source.DescribeDatabase(ctx, &pb.DescribeDatabaseRequest{}))(t).GetDatabase()
	must(target.DescribeDatabase(ctx, &pb.DescribeDatabaseRequest{}))(t)
	must(source.CheckStorage(ctx, &pb.CheckStorageRequest{MigrationId: migrationID, ParUrl: par}))(t)
	must(source.ListTables(ctx, &pb.ListTablesRequest{Schema: "ADMIN"}))(t)
	name := &pb.TableName{Schema: "ADMIN", Name: "CUSTOMER_ORDERS_DEMO"}
	plan := must(source.PlanTable(ctx, &pb.PlanTableRequest{
		Table: name, Target: name, Scn: described.GetCurrentScn(), MaxStringBytes: described.GetMaxStringBytes(),
	}))(t).GetPlan()
	cut := must(source.PlanTable(ctx, &pb.PlanTableRequest{
		Table: name, Target: name, Scn: described.GetCurrentScn(), MaxStringBytes: described.GetMaxStringBytes(),
		Options: &pb.TableOptions{ChunkBytes: plan.GetEstimatedBytes()/2 + 1},
	}))(t).GetPlan()
	must(source.Count(ctx, &pb.CountRequest{Table: name, Chunk: cut.GetChunks()[0]}))(t)
	chunk := plan.GetChunks()[0]
	must(source.Count(ctx, &pb.CountRequest{Table: name, Chunk: chunk}))(t)
	must(source.Count(ctx, &pb.CountRequest{Table: name, Scn: described.GetCurrentScn()}))(t)
	must(target.PrepareTable(ctx, &pb.PrepareTableRequest{MigrationId: migrationID, Plan: plan, ValidateOnly: true}))(t)
	must(target.PrepareTable(ctx, &pb.PrepareTableRequest{MigrationId: migrationID, Plan: plan}))(t)
	must(target.PrepareTable(ctx, &pb.PrepareTableRequest{MigrationId: migrationID, Plan: plan}))(t)

	exporting, err := source.Export(ctx, &pb.ExportRequest{MigrationId: migrationID, Plan: plan, Chunk: chunk, Attempt: 1, ParUrl: par})
	outcome := last(t, exporting, err)
	manifest := outcome.GetEvent().GetChunkChanged().GetManifest()

	// The same objects with other bytes in them: the load fails and its log is read.
	object := manifest.GetObjects()[0].GetName()
	good, _ := s.Storage().Read(object)
	broken := &pb.Manifest{Rows: manifest.GetRows()}
	if err := s.Storage().Write(object, []byte("no,such,row\n")); err != nil {
		t.Fatal(err)
	}
	for _, o := range s.Storage().Objects(path.Dir(object) + "/") {
		broken.Objects = append(broken.Objects, &pb.Object{Name: o.Name, Bytes: o.Size, Md5: o.MD5})
	}
	failing, err := target.Import(ctx, &pb.ImportRequest{
		MigrationId: migrationID, Plan: plan, Chunk: chunk, Attempt: 1, Manifest: broken, ParUrl: par,
	})
	if err == nil {
		for err == nil {
			_, err = failing.Recv()
		}
	}
	if err := s.Storage().Write(object, good); err != nil {
		t.Fatal(err)
	}
	importing, err := target.Import(ctx, &pb.ImportRequest{
		MigrationId: migrationID, Plan: plan, Chunk: chunk, Attempt: 2, Manifest: manifest, ParUrl: par,
	})
	last(t, importing, err)
	must(target.Cancel(ctx, &pb.CancelRequest{MigrationId: migrationID, ChunkId: chunk.GetChunkId(), Attempt: 2}))(t)
	must(target.PrepareTable(ctx, &pb.PrepareTableRequest{MigrationId: migrationID, Plan: plan}))(t) // as a resumed migration does
	late := proto.CloneOf(plan)                                                                      // a plan before this one
	late.Chunks = late.GetChunks()[:1]
	late.Chunks[0].ChunkId = plan.GetTableId() + "/000000"
	if _, err := target.EmptyTable(ctx, &pb.EmptyTableRequest{MigrationId: migrationID, Plan: late}); apierr.ReasonOf(err) != pb.Reason_REASON_TARGET_NOT_EMPTY {
		t.Errorf("removing the rows of a newer plan: %v", err)
	}
	must(target.FinishTable(ctx, &pb.FinishTableRequest{MigrationId: migrationID, Plan: plan}))(t)
	must(target.Count(ctx, &pb.CountRequest{Table: name}))(t)
	digest(t, source, described.GetCurrentScn(), name)
	digest(t, target, 0, name)
	must(source.CreateProbe(ctx, &pb.CreateProbeRequest{MigrationId: migrationID, LobBytes: []int64{100}}))(t)
	must(source.ProbeBehaviour(ctx, &pb.ProbeBehaviourRequest{MigrationId: migrationID, ParUrl: par}))(t)
	must(source.DropProbe(ctx, &pb.DropProbeRequest{MigrationId: migrationID}))(t)
	must(source.Discard(ctx, &pb.DiscardRequest{MigrationId: migrationID, ParUrl: par}))(t)
	must(target.Discard(ctx, &pb.DiscardRequest{MigrationId: migrationID}))(t)
}

// digest compares as a migration and as "adbferry verify" do; a table with a
// large object makes sure that all of it is seen.
func digest(t *testing.T, client pb.AgentServiceClient, scn int64, table *pb.TableName) {
	t.Helper()
	ctx := t.Context()
	listed := must(client.ListTables(ctx, &pb.ListTablesRequest{Schema: table.GetSchema(), Pattern: table.GetName()}))(t).GetTables()[0]
	selection := &pb.RowSelection{Table: table, Columns: listed.GetColumns(), Key: listed.GetPrimaryKey(), Scn: scn}
	must(client.Checksum(ctx, &pb.ChecksumRequest{Selection: selection}))(t)
	must(client.Checksum(ctx, &pb.ChecksumRequest{Selection: selection, Digits: 3}))(t)
	must(client.ListRowDigests(ctx, &pb.ListRowDigestsRequest{Selection: selection, Parents: []string{"0A", "FF"}}))(t)
}

func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// last reads a stream to its end and returns its outcome.
func last[T any](t *testing.T, stream interface{ Recv() (T, error) }, err error) (outcome T) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; ; n++ {
		next, err := stream.Recv()
		if err != nil {
			if n == 0 {
				t.Fatal(err)
			}
			return outcome
		}
		outcome = next
	}
}

var (
	scn   = regexp.MustCompile(`AS OF SCN \d+`)
	rowid = regexp.MustCompile(`CHARTOROWID\('[A-Za-z0-9+/]{18}'\)`)
	hash  = regexp.MustCompile(`(ADBFERRY\$[SP]_)[0-9A-F_]+`)
	long  = regexp.MustCompile(` {1000,}`)
)

// timeless takes out of a statement what differs from run to run.
func timeless(text string) string {
	text = long.ReplaceAllString(scn.ReplaceAllString(text, "AS OF SCN <scn>"), " ")
	text = rowid.ReplaceAllString(text, "CHARTOROWID('<rowid>')")
	return hash.ReplaceAllString(text, "${1}<hash>")
}

const head = `# Every statement the agent sends

This page is written by a test from what the simulated databases saw while two agents did everything they can do with
the demo table, and the test fails when the page is stale. Names of tables and columns are the demo's; ` + "`<scn>`, `<hash>` and `<rowid>`" + `
stand for what differs from run to run. Each statement starts with its name in a comment, so that it can be found in V$SQL;
the comment is left out below. A PAR is only ever sent as a bind value.

`

// examples is how many texts of one kind are shown.
const examples = 6

func render(t *testing.T, seen map[string][]string) string {
	t.Helper()
	kinds := agent.Statements()
	known := map[string]bool{}
	var out strings.Builder
	out.WriteString("\n## Statements\n\n| statement | what for | privileges |\n|---|---|---|\n")
	for _, k := range kinds {
		known[k.Name] = true
		if len(seen[k.Name]) == 0 {
			t.Errorf("statement %s was never sent", k.Name)
		}
		fmt.Fprintf(&out, "| [%s](#%s) | %s | %s |\n", k.Name, strings.ReplaceAll(k.Name, ".", ""), k.Purpose, privileges(k))
	}
	for name := range seen {
		if !known[name] {
			t.Errorf("statement %q is not in agent.Statements", name)
		}
	}
	for _, k := range kinds {
		fmt.Fprintf(&out, "\n## %s\n\n%s. Privileges: %s.\n", k.Name, sentence(k.Purpose), privileges(k))
		texts := seen[k.Name]
		slices.SortFunc(texts, func(a, b string) int { return cmp.Compare(a, b) })
		texts = slices.Compact(texts)
		for _, text := range texts[:min(len(texts), examples)] {
			fmt.Fprintf(&out, "\n```sql\n%s\n```\n", text)
		}
		if more := len(texts) - examples; more > 0 {
			fmt.Fprintf(&out, "\nand %d more that differ in names and values.\n", more)
		}
	}
	return out.String()
}

// carried renders the texts that go to DBMS_CLOUD as bind values and become
// statements or load instructions there.
func carried(calls map[string]sim.CloudCall) string {
	var out strings.Builder
	out.WriteString("\n## What DBMS_CLOUD is given\n\nThe bind values of `dbmscloud.export` and `dbmscloud.copy` in the demo, URLs left out.\n")
	for _, procedure := range []string{"EXPORT_DATA", "COPY_DATA"} {
		arguments := calls[procedure].Arguments
		for _, name := range slices.Sorted(maps.Keys(arguments)) {
			fmt.Fprintf(&out, "\n`%s` `%s`:\n\n```\n%s\n```\n", procedure, strings.ToLower(name), timeless(arguments[name]))
		}
	}
	return out.String()
}

func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func privileges(k agent.Statement) string {
	switch {
	case len(k.Privileges) == 0:
		return "none beyond CREATE SESSION"
	case k.Optional:
		return strings.Join(k.Privileges, ", ") + " (optional)"
	default:
		return strings.Join(k.Privileges, ", ")
	}
}
