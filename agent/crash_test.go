package agent_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

// strike makes the next statement of a kind end in d.
func (p *pair) strike(region, kind string, d sim.Decision) {
	d.Done = true
	p.sim.Region(region).Intercept(func(_ context.Context, c sim.Call) sim.Decision {
		if !strings.HasPrefix(c.SQL, "/* adbferry "+kind+" */") {
			return sim.Decision{}
		}
		return d
	})
}

// exported prepares and exports the demo table.
func (p *pair) exported(migration string) (*pb.TablePlan, *pb.Manifest) {
	p.t.Helper()
	plan := p.plan(demo)
	if _, err := p.target.PrepareTable(p.t.Context(), &pb.PrepareTableRequest{MigrationId: migration, Plan: plan}); err != nil {
		p.t.Fatal(err)
	}
	events, err := p.export(migration, plan, 1)
	if err != nil {
		p.t.Fatal(err)
	}
	return plan, outcome(events).GetManifest()
}

func (p *pair) targetRows() int64 {
	p.t.Helper()
	n, err := p.sim.Region(sim.Phoenix).Count(p.t.Context(), "ADMIN."+demo)
	if err != nil {
		p.t.Fatal(err)
	}
	return n
}

func TestAChunkIsLoadedOnceWhateverHappens(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 300})
	cut, failed := sim.Decision{Cut: true}, sim.Decision{Code: 1653, Text: "unable to extend table ADMIN.X by 8 in tablespace DATA"}
	for label, tt := range map[string]struct {
		kind string
		d    sim.Decision
	}{
		"before anything":        {"ledger.find", cut},
		"no staging table":       {"staging.create", failed},
		"while objects are read": {"dbmscloud.copy", cut},
		"load fails":             {"dbmscloud.copy", failed},
		"count is lost":          {"staging.count", cut},
		"ledger is lost":         {"ledger.enter", cut},
		"insert is lost":         {"staging.load", cut},
		"insert fails":           {"staging.load", failed},
	} {
		t.Run(label, func(t *testing.T) {
			migration := strings.ReplaceAll(label, " ", "-")
			plan, m := p.exported(migration)
			p.strike(sim.Phoenix, tt.kind, tt.d)
			_, err := p.load(migration, plan, m, 1)
			if err == nil {
				t.Fatal("the strike missed")
			}
			if tt.d.Cut && !apierr.Retryable(err) {
				t.Errorf("%v is not retryable", err)
			}
			if n := p.targetRows(); n != 0 {
				t.Errorf("%d rows are there before the chunk is", n)
			}
			for attempt := int32(2); attempt <= 4; attempt++ {
				events, err := p.load(migration, plan, m, min(attempt, 3))
				if err != nil || outcome(events).GetRowsImported() != 300 {
					t.Errorf("attempt %d: %v, %v", attempt, outcome(events), err)
				}
			}
			if n := p.targetRows(); n != 300 {
				t.Errorf("%d rows, want 300", n)
			}
			if left := p.rows(sim.Phoenix, "SELECT table_name FROM user_tables WHERE table_name LIKE 'ADBFERRY$S%'"); len(left) != 0 {
				t.Errorf("staging tables are left: %v", left)
			}
			if kept := p.rows(sim.Phoenix, "SELECT file_uri_list FROM user_load_operations"); len(kept) != 0 {
				t.Errorf("the database keeps the PAR in %d operations", len(kept))
			}
			p.exec(sim.Phoenix, "DROP TABLE "+demo)
		})
	}
}

func TestCleaningUpIsNoReasonToFail(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 20})
	plan, m := p.exported("m1")
	p.strike(sim.Phoenix, "dbmscloud.forget", sim.Decision{Cut: true})
	events, err := p.load("m1", plan, m, 1)
	if err != nil || outcome(events).GetRowsImported() != 20 || p.targetRows() != 20 {
		t.Errorf("%v, %v", outcome(events), err)
	}
	if !strings.Contains(p.log.String(), "operations not deleted") {
		t.Error("the log does not tell")
	}
}

