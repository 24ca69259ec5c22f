package migrate_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/controller/internal/agenttest"
	"github.com/adbferry/adbferry/controller/internal/fleet"
	"github.com/adbferry/adbferry/controller/internal/journal"
	"github.com/adbferry/adbferry/controller/internal/migrate"
	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const id = "m1"

// A port is a controller's inside with a pair of agents, and one planned migration.
type port struct {
	*agenttest.Running
	t     *testing.T
	dir   string       // of the journals
	disk  func() error // what the journals' disk answers to a write; nil: it is good
	store *journal.Store
	runs  *migrate.Runs
	fleet *fleet.Fleet
	log   hclog.Logger // nil: nowhere

	lanes  int32       // at the source; 0 for what its service level bears
	proven []pb.Format // that the controller knows to work
	broken []pb.Format // that the controller knows not to
}

// newPort plans the migration of some tables; without any, of the demo table.
func newPort(t *testing.T, tables ...*pb.TableName) *port {
	t.Helper()
	p := &port{Running: agenttest.Start(t), t: t, dir: t.TempDir()}
	p.open()
	if len(tables) == 0 {
		tables = append(tables, agenttest.DemoTable())
	}
	p.plan(tables)
	return p
}

// again forgets the migration and plans it anew, after the agents were told more.
func (p *port) again(wishes *pb.PlanTableRequest, tables ...*pb.TableName) {
	p.t.Helper()
	p.dir = p.t.TempDir()
	p.open()
	p.planWith(wishes, tables...)
}

// open starts a controller over whatever the journals hold.
func (p *port) open() {
	p.t.Helper()
	patience := fleet.Patience{First: time.Millisecond, Longest: 5 * time.Millisecond, Total: 2 * time.Second}
	var err error
	p.fleet, err = fleet.Open(fleet.Options{Agents: p.Addresses, TLS: p.ClientTLS, Patience: patience, Silence: 5 * time.Second})
	check(p.t, err)
	p.store, err = journal.NewStore(journal.Options{Dir: p.dir, Now: time.Now, Log: hclog.NewNullLogger(), Open: p.openFile})
	check(p.t, err)
	log := p.log
	if log == nil {
		log = hclog.NewNullLogger()
	}
	p.runs = migrate.NewRuns(migrate.Options{
		Store: p.store, Fleet: p.fleet, Version: "test", Now: time.Now, Log: log,
		Tried:  func(_, _ string) (proven, failed []pb.Format) { return p.proven, p.broken },
		Limits: migrate.Limits{Lanes: 2, Attempts: 3, Grace: 50 * time.Millisecond, Patience: patience},
	})
	runs, agents := p.runs, p.fleet
	p.t.Cleanup(func() {
		runs.Close()
		check(p.t, agents.Close())
	})
}

func (p *port) plan(tables []*pb.TableName) { p.planWith(&pb.PlanTableRequest{}, tables...) }

// planWith plans the migration anew, all tables by the same wishes.
func (p *port) planWith(wishes *pb.PlanTableRequest, tables ...*pb.TableName) {
	p.t.Helper()
	source, err := p.fleet.Agent("sanjose")
	check(p.t, err)
	d, err := source.DescribeDatabase(p.t.Context())
	check(p.t, err)
	plan := &pb.MigrationPlan{
		Spec:   &pb.MigrationSpec{Source: "sanjose", Target: "phoenix", AllowPartial: true, SourceLanes: p.lanes},
		Source: d, Target: d, Scn: d.GetCurrentScn(),
	}
	for _, name := range tables {
		req := proto.CloneOf(wishes)
		req.Table, req.Target, req.Scn = name, name, plan.GetScn()
		t, err := source.PlanTable(p.t.Context(), req)
		check(p.t, err)
		plan.Tables = append(plan.Tables, t)
	}
	_, err = p.store.Create(id, plan)
	check(p.t, err)
}

// run starts the migration and waits for its end.
func (p *port) run() *pb.MigrationStatus {
	p.t.Helper()
	started, err := p.runs.Start(id, p.Bucket.PAR())
	check(p.t, err)
	return p.wait(started.GetLastSequence())
}

func (p *port) wait(after int64) *pb.MigrationStatus {
	p.t.Helper()
	check(p.t, p.store.Watch(p.t.Context(), id, after, func(*pb.Event) error { return nil }))
	status, err := p.store.Status(id)
	check(p.t, err)
	return status
}

// until runs the migration's events by until one matches.
func (p *port) until(match func(*pb.Event) bool) {
	p.t.Helper()
	err := p.store.Watch(p.t.Context(), id, 0, func(e *pb.Event) error {
		if match(e) {
			return errFound
		}
		return nil
	})
	if !errors.Is(err, errFound) {
		p.t.Fatalf("the migration ended (%v) without the event", err)
	}
}

var errFound = errors.New("found")

func isTick(e *pb.Event) bool { return progress.IsTick(e) }

