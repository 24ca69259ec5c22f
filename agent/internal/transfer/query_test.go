package transfer

import (
	"strings"
	"testing"

	"github.com/adbferry/adbferry/agent/internal/codec"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

var whole = &pb.Chunk{ChunkId: "A.T/000001", Scn: 5, Rows: &pb.Chunk_WholeTable{WholeTable: &pb.WholeTable{}}}

func TestAQueryNamesEveryFieldAndEndsWithTheMarker(t *testing.T) {
	plan := &pb.TablePlan{Source: &pb.TableName{Schema: "A", Name: "T"}, Columns: []*pb.ColumnPlan{
		codec.Plan(&pb.Column{Name: "D", DataType: "DATE"}, codec.Basis{MaxStringBytes: 4000}),
		codec.Plan(&pb.Column{Name: "DOC", DataType: "BFILE"}, codec.Basis{MaxStringBytes: 4000}),
		codec.Plan(&pb.Column{Name: "V", DataType: "VARCHAR2", DataLength: 2001, CharLength: 501}, codec.Basis{MaxStringBytes: 4000}),
	}}
	got, err := Job{Plan: plan, Chunk: whole}.query()
	want := `SELECT TO_CHAR("D", 'SYYYY-MM-DD HH24:MI:SS') AS C1, RAWTOHEX(UTL_RAW.CAST_TO_RAW(SUBSTR("V", 1, 500))) AS C2, ` +
		`RAWTOHEX(UTL_RAW.CAST_TO_RAW(SUBSTR("V", 501, 500))) AS C3, '1' AS CEND FROM "A"."T" AS OF SCN 5`
	if err != nil || got != want {
		t.Errorf("%v\ngot  %s\nwant %s", err, got, want)
	}
	plan.Columns[0].Column.Name = `D" FROM DUAL --`
	if _, err := (Job{Plan: plan, Chunk: whole}).query(); apierr.ReasonOf(err) != pb.Reason_REASON_NAME_INVALID {
		t.Errorf("a column with a quote gave %v", err)
	}
}

func TestLongValuesHaveAQueryOfTheirOwn(t *testing.T) {
	long := codec.Plan(&pb.Column{Name: "SCAN", DataType: "BLOB"}, codec.Basis{MaxStringBytes: 4000, Found: codec.Found{Longest: 9999}})
	plan := &pb.TablePlan{Source: &pb.TableName{Schema: "A", Name: "T"}, Columns: []*pb.ColumnPlan{codec.Plan(&pb.Column{Name: "D", DataType: "DATE"}, codec.Basis{}), long}}
	job := Job{Plan: plan, Chunk: whole}
	got, err := job.overflowQuery()
	want := `SELECT T.R AS CROW, '2' AS CCOL, TO_CHAR(G.N, 'TM9') AS CNUM, RAWTOHEX(DBMS_LOB.SUBSTR(T.V, 2000, (G.N - 1) * 2000 + 1)) AS CHEX, '1' AS CEND FROM ` +
		`(SELECT /*+ NO_MERGE */ ROWIDTOCHAR(ROWID) AS R, "SCAN" AS V, DBMS_LOB.GETLENGTH("SCAN") AS L FROM "A"."T" AS OF SCN 5) T ` +
		`CROSS APPLY (SELECT LEVEL AS N FROM DUAL CONNECT BY LEVEL <= CEIL(T.L / 2000)) G WHERE T.L > 2000`
	if err != nil || got != want {
		t.Errorf("%v\ngot  %s\nwant %s", err, got, want)
	}
	if rows, err := job.query(); err != nil || !strings.HasSuffix(rows, `END AS C3, ROWIDTOCHAR(ROWID) AS CROW, '1' AS CEND FROM "A"."T" AS OF SCN 5`) {
		t.Errorf("rows %s, %v", rows, err)
	}
	plan.Columns = plan.GetColumns()[:1]
	if got, err := job.overflowQuery(); got != "" || err != nil {
		t.Errorf("a table without long values: %q, %v", got, err)
	}
}

func TestARowOfAThousandFieldsIsMarkedAtItsEnd(t *testing.T) {
	for format, want := range map[pb.Format]string{
		pb.Format_FORMAT_CSV:      `TO_CHAR("D", 'SYYYY-MM-DD HH24:MI:SS') || '!' AS C1000 FROM "A"."T" AS OF SCN 5`,
		pb.Format_FORMAT_JSON:     `TO_CHAR("D", 'SYYYY-MM-DD HH24:MI:SS') AS C1000 FROM "A"."T" AS OF SCN 5`,
		pb.Format_FORMAT_DATAPUMP: `"D" AS C1000 FROM "A"."T" AS OF SCN 5`,
	} {
		plan := &pb.TablePlan{Source: &pb.TableName{Schema: "A", Name: "T"}, Format: format}
		for range codec.MaxFields {
			plan.Columns = append(plan.Columns, codec.Plan(&pb.Column{Name: "D", DataType: "DATE"}, codec.Basis{Format: format}))
		}
		if got, err := (Job{Plan: plan, Chunk: whole}).query(); err != nil || !strings.HasSuffix(got, ", "+want) {
			t.Errorf("%s: %v, …%s", format, err, got[max(0, len(got)-150):])
		}
	}
}

func TestADumpHasTheTypesOfItsStagingTable(t *testing.T) {
	plan := &pb.TablePlan{Source: &pb.TableName{Schema: "A", Name: "T"}, Format: pb.Format_FORMAT_DATAPUMP}
	for _, dataType := range []string{"NUMBER", "BINARY_FLOAT", "CLOB"} {
		plan.Columns = append(plan.Columns, codec.Plan(&pb.Column{Name: "X", DataType: dataType}, codec.Basis{Format: plan.GetFormat()}))
	}
	got, err := Job{Plan: plan, Chunk: whole}.query()
	want := `SELECT "X" AS C1, CAST(RAWTOHEX(UTL_RAW.CAST_FROM_BINARY_FLOAT("X")) AS VARCHAR2(8 BYTE)) AS C2, "X" AS C3, CAST('1' AS VARCHAR2(1 BYTE)) AS CEND FROM "A"."T" AS OF SCN 5`
	if err != nil || got != want {
		t.Errorf("%v\ngot  %s\nwant %s", err, got, want)
	}
}
