package plan

import (
	"fmt"
	"strings"
	"testing"

	"github.com/adbferry/adbferry/agent/internal/codec"
	"github.com/adbferry/adbferry/agent/internal/scan"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

const (
	csv     = pb.Format_FORMAT_CSV
	json    = pb.Format_FORMAT_JSON
	parquet = pb.Format_FORMAT_PARQUET
	dump    = pb.Format_FORMAT_DATAPUMP
)

// texts is a table of some text columns and what a scan found in them.
func texts(n int, bytes int32, found codec.Found) (*pb.Table, *scan.Finding) {
	t, f := &pb.Table{}, &scan.Finding{Rows: 1, Columns: map[string]codec.Found{}}
	for i := range n {
		c := &pb.Column{Name: fmt.Sprintf("T%d", i+1), DataType: "VARCHAR2", DataLength: bytes, CharLength: bytes}
		t.Columns = append(t.Columns, c)
		f.Columns[c.GetName()] = found
	}
	return t, f
}

func TestTheFormatOfATable(t *testing.T) {
	long := codec.Found{Average: 1000}
	harmless := codec.Found{Average: 1000, Harmless: true}
	for label, tt := range map[string]struct {
		columns int
		bytes   int32
		found   codec.Found
		request *pb.PlanTableRequest
		want    pb.Format
		says    []string
	}{
		"nothing is proven":     {1, 2000, long, &pb.PlanTableRequest{}, csv, []string{"not json, parquet, datapump: not known to work here, adbferry doctor finds out"}},
		"json is proven":        {1, 2000, long, &pb.PlanTableRequest{ProvenFormats: []pb.Format{json}}, json, []string{"not csv: about 2003 bytes a row instead of 1020", "not parquet, datapump: not known"}},
		"datapump fails here":   {1, 2000, long, &pb.PlanTableRequest{FormatsSeenToFail: []pb.Format{dump}}, csv, []string{"not datapump: adbferry doctor saw it fail here; not json, parquet: not known"}},
		"text is harmless":      {1, 2000, harmless, &pb.PlanTableRequest{ProvenFormats: []pb.Format{json}}, csv, []string{"text as it is in T1,", "not json: about 1020 bytes a row instead of 1003"}},
		"all are proven":        {3, 2000, long, &pb.PlanTableRequest{ProvenFormats: []pb.Format{csv, json, parquet, dump}}, parquet, []string{"not json", "not csv", "not datapump"}},
		"json failed":           {1, 2000, long, &pb.PlanTableRequest{ProvenFormats: []pb.Format{json, parquet}, FailedFormats: []pb.Format{json}}, csv, []string{"the safest format, as the table did not arrive unchanged in json"}},
		"plain csv failed":      {1, 2000, harmless, &pb.PlanTableRequest{FailedFormats: []pb.Format{csv}}, csv, []string{"did not arrive unchanged in csv"}},
		"asked for":             {1, 2000, harmless, &pb.PlanTableRequest{Options: &pb.TableOptions{Format: dump}}, dump, []string{"asked for"}},
		"csv has no room":       {600, 4000, long, &pb.PlanTableRequest{ProvenFormats: []pb.Format{json}}, json, []string{"not csv: as csv, its columns need 4800 fields"}},
		"more columns than six": {8, 100, harmless, &pb.PlanTableRequest{}, csv, []string{"text as it is in T1, T2, T3, T4, T5 and 3 more,"}},
	} {
		t.Run(label, func(t *testing.T) {
			table, found := texts(tt.columns, tt.bytes, tt.found)
			tt.request.MaxStringBytes = 4000
			w, why := choose(table, table.GetColumns(), tt.request, found)
			if w.format != tt.want || w.obstacle != "" {
				t.Errorf("%s, %q", w.format, w.obstacle)
			}
			for _, want := range tt.says {
				if !strings.Contains(why, want) {
					t.Errorf("no %q in %q", want, why)
				}
			}
			plain := w.columns[0].GetEncoding() == pb.Encoding_ENCODING_PLAIN
			if len(tt.request.GetFailedFormats()) > 0 && plain {
				t.Error("text is written as it is again")
			}
		})
	}
}

// Pieces of long values find their rows by a physical ROWID, which the rows of an
// index-organized table do not have.
func TestAnIndexOrganizedTableWithLongValuesGoesAnotherWayOrNone(t *testing.T) {
	for label, tt := range map[string]struct {
		longest int64
		iot     bool
		request *pb.PlanTableRequest
		want    pb.Format
		why     string
	}{
		"long values":               {1 << 20, true, &pb.PlanTableRequest{}, csv, "as csv, values of C are too long for their rows"},
		"in a format asked for":     {1 << 20, true, &pb.PlanTableRequest{Options: &pb.TableOptions{Format: json}}, json, "as json, values of C are too long"},
		"moved again":               {1 << 20, true, &pb.PlanTableRequest{FailedFormats: []pb.Format{dump}}, csv, "as csv, values of C are too long"},
		"in a dump they stay whole": {1 << 20, true, &pb.PlanTableRequest{ProvenFormats: []pb.Format{json, dump}}, dump, ""},
		"short values":              {100, true, &pb.PlanTableRequest{}, csv, ""},
		"in a heap":                 {1 << 20, false, &pb.PlanTableRequest{}, csv, ""},
	} {
		t.Run(label, func(t *testing.T) {
			table := &pb.Table{Columns: []*pb.Column{{Name: "C", DataType: "BLOB"}}, Definition: &pb.TableDefinition{}}
			if tt.iot {
				table.Definition.NotMade = []string{"index organisation"}
			}
			found := &scan.Finding{Rows: 1, Columns: map[string]codec.Found{"C": {Longest: tt.longest, Average: tt.longest}}}
			tt.request.MaxStringBytes = 4000
			w, _ := choose(table, table.GetColumns(), tt.request, found)
			if w.format != tt.want || (w.obstacle == "") != (tt.why == "") || !strings.HasPrefix(w.obstacle, tt.why) {
				t.Errorf("%s, %q", w.format, w.obstacle)
			}
		})
	}
}

func TestATableThatFitsNowhereSaysWhereItWould(t *testing.T) {
	for label, tt := range map[string]struct {
		columns int
		request *pb.PlanTableRequest
		want    string
	}{
		"into another format": {600, &pb.PlanTableRequest{}, "as csv, its columns need 4800 fields, and a file has 1000 at most; it would fit into json, parquet, datapump, of which adbferry doctor"},
		"into one that works": {600, &pb.PlanTableRequest{FormatsSeenToFail: []pb.Format{json, dump}}, "as csv, its columns need 4800 fields, and a file has 1000 at most; it would fit into parquet, of which adbferry doctor"},
		"not as csv":          {600, &pb.PlanTableRequest{Options: &pb.TableOptions{Format: csv}}, "as csv, its columns need 4800 fields, and a file has 1000 at most"},
		"not at all":          {0, &pb.PlanTableRequest{}, "none of its columns can be carried"},
	} {
		table, found := texts(tt.columns, 4000, codec.Found{Average: 10})
		tt.request.MaxStringBytes = 4000
		if w, _ := choose(table, table.GetColumns(), tt.request, found); !strings.HasPrefix(w.obstacle, tt.want) {
			t.Errorf("%s: %q", label, w.obstacle)
		}
	}
}
