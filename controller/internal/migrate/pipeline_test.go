package migrate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/adbferry/adbferry/controller/internal/agenttest"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// began waits until an RPC was asked for n times.
func (p *port) began(a *agenttest.Agent, rpc string, n int) {
	p.t.Helper()
	p.until(func(*pb.Event) bool { return len(asked(a, rpc)) >= n })
}

func TestImportsRunWhileLaterChunksExport(t *testing.T) {
	p := newPort(t)
	p.Source.SetChunks(4)
	p.again(&pb.PlanTableRequest{}, agenttest.DemoTable())
	gate := make(chan struct{})
	p.Source.Inject(agenttest.Fault{RPC: "Export"}, agenttest.Fault{RPC: "Export", Gate: gate})
	started, err := p.runs.Start(id, p.Bucket.PAR())
	check(t, err)
	p.until(isState(pb.ChunkState_CHUNK_STATE_VERIFIED)) // one chunk is through, another not even exported
	p.until(func(*pb.Event) bool { return p.Source.Running() > 0 })
	close(gate)
	p.expectVerified(p.wait(started.GetLastSequence()))
}

// The source's digest is as of an SCN, so it need not wait for the load.
func TestTheSourceIsDigestedWhileRowsStillMove(t *testing.T) {
	p := newPort(t)
	gate := make(chan struct{})
	p.Target.Inject(agenttest.Fault{RPC: "Import", Gate: gate})
	started, err := p.runs.Start(id, p.Bucket.PAR())
	check(t, err)
	p.began(p.Source, "Checksum", 1)
	close(gate)
	p.expectVerified(p.wait(started.GetLastSequence()))
	if n := len(asked(p.Source, "Checksum")); n != 1 {
		t.Errorf("the source was digested %d times", n)
	}
	if counts := len(asked(p.Source, "Count")) + len(asked(p.Target, "Count")); counts != 0 {
		t.Errorf("%d counts beside the digests", counts)
	}
}

func TestADigestAheadThatFailsIsAskedForAgain(t *testing.T) {
	p := newPort(t)
	p.Source.Inject(agenttest.Fault{RPC: "Checksum", Before: agenttest.Permanent()})
	p.expectVerified(p.run())
}

// A stop does not wait for a digest that nobody needs yet.
func TestAStopEndsTheDigestAhead(t *testing.T) {
	p := newPort(t)
	digest, load := make(chan struct{}), make(chan struct{})
	p.Source.Inject(agenttest.Fault{RPC: "Checksum", Gate: digest})
	p.Target.Inject(agenttest.Fault{RPC: "Import", Gate: load})
	_, err := p.runs.Start(id, p.Bucket.PAR())
	check(t, err)
	p.began(p.Source, "Checksum", 1)
	p.began(p.Target, "Import", 1)
	stopped := make(chan error, 1)
	go func() { stopped <- p.runs.Stop(t.Context(), id) }()
	close(load)
	check(t, <-stopped)
	s, err := p.store.Status(id)
	check(t, err)
	if s.GetState() != pb.MigrationState_MIGRATION_STATE_STOPPED {
		t.Errorf("state %s", s.GetState())
	}
	p.expectVerified(p.run())
}

func TestAComparisonIsNotSilent(t *testing.T) {
	p := newPort(t)
	gate := make(chan struct{})
	p.Target.Inject(agenttest.Fault{RPC: "Checksum", Gate: gate})
	started, err := p.runs.Start(id, p.Bucket.PAR())
	check(t, err)
	p.until(func(e *pb.Event) bool { return e.GetChunkProgress().GetPhase() == pb.Phase_PHASE_VERIFY })
	close(gate)
	p.expectVerified(p.wait(started.GetLastSequence()))
}

func TestLanesThatWereAskedForAreUsed(t *testing.T) {
	for _, lanes := range []int{1, 5} {
		t.Run(fmt.Sprint(lanes), func(t *testing.T) {
			p := newPort(t)
			p.Source.SetChunks(6)
			p.lanes = int32(lanes)
			p.again(&pb.PlanTableRequest{}, agenttest.DemoTable())
			gate := make(chan struct{})
			for range 6 {
				p.Source.Inject(agenttest.Fault{RPC: "Export", Gate: gate})
			}
			started, err := p.runs.Start(id, p.Bucket.PAR())
			check(t, err)
			exporting := 0
			p.until(func(e *pb.Event) bool {
				if e.GetChunkChanged().GetState() == pb.ChunkState_CHUNK_STATE_EXPORTING {
					exporting++
				}
				return exporting == lanes && p.Source.Running() == lanes || exporting > lanes
			})
			if exporting != lanes {
				t.Errorf("%d exports at a time, want %d", exporting, lanes)
			}
			close(gate)
			p.expectVerified(p.wait(started.GetLastSequence()))
		})
	}
}

// A plan from before chunks had counts and tables had SCNs still works.
func TestOldPlansStillWork(t *testing.T) {
	p := newPort(t)
	source, err := p.fleet.Agent("sanjose")
	check(t, err)
	d, err := source.DescribeDatabase(t.Context())
	check(t, err)
	table, err := source.PlanTable(t.Context(), &pb.PlanTableRequest{Table: agenttest.DemoTable(), Target: agenttest.DemoTable(), Scn: d.GetCurrentScn()})
	check(t, err)
	table.Scn, table.FormatReason, table.Chunks[0].RowCount, table.Options = 0, "", nil, nil
	p.dir = t.TempDir()
	p.open()
	_, err = p.store.Create(id, &pb.MigrationPlan{
		Spec: &pb.MigrationSpec{Source: "sanjose", Target: "phoenix"}, Source: d, Target: d, Scn: d.GetCurrentScn(), Tables: []*pb.TablePlan{table},
	})
	check(t, err)
	s := p.run()
	p.expectVerified(s)
	if got := s.GetReceipt().GetTables()[0]; got.GetScn() != d.GetCurrentScn() {
		t.Errorf("receipt %v", got)
	}
}

func TestTheReceiptListsWhatWasStaged(t *testing.T) {
	p := newPort(t)
	p.Source.SetChunks(3)
	p.again(&pb.PlanTableRequest{}, agenttest.DemoTable())
	table := p.run().GetReceipt().GetTables()[0]
	var objects []string
	var rows int64
	for _, c := range table.GetChunks() {
		rows += c.GetRows()
		for _, o := range c.GetObjects() {
			objects = append(objects, o.GetName())
		}
	}
	slices.Sort(objects)
	staged := slices.DeleteFunc(p.Bucket.Objects(), func(name string) bool { return strings.HasSuffix(name, "/probe") })
	if rows != 50000 || !slices.Equal(objects, staged) || table.GetScn() == 0 {
		t.Errorf("%d rows in %q, staged are %q", rows, objects, staged)
	}
}