func TestAResumedTableMayHaveOurRows(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 20})
	plan, m := p.exported("m1")
	if _, err := p.load("m1", plan, m, 1); err != nil {
		t.Fatal(err)
	}
	prepare := func(migration string) error {
		_, err := p.target.PrepareTable(t.Context(), &pb.PrepareTableRequest{MigrationId: migration, Plan: plan})
		return err
	}
	if err := prepare("m1"); err != nil {
		t.Errorf("our own rows: %v", err)
	}
	wantReason(t, prepare("m2"), pb.Reason_REASON_TARGET_NOT_EMPTY)
	p.exec(sim.Phoenix, "DELETE FROM "+demo+" WHERE order_id = (SELECT MIN(order_id) FROM "+demo+")")
	if n := p.targetRows(); n != 19 {
		t.Fatalf("%d rows", n)
	}
	wantReason(t, prepare("m1"), pb.Reason_REASON_TARGET_DIFFERS)
	p.exec(sim.Phoenix, "DROP TABLE "+demo)
	if err := prepare("m1"); err != nil {
		t.Errorf("after the table was dropped: %v", err)
	}
	if events, err := p.load("m1", plan, m, 2); err != nil || outcome(events).GetRowsImported() != 20 || p.targetRows() != 20 {
		t.Errorf("loaded again: %v", err)
	}
}

func TestObjectsThatChangedAreNotLoaded(t *testing.T) {
	for label, change := range map[string]func(*sim.Storage, string) error{
		"gone":     func(s *sim.Storage, name string) error { s.Delete(name); return nil },
		"replaced": func(s *sim.Storage, name string) error { return s.Write(name, []byte("1,1\n")) },
		"added": func(s *sim.Storage, name string) error {
			return s.Write(strings.Replace(name, "part_1", "part_9", 1), []byte("1,1\n"))
		},
	} {
		t.Run(label, func(t *testing.T) {
			p := newPair(t, sim.Config{DemoRows: 20})
			plan, m := p.exported("m1")
			if err := change(p.sim.Storage(), m.GetObjects()[0].GetName()); err != nil {
				t.Fatal(err)
			}
			_, err := p.load("m1", plan, m, 1)
			wantReason(t, err, pb.Reason_REASON_OBJECT_CHANGED)
			if n := p.targetRows(); n != 0 {
				t.Errorf("%d rows were loaded", n)
			}
		})
	}
}

func TestAnExportThatBrokeIsDoneAgainElsewhere(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 20})
	plan := p.plan(demo)
	p.strike(sim.SanJose, "dbmscloud.export", sim.Decision{Cut: true})
	_, err := p.export("m1", plan, 1)
	wantReason(t, err, pb.Reason_REASON_CONNECTION_LOST)
	events, err := p.export("m1", plan, 2)
	if err != nil {
		t.Fatal(err)
	}
	again, err := p.export("m1", plan, 2)
	if err != nil || len(outcome(again).GetManifest().GetObjects()) != len(outcome(events).GetManifest().GetObjects()) {
		t.Errorf("asked again: %v", err)
	}
	for _, o := range outcome(events).GetManifest().GetObjects() {
		if !strings.Contains(o.GetName(), "/000001/2/part_") {
			t.Errorf("attempt 2 wrote %s", o.GetName())
		}
	}
	fresh := p.start(sim.SanJose) // an agent that does not remember the attempt
	stream, err := fresh.Export(t.Context(), &pb.ExportRequest{MigrationId: "m1", Plan: plan, Chunk: plan.GetChunks()[0], Attempt: 2, ParUrl: p.par})
	if err == nil {
		_, err = collect(stream.Recv)
	}
	wantReason(t, err, pb.Reason_REASON_OUTCOME_UNKNOWN)
}