func isState(state pb.ChunkState) func(*pb.Event) bool {
	return func(e *pb.Event) bool { return e.GetChunkChanged().GetState() == state }
}

// expect checks state and verdict, and, when the rows are said to have arrived, that they did.
func (p *port) expect(s *pb.MigrationStatus, state pb.MigrationState, verdict pb.Verdict) {
	p.t.Helper()
	if s.GetState() != state || s.GetReceipt().GetVerdict() != verdict {
		p.t.Fatalf("migration is %s with %s, want %s with %s; failure: %v",
			s.GetState(), s.GetReceipt().GetVerdict(), state, verdict, s.GetFailure())
	}
	for _, t := range s.GetReceipt().GetTables() {
		got := p.Target.Rows(t.GetTarget())
		if t.GetVerdict() <= pb.Verdict_VERDICT_VERIFIED_PARTIAL && (got != t.GetSourceRows() || got != t.GetTargetRows()) {
			p.t.Errorf("table %v is %s, but the target has %d rows and the receipt %d and %d",
				t.GetTarget(), t.GetVerdict(), got, t.GetSourceRows(), t.GetTargetRows())
		}
	}
	p.expectNoSecret()
}

func (p *port) expectVerified(s *pb.MigrationStatus) {
	p.t.Helper()
	p.expect(s, pb.MigrationState_MIGRATION_STATE_VERIFIED, pb.Verdict_VERDICT_VERIFIED_PARTIAL)
	if got := p.Target.Rows(agenttest.DemoTable()); got != agenttest.DemoRows {
		p.t.Errorf("the target has %d rows, want %d", got, agenttest.DemoRows)
	}
}

func (p *port) expectNoSecret() {
	p.t.Helper()
	files, err := filepath.Glob(filepath.Join(p.dir, "*"))
	check(p.t, err)
	for _, f := range files {
		data, err := os.ReadFile(f)
		check(p.t, err)
		if bytes.Contains(data, []byte(agenttest.Token)) {
			p.t.Errorf("%s has the PAR's token", f)
		}
	}
}

