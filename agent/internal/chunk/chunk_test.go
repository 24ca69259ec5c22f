package chunk_test

import (
	"testing"

	"github.com/adbferry/adbferry/agent/internal/chunk"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestAChunkReadsItsSnapshot(t *testing.T) {
	table, err := oracle.NewTable(&pb.TableName{Schema: "A", Name: "b"})
	if err != nil {
		t.Fatal(err)
	}
	chunks := chunk.Cut("A.b", 1234)
	if len(chunks) != 1 || chunks[0].GetChunkId() != "A.b/000001" {
		t.Fatalf("got %v", chunks)
	}
	if from, err := chunk.From(table, chunks[0]); err != nil || from != `"A"."b" AS OF SCN 1234` {
		t.Errorf("from %s, %v", from, err)
	}
	if from := chunk.Table(table, 0); from != `"A"."b"` {
		t.Errorf("now is %s", from)
	}
	for name, c := range map[string]*pb.Chunk{
		"no SCN":  {ChunkId: "x", Rows: &pb.Chunk_WholeTable{WholeTable: &pb.WholeTable{}}},
		"no rows": {ChunkId: "x", Scn: 1},
	} {
		if _, err := chunk.From(table, c); apierr.ReasonOf(err) != pb.Reason_REASON_REQUEST_INVALID {
			t.Errorf("%s: %v", name, err)
		}
	}
}
