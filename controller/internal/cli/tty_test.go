package cli

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A journey plays events to bars.
type journey struct {
	bars   *bars
	status *pb.MigrationStatus
	tables []string
	last   int64
}

// newJourney starts a migration of tables with one chunk each of 1,000 rows.
func newJourney(out *bytes.Buffer, names ...string) *journey {
	plan := samplePlan()
	plan.Tables = nil
	for _, name := range names {
		table := sampleTable()
		table.TableId, table.Rows, table.EstimatedBytes = name, 1000, 1_000_000
		table.Chunks = []*pb.Chunk{{ChunkId: name + "/000001"}}
		plan.Tables = append(plan.Tables, table)
	}
	j := &journey{bars: newBars(out, (&app{}).here), status: &pb.MigrationStatus{}, tables: names}
	whole := progress.Subject{Migration: "m1"}
	j.play(whole.Planned(plan))
	j.play(whole.MigrationChanged(&pb.MigrationChanged{State: pb.MigrationState_MIGRATION_STATE_RUNNING}))
	return j
}

// play shows the next event, a second after the one before.
func (j *journey) play(e *pb.Event) {
	j.last++
	e.Time = timestamppb.New(at(0).AsTime().Add(time.Duration(j.last) * time.Second))
	if e.GetChunkProgress() == nil {
		e.Sequence = j.last
	}
	progress.Fold(j.status, e)
	j.bars.event(j.status, e)
}

func (j *journey) chunk(table string, state pb.ChunkState) {
	j.play(subjectOf(table).ChunkChanged(&pb.ChunkChanged{
		State: state, RowsImported: 1000, Manifest: &pb.Manifest{Rows: 1000, Objects: []*pb.Object{{Bytes: 1_000_000}}},
	}))
}

// state brings a table to a state.
func (j *journey) state(table string, state pb.TableState) {
	s := subjectOf(table)
	s.Chunk = ""
	j.play(s.TableChanged(&pb.TableChanged{State: state}))
}

func subjectOf(table string) progress.Subject {
	return progress.Subject{Migration: "m1", Table: table, Chunk: table + "/000001", Attempt: 1}
}

// shown lists the tables that have a bar.
func (j *journey) shown() string {
	var names []string
	for _, name := range j.tables {
		if t := j.bars.tables[name]; t.bar != nil {
			names = append(names, name)
		}
	}
	return strings.Join(names, " ")
}

func TestBarsShowTheTablesThatAreBeingMoved(t *testing.T) {
	var out bytes.Buffer
	j := newJourney(&out, "A.T1", "A.T2", "A.T3")
	want := func(shown, whole string) {
		t.Helper()
		if got := j.shown(); got != shown {
			t.Errorf("bars of %q, want %q", got, shown)
		}
		if got := j.bars.whole.label(80); !strings.HasPrefix(got, whole) {
			t.Errorf("the sum reads %q, want %q", got, whole)
		}
	}
	want("", " 0 of 3 tables, 0 of 3,000 rows")
	j.chunk("A.T1", pb.ChunkState_CHUNK_STATE_EXPORTING)
	j.chunk("A.T2", pb.ChunkState_CHUNK_STATE_EXPORTING)
	want("A.T1 A.T2", " 0 of 3 tables, 0 of 3,000 rows")
	j.chunk("A.T1", pb.ChunkState_CHUNK_STATE_EXPORTED)
	want("A.T1 A.T2", " 0 of 3 tables, 0 of 3,000 rows, 1.0 MB")
	j.chunk("A.T1", pb.ChunkState_CHUNK_STATE_IMPORTED)
	j.state("A.T1", pb.TableState_TABLE_STATE_FINISHED)
	if got := j.bars.tables["A.T1"].label(80); !strings.HasPrefix(got, " comparing both sides, 1,000 of 1,000 rows") || strings.Contains(got, "left") {
		t.Errorf("a table that is being compared reads %q", got)
	}
	j.state("A.T1", pb.TableState_TABLE_STATE_VERIFIED)
	j.state("A.T2", pb.TableState_TABLE_STATE_FAILED)
	want("", " 1 of 3 tables, 1 failed, 1,000 of 3,000 rows")
	j.bars.close()
	if !strings.Contains(out.String(), "A.T1 verified") {
		t.Errorf("nothing says that the table without a bar is verified:\n%q", out.String())
	}
}

