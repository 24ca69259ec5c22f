// Package verify decides whether what arrived is what left. It is pure: the
// counts are taken elsewhere, and nothing but them leads to a good verdict; the
// absence of an error never does.
package verify

import (
	"strconv"

	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Verdict says what a comparison of a whole table proves. Columns left behind
// make equal counts a partial success, never a full one. Without a comparison
// nothing is proven.
func Verdict(c *pb.Comparison, columnsLeftOut int) pb.Verdict {
	switch {
	case c == nil:
		return pb.Verdict_VERDICT_FAILED
	case c.GetSourceRows() != c.GetTargetRows():
		return pb.Verdict_VERDICT_DIFFERS
	case columnsLeftOut > 0:
		return pb.Verdict_VERDICT_VERIFIED_PARTIAL
	default:
		return pb.Verdict_VERDICT_VERIFIED
	}
}

// Worst returns the worse of two verdicts; an unset one counts for nothing.
func Worst(a, b pb.Verdict) pb.Verdict {
	return max(a, b)
}

// Equal reports whether a verdict says that the rows arrived.
func Equal(v pb.Verdict) bool {
	return v == pb.Verdict_VERDICT_VERIFIED || v == pb.Verdict_VERDICT_VERIFIED_PARTIAL
}

// Table returns nil when the table's counts are equal, else REASON_COUNTS_DIFFER.
func Table(tableID string, c *pb.Comparison) error {
	return differ("table "+tableID, tableID, c.GetSourceRows(), c.GetTargetRows())
}

// Chunk returns nil when as many rows arrived as the manifest says were written,
// else REASON_COUNTS_DIFFER.
func Chunk(tableID, chunkID string, m *pb.Manifest, imported int64) error {
	return differ("chunk "+chunkID, tableID, m.GetRows(), imported)
}

// Manifest refuses a manifest with which an import could load rows twice or not
// at all: one object named twice, or an object without a name.
func Manifest(chunkID string, m *pb.Manifest) error {
	if m == nil {
		return apierr.New(codes.Internal, pb.Reason_REASON_INTERNAL, "export chunk %s: the agent sent no manifest", chunkID)
	}
	seen := map[string]bool{}
	for _, o := range m.GetObjects() {
		if o.GetName() == "" || seen[o.GetName()] {
			return apierr.New(codes.Internal, pb.Reason_REASON_INTERNAL,
				"export chunk %s: the manifest names object %q twice or not at all", chunkID, o.GetName())
		}
		seen[o.GetName()] = true
	}
	if len(seen) == 0 && m.GetRows() > 0 {
		return apierr.New(codes.DataLoss, pb.Reason_REASON_OBJECT_CHANGED,
			"export chunk %s: %d rows left no object", chunkID, m.GetRows())
	}
	return nil
}

func differ(what, tableID string, source, target int64) error {
	if source == target {
		return nil
	}
	verb, by := "missing from", source-target
	if by < 0 {
		verb, by = "too many on", -by
	}
	return apierr.New(codes.DataLoss, pb.Reason_REASON_COUNTS_DIFFER,
		"compare %s: the source has %d rows, the target %d: %d %s the target", what, source, target, by, verb).
		WithHint("the rows on the target cannot be trusted: drop the target table and migrate under a new ID").
		WithFact("table", tableID).
		WithFact("source_rows", strconv.FormatInt(source, 10)).
		WithFact("target_rows", strconv.FormatInt(target, 10))
}
