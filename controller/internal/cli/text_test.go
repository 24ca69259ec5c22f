package cli

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/adbferry/adbferry/pkg/progress"
	"github.com/adbferry/adbferry/pkg/quantity"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func sampleTable() *pb.TablePlan {
	return &pb.TablePlan{
		TableId: "HR.STAFF", Source: &pb.TableName{Schema: "HR", Name: "STAFF"}, Target: &pb.TableName{Schema: "HR2", Name: "STAFF"},
		Format: pb.Format_FORMAT_CSV, Rows: 1234567, EstimatedBytes: 89_000_000,
		Chunks: []*pb.Chunk{{ChunkId: "HR.STAFF/000001"}, {ChunkId: "HR.STAFF/000002"}},
		Columns: []*pb.ColumnPlan{
			{Column: &pb.Column{Name: "ID"}},
			{Column: &pb.Column{Name: "NAME"}},
			{Column: &pb.Column{Name: "PHOTO"}, LeftOut: "csv carries no BLOB"},
		},
	}
}

func samplePlan() *pb.MigrationPlan {
	return &pb.MigrationPlan{
		Spec:   &pb.MigrationSpec{Source: "a", Target: "b"},
		Source: &pb.DatabaseDescription{Name: "a", Region: "r1"}, Target: &pb.DatabaseDescription{Name: "b", Region: "r2"},
		Scn: 42, Tables: []*pb.TablePlan{sampleTable()},
	}
}

func TestPlanText(t *testing.T) {
	want := `Plan: 1 table from a (r1) to b (r2), as of SCN 42

HR.STAFF → HR2.STAFF
  rows      1,234,567
  travels   as csv in 2 chunks, about 89 MB
  carried   2 of 3 columns: ID, NAME
  left out  PHOTO: csv carries no BLOB
`
	if diff := cmp.Diff(want, planText(samplePlan(), false)); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
}

// fullPlan is a plan in which nothing is empty.
func fullPlan() *pb.MigrationPlan {
	p := samplePlan()
	table := p.GetTables()[0]
	table.Where, table.FormatReason, table.Warnings = "ID > 7", "csv carries every column", []string{"no statistics"}
	table.Outlook = &pb.TargetOutlook{Created: true}
	table.Definition = &pb.TableDefinition{
		Comment:      "people",
		Identities:   []*pb.Identity{{Column: "ID"}},
		Partitioning: &pb.Partitioning{Method: pb.PartitionMethod_PARTITION_METHOD_RANGE, Columns: []string{"ID"}, Partitions: []*pb.Partition{{}, {}}},
		Constraints: []*pb.Constraint{
			{Kind: pb.ConstraintKind_CONSTRAINT_KIND_PRIMARY, Columns: []string{"ID"}, Generated: true, Name: "SYS_C1"},
			{Kind: pb.ConstraintKind_CONSTRAINT_KIND_UNIQUE, Columns: []string{"NAME", "ID"}, Name: "U1"},
			{Kind: pb.ConstraintKind_CONSTRAINT_KIND_CHECK, Condition: "ID >\n 0", Name: "C1"},
			{Kind: pb.ConstraintKind_CONSTRAINT_KIND_REFERENCE, Columns: []string{"DEPT"}, ReferencedTable: &pb.TableName{Schema: "HR", Name: "D"}, Name: "F1"},
		},
		Indexes: []*pb.Index{
			{Name: "I1", Columns: []*pb.IndexColumn{{Column: "NAME"}, {Expression: "UPPER(NAME)"}}},
			{Name: "I2", Unique: true, Columns: []*pb.IndexColumn{{Column: "A"}}},
			{Name: "I3", Bitmap: true, Columns: []*pb.IndexColumn{{Column: "B"}}},
		},
		NotMade: []string{"trigger T1"},
	}
	p.TablesLeftBehind = []*pb.TableLeftBehind{{Table: &pb.TableName{Schema: "HR", Name: "EXT"}, Why: "external table"}}
	p.Estimate = &pb.Estimate{
		Duration: durationpb.New(90 * time.Minute), StagedBytes: 89_000_000, Warnings: []string{"never diagnosed"},
		Costs: []*pb.Cost{{What: "storage", Amount: "0.01", Currency: "USD", Source: "a list"}},
	}
	return p
}

