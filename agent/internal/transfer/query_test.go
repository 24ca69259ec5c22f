package transfer

import (
	"testing"

	"github.com/adbferry/adbferry/agent/internal/chunk"
	"github.com/adbferry/adbferry/agent/internal/codec"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestAQueryNamesEveryFieldAndEndsWithTheMarker(t *testing.T) {
	plan := &pb.TablePlan{Source: &pb.TableName{Schema: "A", Name: "T"}, Columns: []*pb.ColumnPlan{
		codec.Plan(&pb.Column{Name: "D", DataType: "DATE"}, codec.Basis{MaxStringBytes: 4000}),
		codec.Plan(&pb.Column{Name: "DOC", DataType: "BFILE"}, codec.Basis{MaxStringBytes: 4000}),
		codec.Plan(&pb.Column{Name: "V", DataType: "VARCHAR2", DataLength: 2001, CharLength: 501}, codec.Basis{MaxStringBytes: 4000}),
	}}
	got, err := Job{Plan: plan, Chunk: chunk.Cut("A.T", 5)[0]}.query()
	want := `SELECT TO_CHAR("D", 'SYYYY-MM-DD HH24:MI:SS') AS C1, RAWTOHEX(UTL_RAW.CAST_TO_RAW(SUBSTR("V", 1, 500))) AS C2, ` +
		`RAWTOHEX(UTL_RAW.CAST_TO_RAW(SUBSTR("V", 501, 500))) AS C3, '1' AS CEND FROM "A"."T" AS OF SCN 5`
	if err != nil || got != want {
		t.Errorf("%v\ngot  %s\nwant %s", err, got, want)
	}
	plan.Columns[0].Column.Name = `D" FROM DUAL --`
	if _, err := (Job{Plan: plan, Chunk: chunk.Cut("A.T", 5)[0]}).query(); apierr.ReasonOf(err) != pb.Reason_REASON_NAME_INVALID {
		t.Errorf("a column with a quote gave %v", err)
	}
}
