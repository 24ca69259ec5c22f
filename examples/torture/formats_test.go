package torture

import (
	"testing"

	"github.com/adbferry/adbferry/examples/internal/desk"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

// One schema, every format: digests of both sides are equal, table by table.
func TestTheWholeSchemaArrivesInEveryFormat(t *testing.T) {
	for _, tt := range []struct {
		name   string
		format pb.Format
		knobs  sim.CloudKnobs
	}{
		{"json", pb.Format_FORMAT_JSON, sim.CloudKnobs{}},
		{"json without NULLs", pb.Format_FORMAT_JSON, sim.CloudKnobs{OmitJSONNulls: true, LOBLimit: 1}},
		{"parquet", pb.Format_FORMAT_PARQUET, sim.CloudKnobs{}},
		{"parquet of today", pb.Format_FORMAT_PARQUET, sim.CloudKnobs{NewParquetMapping: true, ParquetText: true, ParquetFileSize: 4000}},
		{"datapump", pb.Format_FORMAT_DATAPUMP, sim.CloudKnobs{DumpThroughPAR: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := desk.Start(t, sim.Config{
				Scripts: map[string]string{sim.SanJose: script(t, "source.sql"), sim.Phoenix: script(t, "target.sql")}, Knobs: sim.Knobs{Cloud: tt.knobs},
			})
			receipt := d.Migrate("torture", &pb.MigrationSpec{
				Source: sim.SanJose, Target: sim.Phoenix, Schemas: []*pb.SchemaSelection{{Schema: "TORTURE"}}, Options: &pb.TableOptions{Format: tt.format},
			}).GetReceipt()
			if receipt.GetVerdict() != pb.Verdict_VERDICT_VERIFIED || len(receipt.GetTables()) < fewest {
				t.Errorf("%s: %d tables", receipt.GetVerdict(), len(receipt.GetTables()))
			}
			for _, table := range receipt.GetTables() {
				if table.GetFormat() != tt.format || table.GetVerdict() != pb.Verdict_VERDICT_VERIFIED {
					t.Errorf("%s: %s as %s", table.GetSource().GetName(), table.GetVerdict(), table.GetFormat())
				}
			}
		})
	}
}
