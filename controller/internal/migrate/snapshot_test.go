package migrate_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/controller/internal/agenttest"
	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// gone is what the source answers when it cannot read as of an SCN any more.
func gone(rpc string) agenttest.Fault {
	return agenttest.Fault{RPC: rpc, Before: apierr.New(codes.Aborted, pb.Reason_REASON_SNAPSHOT_GONE, "the undo for the snapshot is gone (ORA-01555)")}
}

func altered(rpc string) agenttest.Fault {
	return agenttest.Fault{RPC: rpc, Before: apierr.New(codes.Aborted, pb.Reason_REASON_TABLE_ALTERED, "the table was altered after the snapshot (ORA-01466)")}
}

// grown has the source's table change after it was planned, so that SCNs differ.
func grown(t *testing.T, wishes *pb.PlanTableRequest) *port {
	t.Helper()
	p := newPort(t)
	p.Source.SetChunks(2)
	p.again(wishes, agenttest.DemoTable())
	p.Source.AddRows(agenttest.DemoTable(), 5)
	return p
}

// expectDone is expectVerified for whatever number of rows.
func expectDone(p *port, s *pb.MigrationStatus) {
	p.t.Helper()
	p.expect(s, pb.MigrationState_MIGRATION_STATE_VERIFIED, pb.Verdict_VERDICT_VERIFIED_PARTIAL)
}

// expectMovedLater checks that the demo table was moved as of a second SCN, with
// the rows of that one.
func expectMovedLater(t *testing.T, p *port, s *pb.MigrationStatus, reason pb.Reason) {
	t.Helper()
	expectDone(p, s)
	table := s.GetReceipt().GetTables()[0]
	tries := table.GetTries()
	if len(tries) != 1 || tries[0].GetFailure().GetReason() != reason || tries[0].GetScn() != s.GetPlan().GetScn() {
		t.Fatalf("tries %v", tries)
	}
	if table.GetScn() <= tries[0].GetScn() || table.GetTargetRows() != p.Source.Rows(agenttest.DemoTable()) {
		t.Errorf("as of %d after %d, %d rows", table.GetScn(), tries[0].GetScn(), table.GetTargetRows())
	}
	for _, c := range s.GetTables()[0].GetChunks() {
		if name := c.GetChunkId(); !strings.HasSuffix(name, "/000003") && !strings.HasSuffix(name, "/000004") {
			t.Errorf("chunk %s of the new plan has an old name", name)
		}
	}
}

func TestATableWhoseSnapshotIsGoneIsMovedAsOfANewSCN(t *testing.T) {
	for name, fault := range map[string]agenttest.Fault{
		"while it is exported": gone("Export"), "altered": altered("Export"),
	} {
		t.Run(name, func(t *testing.T) {
			p := grown(t, &pb.PlanTableRequest{})
			p.Source.Inject(fault)
			expectMovedLater(t, p, p.run(), apierr.ReasonOf(fault.Before))
			if got := p.Source.Planned(); len(got.GetFailedFormats()) != 0 || got.GetFirstChunk() != 3 {
				t.Errorf("the plan was asked for by %v", got)
			}
		})
	}
}

// A digest is part of the proof: without the source's there is no "verified",
// however many rows have arrived.
func TestASourceThatCannotBeDigestedAnyMoreIsMovedAgain(t *testing.T) {
	p := grown(t, &pb.PlanTableRequest{})
	p.Source.Inject(gone("Checksum"), gone("Checksum")) // asked ahead, and when it matters
	expectMovedLater(t, p, p.run(), pb.Reason_REASON_SNAPSHOT_GONE)
}

