package compare

import (
	"cmp"
	"context"
	"slices"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// list lists the rows of some buckets on both sides and adds those that differ
// to what was found. Rows that share a key and do not fit into an answer are
// compared as far as they do.
func (n *narrowing) list(ctx context.Context, batch []bucket) error {
	answers, err := both(ctx, n.pair, func(ctx context.Context, s Side) (*pb.ListRowDigestsResponse, error) {
		return s.Agent.ListRowDigests(ctx, &pb.ListRowDigestsRequest{Selection: s.Selection, Parents: bucketNames(batch), Limit: maxListed})
	})
	if err != nil {
		return err
	}
	differences := compareRows(answers[0].GetRows(), answers[1].GetRows())
	if answers[0].GetTruncated() || answers[1].GetTruncated() {
		n.more = true
	}
	room := n.limit - len(n.found)
	if len(differences) > room {
		differences, n.more = differences[:room], true
	}
	n.found = append(n.found, differences...)
	return nil
}

// rowsOf is the rows of one key on both sides that have no equal on the other.
type rowsOf struct{ source, target []*pb.RowDigest }

// compareRows returns what differs between two listings, in order of the keys'
// hashes. A key may stand for several rows: equal ones cancel each other out one
// by one, and the others are paired as they come.
func compareRows(source, target []*pb.RowDigest) []*Difference {
	byKey := map[string]*rowsOf{}
	at := func(hash string) *rowsOf {
		if byKey[hash] == nil {
			byKey[hash] = &rowsOf{}
		}
		return byKey[hash]
	}
	for _, r := range source {
		k := at(r.GetHash())
		k.source = append(k.source, r)
	}
	for _, r := range target {
		k := at(r.GetHash())
		twin := slices.IndexFunc(k.source, func(s *pb.RowDigest) bool { return s.GetDigest() == r.GetDigest() })
		if twin >= 0 {
			k.source = slices.Delete(k.source, twin, twin+1)
			continue
		}
		k.target = append(k.target, r)
	}
	var all []*Difference
	for hash, k := range byKey {
		all = append(all, k.differences(hash)...)
	}
	slices.SortFunc(all, func(a, b *Difference) int {
		return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.source, b.source), cmp.Compare(a.target, b.target))
	})
	return all
}

func (k *rowsOf) differences(hash string) []*Difference {
	var all []*Difference
	for i := range max(len(k.source), len(k.target)) {
		d := &Difference{RowDifference: &pb.RowDifference{Kind: pb.RowDifferenceKind_ROW_DIFFERENCE_KIND_CHANGED}, hash: hash}
		if i < len(k.source) {
			d.Key, d.SourceAddress, d.source = k.source[i].GetKey(), k.source[i].GetAddress(), k.source[i].GetDigest()
		} else {
			d.Kind = pb.RowDifferenceKind_ROW_DIFFERENCE_KIND_EXTRA
		}
		if i < len(k.target) {
			d.Key, d.TargetAddress, d.target = k.target[i].GetKey(), k.target[i].GetAddress(), k.target[i].GetDigest()
		} else {
			d.Kind = pb.RowDifferenceKind_ROW_DIFFERENCE_KIND_MISSING
		}
		all = append(all, d)
	}
	return all
}

// columns finds out which columns of the changed rows differ.
func (n *narrowing) columns(ctx context.Context) error {
	var changed []*Difference
	for _, d := range n.found {
		if d.GetKind() == pb.RowDifferenceKind_ROW_DIFFERENCE_KIND_CHANGED {
			changed = append(changed, d)
		}
	}
	for batch := range slices.Chunk(changed, maxParents) {
		hashes := hashesOf(batch)
		answers, err := both(ctx, n.pair, func(ctx context.Context, s Side) (map[string][]string, error) {
			return byDigest(ctx, s, hashes)
		})
		if err != nil {
			return err
		}
		for _, d := range batch {
			d.Columns = n.differingColumns(answers[0][d.source], answers[1][d.target])
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

// byDigest returns the columns' hashes of the rows with some keys, by the row's digest.
func byDigest(ctx context.Context, s Side, hashes []string) (map[string][]string, error) {
	resp, err := s.Agent.ListRowDigests(ctx, &pb.ListRowDigestsRequest{Selection: s.Selection, Parents: hashes, ByColumn: true})
	columns := map[string][]string{}
	for _, r := range resp.GetRows() {
		columns[r.GetDigest()] = r.GetColumns()
	}
	return columns, err
}

func (n *narrowing) differingColumns(source, target []string) []string {
	var names []string
	for i, c := range n.pair.Source.Selection.GetColumns() {
		if i < len(source) && i < len(target) && source[i] != target[i] {
			names = append(names, c.GetName())
		}
	}
	return names
}
