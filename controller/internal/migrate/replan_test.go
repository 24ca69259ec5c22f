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
	"github.com/adbferry/adbferry/controller/internal/fleet"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// lossy has csv change a value on its way, and json as the next format.
func lossy(t *testing.T, wishes *pb.PlanTableRequest) *port {
	t.Helper()
	p := newPort(t)
	p.Source.SetFormats(pb.Format_FORMAT_CSV, pb.Format_FORMAT_JSON)
	p.Target.Spoil(pb.Format_FORMAT_CSV, 7, "EMAIL", "7 ")
	p.again(wishes, agenttest.DemoTable())
	return p
}

func TestATableThatDoesNotVerifyIsMovedAgainInTheNextFormat(t *testing.T) {
	p := lossy(t, &pb.PlanTableRequest{})
	p.Source.SetChunks(2)
	p.again(&pb.PlanTableRequest{}, agenttest.DemoTable())
	s := p.run()
	p.expectVerified(s)
	table := s.GetReceipt().GetTables()[0]
	tries := table.GetTries()
	if len(tries) != 1 || tries[0].GetFormat() != pb.Format_FORMAT_CSV || tries[0].GetFailure().GetReason() != pb.Reason_REASON_CHECKSUMS_DIFFER {
		t.Errorf("tries %v", tries)
	}
	if table.GetFormat() != pb.Format_FORMAT_JSON || !strings.Contains(table.GetFormatReason(), "JSON") || len(table.GetChunks()) != 2 {
		t.Errorf("receipt %v", table)
	}
	want := []string{"000001/1", "000002/1", "000003/1", "000004/1"}
	got := asked(p.Target, "Import")
	for i := range got {
		got[i] = strings.TrimPrefix(got[i], id+"/ADMIN.CUSTOMER_ORDERS_DEMO/")
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("imports %q, want %q", got, want)
	}
}

func TestRejectedRowsAreMovedAgainToo(t *testing.T) {
	p := lossy(t, &pb.PlanTableRequest{})
	p.Target.Inject(agenttest.Fault{RPC: "Import", Before: apierr.New(codes.FailedPrecondition, pb.Reason_REASON_ROWS_REJECTED, "a field is no date")})
	s := p.run()
	p.expectVerified(s)
	if tries := s.GetReceipt().GetTables()[0].GetTries(); len(tries) != 1 || tries[0].GetFailure().GetReason() != pb.Reason_REASON_ROWS_REJECTED {
		t.Errorf("tries %v", tries)
	}
}

func TestEveryFormatIsTriedOnce(t *testing.T) {
	p := lossy(t, &pb.PlanTableRequest{})
	p.Target.Spoil(pb.Format_FORMAT_JSON, 8, "EMAIL", "x")
	s := p.run()
	p.expect(s, pb.MigrationState_MIGRATION_STATE_FAILED, pb.Verdict_VERDICT_DIFFERS)
	table := s.GetReceipt().GetTables()[0]
	if s.GetFailure().GetReason() != pb.Reason_REASON_CHECKSUMS_DIFFER || len(table.GetTries()) != 1 || table.GetFormat() != pb.Format_FORMAT_JSON {
		t.Errorf("failure %v, receipt %v", s.GetFailure(), table)
	}
	if n := len(asked(p.Target, "Import")); n != 2 {
		t.Errorf("%d imports, want 2", n)
	}
	source, err := p.fleet.Agent("sanjose")
	check(t, err)
	check(t, fleet.ProvePAR(t.Context(), id, p.Bucket.PAR(), source)) // as the service does before a start
	lies := slices.DeleteFunc(p.Bucket.Objects(), func(name string) bool { return !strings.HasPrefix(name, id+"/") })
	if left := s.GetReceipt().GetLeftovers(); len(left) != 1 || left[0].GetCount() != int64(len(lies)) || left[0].GetBytes() != 10_000_000 {
		t.Errorf("left over %v of %q", left, lies)
	}
	again := p.run()
	if n := len(asked(p.Target, "Import")); n != 2 || again.GetReceipt().GetVerdict() != pb.Verdict_VERDICT_DIFFERS {
		t.Errorf("another start: %d imports, %s", n, again.GetReceipt().GetVerdict())
	}
}

func TestTextThatDidNotArriveAsItIsIsMovedAgainAsHex(t *testing.T) {
	p := newPort(t)
	p.Source.SetPlain()
	p.Target.SpoilPlain(pb.Format_FORMAT_CSV, 7, "EMAIL", "7 ")
	p.again(&pb.PlanTableRequest{}, agenttest.DemoTable())
	s := p.run()
	p.expectVerified(s)
	if table := s.GetReceipt().GetTables()[0]; table.GetFormat() != pb.Format_FORMAT_CSV || len(table.GetTries()) != 1 || table.GetTries()[0].GetFormat() != pb.Format_FORMAT_CSV {
		t.Errorf("receipt %v", table)
	}
}

func TestHexThatDidNotArriveIsNotMovedAgain(t *testing.T) {
	p := newPort(t)
	p.Source.SetPlain()
	p.Target.Spoil(pb.Format_FORMAT_CSV, 7, "EMAIL", "7 ")
	p.again(&pb.PlanTableRequest{}, agenttest.DemoTable())
	p.expect(p.run(), pb.MigrationState_MIGRATION_STATE_FAILED, pb.Verdict_VERDICT_DIFFERS)
	if n := len(asked(p.Target, "Import")); n != 2 {
		t.Errorf("%d imports, want 2", n)
	}
}

