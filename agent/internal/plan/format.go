package plan

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/adbferry/adbferry/agent/internal/codec"
	"github.com/adbferry/adbferry/agent/internal/scan"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A way is how a table would be carried in one format.
type way struct {
	format  pb.Format
	hex     bool // every text as hex
	columns []*pb.ColumnPlan
	carried int
	bytes   int64 // of a row in the bucket, guessed
	// obstacle is why it cannot be carried that way; empty when it can.
	obstacle string
}

// choose decides in which format a table is carried, and says why. What the
// operator chose stands. Else it is the format that puts the fewest bytes into
// the bucket among those that are known to work here and lose no column; once
// the table was moved and was not equal, it is csv with every text as hex.
func choose(described *pb.Table, wanted []*pb.Column, req *pb.PlanTableRequest, found *scan.Finding) (way, string) {
	inFormat := func(f pb.Format, hex bool) way {
		b := codec.Basis{Format: f, MaxStringBytes: int(req.GetMaxStringBytes()), Hex: hex}
		w := newWay(b, columns(described, wanted, b, found), found)
		if w.obstacle == "" && indexOrganised(described) {
			w.obstacle = unaddressed(w)
		}
		return w
	}
	switch asked, failed := req.GetOptions().GetFormat(), req.GetFailedFormats(); {
	case asked != pb.Format_FORMAT_UNSPECIFIED:
		w := inFormat(asked, false)
		return w, reason(w, "asked for")
	case len(failed) > 0:
		w := inFormat(pb.Format_FORMAT_CSV, true)
		return w, reason(w, "the safest format, as the table did not arrive unchanged in "+words(failed))
	}
	var ways []way
	for _, f := range pb.Formats() {
		if f == pb.Format_FORMAT_CSV || slices.Contains(req.GetProvenFormats(), f) {
			ways = append(ways, inFormat(f, false))
		}
	}
	slices.SortStableFunc(ways, cheapest)
	if ways[0].obstacle != "" {
		ways[0].obstacle += elsewhere(inFormat, req)
	}
	return ways[0], reason(ways[0], compared(ways, req))
}

// elsewhere names the formats into which a table would fit if they were known
// to work.
func elsewhere(inFormat func(pb.Format, bool) way, req *pb.PlanTableRequest) string {
	var fit []pb.Format
	for _, f := range pb.Formats() {
		if untried(req, f) && inFormat(f, false).obstacle == "" {
			fit = append(fit, f)
		}
	}
	if len(fit) == 0 {
		return ""
	}
	return fmt.Sprintf("; it would fit into %s, of which adbferry doctor finds out whether they work here", words(fit))
}

// cheapest puts the ways that can be gone first, then those that carry the most
// columns, then those with the fewest bytes.
func cheapest(a, b way) int {
	impassable := func(w way) int {
		if w.obstacle != "" {
			return 1
		}
		return 0
	}
	return cmp.Or(impassable(a)-impassable(b), b.carried-a.carried, cmp.Compare(a.bytes, b.bytes))
}

func newWay(b codec.Basis, columns []*pb.ColumnPlan, found *scan.Finding) way {
	w := way{format: b.Format, hex: b.Hex, columns: columns, bytes: codec.EstimatedBytes(b.Format, columns, found.Columns)}
	for _, c := range columns {
		if c.GetLeftOut() == "" {
			w.carried++
		}
	}
	if w.carried == 0 {
		w.obstacle = "none of its columns can be carried"
	} else if full := codec.Room(b, columns); full != "" {
		w.obstacle = "as " + b.Format.Word() + ", " + full
	}
	return w
}
