package progress_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A replanned table is as if nothing had happened to it, by its new plan, except
// that the try is remembered.
func TestAReplannedTableStartsOver(t *testing.T) {
	next := &pb.TablePlan{
		TableId: tableID, Format: pb.Format_FORMAT_JSON, Scn: 43, Rows: 100, Chunks: []*pb.Chunk{{ChunkId: tableID + "/000002"}, {ChunkId: tableID + "/000003"}},
	}
	differs := &pb.Failure{Reason: pb.Reason_REASON_CHECKSUMS_DIFFER, Text: "differs"}
	s := fold(stamped(append(trip()[:12:12],
		table.TableChanged(&pb.TableChanged{State: pb.TableState_TABLE_STATE_FAILED, Failure: differs, Before: &pb.Digest{Rows: 1}}),
		table.TableReplanned(&pb.TableReplanned{Plan: next, Failure: differs}))...))
	got := progress.Table(s, tableID)
	want := &pb.TableStatus{
		TableId: tableID, StartTime: got.GetStartTime(),
		Chunks: []*pb.ChunkStatus{{ChunkId: tableID + "/000002"}, {ChunkId: tableID + "/000003"}},
		Tries:  []*pb.FormatTry{{Scn: 42, Failure: differs}},
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" || got.GetStartTime() == nil {
		t.Errorf("status (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(next, progress.Plan(s, tableID), protocmp.Transform()); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	if s.GetStagedObjects() != 2 || s.GetStagedBytes() != 900 {
		t.Errorf("%d objects, %d bytes are staged, which a replanning does not remove", s.GetStagedObjects(), s.GetStagedBytes())
	}
	other := &pb.MigrationStatus{}
	progress.Fold(other, stamped(progress.Subject{Table: "NO.SUCH"}.TableReplanned(&pb.TableReplanned{Plan: next}))[0])
	if len(other.GetTables()) != 0 || other.GetPlan() != nil {
		t.Errorf("an unknown table was replanned: %v", other)
	}
}

func TestAReplanningKeepsNoPartOfTheEvent(t *testing.T) {
	e := table.TableReplanned(&pb.TableReplanned{Plan: &pb.TablePlan{TableId: tableID, Rows: 5}})
	s := fold(stamped(migration.Planned(plan()), e))
	proto.Reset(e.GetTableReplanned().GetPlan())
	if got := progress.Plan(s, tableID).GetRows(); got != 5 {
		t.Errorf("the plan has %d rows after its event was changed", got)
	}
}

func TestDefinitionsAreTakenOverWhole(t *testing.T) {
	failure := &pb.DefinitionFailure{What: "index I", Failure: &pb.Failure{Text: "no"}}
	finished := &pb.TableChanged{State: pb.TableState_TABLE_STATE_FINISHED, Definitions: []string{"PRIMARY KEY (A)"}, DefinitionFailures: []*pb.DefinitionFailure{failure}}
	verified := pb.TableState_TABLE_STATE_VERIFIED
	for name, tt := range map[string]struct {
		then        *pb.TableChanged
		definitions int
		failures    int
	}{
		"verified":         {&pb.TableChanged{State: verified}, 1, 1},
		"with foreign key": {&pb.TableChanged{State: verified, Definitions: []string{"PRIMARY KEY (A)", "FOREIGN KEY (B)"}}, 2, 0},
		"finished again":   {&pb.TableChanged{State: pb.TableState_TABLE_STATE_FINISHED}, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := fold(stamped(migration.Planned(plan()),
				table.TableChanged(&pb.TableChanged{State: pb.TableState_TABLE_STATE_PREPARED, Before: &pb.Digest{Rows: 3, Sum: "1-2"}}),
				table.TableChanged(finished), table.TableChanged(tt.then)))
			got := progress.Table(s, tableID)
			if len(got.GetDefinitions()) != tt.definitions || len(got.GetDefinitionFailures()) != tt.failures || got.GetBefore().GetRows() != 3 {
				t.Errorf("status %v", got)
			}
		})
	}
}

func TestATablesOwnSCNComesBeforeTheMigrations(t *testing.T) {
	m := &pb.MigrationPlan{Scn: 7}
	if old, own := progress.SCN(m, &pb.TablePlan{}), progress.SCN(m, &pb.TablePlan{Scn: 9}); old != 7 || own != 9 {
		t.Errorf("SCNs %d and %d", old, own)
	}
}
