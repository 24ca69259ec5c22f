package journal

import (
	"bytes"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// logged is what logEvent writes about an event.
func logged(e *pb.Event) string {
	var out bytes.Buffer
	logEvent(hclog.New(&hclog.LoggerOptions{Output: &out, DisableTime: true}), e)
	return out.String()
}

func TestEveryKindOfEventIsLoggedInOneLine(t *testing.T) {
	kinds := (&pb.Event{}).ProtoReflect().Descriptor().Oneofs().ByName("kind").Fields()
	for i := range kinds.Len() {
		e := &pb.Event{Sequence: 7, TableId: table}
		e.ProtoReflect().Mutable(kinds.Get(i))
		line := logged(e)
		if strings.Count(line, "\n") != 1 || !strings.Contains(line, "sequence=7") || !strings.Contains(line, "table="+table) {
			t.Errorf("%s: %q", kinds.Get(i).Name(), line)
		}
		if known := !strings.Contains(line, "event: "); known == (e.GetChunkProgress() != nil) {
			t.Errorf("%s is logged as %q", kinds.Get(i).Name(), line)
		}
	}
}

func TestALineSaysWhatHappened(t *testing.T) {
	lost := &pb.Failure{Reason: pb.Reason_REASON_SNAPSHOT_GONE, Text: "the undo is gone"}
	replanned := &pb.Event{TableId: table, Kind: &pb.Event_TableReplanned{TableReplanned: &pb.TableReplanned{
		Plan: &pb.TablePlan{Format: pb.Format_FORMAT_CSV, Scn: 8}, Failure: lost,
	}}}
	cleaned := &pb.Event{Kind: &pb.Event_MigrationCleanedUp{MigrationCleanedUp: &pb.MigrationCleanedUp{Done: true, Removed: []*pb.Leftover{{}}}}}
	for want, e := range map[string]*pb.Event{
		`table planned again: sequence=0 table=ADMIN.T format=FORMAT_CSV scn=8 reason=REASON_SNAPSHOT_GONE error="the undo is gone"`: replanned,
		`cleaned up: sequence=0 removed=1 leftovers=0`:                                                      cleaned,
		`migration changed: sequence=0 state=MIGRATION_STATE_RUNNING`:                                       changed(pb.MigrationState_MIGRATION_STATE_RUNNING),
		`chunk changed: sequence=0 table=ADMIN.T chunk=ADMIN.T/000001 attempt=1 state=CHUNK_STATE_EXPORTED`: chunkChanged(pb.ChunkState_CHUNK_STATE_EXPORTED),
	} {
		if line := logged(e); !strings.Contains(line, want+"\n") {
			t.Errorf("%q, want %q", line, want)
		}
	}
}
