package agent_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

// importOf asks an agent to load an attempt, and returns how it ended.
func (p *pair) importOf(agent pb.AgentServiceClient, migration string, plan *pb.TablePlan, m *pb.Manifest, attempt int32) (*pb.ChunkChanged, error) {
	stream, err := agent.Import(p.t.Context(), &pb.ImportRequest{
		MigrationId: migration, Plan: plan, Chunk: plan.GetChunks()[0], Attempt: attempt, Manifest: m, ParUrl: p.par,
	})
	if err != nil {
		return nil, err
	}
	events, err := collect(stream.Recv)
	return outcome(events), err
}

// exportOf is importOf for exports.
func (p *pair) exportOf(agent pb.AgentServiceClient, migration string, plan *pb.TablePlan, attempt int32) (*pb.ChunkChanged, error) {
	stream, err := agent.Export(p.t.Context(), &pb.ExportRequest{
		MigrationId: migration, Plan: plan, Chunk: plan.GetChunks()[0], Attempt: attempt, ParUrl: p.par,
	})
	if err != nil {
		return nil, err
	}
	events, err := collect(stream.Recv)
	return outcome(events), err
}

// calls counts the calls of a procedure of DBMS_CLOUD.
func (p *pair) calls(region, procedure string) (n int) {
	for _, c := range p.sim.Region(region).CloudCalls() {
		if c.Procedure == procedure {
			n++
		}
	}
	return n
}

// side runs the same work for two callers at once.
func side[T any](t *testing.T, agents []pb.AgentServiceClient, work func(pb.AgentServiceClient) (T, error)) []T {
	t.Helper()
	results := make([]T, len(agents))
	var group errgroup.Group
	for i, a := range agents {
		group.Go(func() (err error) {
			results[i], err = work(a)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
	return results
}

func TestTwoControllersShareAnAttempt(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 200})
	plan := p.plan(demo)
	if _, err := p.target.PrepareTable(t.Context(), &pb.PrepareTableRequest{MigrationId: "m1", Plan: plan}); err != nil {
		t.Fatal(err)
	}
	sources := []pb.AgentServiceClient{p.source, p.dial(p.addresses[sim.SanJose], sim.SanJose, "controller")}
	manifests := side(t, sources, func(a pb.AgentServiceClient) (*pb.ChunkChanged, error) { return p.exportOf(a, "m1", plan, 1) })
	if diff := cmp.Diff(manifests[0], manifests[1], protocmp.Transform()); diff != "" || manifests[0].GetManifest().GetRows() != 200 {
		t.Errorf("the two controllers got different manifests:\n%s", diff)
	}
	targets := []pb.AgentServiceClient{p.target, p.dial(p.addresses[sim.Phoenix], sim.Phoenix, "controller")}
	loaded := side(t, targets, func(a pb.AgentServiceClient) (*pb.ChunkChanged, error) {
		return p.importOf(a, "m1", plan, manifests[0].GetManifest(), 1)
	})
	if loaded[0].GetRowsImported() != 200 || loaded[1].GetRowsImported() != 200 || p.targetRows() != 200 {
		t.Errorf("the controllers heard of %v, and %d rows are there", loaded, p.targetRows())
	}
	if e, c := p.calls(sim.SanJose, "EXPORT_DATA"), p.calls(sim.Phoenix, "COPY_DATA"); e != 1 || c != 1 {
		t.Errorf("%d exports and %d loads, want one each", e, c)
	}
}

// TestMigrationsDoNotShareATable lets two migrations find the same target
// table empty, through one agent and through two.
func TestMigrationsDoNotShareATable(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 200})
	one, other := p.target, p.start(sim.Phoenix)
	for label, agents := range map[string][]pb.AgentServiceClient{"one agent": {one, one}, "two agents": {one, other}} {
		t.Run(label, func(t *testing.T) {
			first, m1 := p.exported(strings.ReplaceAll(label, " ", "-") + "-1")
			second, m2 := p.exported(strings.ReplaceAll(label, " ", "-") + "-2")
			var errs [2]error
			var group errgroup.Group
			for i, plan := range []*pb.TablePlan{first, second} {
				group.Go(func() error {
					_, errs[i] = p.importOf(agents[i], strings.ReplaceAll(label, " ", "-")+[]string{"-1", "-2"}[i], plan, []*pb.Manifest{m1, m2}[i], 1)
					return nil
				})
			}
			_ = group.Wait() // always nil
			refused := errs[0]
			if refused == nil {
				refused = errs[1]
			}
			if (errs[0] == nil) == (errs[1] == nil) || p.targetRows() != 200 {
				t.Errorf("one should be refused: %v and %v; %d rows", errs[0], errs[1], p.targetRows())
			}
			wantReason(t, refused, pb.Reason_REASON_TARGET_NOT_EMPTY)
			if f := apierr.FailureOf(refused); f.GetRetryable() || f.GetFacts()["migration"] == "" || f.GetHint() == "" {
				t.Errorf("the refusal says %v", f)
			}
			p.exec(sim.Phoenix, "DROP TABLE "+demo)
		})
	}
}