func TestPlanTextSaysEverything(t *testing.T) {
	want := `Plan: 1 table from a (r1) to b (r2), as of SCN 42

HR.STAFF → HR2.STAFF
  rows      1,234,567
  where     ID > 7
  travels   as csv in 2 chunks, about 89 MB
  because   csv carries every column
  carried   2 of 3 columns: ID, NAME
  left out  PHOTO: csv carries no BLOB
  target    is created
  makes     2 partitions by range (ID)
  makes     identity ID, restarted above its maximum
  makes     primary key (ID)
  makes     unique (NAME, ID) as U1
  makes     check (ID > 0) as C1
  makes     foreign key (DEPT) to HR.D as F1
  makes     index I1 (NAME, UPPER(NAME))
  makes     unique index I2 (A)
  makes     bitmap index I3 (B)
  makes     comments
  not made  trigger T1
  warning   no statistics

Left behind: 1 table
  HR.EXT    external table

In all
  rows      1,234,567 in 2 chunks
  time      about 1h30m
  staged    about 89 MB in the bucket; a PAR cannot delete it
  cost      below 0.01 USD storage: a list
  warning   never diagnosed
`
	if diff := cmp.Diff(want, planText(fullPlan(), false)); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
}

var update = flag.Bool("update", false, "write the golden files anew")

// Scripts read the plan: the names of its fields stay.
func TestPlanJSONStaysTheSame(t *testing.T) {
	const golden = "testdata/plan.json"
	var out bytes.Buffer
	a := &app{stdout: &out}
	if err := a.printJSON(fullPlan()); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), out.String()); diff != "" {
		t.Errorf("JSON (-want +got), -update writes it anew:\n%s", diff)
	}
}

// Sixty plain tables are sixty lines, and the one that is not plain follows in full.
func TestManyTablesAreALineEach(t *testing.T) {
	p, r := &pb.MigrationPlan{}, &pb.Receipt{Verdict: pb.Verdict_VERDICT_VERIFIED_PARTIAL}
	for n := range 60 {
		name := &pb.TableName{Schema: "A", Name: fmt.Sprintf("T%02d", n)}
		p.Tables = append(p.Tables, &pb.TablePlan{
			Source: name, Target: name, Rows: 1000, EstimatedBytes: 2000, Format: pb.Format_FORMAT_CSV, FormatReason: strings.Repeat("long ", 60),
			Columns: []*pb.ColumnPlan{{Column: &pb.Column{Name: "ID"}}}, Outlook: &pb.TargetOutlook{Created: true},
		})
		r.Tables = append(r.Tables, &pb.TableReceipt{
			Source: name, Target: name, SourceRows: new(int64(1000)), TargetRows: new(int64(1000)), Bytes: 2000, Format: pb.Format_FORMAT_CSV,
			ColumnsCarried: []string{"ID"}, FormatReason: strings.Repeat("long ", 60), Verdict: pb.Verdict_VERDICT_VERIFIED, StartTime: at(1), EndTime: at(3),
		})
	}
	p.Tables[7].Columns = append(p.GetTables()[7].GetColumns(), &pb.ColumnPlan{Column: &pb.Column{Name: "PIC"}, LeftOut: "csv carries no BLOB"})
	r.Tables[7].ColumnsLeftOut = []*pb.ColumnLeftOut{{Name: "PIC", Why: "csv carries no BLOB"}}
	r.Tables[7].Verdict = pb.Verdict_VERDICT_VERIFIED_PARTIAL
	for name, tt := range map[string]struct {
		short, all string
		lines      []string
	}{
		"plan": {planText(p, false), planText(p, true), []string{
			"\nTABLE  ROWS   BYTES   FORMAT  TARGET      REMARKS\nA.T00  1,000  2.0 kB  csv     is created\n", "A.T07  1,000  2.0 kB  csv     is created  1 column left out\n",
			"\nA.T07\n  rows      1,000\n", "  carried   1 of 2 columns: ID\n  left out  PIC: csv carries no BLOB\n",
		}},
		"receipt": {receiptText(r, detail{}), receiptText(r, detail{all: true}), []string{
			"\nTABLE  ROWS                                   BYTES   FORMAT  TOOK  VERDICT   REMARKS\nA.T00  1,000 = 1,000 rows, source and target  2.0 kB  csv     2s    verified\n",
			"A.T07  1,000 = 1,000 rows, source and target  2.0 kB  csv     2s    partial   1 column left out\n", "  columns   1 of 2 columns: ID\n  left out  PIC: ",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, want := range tt.lines {
				if !strings.Contains(tt.short, want) {
					t.Errorf("%q is missing in:\n%s", want, tt.short)
				}
			}
			if short, all := strings.Count(tt.short, "\n"), strings.Count(tt.all, "\n"); short > 85 || all < 300 {
				t.Errorf("%d lines, all about it in %d", short, all)
			}
			if n := strings.Count(tt.all, strings.Repeat("long ", 60)); n != 1 {
				t.Errorf("the same reason is given %d times", n)
			}
		})
	}
}