func TestWhatKeepsATableFromBeingMovedAgain(t *testing.T) {
	for name, tt := range map[string]struct {
		wishes  *pb.PlanTableRequest
		arrange func(*port)
	}{
		"a format that was chosen": {&pb.PlanTableRequest{Options: &pb.TableOptions{Format: pb.Format_FORMAT_CSV}}, func(*port) {}},
		"rows of others": {
			&pb.PlanTableRequest{Options: &pb.TableOptions{IfExists: pb.IfExists_IF_EXISTS_APPEND}},
			func(p *port) {
				p.Target.AddTable(agenttest.DemoTable(), 0)
				p.Target.Replace(agenttest.DemoTable(), 0, 900001)
			},
		},
		"an agent that is too old": {
			&pb.PlanTableRequest{},
			func(p *port) {
				p.Target.Inject(agenttest.Fault{RPC: "EmptyTable", Before: apierr.New(codes.Unimplemented, pb.Reason_REASON_INTERNAL, "unknown method EmptyTable")})
			},
		},
		"a plan of fewer columns": {
			&pb.PlanTableRequest{},
			func(p *port) { p.Source.Retype(agenttest.DemoTable(), "EMAIL", "CLOB") },
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := lossy(t, tt.wishes)
			tt.arrange(p)
			s := p.run()
			p.expect(s, pb.MigrationState_MIGRATION_STATE_FAILED, pb.Verdict_VERDICT_DIFFERS)
			if table := s.GetReceipt().GetTables()[0]; table.GetFormat() != pb.Format_FORMAT_CSV || len(table.GetTries()) != 0 {
				t.Errorf("receipt %v", table)
			}
		})
	}
}

// Wherever the controller dies while a table is planned again, starting again
// ends with the rows there once.
func TestReplanningIsResumed(t *testing.T) {
	for _, fault := range []agenttest.Fault{
		{RPC: "EmptyTable", After: agenttest.Permanent()}, // emptied, and the journal does not know
		{RPC: "EmptyTable", After: agenttest.Unreachable()},
		{RPC: "EmptyTable", Before: agenttest.Transient()},
	} {
		p := lossy(t, &pb.PlanTableRequest{})
		p.Target.Inject(fault)
		p.run()
		s := p.run()
		p.expectVerified(s)
		tries := s.GetReceipt().GetTables()[0].GetTries()
		if len(tries) != 1 || tries[0].GetFailure().GetReason() != pb.Reason_REASON_CHECKSUMS_DIFFER {
			t.Errorf("tries %v, want one, that failed for what was there and not for what was emptied", tries)
		}
	}
}

func TestProvenFormatsAreAskedForAndThoseThatFailedAreNamed(t *testing.T) {
	p := lossy(t, &pb.PlanTableRequest{})
	p.proven, p.broken = []pb.Format{pb.Format_FORMAT_PARQUET}, []pb.Format{pb.Format_FORMAT_DATAPUMP}
	p.open()
	p.expectVerified(p.run())
	if got := p.Source.Planned(); !slices.Equal(got.GetProvenFormats(), p.proven) || !slices.Equal(got.GetFormatsSeenToFail(), p.broken) || got.GetFirstChunk() != 2 ||
		!slices.Equal(got.GetFailedFormats(), []pb.Format{pb.Format_FORMAT_CSV}) {
		t.Errorf("the last plan was asked for by %v", got)
	}
}

// Whatever of the journal a crash leaves, and however far the agents came, the
// rows are there once in the end.
func TestAControllerThatDiesAnywhereWhileReplanningIsResumed(t *testing.T) {
	dead := func(t *testing.T) *port {
		p := lossy(t, &pb.PlanTableRequest{})
		p.Source.Inject(agenttest.Fault{RPC: "Discard", Before: agenttest.Permanent()})
		p.Target.Inject(agenttest.Fault{RPC: "Discard", Before: agenttest.Permanent()})
		p.expectVerified(p.run())
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
			p.open()
			p.expectVerified(p.run())
		})
	}
}

// Chunks that arrived are not loaded again, unless the table that has them is gone.
func TestATableThatWasDroppedIsMovedFromTheStart(t *testing.T) {
	p := newPort(t)
	p.Source.SetChunks(3)
	p.again(&pb.PlanTableRequest{}, agenttest.DemoTable())
	p.Target.Inject(agenttest.Fault{RPC: "Import"}, agenttest.Fault{RPC: "Import", Before: agenttest.Permanent()}, agenttest.Fault{RPC: "Import", Before: agenttest.Permanent()})
	s := p.run()
	p.expect(s, pb.MigrationState_MIGRATION_STATE_FAILED, pb.Verdict_VERDICT_FAILED)
	if p.Target.Rows(agenttest.DemoTable()) == 0 {
		t.Fatal("nothing had arrived")
	}
	p.Target.DropTable(agenttest.DemoTable())
	s = p.run()
	p.expectVerified(s)
	tries := s.GetReceipt().GetTables()[0].GetTries()
	if len(tries) != 1 || !strings.Contains(tries[0].GetFailure().GetText(), "was dropped after 1 of its chunks had arrived") {
		t.Errorf("tries %v", tries)
	}
}