// TestRowsThatReplacedOursAreLeftAlone lets a migration stop half-way, another one
// empty its table and fill it again, and the first one go on. Their numbers of
// rows are the same.
func TestRowsThatReplacedOursAreLeftAlone(t *testing.T) {
	for label, ended := range map[string]bool{"the other goes on": false, "the other has ended": true} {
		t.Run(label, func(t *testing.T) {
			p := newPair(t, sim.Config{})
			p.exec(sim.SanJose, "CREATE TABLE T (X NUMBER)", "INSERT INTO T VALUES (1)")
			first := p.plan("T")
			p.carry("m1", first)
			p.exec(sim.SanJose, "UPDATE T SET X = 2")
			p.carry("m2", with(p.plan("T"), create, truncating))
			if ended {
				if _, err := p.target.Discard(t.Context(), &pb.DiscardRequest{MigrationId: "m2"}); err != nil {
					t.Fatal(err)
				}
			}
			later := proto.CloneOf(first)
			later.Chunks[0].ChunkId = "ADMIN.T/000002"
			steps := map[string]func() error{
				"prepare": func() error {
					_, err := p.target.PrepareTable(t.Context(), &pb.PrepareTableRequest{MigrationId: "m1", Plan: with(first, create, truncating)})
					return err
				},
				"empty": func() error {
					_, err := p.target.EmptyTable(t.Context(), &pb.EmptyTableRequest{MigrationId: "m1", Plan: first})
					return err
				},
				"import of a chunk that was loaded": func() error { return p.moved("m1", first) },
				"import of another chunk":           func() error { return p.moved("m1", later) },
			}
			for step, call := range steps {
				err := call()
				if f := apierr.FailureOf(err); f.GetReason() != pb.Reason_REASON_TARGET_NOT_EMPTY || f.GetHint() == "" {
					t.Errorf("%s: %v", step, err)
				}
			}
			if rows := p.rows(sim.Phoenix, "SELECT X FROM T"); len(rows) != 1 || rows[0][0] != "2" {
				t.Errorf("the table has %v now", rows)
			}
		})
	}
}

// moved exports a plan's chunk as an attempt of its own, and loads it.
func (p *pair) moved(migration string, plan *pb.TablePlan) error {
	p.attempts++
	attempt := 10 + p.attempts // below are those of carry
	changed, err := p.exportOf(p.source, migration, plan, attempt)
	if err == nil {
		_, err = p.importOf(p.target, migration, plan, changed.GetManifest(), attempt)
	}
	return err
}

// TestChunksOfOneMigrationTakeATableOverTogether loads two chunks at once into a
// table that another migration has filled and somebody emptied: one takes it over
// while the other waits for that.
func TestChunksOfOneMigrationTakeATableOverTogether(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.exec(sim.SanJose, "CREATE TABLE T (X NUMBER)", "INSERT INTO T VALUES (1)")
	p.carry("m1", p.plan("T"))
	plan := with(p.plan("T"), create, truncating)
	if _, err := p.target.PrepareTable(t.Context(), &pb.PrepareTableRequest{MigrationId: "m2", Plan: plan}); err != nil {
		t.Fatal(err)
	}
	other := proto.CloneOf(plan)
	other.Chunks[0].ChunkId = "ADMIN.T/000002"
	var both sync.WaitGroup // either has looked whose table it is before the other takes it
	both.Add(2)
	p.sim.Region(sim.Phoenix).Intercept(func(_ context.Context, c sim.Call) sim.Decision {
		if at("ledger.take")(c) {
			both.Done()
			both.Wait()
		}
		return sim.Decision{}
	})
	var group errgroup.Group
	for _, chunk := range []*pb.TablePlan{plan, other} {
		changed, err := p.exportOf(p.source, "m2", chunk, 1)
		if err != nil {
			t.Fatal(err)
		}
		group.Go(func() error {
			_, err := p.importOf(p.target, "m2", chunk, changed.GetManifest(), 1)
			return err
		})
	}
	if err := group.Wait(); err != nil || p.count("T") != "2" {
		t.Errorf("%v, %s rows", err, p.count("T"))
	}
}