func TestTheStatusNamesTheReceiptAndDoesNotRepeatIt(t *testing.T) {
	s := sampleStatus()
	s.State, s.Receipt = pb.MigrationState_MIGRATION_STATE_VERIFIED, &pb.Receipt{Verdict: pb.Verdict_VERDICT_VERIFIED}
	want := "\nVerdict: verified: row counts and digests are equal, every column was carried\nThe receipt: adbferry receipt m1\n"
	if got := statusText(s); !strings.HasSuffix(got, want) || strings.Contains(got, "Receipt of") {
		t.Errorf("status:\n%s", got)
	}
}

func TestCostsAndTimesThatAreNearlyNothing(t *testing.T) {
	cost := func(amount string) *pb.Cost {
		return &pb.Cost{What: "w" + amount, Amount: amount, Currency: "USD", Source: "a list"}
	}
	for want, costs := range map[string][]*pb.Cost{
		"": nil,
		"  cost      below 0.01 USD w0.01: a list\n": {cost("0.01")},
		"  cost      below 0.01 USD w0.01: a list\n  cost      below 0.01 USD w0.01: a list\n            at most 0.02 USD in all\n": {cost("0.01"), cost("0.01")},
		"  cost      1.50 USD w1.50: a list\n  cost       USD w: a list\n":                                                          {cost("1.50"), cost("")},
	} {
		var out strings.Builder
		if costLines(&out, costs); out.String() != want {
			t.Errorf("costs read\n%s, want\n%s", out.String(), want)
		}
	}
	for d, want := range map[time.Duration]string{0: "below 1s", 1499 * time.Millisecond: "about 1s", 90*time.Minute + time.Second: "about 1h30m"} {
		if got := durationText(d); got != want {
			t.Errorf("%s reads %q, want %q", d, got, want)
		}
	}
}

func TestAFailedMigrationHasFailed(t *testing.T) {
	s := sampleStatus()
	s.State = pb.MigrationState_MIGRATION_STATE_FAILED
	if got := statusText(s); !strings.HasPrefix(got, "Migration m1 has failed\n") {
		t.Errorf("status:\n%s", got)
	}
	if got := eventText(progress.Subject{Table: "A.T"}.TableChanged(&pb.TableChanged{
		State: pb.TableState_TABLE_STATE_VERIFIED, Definitions: []string{"A", "B"},
	})); got != "its foreign keys are in place" {
		t.Errorf("event reads %q", got)
	}
}

func TestLeftText(t *testing.T) {
	for want, n := range map[string][2]int{"4 columns": {4, 0}, "1 table": {0, 1}, "2 tables and 1 column": {1, 2}} {
		if got := leftText(n[0], n[1]); got != want {
			t.Errorf("leftText(%d, %d) = %q, want %q", n[0], n[1], got, want)
		}
	}
}

