package chunk_test

import (
	"testing"

	"github.com/adbferry/adbferry/agent/internal/chunk"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

const (
	rowidA = "AAAE5PAAMAAAACDAAA"
	rowidB = "AAAE5PAAMAAAACDABH"
)

func tableOf(t *testing.T, schema, name string) oracle.Table {
	t.Helper()
	table, err := oracle.NewTable(&pb.TableName{Schema: schema, Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func ofRange(first, last string) *pb.Chunk {
	return &pb.Chunk{ChunkId: "x", Scn: 5, Rows: &pb.Chunk_RowidRange{RowidRange: &pb.RowidRange{First: first, Last: last}}}
}

func ofBucket(buckets, bucket int32, columns ...string) *pb.Chunk {
	return &pb.Chunk{ChunkId: "x", Scn: 5, Rows: &pb.Chunk_HashBucket{HashBucket: &pb.HashBucket{Columns: columns, Buckets: buckets, Bucket: bucket}}}
}

func outsideOf(ranges ...*pb.RowidRange) *pb.Chunk {
	return &pb.Chunk{ChunkId: "x", Scn: 5, Rows: &pb.Chunk_RowidComplement{RowidComplement: &pb.RowidComplement{Ranges: ranges}}}
}

func whole(where string) *pb.Chunk {
	return &pb.Chunk{ChunkId: "x", Scn: 5, Where: where, Rows: &pb.Chunk_WholeTable{WholeTable: &pb.WholeTable{}}}
}

func TestAChunkReadsItsRowsAsOfItsSCN(t *testing.T) {
	table := tableOf(t, "A", "b")
	between := "ROWID BETWEEN CHARTOROWID('" + rowidA + "') AND CHARTOROWID('" + rowidB + "')"
	filtered := ofRange(rowidA, rowidB)
	filtered.Where = "X = 1 OR Y = ')'"
	partition := &pb.Chunk{Scn: 5, Where: "X = 1", Rows: &pb.Chunk_Partition{Partition: &pb.PartitionRows{Name: "P 1"}}}
	for name, tt := range map[string]struct {
		chunk *pb.Chunk
		want  string
	}{
		"whole table":           {whole(""), `"A"."b" AS OF SCN 5`},
		"with a condition":      {whole("X = 1 OR Y = 2"), `"A"."b" AS OF SCN 5 WHERE (X = 1 OR Y = 2)`},
		"partition":             {partition, `"A"."b" PARTITION ("P 1") AS OF SCN 5 WHERE (X = 1)`},
		"range":                 {ofRange(rowidA, rowidB), `"A"."b" AS OF SCN 5 WHERE ` + between},
		"range and a condition": {filtered, `"A"."b" AS OF SCN 5 WHERE ` + between + ` AND (X = 1 OR Y = ')')`},
		"outside":               {outsideOf(filtered.GetRowidRange()), `"A"."b" AS OF SCN 5 WHERE NOT (` + between + ")"},
		"bucket": {
			ofBucket(4, 3, "K"),
			`"A"."b" AS OF SCN 5 WHERE ORA_HASH(CASE WHEN "K" IS NULL THEN '~' ELSE TO_CHAR(ORA_HASH("K"), 'TM9') END, 3) = 3`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := chunk.From(table, tt.chunk); err != nil || got != tt.want {
				t.Errorf("%v\ngot  %s\nwant %s", err, got, tt.want)
			}
		})
	}
	if got := chunk.Table(table, 0); got != `"A"."b"` {
		t.Errorf("now is %s", got)
	}
	if got, err := chunk.Filtered(table, 7, "X > 0"); err != nil || got != `"A"."b" AS OF SCN 7 WHERE (X > 0)` {
		t.Errorf("filtered is %s, %v", got, err)
	}
}

func TestForgedChunksAreRefused(t *testing.T) {
	table := tableOf(t, "A", "b")
	for name, c := range map[string]*pb.Chunk{
		"no SCN":          {ChunkId: "x", Rows: &pb.Chunk_WholeTable{WholeTable: &pb.WholeTable{}}},
		"no rows":         {ChunkId: "x", Scn: 1},
		"no ROWID":        ofRange(rowidA, "') OR 1=1 --12345"),
		"no outside":      outsideOf(),
		"forged outside":  outsideOf(&pb.RowidRange{First: "'", Last: rowidA}),
		"no columns":      ofBucket(4, 1),
		"no such bucket":  ofBucket(4, 4, "K"),
		"negative bucket": ofBucket(4, -1, "K"),
		"no buckets":      ofBucket(0, 0, "K"),
		"too many":        ofBucket(1000, 0, "K"),
		"no condition":    whole("1 = 1) OR (1 = 1"),
	} {
		t.Run(name, func(t *testing.T) {
			if from, err := chunk.From(table, c); apierr.ReasonOf(err) != pb.Reason_REASON_REQUEST_INVALID {
				t.Errorf("%s, %v", from, err)
			}
		})
	}
	for name, c := range map[string]*pb.Chunk{
		"a column":    ofBucket(4, 1, `K"`),
		"a partition": {Scn: 1, Rows: &pb.Chunk_Partition{Partition: &pb.PartitionRows{Name: `P")`}}},
	} {
		if _, err := chunk.From(table, c); apierr.ReasonOf(err) != pb.Reason_REASON_NAME_INVALID {
			t.Errorf("%s with a quote: %v", name, err)
		}
	}
}

func TestAChunkThatWasNotCountedIsTheWholeTable(t *testing.T) {
	p := &pb.TablePlan{Rows: 7}
	if n := chunk.Rows(p, &pb.Chunk{}); n != 7 {
		t.Errorf("an old plan's chunk has %d rows", n)
	}
	if n := chunk.Rows(p, &pb.Chunk{RowCount: new(int64)}); n != 0 {
		t.Errorf("a chunk without rows has %d", n)
	}
}
