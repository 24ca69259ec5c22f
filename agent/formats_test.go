package agent_test

import (
	"fmt"
	"testing"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

// request asks for the plan of a table of the source as of now.
func (p *pair) request(table string) *pb.PlanTableRequest {
	p.t.Helper()
	d, err := p.source.DescribeDatabase(p.t.Context(), &pb.DescribeDatabaseRequest{})
	if err != nil {
		p.t.Fatal(err)
	}
	return &pb.PlanTableRequest{
		Table: name(table), Target: name(table), Scn: d.GetDatabase().GetCurrentScn(), MaxStringBytes: d.GetDatabase().GetMaxStringBytes(),
	}
}

// planIn plans a table of the source as of now in a format.
func (p *pair) planIn(table string, format pb.Format) *pb.TablePlan {
	p.t.Helper()
	req := p.request(table)
	req.Options = &pb.TableOptions{Format: format}
	resp, err := p.source.PlanTable(p.t.Context(), req)
	if err != nil {
		p.t.Fatal(err)
	}
	if got := resp.GetPlan().GetFormat(); got != format {
		p.t.Fatalf("planned in %s, want %s", got, format)
	}
	return resp.GetPlan()
}

// convey moves a planned table and returns the error of the first step that failed.
func (p *pair) convey(migration string, plan *pb.TablePlan) (*pb.Manifest, error) {
	p.t.Helper()
	if _, err := p.target.PrepareTable(p.t.Context(), &pb.PrepareTableRequest{MigrationId: migration, Plan: plan}); err != nil {
		return nil, err
	}
	events, err := p.export(migration, plan, 1)
	if err != nil {
		return nil, err
	}
	m := outcome(events).GetManifest()
	events, err = p.load(migration, plan, m, 1)
	if err == nil && outcome(events).GetRowsImported() != plan.GetRows() {
		err = fmt.Errorf("%d rows imported, want %d", outcome(events).GetRowsImported(), plan.GetRows())
	}
	return m, err
}

var allFormats = []pb.Format{pb.Format_FORMAT_CSV, pb.Format_FORMAT_JSON, pb.Format_FORMAT_PARQUET, pb.Format_FORMAT_DATAPUMP}

func TestEveryFormatCarriesEveryType(t *testing.T) {
	for _, size := range []sim.MaxStringSize{sim.Extended, sim.Standard} {
		p := newPair(t, sim.Config{Knobs: sim.Knobs{MaxStringSize: size, Cloud: sim.CloudKnobs{DumpThroughPAR: true}}})
		p.createScalars()
		for _, format := range allFormats {
			t.Run(fmt.Sprint(size, format), func(t *testing.T) {
				plan := p.planIn("Every Scalar", format)
				for _, c := range plan.GetColumns() {
					if c.GetLeftOut() != "" {
						t.Errorf("column %s is left out: %s", c.GetColumn().GetName(), c.GetLeftOut())
					}
				}
				if _, err := p.convey("m"+format.String(), plan); err != nil {
					t.Fatal(err, apierr.FailureOf(err))
				}
				p.checkEqual("Every Scalar")
				p.exec(sim.Phoenix, `DROP TABLE "Every Scalar"`)
			})
		}
	}
}
