package docs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

// takeover moves a table twice: the second migration takes the table over when
// somebody has removed the first one's rows.
func takeover(t *testing.T, s *sim.Simulation, dir string, source, target pb.AgentServiceClient) {
	t.Helper()
	ctx := t.Context()
	par, err := os.ReadFile(filepath.Join(dir, "par.url"))
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{"CREATE TABLE TAKEN (ID NUMBER)", "INSERT INTO TAKEN VALUES (1)"} {
		if err := s.Region(sim.SanJose).Exec(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	ids := []string{"statements-first", "statements-second"}
	for _, id := range ids {
		described := must(source.DescribeDatabase(ctx, &pb.DescribeDatabaseRequest{}))(t).GetDatabase()
		name := &pb.TableName{Schema: "ADMIN", Name: "TAKEN"}
		plan := must(source.PlanTable(ctx, &pb.PlanTableRequest{Table: name, Target: name, Scn: described.GetCurrentScn(), MaxStringBytes: 32767}))(t).GetPlan()
		must(target.PrepareTable(ctx, &pb.PrepareTableRequest{MigrationId: id, Plan: plan}))(t)
		chunk, url := plan.GetChunks()[0], strings.TrimSpace(string(par))
		exporting, err := source.Export(ctx, &pb.ExportRequest{MigrationId: id, Plan: plan, Chunk: chunk, Attempt: 1, ParUrl: url})
		manifest := last(t, exporting, err).GetEvent().GetChunkChanged().GetManifest()
		importing, err := target.Import(ctx, &pb.ImportRequest{MigrationId: id, Plan: plan, Chunk: chunk, Attempt: 1, Manifest: manifest, ParUrl: url})
		last(t, importing, err)
		if err := s.Region(sim.Phoenix).Exec(ctx, "TRUNCATE TABLE TAKEN"); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range ids {
		must(target.Discard(ctx, &pb.DiscardRequest{MigrationId: id}))(t)
	}
}
