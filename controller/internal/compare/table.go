package compare

import (
	"context"
	"slices"

	"google.golang.org/protobuf/proto"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// The limits of narrowing down. They bound memory here and answers there.
const (
	maxParents = 64   // buckets named in one request
	maxListed  = 5000 // rows listed by one request
	// smallBucket is how many rows a bucket may have to be listed.
	smallBucket = 1000
	// deepest is the longest name of a bucket, in hexadecimal digits. Rows that
	// share 60 bits of a hash have the same key; finer buckets would not part them.
	deepest = 15
)

// A Difference is a row that is not the same on both sides.
type Difference struct {
	*pb.RowDifference

	hash           string // of the key
	source, target string // digests of the row
}

// Differences narrows differences between both tables down to at most limit
// rows: by buckets of the key's hash, finer where there are many rows, until
// the few that differ can be listed. When too many rows share a key for that,
// they are told apart by all their columns, and named by where they lie. Both
// tables must have been digested, so that both sides can digest all columns left.
// more reports whether there are further differences. Those found are in the order
// of their keys.
func (p *Pair) Differences(ctx context.Context, c *pb.Comparison, limit int) (found []*Difference, more bool, err error) {
	rows := max(c.GetSourceRows(), c.GetTargetRows())
	n := &narrowing{pair: p, limit: limit}
	if err := n.within(ctx, nil, rows); err != nil {
		return nil, false, err
	}
	if n.cut && len(p.Source.Selection.GetKey()) > 0 && !n.full() {
		n = &narrowing{pair: p.keyless(), limit: limit}
		if err := n.within(ctx, nil, rows); err != nil {
			return nil, false, err
		}
	}
	err = n.columns(ctx)
	order(n.found)
	return n.found, n.more || n.cut, err
}

// keyless is the same two tables, whose rows are told apart by all their columns:
// what is left when more rows share a key than can be listed.
func (p *Pair) keyless() *Pair {
	other := *p
	for _, s := range []*Side{&other.Source, &other.Target} {
		s.Selection = proto.CloneOf(s.Selection)
		s.Selection.Key = nil
	}
	return &other
}

// A narrowing is the search for differences.
type narrowing struct {
	pair  *Pair
	limit int
	found []*Difference
	more  bool // there are further differences
	cut   bool // a listing did not reach all rows that share a key
}

// full reports whether enough was found.
func (n *narrowing) full() bool { return len(n.found) >= n.limit }

// A bucket that differs, and how many rows it has where it has most.
type bucket struct {
	name string
	rows int64
}

// within searches below some buckets, the largest of which has rows rows.
func (n *narrowing) within(ctx context.Context, parents []string, rows int64) error {
	differing, err := n.differing(ctx, parents, rows)
	if err != nil {
		return err
	}
	var small, large []bucket
	for _, b := range differing {
		if b.rows <= smallBucket || len(b.name) >= deepest {
			small = append(small, b)
		} else {
			large = append(large, b)
		}
	}
	if err := n.batches(small, func(batch []bucket) error { return n.list(ctx, batch) }); err != nil {
		return err
	}
	return n.batches(large, func(batch []bucket) error {
		most := slices.MaxFunc(batch, func(a, b bucket) int { return int(a.rows - b.rows) })
		return n.within(ctx, bucketNames(batch), most.rows)
	})
}

// differing digests both sides by buckets below parents and returns those that
// are not equal.
func (n *narrowing) differing(ctx context.Context, parents []string, rows int64) ([]bucket, error) {
	digits := finer(parents, rows)
	answers, err := both(ctx, n.pair, func(ctx context.Context, s Side) (*pb.ChecksumResponse, error) {
		return s.Agent.Checksum(ctx, &pb.ChecksumRequest{Selection: s.Selection, Digits: digits, Parents: parents})
	})
	if err != nil {
		return nil, err
	}
	target := map[string]*pb.Digest{}
	for _, b := range answers[1].GetBuckets() {
		target[b.GetName()] = b.GetDigest()
	}
	var all []bucket
	for _, b := range answers[0].GetBuckets() {
		other := target[b.GetName()]
		delete(target, b.GetName())
		if other.GetSum() != b.GetDigest().GetSum() || other.GetRows() != b.GetDigest().GetRows() {
			all = append(all, bucket{b.GetName(), max(b.GetDigest().GetRows(), other.GetRows())})
		}
	}
	for name, d := range target { // only the target has these
		all = append(all, bucket{name, d.GetRows()})
	}
	return all, nil
}

// finer chooses how long the names of buckets are below parents of so many
// rows: as short as gives buckets that can be listed.
func finer(parents []string, rows int64) int32 {
	deeper := 1
	for ; deeper < 3 && rows > smallBucket/2<<(4*deeper); deeper++ {
	}
	if len(parents) > 0 {
		deeper += len(parents[0])
	}
	return int32(min(deeper, deepest))
}

// batches does something for as many buckets at a time as a request can name
// and an answer can list, until enough was found.
func (n *narrowing) batches(all []bucket, do func([]bucket) error) error {
	for len(all) > 0 {
		if n.full() {
			n.more = true
			return nil
		}
		size, rows := 0, int64(0)
		for size < min(len(all), maxParents) && (size == 0 || rows+all[size].rows <= maxListed) {
			rows += all[size].rows
			size++
		}
		if err := do(all[:size]); err != nil {
			return err
		}
		all = all[size:]
	}
	return nil
}

func bucketNames(all []bucket) []string {
	names := make([]string, len(all))
	for i, b := range all {
		names[i] = b.name
	}
	return names
}