func TestOutlookText(t *testing.T) {
	for want, o := range map[string]*pb.TargetOutlook{
		"":                         nil,
		"  target    exists\n":     {},
		"  target    is created\n": {Created: true},
		"  target    LOSES 1,000 rows that it has\n":       {RowsRemoved: 1000, Created: true},
		"  target    exists and keeps 1 row that it has\n": {RowsKept: 1},
	} {
		var out strings.Builder
		outlookText(&out, &pb.TablePlan{Outlook: o})
		if out.String() != want {
			t.Errorf("outlook %v reads %q, want %q", o, out.String(), want)
		}
	}
}

func at(second int) *timestamppb.Timestamp {
	return timestamppb.New(time.Date(2026, 11, 22, 8, 0, second, 0, time.UTC))
}

func TestReceiptText(t *testing.T) {
	plan := samplePlan()
	receipt := &pb.Receipt{
		MigrationId: "m1", Source: plan.GetSource(), Target: plan.GetTarget(), Scn: 42, StartTime: at(0), EndTime: at(75),
		Verdict: pb.Verdict_VERDICT_FAILED,
		Tables: []*pb.TableReceipt{
			{
				Source: plan.GetTables()[0].GetSource(), Target: plan.GetTables()[0].GetTarget(), SourceRows: new(int64(5)), TargetRows: new(int64(4)),
				ColumnsCarried: []string{"ID", "NAME"}, ColumnsLeftOut: []*pb.ColumnLeftOut{{Name: "PHOTO", Why: "csv carries no BLOB"}},
				Bytes: 1200, Objects: 1, Format: pb.Format_FORMAT_CSV, StartTime: at(1), EndTime: at(2),
				Verdict: pb.Verdict_VERDICT_DIFFERS, Failure: &pb.Failure{Text: "1 missing"},
			},
			{
				Source: &pb.TableName{Schema: "X", Name: "Y"}, Target: &pb.TableName{Schema: "X", Name: "Y"},
				ColumnsCarried: []string{"A"}, Verdict: pb.Verdict_VERDICT_FAILED, Failure: &pb.Failure{Text: "no space"},
			},
		},
		Leftovers: []*pb.Leftover{{Kind: "objects", Location: "m1/", Count: 1, Bytes: 1200, Hint: "delete them"}},
	}
	want := `
Receipt of migration m1
  from      a (r1), as of SCN 42
  to        b (r2)
  time      2026-11-22 08:00:00 UTC, took 1m15s

HR.STAFF → HR2.STAFF
  rows      5 ≠ 4 rows, source and target
  columns   2 of 3 columns: ID, NAME
  left out  PHOTO: csv carries no BLOB
  objects   1, 1.2 kB as csv
  time      2026-11-22 08:00:01 UTC, took 1s
  verdict   DIFFERS: row counts or digests are not equal
  because   1 missing

X.Y
  rows      not counted
  columns   1 of 1 column
  objects   0, 0 B as unspecified
  time      -, took -
  verdict   FAILED: not moved completely
  because   no space

Left over: 1 object, 1.2 kB under m1/
  delete them

Verdict: FAILED: not moved completely
`
	if diff := cmp.Diff(want, receiptText(receipt, detail{})); diff != "" {
		t.Errorf("receipt (-want +got):\n%s", diff)
	}
}

func TestReceiptsSayWhatDidTheWork(t *testing.T) {
	database := func(name string) *pb.DatabaseDescription {
		return &pb.DatabaseDescription{
			Name: name, Region: "r", AgentVersion: "v2", Version: "19.26", CharacterSet: "AL32UTF8", NationalCharacterSet: "AL16UTF16",
		}
	}
	receipt := &pb.Receipt{
		ControllerVersion: "v1", Source: database("a"), Target: database("b"),
		Tables: []*pb.TableReceipt{{
			Objects: 2, Bytes: 1234567, FormatReason: "csv carries everything", Format: pb.Format_FORMAT_CSV,
			Chunks: []*pb.ChunkReceipt{{Objects: []*pb.Object{{Name: "m/1/a.csv", Bytes: 1234560, Md5: "q83v=="}, {Name: "m/1/b.csv", Bytes: 7}}}},
		}},
	}
	versions := "  versions  controller v1\n            a: agent v2, Oracle 19.26, AL32UTF8, AL16UTF16\n            b: agent v2, Oracle 19.26, AL32UTF8, AL16UTF16\n"
	listed := "            m/1/a.csv, 1,234,560 bytes, MD5 q83v==\n            m/1/b.csv, 7 bytes\n"
	format := "  format    csv carries everything\n"
	for objects, want := range map[bool]string{false: "as csv\n" + format, true: "as csv\n" + listed + format} {
		if got := receiptText(receipt, detail{objects: objects}); !strings.Contains(got, versions) || !strings.Contains(got, want) {
			t.Errorf("objects %v:\n%s\nwant\n%s%s", objects, got, versions, want)
		}
	}
}

