package service_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/controller/internal/agenttest"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// twoTables puts the same table of 10,000 rows into both databases.
func twoTables(t *testing.T, key bool) (*desk, *pb.TableName) {
	t.Helper()
	d := newDesk(t)
	name := &pb.TableName{Schema: "ADMIN", Name: "TWINS"}
	columns := []*pb.Column{{Name: "ID", DataType: "NUMBER"}, {Name: "NAME", DataType: "VARCHAR2"}, {Name: "TOTAL", DataType: "NUMBER"}}
	for _, a := range []*agenttest.Agent{d.Source, d.Target} {
		a.AddTable(name, 10000, columns...)
		if key {
			a.SetKey(name, "ID")
		}
	}
	return d, name
}

func (d *desk) compare(t *testing.T, req *pb.CompareTablesRequest) *pb.CompareTablesResponse {
	t.Helper()
	req.Source, req.Target = "sanjose", "phoenix"
	resp, err := d.client.CompareTables(t.Context(), req)
	check(t, err)
	return resp
}

// shown is the differences as text, in order.
func shown(resp *pb.CompareTablesResponse) []string {
	var all []string
	for _, r := range resp.GetDifferences() {
		kind := strings.ToLower(strings.TrimPrefix(r.GetKind().String(), "ROW_DIFFERENCE_KIND_"))
		all = append(all, fmt.Sprintf("%s %s %s", kind, strings.Join(r.GetKey(), "/"), strings.Join(r.GetColumns(), ",")))
	}
	slices.Sort(all)
	return all
}

func TestEqualTablesAreEqual(t *testing.T) {
	d, name := twoTables(t, true)
	resp := d.compare(t, &pb.CompareTablesRequest{SourceTable: name})
	if resp.GetVerdict() != pb.Verdict_VERDICT_VERIFIED || resp.GetFailure() != nil || len(resp.GetDifferences()) > 0 || resp.GetComparison().GetSourceRows() != 10000 {
		t.Errorf("got %v", resp)
	}
}

func TestPlantedDamageIsFoundAndNamed(t *testing.T) {
	d, name := twoTables(t, true)
	d.Target.Change(name, 77, "TOTAL", "77.01")
	d.Target.Change(name, 78, "TOTAL", "79")
	d.Target.Change(name, 79, "TOTAL", "78")
	d.Target.Change(name, 80, "NAME", "80 ")
	d.Target.Replace(name, 4711, 0)
	d.Target.Replace(name, 0, 20001)
	resp := d.compare(t, &pb.CompareTablesRequest{SourceTable: name})
	want := []string{"changed 77 TOTAL", "changed 78 TOTAL", "changed 79 TOTAL", "changed 80 NAME", "extra 20001 ", "missing 4711 "}
	if diff := cmp.Diff(want, shown(resp)); diff != "" {
		t.Error(diff)
	}
	if resp.GetVerdict() != pb.Verdict_VERDICT_DIFFERS || resp.GetFailure().GetReason() != pb.Reason_REASON_CHECKSUMS_DIFFER || resp.GetTruncated() {
		t.Errorf("verdict %s, failure %v", resp.GetVerdict(), resp.GetFailure())
	}
	// What is not asked for does not count.
	resp = d.compare(t, &pb.CompareTablesRequest{SourceTable: name, Columns: []string{"NAME"}})
	if diff := cmp.Diff([]string{"extra  ", "extra  ", "missing  ", "missing  "}, shown(resp)); diff != "" {
		t.Error(diff)
	}
	resp = d.compare(t, &pb.CompareTablesRequest{SourceTable: name, Columns: []string{"NAME"}, Key: []string{"ID"}, Limit: 2})
	if len(resp.GetDifferences()) != 2 || !resp.GetTruncated() {
		t.Errorf("a limit of 2 gives %v", shown(resp))
	}
}

// Both sides are asked at once for the columns of the rows with a key; with
// -race this also shows that they share nothing.
func TestRowsThatShareAKeyAreNamedEach(t *testing.T) {
	d, name := twoTables(t, false)
	for row := range int64(12) {
		d.Source.Change(name, row+1, "NAME", fmt.Sprint(row%3))
		d.Target.Change(name, row+1, "NAME", fmt.Sprint(row%3))
	}
	for _, row := range []int64{2, 5, 8, 11} { // all of NAME = 1
		d.Target.Change(name, row, "TOTAL", "-1")
	}
	resp := d.compare(t, &pb.CompareTablesRequest{SourceTable: name, Columns: []string{"NAME", "TOTAL"}, Key: []string{"NAME"}})
	want := []string{"changed 1 TOTAL", "changed 1 TOTAL", "changed 1 TOTAL", "changed 1 TOTAL"}
	if diff := cmp.Diff(want, shown(resp)); diff != "" {
		t.Error(diff)
	}
}

