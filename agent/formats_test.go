package agent_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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

func TestAFormatThatDoesNotWorkHereSaysWhatToDo(t *testing.T) {
	p := newPair(t, sim.Config{Knobs: sim.Knobs{Cloud: sim.CloudKnobs{JSONValueLimit: 1000}}})
	p.exec(sim.SanJose, "CREATE TABLE T (v VARCHAR2(4000))", "INSERT INTO T VALUES (RPAD('x', 1001, 'y'))")
	_, err := p.convey("m1", p.planIn("T", pb.Format_FORMAT_DATAPUMP))
	wantReason(t, err, pb.Reason_REASON_TABLE_UNSUPPORTED)
	if f := apierr.FailureOf(err); !strings.Contains(f.GetText(), "through a PAR") || !strings.Contains(f.GetHint(), "json, parquet or csv") {
		t.Errorf("failure %v", f)
	}
	_, err = p.convey("m2", p.planIn("T", pb.Format_FORMAT_JSON))
	wantReason(t, err, pb.Reason_REASON_ROWS_REJECTED)
	if n := p.count("T"); n != "0" {
		t.Errorf("%s rows are on the target", n)
	}
}

func TestADumpIsSealedWithItsChunks(t *testing.T) {
	p := newPair(t, sim.Config{Knobs: sim.Knobs{Cloud: sim.CloudKnobs{DumpThroughPAR: true}}})
	p.exec(sim.SanJose, "CREATE TABLE T (c CLOB)",
		"DECLARE c CLOB := TO_CLOB('0123456789'); BEGIN FOR i IN 1 .. 20 LOOP c := c || c; END LOOP; INSERT INTO T VALUES (c); INSERT INTO T VALUES (c); END;")
	m, err := p.convey("m1", p.planIn("T", pb.Format_FORMAT_DATAPUMP))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, o := range m.GetObjects() {
		names = append(names, strings.TrimPrefix(o.GetName(), "m1/ADMIN/T/000001/1/"))
	}
	if diff := cmp.Diff([]string{"part.dmp", "part.dmp_aaaaaa", "part.dmp_aaaaab", "part.dmp_aaaaac"}, names); diff != "" || m.GetObjects()[0].GetBytes() != 0 {
		t.Errorf("manifest %v: %s", m, diff)
	}
	p.checkEqual("T")
}

func TestTheCheapestProvenFormatIsTaken(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.exec(sim.SanJose, "CREATE TABLE T (id NUMBER, v VARCHAR2(4000), c CLOB)", "INSERT INTO T VALUES (1, RPAD('x', 2000, 'y,'), RPAD('x', 2000, 'y,'))",
		"CREATE TABLE HARMLESS (id NUMBER, v VARCHAR2(4000))", "INSERT INTO HARMLESS VALUES (1, RPAD('x', 2000, 'y'))")
	csv, json, parquet, dump := pb.Format_FORMAT_CSV, pb.Format_FORMAT_JSON, pb.Format_FORMAT_PARQUET, pb.Format_FORMAT_DATAPUMP
	for _, tt := range []struct {
		table          string
		proven, failed []pb.Format
		want           pb.Format
		plain          bool
		reasons        []string
	}{
		{"T", nil, nil, csv, false, []string{"csv carries", "not json, parquet, datapump: not known to work here", "doctor"}},
		{"T", []pb.Format{json}, nil, json, true, []string{"json carries", "not csv: about", "not parquet, datapump: not known"}},
		{"T", []pb.Format{csv, json, parquet, dump}, nil, dump, false, []string{"datapump carries", "not csv: about", "not json: about", "not parquet: about"}},
		{"T", []pb.Format{json, dump}, []pb.Format{dump}, csv, false, []string{"text as hex", "did not arrive unchanged in datapump"}},
		{"HARMLESS", nil, nil, csv, true, []string{"text as it is in V"}},
		{"HARMLESS", []pb.Format{json}, nil, csv, true, []string{"not json: about"}},
		{"HARMLESS", nil, []pb.Format{csv}, csv, false, []string{"did not arrive unchanged in csv"}},
	} {
		t.Run(fmt.Sprint(tt.table, tt.proven, tt.failed), func(t *testing.T) {
			req := p.request(tt.table)
			req.ProvenFormats, req.FailedFormats = tt.proven, tt.failed
			resp, err := p.source.PlanTable(t.Context(), req)
			if err != nil {
				t.Fatal(err)
			}
			plan := resp.GetPlan()
			if got := planOf(plan, "V").GetEncoding() == pb.Encoding_ENCODING_PLAIN; plan.GetFormat() != tt.want || got != tt.plain {
				t.Errorf("%s with plain text %t", plan.GetFormat(), got)
			}
			for _, want := range tt.reasons {
				if !strings.Contains(plan.GetFormatReason(), want) {
					t.Errorf("no %q in %q", want, plan.GetFormatReason())
				}
			}
		})
	}
}