func TestADroppedCallerDoesNotEndTheWork(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 20})
	plan := p.plan(demo)
	release := make(chan struct{})
	reached := make(chan struct{})
	p.sim.Region(sim.SanJose).Intercept(func(_ context.Context, c sim.Call) sim.Decision {
		if !strings.HasPrefix(c.SQL, "/* adbferry dbmscloud.export */") {
			return sim.Decision{}
		}
		close(reached)
		<-release
		return sim.Decision{Done: true}
	})
	ctx, cancel := context.WithCancelCause(t.Context())
	stream, err := p.source.Export(ctx, &pb.ExportRequest{MigrationId: "m1", Plan: plan, Chunk: plan.GetChunks()[0], Attempt: 1, ParUrl: p.par})
	if err != nil {
		t.Fatal(err)
	}
	<-reached
	if first, err := stream.Recv(); err != nil || first.GetEvent().GetChunkProgress().GetPhase() != pb.Phase_PHASE_EXPORT {
		t.Errorf("first event %v, %v", first, err)
	}
	cancel(nil)
	close(release)
	events, err := p.export("m1", plan, 1)
	if err != nil || outcome(events).GetManifest().GetRows() != 20 {
		t.Errorf("attached: %v", err)
	}
}

func TestAConnectionThatWentStaleIsReplaced(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 20})
	for range 3 {
		if _, err := p.source.Count(t.Context(), &pb.CountRequest{Table: name(demo)}); err != nil {
			t.Fatal(err)
		}
		p.sim.Region(sim.SanJose).Cut()
	}
}

func TestWhatIsPlannedTwiceIsPlannedTheSame(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 20})
	req := &pb.PlanTableRequest{Table: name(demo), Target: name("OTHER"), Scn: p.plan(demo).GetChunks()[0].GetScn(), MaxStringBytes: 4000, ExcludeColumns: []string{"ORDER_ID"}}
	first, err := p.source.PlanTable(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	second, err := p.source.PlanTable(t.Context(), req)
	if err != nil || first.String() != second.String() {
		t.Errorf("%v\n%s", err, cmp.Diff(first.String(), second.String()))
	}
	if plan := first.GetPlan(); len(plan.GetPrimaryKey()) != 0 || plan.GetColumns()[0].GetLeftOut() == "" || plan.GetTarget().GetName() != "OTHER" {
		t.Errorf("got %v", plan)
	}
}

// TestATableIsNotEmptiedBesideACommit lets a table look empty while the rows of a
// chunk are about to be committed, as by an agent that died: they must not appear
// after the table was called empty.
func TestATableIsNotEmptiedBesideACommit(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 20})
	other := p.start(sim.Phoenix)
	plan, m := p.exported("m1")
	reached, release := make(chan struct{}), make(chan struct{})
	p.sim.Region(sim.Phoenix).Intercept(func(_ context.Context, c sim.Call) sim.Decision {
		if c.Function != "commit" {
			return sim.Decision{}
		}
		close(reached)
		<-release
		return sim.Decision{Done: true}
	})
	imported := make(chan error, 1)
	go func() {
		_, err := p.importOf(p.target, "m1", plan, m, 1)
		imported <- err
	}()
	<-reached
	empty := func() (*pb.EmptyTableResponse, error) {
		return other.EmptyTable(t.Context(), &pb.EmptyTableRequest{MigrationId: "m1", Plan: plan})
	}
	if _, err := empty(); !apierr.Retryable(err) || apierr.FailureOf(err).GetFacts()["ora_code"] != "ORA-00054" {
		t.Errorf("beside the commit: %v", err)
	}
	close(release)
	if err := <-imported; err != nil {
		t.Error(err)
	}
	if got, err := empty(); err != nil || got.GetRowsRemoved() != 20 || p.targetRows() != 0 {
		t.Errorf("after the commit: %v, %v, %d rows", got, err, p.targetRows())
	}
}
