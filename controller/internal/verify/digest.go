package verify

import (
	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/pkg/digest"
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
	from, allErr := digest.Parse(all.GetSum())
	less, beforeErr := digest.Parse(before.GetSum())
	if allErr != nil || beforeErr != nil {
		return left // a digest without a sum proves nothing
	}
	if rest, ok := from.Sub(less); ok && left.GetRows() >= 0 {
		left.Sum = rest.String()
	}
	return left
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