// No verdict but the full one may read like it.
func TestOnlyAFullVerdictSaysEverything(t *testing.T) {
	for number := range pb.Verdict_name {
		v := pb.Verdict(number)
		text := verdictText(v, 4, 1)
		if full := strings.Contains(text, "every column was carried"); full != (v == pb.Verdict_VERDICT_VERIFIED) {
			t.Errorf("verdict %s reads %q", v, text)
		}
		if strings.Contains(text, "100 %") {
			t.Errorf("verdict %s reads %q", v, text)
		}
	}
}

func TestEventText(t *testing.T) {
	chunk := progress.Subject{Migration: "m", Table: "A.T", Chunk: "A.T/000001", Attempt: 2}
	table := progress.Subject{Migration: "m", Table: "A.T"}
	whole := progress.Subject{Migration: "m"}
	failure := &pb.Failure{Text: "no space"}
	tests := map[string]*pb.Event{
		"planned: 1 table from a to b, as of SCN 42": whole.Planned(samplePlan()),
		"running":                                      whole.MigrationChanged(&pb.MigrationChanged{State: pb.MigrationState_MIGRATION_STATE_RUNNING}),
		"failed: no space":                             whole.MigrationChanged(&pb.MigrationChanged{State: pb.MigrationState_MIGRATION_STATE_FAILED, Failure: failure}),
		"target table created":                         table.TableChanged(&pb.TableChanged{State: pb.TableState_TABLE_STATE_PREPARED, Created: true}),
		"target table prepared":                        table.TableChanged(&pb.TableChanged{State: pb.TableState_TABLE_STATE_PREPARED}),
		"keys and statistics are in place":             table.TableChanged(&pb.TableChanged{State: pb.TableState_TABLE_STATE_FINISHED}),
		"verified: 5 = 5 rows":                         table.TableChanged(&pb.TableChanged{State: pb.TableState_TABLE_STATE_VERIFIED, Comparison: &pb.Comparison{SourceRows: 5, TargetRows: 5}}),
		"verified: 1 = 1 row":                          table.TableChanged(&pb.TableChanged{State: pb.TableState_TABLE_STATE_VERIFIED, Comparison: &pb.Comparison{SourceRows: 1, TargetRows: 1}}),
		"imported: 1 row":                              chunk.ChunkChanged(&pb.ChunkChanged{State: pb.ChunkState_CHUNK_STATE_IMPORTED, RowsImported: 1}),
		"verified: 5 = 5 rows, digests equal":          table.TableChanged(&pb.TableChanged{State: pb.TableState_TABLE_STATE_VERIFIED, Comparison: compared("1-2", "1-2")}),
		"failed: 5 = 5 rows, digests DIFFER: no space": table.TableChanged(&pb.TableChanged{State: pb.TableState_TABLE_STATE_FAILED, Comparison: compared("1-2", "1-3"), Failure: failure}),
		"failed: 5 = 5 rows, digests equal as far as compared: no space": table.TableChanged(&pb.TableChanged{
			State: pb.TableState_TABLE_STATE_FAILED, Comparison: compared("1-2", "1-2", "PHOTO"), Failure: failure,
		}),
		"failed: 5 ≠ 4 rows: no space":         table.TableChanged(&pb.TableChanged{State: pb.TableState_TABLE_STATE_FAILED, Comparison: &pb.Comparison{SourceRows: 5, TargetRows: 4}, Failure: failure}),
		"failed: no space ":                    table.TableChanged(&pb.TableChanged{State: pb.TableState_TABLE_STATE_FAILED, Failure: failure}),
		"exporting, attempt 2":                 chunk.ChunkChanged(&pb.ChunkChanged{State: pb.ChunkState_CHUNK_STATE_EXPORTING}),
		"importing, attempt 2":                 chunk.ChunkChanged(&pb.ChunkChanged{State: pb.ChunkState_CHUNK_STATE_IMPORTING}),
		"failed, attempt 2: no space":          chunk.ChunkChanged(&pb.ChunkChanged{State: pb.ChunkState_CHUNK_STATE_FAILED, Failure: failure}),
		"imported: 1,000 rows":                 chunk.ChunkChanged(&pb.ChunkChanged{State: pb.ChunkState_CHUNK_STATE_IMPORTED, RowsImported: 1000}),
		"as many rows arrived as were written": chunk.ChunkChanged(&pb.ChunkChanged{State: pb.ChunkState_CHUNK_STATE_VERIFIED}),
		"exported: 7 rows in 2 objects, 30 B":  chunk.ChunkChanged(&pb.ChunkChanged{State: pb.ChunkState_CHUNK_STATE_EXPORTED, Manifest: &pb.Manifest{Rows: 7, Objects: []*pb.Object{{Bytes: 10}, {Bytes: 20}}}}),
		"exporting, 2 objects, 3.0 kB":         chunk.Tick(&pb.ChunkProgress{Phase: pb.Phase_PHASE_EXPORT, Objects: 2, Bytes: 3000}),
		"loading, 5 rows":                      chunk.Tick(&pb.ChunkProgress{Phase: pb.Phase_PHASE_LOAD, Rows: 5}),
		"staging":                              chunk.Tick(&pb.ChunkProgress{Phase: pb.Phase_PHASE_STAGE}),
		"notice: mind the gap":                 whole.Notice("mind the gap"),
		"comparing both sides":                 table.Tick(&pb.ChunkProgress{Phase: pb.Phase_PHASE_VERIFY}),
		"emptied, and moved again as json: no space": table.TableReplanned(&pb.TableReplanned{
			Plan: &pb.TablePlan{Format: pb.Format_FORMAT_JSON}, Failure: failure,
		}),
		"foreign keys: 1 could not be made": table.TableChanged(&pb.TableChanged{
			State: pb.TableState_TABLE_STATE_VERIFIED, Definitions: []string{"A", "B"}, DefinitionFailures: []*pb.DefinitionFailure{{What: "C"}},
		}),
		"an event that this version does not know": {},
		"verified": whole.MigrationChanged(&pb.MigrationChanged{State: pb.MigrationState_MIGRATION_STATE_VERIFIED}),
	}
	for want, e := range tests {
		if got := eventText(e); got != strings.TrimSpace(want) {
			t.Errorf("event reads %q, want %q", got, want)
		}
	}
}