// TestTwoSessionsMakeTheLedger lets another session create the ledger between an
// agent's look and its own CREATE TABLE. Which of the two names the database says
// is taken, the table's or its constraint's, depends on how far the other is.
func TestTwoSessionsMakeTheLedger(t *testing.T) {
	for label, code := range map[string]int{"the table is there": 955, "its constraint is seen first": 2264} {
		t.Run(label, func(t *testing.T) {
			p := newPair(t, sim.Config{DemoRows: 20})
			plan, m := p.exported("m1")
			p.sim.Region(sim.Phoenix).Intercept(func(ctx context.Context, c sim.Call) sim.Decision {
				if !at("ledger.create")(c) {
					return sim.Decision{}
				}
				if err := p.sim.Region(sim.Phoenix).Exec(ctx, c.SQL); err != nil {
					t.Error(err)
				}
				return sim.Decision{Done: true, Code: code}
			})
			if _, err := p.importOf(p.target, "m1", plan, m, 1); err != nil || p.targetRows() != 20 {
				t.Errorf("%v, %d rows", err, p.targetRows())
			}
		})
	}
}

func TestTheLedgersConstraintNameIsTaken(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 20})
	plan, m := p.exported("m1")
	p.exec(sim.Phoenix, `CREATE TABLE OTHER (ID NUMBER CONSTRAINT "ADBFERRY$LEDGER_PK" PRIMARY KEY)`)
	_, err := p.importOf(p.target, "m1", plan, m, 1)
	if f := apierr.FailureOf(err); f.GetFacts()["ora_code"] != "ORA-02264" || p.targetRows() != 0 {
		t.Errorf("%v, %d rows", err, p.targetRows())
	}
}

func TestAnEmptiedTableIsTakenOver(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 20})
	plan, m := p.exported("m1")
	if _, err := p.importOf(p.target, "m1", plan, m, 1); err != nil {
		t.Fatal(err)
	}
	p.exec(sim.Phoenix, "TRUNCATE TABLE "+demo)
	again, m2 := p.exported("m2")
	if _, err := p.importOf(p.target, "m2", again, m2, 1); err != nil || p.targetRows() != 20 {
		t.Errorf("after the rows of m1 were removed: %v, %d rows", err, p.targetRows())
	}
	for _, migration := range []string{"m1", "m2"} {
		if _, err := p.target.Discard(t.Context(), &pb.DiscardRequest{MigrationId: migration}); err != nil {
			t.Error(err)
		}
	}
	if left := p.rows(sim.Phoenix, `SELECT migration, table_id FROM "ADBFERRY$LEDGER"`); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

// TestDeadAgentsLeaveNoPAR lets a load run on after its agent has died, as the
// database's own processes do, and looks whether the operation that it leaves,
// with the PAR in it, goes with the next attempt or the migration.
func TestDeadAgentsLeaveNoPAR(t *testing.T) {
	for label, again := range map[string]bool{"next attempt": true, "discard": false} {
		t.Run(label, func(t *testing.T) {
			p := newPair(t, sim.Config{DemoRows: 20})
			plan, m := p.exported("m1")
			p.strike(sim.Phoenix, "dbmscloud.copy", sim.Decision{Orphan: true})
			p.strike(sim.Phoenix, "dbmscloud.operations", sim.Decision{Cut: true}) // an agent that is dead cleans nothing up
			if _, err := p.importOf(p.target, "m1", plan, m, 1); err == nil {
				t.Fatal("the strike missed")
			}
			p.settled()
			if again {
				if _, err := p.importOf(p.target, "m1", plan, m, 2); err != nil {
					t.Fatal(err)
				}
			} else if _, err := p.target.Discard(t.Context(), &pb.DiscardRequest{MigrationId: "m1"}); err != nil {
				t.Fatal(err)
			}
			if kept := p.rows(sim.Phoenix, "SELECT id, status FROM user_load_operations"); len(kept) != 0 {
				t.Errorf("the database keeps the PAR in operations %v", kept)
			}
		})
	}
}

// settled waits until no operation of either database runs.
func (p *pair) settled() {
	p.t.Helper()
	p.eventually("operations of DBMS_CLOUD end", func(context.Context) bool {
		return len(p.rows(sim.SanJose, running)) == 0 && len(p.rows(sim.Phoenix, running)) == 0
	})
}

const running = "SELECT id FROM user_load_operations WHERE status = 'RUNNING'"
