package docs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

// longValues moves a table with a value that is too long for its row.
func longValues(t *testing.T, s *sim.Simulation, dir string, source, target pb.AgentServiceClient) {
	t.Helper()
	const id = "statements-long"
	ctx := t.Context()
	text, err := os.ReadFile(filepath.Join(dir, "par.url"))
	if err != nil {
		t.Fatal(err)
	}
	par := strings.TrimSpace(string(text))
	for _, statement := range []string{
		"CREATE TABLE LONG_VALUES (ID NUMBER, SCAN BLOB)",
		"DECLARE b BLOB := TO_BLOB(HEXTORAW('0011')); BEGIN FOR i IN 1 .. 15 LOOP DBMS_LOB.APPEND(b, b); END LOOP; INSERT INTO LONG_VALUES VALUES (1, b); END;",
	} {
		if err := s.Region(sim.SanJose).Exec(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	described := must(source.DescribeDatabase(ctx, &pb.DescribeDatabaseRequest{}))(t).GetDatabase()
	name := &pb.TableName{Schema: "ADMIN", Name: "LONG_VALUES"}
	plan := must(source.PlanTable(ctx, &pb.PlanTableRequest{Table: name, Target: name, Scn: described.GetCurrentScn(), MaxStringBytes: 32767}))(t).GetPlan()
	must(target.PrepareTable(ctx, &pb.PrepareTableRequest{MigrationId: id, Plan: plan}))(t)
	chunk := plan.GetChunks()[0]
	exporting, err := source.Export(ctx, &pb.ExportRequest{MigrationId: id, Plan: plan, Chunk: chunk, Attempt: 1, ParUrl: par})
	manifest := last(t, exporting, err).GetEvent().GetChunkChanged().GetManifest()
	importing, err := target.Import(ctx, &pb.ImportRequest{MigrationId: id, Plan: plan, Chunk: chunk, Attempt: 1, Manifest: manifest, ParUrl: par})
	last(t, importing, err)
	must(target.Discard(ctx, &pb.DiscardRequest{MigrationId: id}))(t)
}