func TestAMigrationThatWasGivenUpIsNeitherStoppedNorPaused(t *testing.T) {
	s := sampleStatus()
	s.State, s.CleanUp = pb.MigrationState_MIGRATION_STATE_PAUSED, &pb.MigrationCleanedUp{}
	if got := statusText(s); !strings.Contains(got, "Migration m1 is given up\n") {
		t.Errorf("status:\n%s", got)
	}
	if got := listText([]*pb.MigrationStatus{s}); !strings.Contains(got, "m1  given up  ") {
		t.Errorf("list:\n%s", got)
	}
}

func TestAPartialMigrationIsNowhereCalledVerified(t *testing.T) {
	s := sampleStatus()
	s.State, s.Receipt = pb.MigrationState_MIGRATION_STATE_VERIFIED, &pb.Receipt{Verdict: pb.Verdict_VERDICT_VERIFIED_PARTIAL}
	if got := statusText(s); !strings.Contains(got, "Migration m1 is partial\n") {
		t.Errorf("status:\n%s", got)
	}
	if got := listText([]*pb.MigrationStatus{s}); !strings.Contains(got, "m1  partial  ") {
		t.Errorf("list:\n%s", got)
	}
	e := progress.Subject{Migration: "m1"}.MigrationChanged(&pb.MigrationChanged{State: s.GetState(), Receipt: s.GetReceipt()})
	if got := eventText(e); got != "partial" {
		t.Errorf("event reads %q", got)
	}
}

