package compare

import (
	"cmp"
	"context"
	"slices"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// list lists the rows of some buckets on both sides and adds those that differ
// to what was found. When more rows share a key than an answer lists, the rows
// that both answers reach are compared.
func (n *narrowing) list(ctx context.Context, batch []bucket) error {
	answers, err := both(ctx, n.pair, func(ctx context.Context, s Side) (*pb.ListRowDigestsResponse, error) {
		return s.Agent.ListRowDigests(ctx, &pb.ListRowDigestsRequest{Selection: s.Selection, Parents: bucketNames(batch), Limit: maxListed})
	})
	if err != nil {
		return err
	}
	if answers[0].GetTruncated() || answers[1].GetTruncated() {
		n.cut = true
	}
	differences := compareRows(reached(answers[0], answers[1]), reached(answers[1], answers[0]))
	room := n.limit - len(n.found)
	if len(differences) > room {
		differences, n.more = differences[:room], true
	}
	n.found = append(n.found, differences...)
	return nil
}

// reached is the rows of one listing that the other would have, too, if its side
// had them. Both are in order of the key's hash and the row's digest, and one that
// was cut off says nothing of what comes behind, nor of how many rows are equal to
// its last.
func reached(listing, other *pb.ListRowDigestsResponse) []*pb.RowDigest {
	rows := listing.GetRows()
	for _, l := range []*pb.ListRowDigestsResponse{listing, other} {
		if !l.GetTruncated() || len(l.GetRows()) == 0 {
			continue
		}
		last := l.GetRows()[len(l.GetRows())-1]
		end, _ := slices.BinarySearchFunc(rows, last, func(a, b *pb.RowDigest) int {
			return cmp.Or(cmp.Compare(a.GetHash(), b.GetHash()), cmp.Compare(a.GetDigest(), b.GetDigest()))
		})
		rows = rows[:end]
	}
	return rows
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
