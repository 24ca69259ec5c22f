package verify

import (
	"math/big"
	"strings"

	"google.golang.org/protobuf/proto"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Without is the digest of the rows that came to a table which held others
// before: the sums subtract. Its sum is empty, which is equal to none, when
// either digest has no sum or when the table no longer holds what it held.
func Without(all, before *pb.Digest) *pb.Digest {
	if before == nil {
		return proto.CloneOf(all)
	}
	left := &pb.Digest{Rows: all.GetRows() - before.GetRows()}
	from, ok := sums(all)
	less, known := sums(before)
	if !ok || !known {
		return left
	}
	first, second := from[0].Sub(from[0], less[0]), from[1].Sub(from[1], less[1])
	if first.Sign() >= 0 && second.Sign() >= 0 && left.GetRows() >= 0 {
		left.Sum = first.Text(16) + "-" + second.Text(16)
	}
	return left
}

// sums reads the two sums of a digest.
func sums(d *pb.Digest) (both [2]*big.Int, ok bool) {
	a, b, found := strings.Cut(d.GetSum(), "-")
	for i, text := range []string{a, b} {
		n, valid := new(big.Int).SetString(text, 16)
		if !found || !valid || n.Sign() < 0 {
			return both, false
		}
		both[i] = n
	}
	return both, true
}

// Appended turns a comparison with a table that held rows before into one with
// the rows that came to it. The digests of before and of now must be over the
// same columns: when a column was left out since, or what was there before was
// not digested, nothing is proven but the count.
func Appended(c *pb.Comparison, columns []string, before *pb.Digest) {
	if before == nil {
		return
	}
	c.TargetRows -= before.GetRows()
	if len(c.GetNotCompared()) == 0 && before.GetSum() != "" {
		c.TargetDigest = Without(c.GetTargetDigest(), before)
		return
	}
	c.SourceDigest, c.TargetDigest, c.NotCompared = nil, nil, nil
	for _, name := range columns {
		c.NotCompared = append(c.NotCompared, &pb.ColumnLeftOut{Name: name, Why: "some column could not be digested before or after the load, and rows were there before it"})
	}
}