func TestADamagedJournalIsListedAsSuch(t *testing.T) {
	all := []*pb.MigrationStatus{{
		MigrationId: "m1", State: pb.MigrationState_MIGRATION_STATE_FAILED, Failure: &pb.Failure{Reason: pb.Reason_REASON_JOURNAL_DAMAGED},
	}}
	if got := listText(all); !strings.Contains(got, "m1  damaged  ") {
		t.Errorf("list:\n%s", got)
	}
}

func TestStatusText(t *testing.T) {
	s := sampleStatus()
	s.Failure = &pb.Failure{Text: "stopped by hand"}
	got := statusText(s)
	for _, want := range []string{
		"Migration m1 is running\n", "  route     a (r1) → b (r2)\n", "  because   stopped by hand\n",
		"HR.STAFF  exporting  500 of 1,234,567  44 MB  24.9 %\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("status lacks %q:\n%s", want, got)
		}
	}
}

func TestStatusSumsUpSeveralTables(t *testing.T) {
	s := sampleStatus()
	other := sampleTable()
	other.TableId, other.EstimatedBytes = "HR.DONE", 11_000_000
	s.Plan.Tables = append(s.Plan.Tables, other)
	s.Tables = append(s.Tables, &pb.TableStatus{TableId: "HR.DONE", State: pb.TableState_TABLE_STATE_VERIFIED})
	if got := statusText(s); !strings.Contains(got, "\nHR.DONE   verified ") || !strings.Contains(got, "\nin all    1 of 2 tables  500 of 2,469,134  44 MB ") {
		t.Errorf("status:\n%s", got)
	}
}

func TestStepText(t *testing.T) {
	chunks := func(states ...pb.ChunkState) []*pb.ChunkStatus {
		var all []*pb.ChunkStatus
		for _, state := range states {
			all = append(all, &pb.ChunkStatus{State: state, Reached: state})
		}
		return all
	}
	const (
		prepared, moving = pb.TableState_TABLE_STATE_PREPARED, pb.MigrationState_MIGRATION_STATE_RUNNING
		waiting, arrived = pb.ChunkState_CHUNK_STATE_UNSPECIFIED, pb.ChunkState_CHUNK_STATE_IMPORTED
	)
	for want, tt := range map[string]struct {
		migration pb.MigrationState
		table     pb.TableState
		chunks    []*pb.ChunkStatus
	}{
		"waiting":              {moving, pb.TableState_TABLE_STATE_UNSPECIFIED, chunks(waiting)},
		"starting":             {moving, prepared, chunks(waiting)},
		"exporting":            {moving, prepared, chunks(pb.ChunkState_CHUNK_STATE_EXPORTING, pb.ChunkState_CHUNK_STATE_IMPORTING)},
		"loading":              {moving, prepared, chunks(arrived, pb.ChunkState_CHUNK_STATE_IMPORTING)},
		"finishing":            {moving, prepared, chunks(arrived, arrived)},
		"comparing both sides": {moving, pb.TableState_TABLE_STATE_FINISHED, chunks(arrived)},
		"stopped":              {pb.MigrationState_MIGRATION_STATE_STOPPED, prepared, chunks(waiting)},
		"paused":               {pb.MigrationState_MIGRATION_STATE_PAUSED, pb.TableState_TABLE_STATE_FINISHED, chunks(arrived)},
		"failed":               {moving, pb.TableState_TABLE_STATE_FAILED, chunks(waiting)},
		"verified":             {pb.MigrationState_MIGRATION_STATE_VERIFIED, pb.TableState_TABLE_STATE_VERIFIED, chunks(arrived)},
	} {
		table := &pb.TableStatus{State: tt.table, Chunks: tt.chunks}
		if got := stepText(&pb.MigrationStatus{State: tt.migration}, table, progress.Totals{}); got != want {
			t.Errorf("step reads %q, want %q", got, want)
		}
	}
}

