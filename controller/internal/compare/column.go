package compare

import (
	"context"
	"maps"
	"slices"

	"google.golang.org/protobuf/proto"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

const (
	// maxHashed is how many columns of a listed row get a hash of their own.
	maxHashed = 900
	// maxHashes is how many hashes of columns one answer may have: some megabytes.
	maxHashes = 300_000
)

// columns finds out which columns of the changed rows differ.
func (n *narrowing) columns(ctx context.Context) error {
	var changed []*Difference
	for _, d := range n.found {
		if d.GetKind() == pb.RowDifferenceKind_ROW_DIFFERENCE_KIND_CHANGED {
			changed = append(changed, d)
		}
	}
	for batch := range slices.Chunk(changed, maxParents) {
		for _, columns := range parts(n.pair.Source.Selection) {
			if err := n.differ(ctx, batch, columns); err != nil {
				return err
			}
		}
	}
	return nil
}

// parts cuts the columns of a selection into parts of which every column gets a
// hash. Each has the key's columns, which tell the rows apart.
func parts(s *pb.RowSelection) [][]string {
	var key, others []string
	for _, c := range s.GetColumns() {
		if slices.Contains(s.GetKey(), c.GetName()) {
			key = append(key, c.GetName())
		} else {
			others = append(others, c.GetName())
		}
	}
	var all [][]string
	for part := range slices.Chunk(others, max(1, maxHashed-len(key))) {
		all = append(all, slices.Concat(key, part))
	}
	return all
}

// differ adds to changed rows those of some columns that differ.
func (n *narrowing) differ(ctx context.Context, batch []*Difference, columns []string) error {
	hashes := hashesOf(batch)
	answers, err := both(ctx, n.pair, func(ctx context.Context, s Side) (map[string][]string, error) {
		return byAddress(ctx, s, only(s.Selection, columns), hashes)
	})
	if err != nil {
		return err
	}
	names := only(n.pair.Source.Selection, columns).GetColumns()
	for _, d := range batch {
		source, target := answers[0][d.GetSourceAddress()], answers[1][d.GetTargetAddress()]
		for i, c := range names {
			if i < len(source) && i < len(target) && source[i] != target[i] {
				d.Columns = append(d.Columns, c.GetName())
			}
		}
	}
	return nil
}

// hashesOf returns the hashes of some rows' keys, each once. Both sides are asked
// for them at the same time, so nobody may change the list afterwards.
func hashesOf(batch []*Difference) []string {
	hashes := make([]string, len(batch))
	for i, d := range batch {
		hashes[i] = d.hash
	}
	slices.Sort(hashes)
	return slices.Clip(slices.Compact(hashes))
}

// only is a selection of fewer columns.
func only(s *pb.RowSelection, columns []string) *pb.RowSelection {
	s = proto.CloneOf(s)
	s.Columns = slices.DeleteFunc(s.GetColumns(), func(c *pb.Column) bool { return !slices.Contains(columns, c.GetName()) })
	return s
}

// byAddress returns the columns' hashes of the rows with some keys, by where the
// row lies. Keys that together have more rows than an answer lists are asked for
// in halves, in the end one by one.
func byAddress(ctx context.Context, s Side, selection *pb.RowSelection, hashes []string) (map[string][]string, error) {
	resp, err := s.Agent.ListRowDigests(ctx, &pb.ListRowDigestsRequest{
		Selection: selection, Parents: hashes, ByColumn: true, Limit: int32(min(maxListed, maxHashes/len(selection.GetColumns()))),
	})
	if err != nil {
		return nil, err
	}
	columns := map[string][]string{}
	for _, r := range resp.GetRows() {
		columns[r.GetAddress()] = r.GetColumns()
	}
	if !resp.GetTruncated() || len(hashes) == 1 {
		return columns, nil
	}
	for _, half := range [][]string{hashes[:len(hashes)/2], hashes[len(hashes)/2:]} {
		more, err := byAddress(ctx, s, selection, half)
		if err != nil {
			return nil, err
		}
		maps.Copy(columns, more)
	}
	return columns, nil
}
