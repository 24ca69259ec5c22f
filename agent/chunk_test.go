package agent_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

// planChunks plans a table in chunks of about so many bytes.
func (p *pair) planChunks(table, where string, bytes int64, first int32) *pb.TablePlan {
	p.t.Helper()
	d, err := p.source.DescribeDatabase(p.t.Context(), &pb.DescribeDatabaseRequest{})
	if err != nil {
		p.t.Fatal(err)
	}
	resp, err := p.source.PlanTable(p.t.Context(), &pb.PlanTableRequest{
		Table: name(table), Target: name(table), Scn: d.GetDatabase().GetCurrentScn(), MaxStringBytes: d.GetDatabase().GetMaxStringBytes(),
		Where: where, Options: &pb.TableOptions{ChunkBytes: bytes}, FirstChunk: first,
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return resp.GetPlan()
}

// moveChunks moves the chunks of a plan, the last one first.
func (p *pair) moveChunks(migration string, plan *pb.TablePlan) {
	p.t.Helper()
	ctx := p.t.Context()
	if _, err := p.target.PrepareTable(ctx, &pb.PrepareTableRequest{MigrationId: migration, Plan: plan}); err != nil {
		p.t.Fatal(err)
	}
	for n := range plan.GetChunks() {
		c := plan.GetChunks()[len(plan.GetChunks())-1-n]
		exporting, err := p.source.Export(ctx, &pb.ExportRequest{MigrationId: migration, Plan: plan, Chunk: c, Attempt: 1, ParUrl: p.par})
		if err != nil {
			p.t.Fatal(err)
		}
		events, err := collect(exporting.Recv)
		if err != nil {
			p.t.Fatal(err)
		}
		m := outcome(events).GetManifest()
		importing, err := p.target.Import(ctx, &pb.ImportRequest{MigrationId: migration, Plan: plan, Chunk: c, Attempt: 1, Manifest: m, ParUrl: p.par})
		if err != nil {
			p.t.Fatal(err)
		}
		if events, err = collect(importing.Recv); err != nil {
			p.t.Fatal(err)
		}
		if got := outcome(events).GetRowsImported(); got != c.GetRowCount() || got != m.GetRows() {
			p.t.Errorf("chunk %s: %d rows counted, %d exported, %d imported", c.GetChunkId(), c.GetRowCount(), m.GetRows(), got)
		}
	}
}

// digests digests the carried columns of both sides, the source as planned.
func (p *pair) digests(plan *pb.TablePlan) (source, target *pb.Digest) {
	p.t.Helper()
	selection := &pb.RowSelection{Table: plan.GetTarget()}
	for _, c := range plan.GetColumns() {
		if c.GetLeftOut() == "" {
			selection.Columns = append(selection.Columns, c.GetColumn())
		}
	}
	arrived, err := p.target.Checksum(p.t.Context(), &pb.ChecksumRequest{Selection: selection})
	if err != nil {
		p.t.Fatal(err)
	}
	selection.Table, selection.Scn, selection.Where = plan.GetSource(), plan.GetScn(), plan.GetWhere()
	left, err := p.source.Checksum(p.t.Context(), &pb.ChecksumRequest{Selection: selection})
	if err != nil {
		p.t.Fatal(err)
	}
	return left.GetDigest(), arrived.GetDigest()
}

const (
	keyless     = "CREATE TABLE MANY (ID NUMBER, V VARCHAR2(40))"
	partitioned = keyless + " PARTITION BY RANGE (ID) INTERVAL (250) (PARTITION A VALUES LESS THAN (251))"
	fillMany    = "INSERT INTO MANY SELECT LEVEL, CASE MOD(LEVEL, 5) WHEN 0 THEN NULL ELSE 'row ' || MOD(LEVEL, 100) END FROM DUAL CONNECT BY LEVEL <= 1000"
)

func TestTablesOfManyChunksArriveRowForRow(t *testing.T) {
	for title, tt := range map[string]struct {
		create, where string
		refuse        int // ORA- number that cutting by ROWID answers
		first         int32
		rows          int64
		kind          string
	}{
		"by ROWID":          {create: keyless, rows: 1000, kind: "RowidRange"},
		"by partition":      {create: partitioned, rows: 1000, kind: "Partition"},
		"by hash":           {create: keyless, refuse: 29491, rows: 1000, kind: "HashBucket"},
		"with a condition":  {create: keyless, where: "ID <= 700 AND (V IS NULL OR V <> 'row 7')", rows: 693, kind: "RowidRange"},
		"with more numbers": {create: keyless, first: 41, rows: 1000, kind: "RowidRange"},
	} {
		t.Run(title, func(t *testing.T) {
			p := newPair(t, sim.Config{})
			p.exec(sim.SanJose, tt.create, fillMany)
			if tt.refuse != 0 {
				if _, err := p.sim.Region(sim.SanJose).Fail(sim.Trigger{Match: "adbferry chunk.task"}, sim.CallFault{Code: tt.refuse}); err != nil {
					t.Fatal(err)
				}
			}
			plan := p.planChunks("MANY", tt.where, 4000, tt.first)
			p.exec(sim.SanJose, "DELETE FROM MANY WHERE MOD(ID, 2) = 0", "UPDATE MANY SET V = 'changed since'", "INSERT INTO MANY VALUES (9999, 'new')")
			if n := len(plan.GetChunks()); n < 4 || plan.GetRows() != tt.rows || !strings.HasSuffix(fmt.Sprintf("%T", plan.GetChunks()[0].GetRows()), tt.kind) {
				t.Fatalf("%d rows in %d chunks, the first is %v", plan.GetRows(), n, plan.GetChunks()[0])
			}
			if want := fmt.Sprintf("ADMIN.MANY/%06d", max(tt.first, 1)); plan.GetChunks()[0].GetChunkId() != want {
				t.Errorf("the first chunk is %s, want %s", plan.GetChunks()[0].GetChunkId(), want)
			}
			p.moveChunks("m1", plan)
			source, target := p.digests(plan)
			if diff := cmp.Diff(source, target, protocmp.Transform()); diff != "" || source.GetRows() != tt.rows {
				t.Errorf("digests of %d rows differ (-source +target):\n%s", source.GetRows(), diff)
			}
		})
	}
}

func TestAConditionIsRefusedWhereItIsNotOne(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 5})
	_, err := p.source.Count(t.Context(), &pb.CountRequest{Table: name(demo), Where: "1 = 1) OR (1 = 1"})
	wantReason(t, err, pb.Reason_REASON_REQUEST_INVALID)
	_, err = p.source.PlanTable(t.Context(), &pb.PlanTableRequest{Table: name(demo), Target: name(demo), Scn: 1, Where: "ORDER_ID > 1; DROP TABLE X"})
	wantReason(t, err, pb.Reason_REASON_REQUEST_INVALID)
	counted, err := p.source.Count(t.Context(), &pb.CountRequest{Table: name(demo), Where: "ORDER_ID <= 2 OR ORDER_ID = 5"})
	if err != nil || counted.GetRows() != 3 {
		t.Errorf("%d rows, %v", counted.GetRows(), err)
	}
}