// More rows share the key than an answer lists, so that both answers are cut off,
// at different rows.
func TestARowOfThousandsWithOneKeyIsFound(t *testing.T) {
	for kind, gone := range map[string]func(*desk, *pb.TableName){
		"missing": func(d *desk, name *pb.TableName) { d.Target.Replace(name, 4711, 0) },
		"extra":   func(d *desk, name *pb.TableName) { d.Source.Replace(name, 4711, 0) },
	} {
		t.Run(kind, func(t *testing.T) {
			d, name := twoTables(t, false)
			for row := range int64(7000) {
				d.Source.Change(name, row+1, "NAME", "A")
				d.Target.Change(name, row+1, "NAME", "A")
			}
			gone(d, name)
			resp := d.compare(t, &pb.CompareTablesRequest{SourceTable: name, Key: []string{"NAME"}})
			got := resp.GetDifferences()
			if len(got) != 1 || shown(resp)[0] != kind+"  " || got[0].GetSourceAddress()+got[0].GetTargetAddress() != "AA4711" || resp.GetTruncated() {
				t.Errorf("got %v, truncated %v", got, resp.GetTruncated())
			}
		})
	}
}

func TestTheLastOfAThousandColumnsIsNamed(t *testing.T) {
	d := newDesk(t)
	name := &pb.TableName{Schema: "ADMIN", Name: "WIDE"}
	var columns []*pb.Column
	for n := range 1000 {
		columns = append(columns, &pb.Column{Name: fmt.Sprintf("C%d", n), DataType: "NUMBER"})
	}
	d.Source.AddTable(name, 100, columns...)
	d.Target.AddTable(name, 100, columns...)
	for _, column := range []string{"C1", "C899", "C900", "C999"} {
		d.Target.Change(name, 42, column, "-1")
	}
	resp := d.compare(t, &pb.CompareTablesRequest{SourceTable: name, Key: []string{"C0"}})
	if diff := cmp.Diff([]string{"changed 42 C1,C899,C900,C999"}, shown(resp)); diff != "" {
		t.Error(diff)
	}
}

func TestTablesWithoutAKeyAreComparedByRow(t *testing.T) {
	d, name := twoTables(t, false)
	d.Target.Change(name, 77, "TOTAL", "77.01")
	resp := d.compare(t, &pb.CompareTablesRequest{SourceTable: name})
	if diff := cmp.Diff([]string{"extra  ", "missing  "}, shown(resp)); diff != "" {
		t.Error(diff)
	}
	for _, r := range resp.GetDifferences() {
		if r.GetSourceAddress()+r.GetTargetAddress() != "AA77" {
			t.Errorf("the row is at %v", r)
		}
	}
}

func TestMillionsOfDifferencesAreNotFetched(t *testing.T) {
	d, name := twoTables(t, true)
	d.Target.AddTable(name, 200, &pb.Column{Name: "ID", DataType: "NUMBER"}, &pb.Column{Name: "NAME", DataType: "VARCHAR2"}, &pb.Column{Name: "TOTAL", DataType: "NUMBER"})
	resp := d.compare(t, &pb.CompareTablesRequest{SourceTable: name, Limit: 50})
	if len(resp.GetDifferences()) != 50 || !resp.GetTruncated() || resp.GetFailure().GetReason() != pb.Reason_REASON_COUNTS_DIFFER {
		t.Errorf("%d differences, failure %v", len(resp.GetDifferences()), resp.GetFailure())
	}
}

// A migration with a condition fills a target that has no other rows.
func TestWhatAConditionMovedIsComparedAgain(t *testing.T) {
	d, name := twoTables(t, true)
	part := &pb.TableName{Schema: "ADMIN", Name: "PART"}
	d.Target.AddTable(part, 600, &pb.Column{Name: "ID", DataType: "NUMBER"}, &pb.Column{Name: "NAME", DataType: "VARCHAR2"}, &pb.Column{Name: "TOTAL", DataType: "NUMBER"})
	d.Target.Change(part, 77, "TOTAL", "77.01")
	resp := d.compare(t, &pb.CompareTablesRequest{SourceTable: name, TargetTable: part, Where: "ID <= 600"})
	if diff := cmp.Diff([]string{"changed 77 TOTAL"}, shown(resp)); diff != "" || resp.GetComparison().GetSourceRows() != 600 {
		t.Errorf("%d rows of the source\n%s", resp.GetComparison().GetSourceRows(), diff)
	}
	resp = d.compare(t, &pb.CompareTablesRequest{SourceTable: name, TargetTable: part, Where: "ID <= 76", TargetWhere: "ID <= 76"})
	if resp.GetVerdict() != pb.Verdict_VERDICT_VERIFIED || resp.GetComparison().GetTargetRows() != 76 {
		t.Errorf("got %v", resp)
	}
}