// failedAt is a migration whose imports fail. An export goes on until the source
// was digested, with the answer that digest gets.
func failedAt(t *testing.T, digest ...agenttest.Fault) *port {
	t.Helper()
	p := grown(t, &pb.PlanTableRequest{})
	gate := make(chan struct{})
	failing := agenttest.Fault{RPC: "Import", Before: agenttest.Permanent()}
	p.Target.Inject(failing, failing)
	p.Source.Inject(append(digest, agenttest.Fault{RPC: "Export", Gate: gate})...)
	started, err := p.runs.Start(id, p.Bucket.PAR())
	check(t, err)
	if len(digest) == 0 {
		p.until(func(e *pb.Event) bool { return e.GetTableDigested() != nil })
	} else {
		p.began(p.Source, "Checksum", 1)
	}
	close(gate)
	p.expect(p.wait(started.GetLastSequence()), pb.MigrationState_MIGRATION_STATE_FAILED, pb.Verdict_VERDICT_FAILED)
	return p
}

func TestASnapshotThatIsGoneAfterAStopIsReplaced(t *testing.T) {
	p := failedAt(t, gone("Checksum"))
	p.Source.Inject(gone("Checksum"), gone("Checksum"))
	expectMovedLater(t, p, p.run(), pb.Reason_REASON_SNAPSHOT_GONE)
}

// What the source had is known from the first start, so its undo is not needed.
func TestADigestOfTheSourceOutlivesItsUndo(t *testing.T) {
	p := failedAt(t)
	asks := len(asked(p.Source, "Checksum"))
	p.Source.Inject(gone("Checksum"))
	s := p.run()
	expectDone(p, s)
	table := s.GetReceipt().GetTables()[0]
	if n := len(asked(p.Source, "Checksum")); n != asks || len(table.GetTries()) != 0 || table.GetSourceDigest().GetSum() == "" {
		t.Errorf("the source was digested %d times, then %d; tries %v", asks, n, table.GetTries())
	}
}

// An agent of another version may write a value's canonical text in another way.
func TestADigestFromBeforeIsTakenAgainWhereItDiffers(t *testing.T) {
	p := failedAt(t)
	asks := len(asked(p.Source, "Checksum"))
	j, err := p.store.Open(id)
	check(t, err)
	check(t, j.Append(progress.Subject{Migration: id, Table: j.Status().GetTables()[0].GetTableId()}.TableDigested(&pb.Digest{Rows: 7, Sum: "1-1"})))
	check(t, j.Close())
	s := p.run()
	expectDone(p, s)
	if n := len(asked(p.Source, "Checksum")); n != asks+1 || len(s.GetReceipt().GetTables()[0].GetTries()) != 0 {
		t.Errorf("the source was digested %d times, then %d", asks, n)
	}
}

func TestOtherTablesKeepTheirSCN(t *testing.T) {
	other := &pb.TableName{Schema: "ADMIN", Name: "OTHER"}
	p := newPort(t)
	p.Source.AddTable(other, 7, &pb.Column{Name: "ID", DataType: "NUMBER"})
	p.again(&pb.PlanTableRequest{}, agenttest.DemoTable(), other)
	p.Source.AddRows(other, 1)
	p.Source.Inject(gone("Export"))
	s := p.run()
	expectDone(p, s)
	var later int
	for _, table := range s.GetReceipt().GetTables() {
		if table.GetScn() != s.GetReceipt().GetScn() {
			later++
		}
	}
	if later != 1 {
		t.Errorf("%d tables are as of another SCN, want 1", later)
	}
}

func TestATableWhoseSnapshotIsGoneTooOftenFails(t *testing.T) {
	p := grown(t, &pb.PlanTableRequest{})
	for range 6 { // each plan has two chunks
		p.Source.Inject(gone("Export"))
	}
	s := p.run()
	p.expect(s, pb.MigrationState_MIGRATION_STATE_FAILED, pb.Verdict_VERDICT_FAILED)
	if n := len(s.GetReceipt().GetTables()[0].GetTries()); n != 2 || s.GetFailure().GetReason() != pb.Reason_REASON_SNAPSHOT_GONE {
		t.Errorf("%d tries, %v", n, s.GetFailure())
	}
}

