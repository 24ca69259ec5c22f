package cli

import (
	"testing"

	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestAFailureIsToldOnce(t *testing.T) {
	full := &pb.Failure{Text: "import chunk A.T/000001 into b: ORA-01653: the tablespace is full"}
	chunk := progress.Subject{Migration: "m", Table: "A.T", Chunk: "A.T/000001", Attempt: 1}
	table := progress.Subject{Migration: "m", Table: "A.T"}
	whole := progress.Subject{Migration: "m"}
	failed := pb.MigrationState_MIGRATION_STATE_FAILED
	var told told
	for _, tt := range []struct {
		event *pb.Event
		want  string
	}{
		{chunk.ChunkChanged(&pb.ChunkChanged{State: pb.ChunkState_CHUNK_STATE_FAILED, Failure: full}), "failed: " + full.GetText()},
		{table.TableChanged(&pb.TableChanged{State: pb.TableState_TABLE_STATE_FAILED, Failure: full}), "failed, see above"},
		{table.TableChanged(&pb.TableChanged{State: pb.TableState_TABLE_STATE_FAILED, Failure: &pb.Failure{Text: "another"}}), "failed: another"},
		{whole.MigrationChanged(&pb.MigrationChanged{State: failed, Failure: full}), "failed, see above"},
		{whole.MigrationChanged(&pb.MigrationChanged{
			State: failed, Failure: &pb.Failure{Text: "1 of 2 tables are not verified; the worst: " + full.GetText()},
		}), "failed: 1 of 2 tables are not verified, see above"},
		{whole.MigrationChanged(&pb.MigrationChanged{State: pb.MigrationState_MIGRATION_STATE_RUNNING}), "running"},
	} {
		if got := told.text(tt.event); got != tt.want {
			t.Errorf("told %q, want %q", got, tt.want)
		}
	}
}

func TestAFailedMigrationSaysHowToGoOn(t *testing.T) {
	for hint, want := range map[string]string{
		"make the tablespace larger":    "make the tablespace larger, then: adbferry resume m1 --par-file FILE",
		"":                              "go on with: adbferry resume m1 --par-file FILE",
		"x, or: adbferry resume m1 ...": "x, or: adbferry resume m1 ...",
	} {
		f := &pb.Failure{Text: "full", Hint: hint}
		if got := goingOn("m1", f).Hint(); got != want || f.GetHint() != hint {
			t.Errorf("hint %q becomes %q, want %q", hint, got, want)
		}
	}
}