func TestTablesOfDifferentShapeAreDifferent(t *testing.T) {
	d, name := twoTables(t, true)
	other := &pb.TableName{Schema: "ADMIN", Name: "OTHER"}
	d.Target.AddTable(other, 10000, &pb.Column{Name: "ID", DataType: "NUMBER"}, &pb.Column{Name: "TOTAL", DataType: "VARCHAR2"}, &pb.Column{Name: "MORE", DataType: "DATE"})
	resp := d.compare(t, &pb.CompareTablesRequest{SourceTable: name, TargetTable: other})
	var why []string
	for _, s := range resp.GetShapeDifferences() {
		why = append(why, s.GetName()+": "+s.GetWhy())
	}
	want := []string{"NAME: the target has no such column", "TOTAL: NUMBER on the source, VARCHAR2 on the target", "MORE: the source has no such column"}
	if diff := cmp.Diff(want, why); diff != "" {
		t.Error(diff)
	}
	if resp.GetVerdict() != pb.Verdict_VERDICT_DIFFERS || resp.GetFailure().GetReason() != pb.Reason_REASON_TARGET_DIFFERS {
		t.Errorf("verdict %s, failure %v", resp.GetVerdict(), resp.GetFailure())
	}
	resp = d.compare(t, &pb.CompareTablesRequest{SourceTable: name, TargetTable: other, Columns: []string{"ID"}})
	if resp.GetVerdict() != pb.Verdict_VERDICT_VERIFIED {
		t.Errorf("by ID alone: %s, %v", resp.GetVerdict(), resp.GetFailure())
	}
}

func TestColumnsThatCannotBeComparedLeaveItOpen(t *testing.T) {
	d, name := twoTables(t, true)
	d.Source.Refuse("NAME")
	resp := d.compare(t, &pb.CompareTablesRequest{SourceTable: name})
	if resp.GetVerdict() != pb.Verdict_VERDICT_UNPROVEN || resp.GetFailure().GetReason() != pb.Reason_REASON_CHECKSUMS_UNKNOWN {
		t.Errorf("verdict %s, failure %v", resp.GetVerdict(), resp.GetFailure())
	}
	for _, c := range []string{"ID", "TOTAL"} {
		d.Source.Refuse(c)
	}
	resp = d.compare(t, &pb.CompareTablesRequest{SourceTable: name})
	if resp.GetVerdict() != pb.Verdict_VERDICT_UNPROVEN || resp.GetComparison().GetTargetRows() != 10000 || len(resp.GetComparison().GetNotCompared()) != 3 {
		t.Errorf("nothing can be compared: %v", resp)
	}
}

func TestTheHintOfAnOpenComparisonIsOneThatHelps(t *testing.T) {
	d, name := twoTables(t, true)
	d.Source.Refuse("NAME")
	if hint := d.compare(t, &pb.CompareTablesRequest{SourceTable: name}).GetFailure().GetHint(); !strings.HasPrefix(hint, "GRANT EXECUTE ON DBMS_CRYPTO to both agents' users, or compare other") {
		t.Errorf("for want of a privilege: %s", hint)
	}
	d.Source.Grant()
	d.Source.RefuseBecause("NAME", "LONG: values of this type have no digest")
	if hint := d.compare(t, &pb.CompareTablesRequest{SourceTable: name}).GetFailure().GetHint(); hint != "compare other columns with --columns" {
		t.Errorf("for a type without a digest: %s", hint)
	}
}