// sampleStatus is a table of which one chunk is exported and being loaded, with
// ticks, while the other still exports.
func sampleStatus() *pb.MigrationStatus {
	s := &pb.MigrationStatus{}
	subject := progress.Subject{Migration: "m1", Table: "HR.STAFF"}
	first, second := subject, subject
	first.Chunk, second.Chunk = "HR.STAFF/000001", "HR.STAFF/000002"
	events := []*pb.Event{
		progress.Subject{Migration: "m1"}.Planned(samplePlan()),
		progress.Subject{Migration: "m1"}.MigrationChanged(&pb.MigrationChanged{State: pb.MigrationState_MIGRATION_STATE_RUNNING}),
		subject.TableChanged(&pb.TableChanged{State: pb.TableState_TABLE_STATE_PREPARED}),
		first.ChunkChanged(&pb.ChunkChanged{State: pb.ChunkState_CHUNK_STATE_EXPORTED, Manifest: &pb.Manifest{Objects: []*pb.Object{{Bytes: 40_000_000}}}}),
		first.ChunkChanged(&pb.ChunkChanged{State: pb.ChunkState_CHUNK_STATE_IMPORTING}),
		second.ChunkChanged(&pb.ChunkChanged{State: pb.ChunkState_CHUNK_STATE_EXPORTING}),
	}
	for i, e := range events {
		e.Sequence, e.Time = int64(i+1), at(i)
		progress.Fold(s, e)
	}
	progress.Fold(s, first.Tick(&pb.ChunkProgress{Phase: pb.Phase_PHASE_LOAD, Rows: 500}))
	progress.Fold(s, second.Tick(&pb.ChunkProgress{Phase: pb.Phase_PHASE_EXPORT, Bytes: 4_310_000}))
	return s
}

func TestCountsAndTimesRead(t *testing.T) {
	for want, got := range map[string]string{
		"1 object": quantity.Of(1, "object"), "0 objects": quantity.Of(0, "object"), "1,500 rows": quantity.Of(1500, "row"),
		"-": took(nil, at(1)), "1.5s": took(timestamppb.New(at(0).AsTime().Add(500*time.Millisecond)), at(2)), "0s": took(at(1), at(1)),
		"0 B": size(-5), "starting": phaseText(pb.Phase_PHASE_UNSPECIFIED), "waiting": tableStateText(pb.TableState_TABLE_STATE_UNSPECIFIED),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// compared is a comparison of equal counts.
func compared(source, target string, unknown ...string) *pb.Comparison {
	c := &pb.Comparison{
		SourceRows: 5, TargetRows: 5,
		SourceDigest: &pb.Digest{Rows: 5, Sum: source}, TargetDigest: &pb.Digest{Rows: 5, Sum: target},
	}
	for _, name := range unknown {
		c.NotCompared = append(c.NotCompared, &pb.ColumnLeftOut{Name: name, Why: "no right"})
	}
	return c
}

func TestReceiptsSayWhatIsProvenAndWhatIsNot(t *testing.T) {
	for name, tt := range map[string]struct {
		comparison *pb.Comparison
		want       string
	}{
		"equal":   {compared("1-2", "1-2"), "  rows      5 = 5 rows, digests equal\n  digest    1-2, source and target\n  columns"},
		"differ":  {compared("1-2", "1-3"), "  rows      5 = 5 rows, digests DIFFER\n  digest    1-2 source\n            1-3 target\n  columns"},
		"unknown": {compared("1-2", "1-2", "PHOTO"), "digests equal as far as compared\n  digest    1-2, source and target\n  unknown   PHOTO: not compared: no right\n  columns"},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			tableReceiptText(&out, &pb.TableReceipt{
				SourceRows: new(int64(5)), TargetRows: new(int64(5)), SourceDigest: tt.comparison.GetSourceDigest(),
				TargetDigest: tt.comparison.GetTargetDigest(), ColumnsNotCompared: tt.comparison.GetNotCompared(),
			}, false, "")
			if !strings.Contains(out.String(), tt.want) {
				t.Errorf("got\n%s\nwant\n%s", out.String(), tt.want)
			}
		})
	}
}