func TestTablesWithoutRoomHaveNoBarUntilOthersRest(t *testing.T) {
	var out bytes.Buffer
	var names []string
	for n := range 60 {
		names = append(names, fmt.Sprintf("A.T%02d", n))
	}
	j := newJourney(&out, names...)
	for _, name := range names {
		j.chunk(name, pb.ChunkState_CHUNK_STATE_EXPORTING)
	}
	const room = barLines - 2
	if got := len(strings.Fields(j.shown())); got != room {
		t.Errorf("%d bars, want %d", got, room)
	}
	j.chunk("A.T00", pb.ChunkState_CHUNK_STATE_EXPORTED) // rests until it is imported
	if got := j.shown(); strings.Contains(got, "A.T00") || !strings.Contains(got, "A.T22") || len(strings.Fields(got)) != room {
		t.Errorf("bars of %s", got)
	}
	j.bars.close()
}

func TestWhatIsStoppedHasNeitherRateNorTimeLeft(t *testing.T) {
	for state, want := range map[pb.MigrationState]string{
		pb.MigrationState_MIGRATION_STATE_STOPPED: "stopped", pb.MigrationState_MIGRATION_STATE_PAUSED: "paused",
	} {
		var out bytes.Buffer
		j := newJourney(&out, "A.T1")
		j.chunk("A.T1", pb.ChunkState_CHUNK_STATE_EXPORTING)
		for n := range int64(4) {
			j.play(subjectOf("A.T1").Tick(&pb.ChunkProgress{Phase: pb.Phase_PHASE_EXPORT, Bytes: 100_000 * n, Objects: n}))
		}
		if got := j.bars.tables["A.T1"].label(80); !strings.HasSuffix(got, " left") {
			t.Errorf("before the stop the bar reads %q", got)
		}
		j.play(progress.Subject{Migration: "m1"}.MigrationChanged(&pb.MigrationChanged{State: state}))
		j.bars.close()
		if got := j.bars.tables["A.T1"].label(80); got != " "+want+", 0 of 1,000 rows, 300 kB" {
			t.Errorf("the bar reads %q", got)
		}
	}
}

var escape = regexp.MustCompile(`\x1b\[[0-9]*[A-Z]`)

// What is no terminal has 80 columns.
func TestALineOf80ColumnsHasABarAndSaysWhatIsDone(t *testing.T) {
	var out bytes.Buffer
	j := newJourney(&out, "ADMIN.CUSTOMER_ORDERS_DEMO", "ADMIN."+strings.Repeat("LONG_", 20)+"NAME")
	for _, name := range j.tables {
		j.chunk(name, pb.ChunkState_CHUNK_STATE_EXPORTING)
	}
	for n := range int64(4) {
		j.play(subjectOf(j.tables[0]).Tick(&pb.ChunkProgress{Phase: pb.Phase_PHASE_EXPORT, Bytes: 100_000 * n, Objects: n}))
	}
	j.bars.close()
	lines := strings.Split(strings.TrimSpace(escape.ReplaceAllString(out.String(), "")), "\n")
	lines = lines[max(0, len(lines)-3):]
	for n, want := range []string{`^ADMIN\.CUSTOMER_ORDERS_DEMO +\[[=>-]+\]  exporting, .*left`, `^….*LONG_NAME +\[[=>-]+\]  exporting`, `^m1 +\[[=>-]+\]  0 of 2 tables`} {
		if !regexp.MustCompile(want).MatchString(lines[n]) || utf8.RuneCountInString(lines[n]) > 80 {
			t.Errorf("line %q, want %s", lines[n], want)
		}
	}
}
