package agent_test

import (
	"crypto/md5"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
	"github.com/adbferry/adbferry/sim"
)

func columnsOf(n int) string {
	columns := make([]string, n)
	for i := range columns {
		columns[i] = fmt.Sprintf("c%d NUMBER", i)
	}
	return strings.Join(columns, ", ")
}

func TestTheWidestTableArrives(t *testing.T) {
	p := newPair(t, sim.Config{Knobs: sim.Knobs{Cloud: sim.CloudKnobs{DumpThroughPAR: true, OmitJSONNulls: true}}})
	p.exec(sim.SanJose, "CREATE TABLE WIDE ("+columnsOf(1000)+")", "INSERT INTO WIDE (c0, c500, c998) VALUES (1, 2, 3)", "INSERT INTO WIDE (c999) VALUES (-4)", "INSERT INTO WIDE (c0) VALUES (NULL)")
	for _, format := range allFormats { // the query of csv has 75 KB, which PL/SQL takes as a CLOB only
		if _, err := p.convey("m"+format.String(), p.planIn("WIDE", format)); err != nil {
			t.Errorf("%s: %v", format, err)
		}
		if diff := cmp.Diff([][]string{{"", "", "", "", ""}, {"", "", "", "", "-4"}, {"1", "", "2", "3", ""}}, p.rows(sim.Phoenix, "SELECT c0, c1, c500, c998, c999 FROM WIDE ORDER BY NVL(c0, 0), c999 DESC")); diff != "" {
			t.Errorf("%s: %s", format, diff)
		}
		p.checkEqual("WIDE")
		p.exec(sim.Phoenix, "DROP TABLE WIDE PURGE")
	}
}

func TestTheWidestTableWithLongValuesArrives(t *testing.T) {
	p := newPair(t, sim.Config{Knobs: sim.Knobs{MaxStringSize: sim.Standard}})
	// A length and four pieces of the long value and the row's address leave 994 fields.
	p.exec(sim.SanJose, "CREATE TABLE WIDE (b CLOB, "+columnsOf(994)+")", fmt.Sprintf("INSERT INTO WIDE (b, c993) VALUES (%s, 7)", repeated("a,b😀", 5000)),
		"INSERT INTO WIDE (b, c0) VALUES ('short', 8)")
	plan, m := p.move("m1", "WIDE")
	if fields := fieldsOf(plan); fields != 1000 || len(m.GetObjects()) != 2 {
		t.Errorf("%d fields, %d objects", fields, len(m.GetObjects()))
	}
	p.checkEqual("WIDE")
}

// fieldsOf counts the fields of a plan with long values.
func fieldsOf(plan *pb.TablePlan) int {
	fields := 1
	for _, c := range plan.GetColumns() {
		fields += int(c.GetPieces())
	}
	return fields
}

func TestATableThatIsTooWideForOneFormatArrivesInAnother(t *testing.T) {
	p := newPair(t, sim.Config{Knobs: sim.Knobs{MaxStringSize: sim.Standard}})
	p.exec(sim.SanJose, "CREATE TABLE WIDE (t VARCHAR2(4000), "+columnsOf(999)+")", "INSERT INTO WIDE (t, c0) VALUES ('a,b', 1)")
	request := p.request("WIDE")
	_, err := p.source.PlanTable(t.Context(), request)
	wantReason(t, err, pb.Reason_REASON_TABLE_UNSUPPORTED)
	for _, want := range []string{"as csv, its columns need 1007 fields", "fit into json, parquet, datapump", "doctor"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in %v", want, err)
		}
	}
	request.ProvenFormats = []pb.Format{pb.Format_FORMAT_JSON}
	resp, err := p.source.PlanTable(t.Context(), request)
	if err != nil || resp.GetPlan().GetFormat() != pb.Format_FORMAT_JSON {
		t.Fatalf("%v, %v", resp.GetPlan().GetFormat(), err)
	}
	if _, err := p.convey("m1", resp.GetPlan()); err != nil {
		t.Fatal(err)
	}
	p.checkEqual("WIDE")
}

func TestHundredsOfObjectsAreLoadedInOneCall(t *testing.T) {
	p := newPair(t, sim.Config{})
	p.exec(sim.SanJose, "CREATE TABLE T (id NUMBER)", "INSERT INTO T VALUES (1)")
	p.exec(sim.Phoenix, "CREATE TABLE T (id NUMBER)")
	m := &pb.Manifest{Rows: 400}
	for i := range 400 {
		text := fmt.Appendf(nil, "%d,1\n", i)
		sum := md5.Sum(text)
		o := &pb.Object{Name: fmt.Sprintf("m1/ADMIN/T/000001/1/part_1_20251215T201636%06dZ.csv", i), Bytes: int64(len(text)), Md5: base64.StdEncoding.EncodeToString(sum[:])}
		if err := p.sim.Storage().Write(o.GetName(), text); err != nil {
			t.Fatal(err)
		}
		m.Objects = append(m.Objects, o)
	}
	events, err := p.load("m1", p.plan("T"), m, 1)
	if err != nil || outcome(events).GetRowsImported() != 400 {
		t.Fatalf("%v, %v", outcome(events), err)
	}
	if diff := cmp.Diff([][]string{{"400", "0", "399"}}, p.rows(sim.Phoenix, "SELECT COUNT(DISTINCT id), MIN(id), MAX(id) FROM T")); diff != "" {
		t.Error(diff)
	}
}

func TestTwoAgentsLoadAChunkOnce(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 500})
	plan, m := p.exported("m1")
	others := []pb.AgentServiceClient{p.target, p.start(sim.Phoenix), p.start(sim.Phoenix)}
	ended := make(chan error, len(others))
	for i, client := range others {
		go func() {
			stream, err := client.Import(t.Context(), &pb.ImportRequest{
				MigrationId: "m1", Plan: plan, Chunk: plan.GetChunks()[0], Attempt: int32(i + 1), Manifest: m, ParUrl: p.par,
			})
			if err == nil {
				_, err = collect(stream.Recv)
			}
			ended <- err
		}()
	}
	for range others {
		if err := <-ended; err != nil {
			t.Logf("one attempt lost the race: %v", err)
		}
	}
	if events, err := p.load("m1", plan, m, 9); err != nil || outcome(events).GetRowsImported() != 500 {
		t.Errorf("the last attempt: %v, %v", outcome(events), err)
	}
	if n := p.targetRows(); n != 500 {
		t.Errorf("%d rows, want 500", n)
	}
}

func TestEstimatesAreOfTheRightSize(t *testing.T) {
	p := newPair(t, sim.Config{DemoRows: 1000})
	plan, m := p.move("m1", demo)
	var written int64
	for _, o := range m.GetObjects() {
		written += o.GetBytes()
	}
	if e := plan.GetEstimatedBytes(); e < written/2 || e > written*2 {
		t.Errorf("%d bytes were estimated and %d written", e, written)
	}
}