// asked returns the calls of an RPC, without their RPC.
func asked(a *agenttest.Agent, rpc string) []string {
	var out []string
	for _, c := range a.Calls() {
		if rest, ok := strings.CutPrefix(c, rpc+" "); ok {
			out = append(out, rest)
		}
	}
	return out
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestATableArrivesWithItsReceipt(t *testing.T) {
	p := newPort(t)
	s := p.run()
	p.expectVerified(s)
	r := s.GetReceipt()
	table := r.GetTables()[0]
	if len(table.GetColumnsCarried()) != 12 || len(table.GetColumnsLeftOut()) != 4 || table.GetColumnsLeftOut()[0].GetWhy() == "" {
		t.Errorf("columns %v carried, %v left out", table.GetColumnsCarried(), table.GetColumnsLeftOut())
	}
	if table.GetObjects() != 3 || table.GetBytes() != 5000000 || len(r.GetLeftovers()) != 1 || r.GetLeftovers()[0].GetCount() != 3 {
		t.Errorf("%d objects, %d bytes, leftovers %v", table.GetObjects(), table.GetBytes(), r.GetLeftovers())
	}
	if r.GetStartTime() == nil || r.GetEndTime() == nil || r.GetControllerVersion() != "test" || r.GetScn() != s.GetPlan().GetScn() {
		t.Errorf("receipt %v", r)
	}
}

func TestAFullTableIsVerifiedWithoutReserve(t *testing.T) {
	name := &pb.TableName{Schema: "ADMIN", Name: "PLAIN"}
	r := agenttest.DemoTable()
	p := newPort(t, r)
	p.Source.AddTable(name, 7, &pb.Column{Name: "ID", DataType: "NUMBER"})
	p.dir = t.TempDir()
	p.open()
	p.plan([]*pb.TableName{name})
	p.expect(p.run(), pb.MigrationState_MIGRATION_STATE_VERIFIED, pb.Verdict_VERDICT_VERIFIED)
}

func TestChunksOfATableAllArrive(t *testing.T) {
	p := newPort(t)
	p.Source.SetChunks(7)
	p.dir = t.TempDir()
	p.open()
	p.plan([]*pb.TableName{agenttest.DemoTable()})
	p.expectVerified(p.run())
	if n := len(asked(p.Target, "Import")); n != 7 {
		t.Errorf("%d imports, want 7", n)
	}
}

func TestRowsLostOnTheWayAreFound(t *testing.T) {
	p := newPort(t)
	p.Target.Inject(agenttest.Fault{RPC: "Import", Lose: 1774})
	s := p.run()
	p.expect(s, pb.MigrationState_MIGRATION_STATE_FAILED, pb.Verdict_VERDICT_DIFFERS)
	if s.GetFailure().GetReason() != pb.Reason_REASON_COUNTS_DIFFER || s.GetFailure().GetFacts()["target_rows"] != "48226" {
		t.Errorf("failure %v", s.GetFailure())
	}
	table := s.GetReceipt().GetTables()[0]
	if table.GetSourceRows() != 50000 || table.GetTargetRows() != 48226 {
		t.Errorf("receipt has %d and %d rows", table.GetSourceRows(), table.GetTargetRows())
	}
	if n := len(asked(p.Target, "Discard")); n != 0 {
		t.Error("what explains the difference was discarded")
	}
}

func TestRowsAddedBehindOurBackAreFound(t *testing.T) {
	p := newPort(t)
	p.Target.Inject(agenttest.Fault{RPC: "FinishTable", Before: agenttest.Permanent()})
	p.expect(p.run(), pb.MigrationState_MIGRATION_STATE_FAILED, pb.Verdict_VERDICT_FAILED)
	p.Target.AddRows(agenttest.DemoTable(), 1)
	p.expect(p.run(), pb.MigrationState_MIGRATION_STATE_FAILED, pb.Verdict_VERDICT_DIFFERS)
}

func TestRowsInsertedAtTheSourceMeanwhileDoNotMatter(t *testing.T) {
	p := newPort(t)
	p.Source.AddRows(agenttest.DemoTable(), 99)
	p.expectVerified(p.run())
}

func TestAFailingTableDoesNotStopTheOthers(t *testing.T) {
	names := []*pb.TableName{agenttest.DemoTable()}
	p := newPort(t)
	for i := range 5 {
		n := &pb.TableName{Schema: "ADMIN", Name: fmt.Sprintf("T%d", i)}
		p.Source.AddTable(n, int64(i*1000), &pb.Column{Name: "ID", DataType: "NUMBER"})
		names = append(names, n)
	}
	p.dir = t.TempDir()
	p.open()
	p.plan(names)
	p.Target.Inject(agenttest.Fault{RPC: "Import", Before: agenttest.Permanent()})
	s := p.run()
	p.expect(s, pb.MigrationState_MIGRATION_STATE_FAILED, pb.Verdict_VERDICT_FAILED)
	verified := 0
	for _, table := range s.GetTables() {
		if table.GetState() == pb.TableState_TABLE_STATE_VERIFIED {
			verified++
		}
	}
	if verified != 5 || !strings.Contains(s.GetFailure().GetText(), "1 of 6 tables") || s.GetFailure().GetReason() != pb.Reason_REASON_SPACE_EXHAUSTED {
		t.Errorf("%d tables verified, failure %v", verified, s.GetFailure())
	}
	before := len(asked(p.Source, "Export"))
	p.expectVerified(p.run())
	if after := len(asked(p.Source, "Export")); after != before {
		t.Errorf("starting again exported %d chunks that were exported already", after-before)
	}
}

func TestStartingAVerifiedOrRunningMigrationDoesNothing(t *testing.T) {
	p := newPort(t)
	gate := make(chan struct{})
	p.Source.Inject(agenttest.Fault{RPC: "Export", Gate: gate})
	first, err := p.runs.Start(id, p.Bucket.PAR())
	check(t, err)
	second, err := p.runs.Start(id, p.Bucket.PAR())
	check(t, err)
	if second.GetState() != pb.MigrationState_MIGRATION_STATE_RUNNING || second.GetStartTime().AsTime() != first.GetStartTime().AsTime() {
		t.Errorf("second start: %v", second)
	}
	close(gate)
	s := p.wait(first.GetLastSequence())
	p.expectVerified(s)
	again, err := p.runs.Start(id, p.Bucket.PAR())
	check(t, err)
	if again.GetLastSequence() != s.GetLastSequence() {
		t.Error("a verified migration was started")
	}
	if n := len(asked(p.Source, "Export")); n != 1 {
		t.Errorf("%d exports, want 1", n)
	}
}

func TestExpiredPARIsReplacedByStartingAgain(t *testing.T) {
	p := newPort(t)
	old := p.Bucket.PAR()
	p.Bucket.Expire()
	started, err := p.runs.Start(id, old)
	check(t, err)
	s := p.wait(started.GetLastSequence())
	if s.GetFailure().GetReason() != pb.Reason_REASON_PAR_EXPIRED {
		t.Fatalf("failure %v", s.GetFailure())
	}
	p.expectVerified(p.run())
}

func TestVanishedObjectsAreExportedAgainUnderANewPrefix(t *testing.T) {
	p := newPort(t)
	p.Target.Inject(agenttest.Fault{RPC: "Import", Before: agenttest.Permanent()})
	p.run()
	p.Bucket.Remove(p.Bucket.Objects()[1])
	p.expectVerified(p.run())
	want := []string{id + "/ADMIN.CUSTOMER_ORDERS_DEMO/000001/1", id + "/ADMIN.CUSTOMER_ORDERS_DEMO/000001/2"}
	if got := asked(p.Source, "Export"); !slices.Equal(got, want) {
		t.Errorf("exports %q, want %q", got, want)
	}
}