func TestTablesWithoutACommonColumnAreDifferent(t *testing.T) {
	d, name := twoTables(t, true)
	other := &pb.TableName{Schema: "ADMIN", Name: "OTHER"}
	for _, rows := range []int64{10000, 9999} {
		d.Target.AddTable(other, rows, &pb.Column{Name: "ID", DataType: "RAW"}, &pb.Column{Name: "MORE", DataType: "DATE"})
		resp := d.compare(t, &pb.CompareTablesRequest{SourceTable: name, TargetTable: other})
		if resp.GetVerdict() != pb.Verdict_VERDICT_DIFFERS || len(resp.GetShapeDifferences()) != 4 || resp.GetComparison().GetTargetRows() != rows {
			t.Errorf("%d rows on the target: %v", rows, resp)
		}
		if strings.Contains(resp.GetFailure().GetHint(), "are listed") {
			t.Errorf("no row can be listed: %s", resp.GetFailure().GetHint())
		}
	}
}

func TestATableWhoseRowsAreHiddenIsNotCompared(t *testing.T) {
	for _, side := range []string{"source", "target"} {
		d, name := twoTables(t, true)
		hidden := d.Source
		if side == "target" {
			hidden = d.Target
		}
		hidden.SetObstacle(name, "a table with row archival")
		_, err := d.client.CompareTables(t.Context(), &pb.CompareTablesRequest{Source: "sanjose", Target: "phoenix", SourceTable: name})
		expectReason(t, err, pb.Reason_REASON_TABLE_UNSUPPORTED)
	}
}

func TestComparisonsThatCannotBeAreRefused(t *testing.T) {
	d, name := twoTables(t, true)
	for label, tt := range map[string]struct {
		req  *pb.CompareTablesRequest
		want pb.Reason
	}{
		"no table":         {&pb.CompareTablesRequest{}, pb.Reason_REASON_NAME_INVALID},
		"an unknown table": {&pb.CompareTablesRequest{SourceTable: &pb.TableName{Schema: "A", Name: "B"}}, pb.Reason_REASON_TABLE_NOT_FOUND},
		"an unknown column": {
			&pb.CompareTablesRequest{SourceTable: name, Columns: []string{"NOPE"}}, pb.Reason_REASON_REQUEST_INVALID,
		},
		"an unknown key":                  {&pb.CompareTablesRequest{SourceTable: name, Key: []string{"NOPE"}}, pb.Reason_REASON_REQUEST_INVALID},
		"too many":                        {&pb.CompareTablesRequest{SourceTable: name, Limit: 1001}, pb.Reason_REASON_REQUEST_INVALID},
		"a condition that ends too early": {&pb.CompareTablesRequest{SourceTable: name, Where: "ID = 1)"}, pb.Reason_REASON_REQUEST_INVALID},
		"another on the target":           {&pb.CompareTablesRequest{SourceTable: name, TargetWhere: "ID = 1 --"}, pb.Reason_REASON_REQUEST_INVALID},
		"a negative SCN":                  {&pb.CompareTablesRequest{SourceTable: name, SourceScn: -1}, pb.Reason_REASON_REQUEST_INVALID},
		"nobody's agent":                  {&pb.CompareTablesRequest{SourceTable: name, Source: "nobody"}, pb.Reason_REASON_NOT_FOUND},
		"only at one end":                 {&pb.CompareTablesRequest{SourceTable: agenttest.DemoTable()}, pb.Reason_REASON_TABLE_NOT_FOUND},
	} {
		t.Run(label, func(t *testing.T) {
			if tt.req.GetSource() == "" {
				tt.req.Source = "sanjose"
			}
			tt.req.Target = "phoenix"
			_, err := d.client.CompareTables(t.Context(), tt.req)
			expectReason(t, err, tt.want)
		})
	}
}

// A comparison moves nothing again, so a snapshot that is gone needs another hint.
func TestAnSCNThatIsGoneSaysWhatHelpsAComparison(t *testing.T) {
	for scn, want := range map[int64]string{5: "leave --source-scn out", 0: "compare again"} {
		d, name := twoTables(t, true)
		gone := apierr.New(codes.Aborted, pb.Reason_REASON_SNAPSHOT_GONE, "the undo is gone").WithHint("the table is moved again as of a new SCN")
		d.Source.Inject(agenttest.Fault{RPC: "Checksum", Before: gone})
		_, err := d.client.CompareTables(t.Context(), &pb.CompareTablesRequest{Source: "sanjose", Target: "phoenix", SourceTable: name, SourceScn: scn})
		f := expectReason(t, err, pb.Reason_REASON_SNAPSHOT_GONE)
		if !strings.HasPrefix(f.GetHint(), want) || strings.Contains(f.GetHint(), "moved again") {
			t.Errorf("SCN %d: hint %q", scn, f.GetHint())
		}
	}
}