func TestWhatKeepsATableFromANewSCN(t *testing.T) {
	for name, tt := range map[string]struct {
		wishes  *pb.PlanTableRequest
		arrange func(*port)
	}{
		"rows that stay":        {&pb.PlanTableRequest{Options: &pb.TableOptions{IfExists: pb.IfExists_IF_EXISTS_APPEND}}, func(*port) {}},
		"a column that changed": {&pb.PlanTableRequest{}, func(p *port) { p.Source.Retype(agenttest.DemoTable(), "EMAIL", "NUMBER") }},
		"a column not carried":  {&pb.PlanTableRequest{}, func(p *port) { p.Source.Retype(agenttest.DemoTable(), "EMAIL", "CLOB") }},
		"a source that is silent": {&pb.PlanTableRequest{}, func(p *port) {
			p.Source.Inject(agenttest.Fault{RPC: "DescribeDatabase", Before: agenttest.Permanent()})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			p := grown(t, tt.wishes)
			tt.arrange(p)
			p.Source.Inject(altered("Export"))
			s := p.run()
			p.expect(s, pb.MigrationState_MIGRATION_STATE_FAILED, pb.Verdict_VERDICT_FAILED)
			if table := s.GetReceipt().GetTables()[0]; table.GetFailure().GetReason() != pb.Reason_REASON_TABLE_ALTERED || len(table.GetTries()) != 0 {
				t.Errorf("receipt %v", table)
			}
		})
	}
}

// A format that is given up for the SCN has not failed; one whose SCN is gone
// when the next format is planned is planned as of a new one.
func TestFormatsAndSCNsAreGivenUpApart(t *testing.T) {
	for name, tt := range map[string]struct {
		fault agenttest.Fault
		want  []pb.Reason
	}{
		"first the SCN": {gone("Export"), []pb.Reason{pb.Reason_REASON_SNAPSHOT_GONE, pb.Reason_REASON_CHECKSUMS_DIFFER}},
		"both at once":  {gone("PlanTable"), []pb.Reason{pb.Reason_REASON_CHECKSUMS_DIFFER}},
	} {
		t.Run(name, func(t *testing.T) {
			p := lossy(t, &pb.PlanTableRequest{})
			p.Source.AddRows(agenttest.DemoTable(), 5)
			p.Source.Inject(tt.fault)
			s := p.run()
			expectDone(p, s)
			table := s.GetReceipt().GetTables()[0]
			var got []pb.Reason
			for _, try := range table.GetTries() {
				got = append(got, try.GetFailure().GetReason())
			}
			if !slices.Equal(got, tt.want) || table.GetFormat() != pb.Format_FORMAT_JSON || table.GetScn() == s.GetPlan().GetScn() {
				t.Errorf("given up for %v, then %v as of %d", got, table.GetFormat(), table.GetScn())
			}
		})
	}
}

// Wherever the controller dies while a table is planned as of a new SCN, the
// rows of that SCN are there once in the end, and none of the old one.
func TestAControllerThatDiesAnywhereWhileTheSCNChangesIsResumed(t *testing.T) {
	dead := func(t *testing.T) *port {
		p := grown(t, &pb.PlanTableRequest{Options: &pb.TableOptions{Format: pb.Format_FORMAT_CSV}})
		p.Source.Inject(gone("Checksum"), gone("Checksum"))
		p.Source.Inject(agenttest.Fault{RPC: "Discard", Before: agenttest.Permanent()})
		p.Target.Inject(agenttest.Fault{RPC: "Discard", Before: agenttest.Permanent()})
		expectDone(p, p.run())
		p.runs.Close()
		return p
	}
	whole := len(journalLines(t, dead(t)))
	for keep := 1; keep <= whole; keep++ {
		t.Run(fmt.Sprintf("after event %d", keep), func(t *testing.T) {
			p := dead(t)
			lines := journalLines(t, p)
			check(t, os.WriteFile(journalPath(p), bytes.Join(lines[:keep], nil), 0o600))
			p.Source.Restart()
			p.Target.Restart()
			p.Source.Inject(gone("Checksum"), gone("Checksum")) // that undo does not come back
			p.open()
			s := p.run()
			expectDone(p, s)
			if got := s.GetReceipt().GetTables()[0].GetTargetRows(); got != p.Source.Rows(agenttest.DemoTable()) {
				t.Errorf("%d rows", got)
			}
		})
	}
}
