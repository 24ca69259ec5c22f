// Package verify decides whether what arrived is what left. It is pure: the
// counts and digests are taken elsewhere, and nothing but them leads to a good
// verdict; the absence of an error never does.
package verify

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"
	"google.golang.org/grpc/codes"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Verdict says what a comparison of a whole table proves. Columns left behind
// make equality a partial success, never a full one. Columns that could not be
// compared leave it open. Without a comparison nothing is proven.
func Verdict(c *pb.Comparison, columnsLeftOut int) pb.Verdict {
	switch {
	case c == nil:
		return pb.Verdict_VERDICT_FAILED
	case c.GetSourceRows() != c.GetTargetRows(), digested(c) && !digestsEqual(c):
		return pb.Verdict_VERDICT_DIFFERS
	case !digested(c) || len(c.GetNotCompared()) > 0:
		return pb.Verdict_VERDICT_UNPROVEN
	case columnsLeftOut > 0:
		return pb.Verdict_VERDICT_VERIFIED_PARTIAL
	default:
		return pb.Verdict_VERDICT_VERIFIED
	}
}

// digested reports whether both sides were digested.
func digested(c *pb.Comparison) bool { return c.GetSourceDigest() != nil && c.GetTargetDigest() != nil }

// digestsEqual reports whether both digests are the same; an empty sum is none.
func digestsEqual(c *pb.Comparison) bool {
	source, target := c.GetSourceDigest(), c.GetTargetDigest()
	return source.GetSum() != "" && source.GetSum() == target.GetSum() && source.GetRows() == target.GetRows()
}

// ranks order verdicts from good to bad; an unset one counts for nothing.
var ranks = map[pb.Verdict]int{
	pb.Verdict_VERDICT_VERIFIED:         1,
	pb.Verdict_VERDICT_VERIFIED_PARTIAL: 2,
	pb.Verdict_VERDICT_UNPROVEN:         3,
	pb.Verdict_VERDICT_DIFFERS:          4,
	pb.Verdict_VERDICT_FAILED:           5,
}

// Compare is negative when a is the better verdict, positive when b is.
func Compare(a, b pb.Verdict) int { return cmp.Compare(ranks[a], ranks[b]) }

// Worst returns the worse of two verdicts.
func Worst(a, b pb.Verdict) pb.Verdict {
	if Compare(a, b) < 0 {
		return b
	}
	return a
}

// Equal reports whether a verdict says that the rows arrived.
func Equal(v pb.Verdict) bool {
	return v == pb.Verdict_VERDICT_VERIFIED || v == pb.Verdict_VERDICT_VERIFIED_PARTIAL
}

// Table returns nil when the table's counts and digests are equal, else
// REASON_COUNTS_DIFFER, REASON_CHECKSUMS_DIFFER, or REASON_CHECKSUMS_UNKNOWN when
// something could not be compared. The hint depends on what became of rows that
// the target had before.
func Table(tableID string, before pb.IfExists, c *pb.Comparison) error {
	if err := differ("table "+tableID, tableID, before, c.GetSourceRows(), c.GetTargetRows()); err != nil {
		return err
	}
	switch source, target := c.GetSourceDigest().GetSum(), c.GetTargetDigest().GetSum(); {
	case digested(c) && !digestsEqual(c):
		return apierr.New(codes.DataLoss, pb.Reason_REASON_CHECKSUMS_DIFFER,
			"compare table %s: both sides have %s, but their digests differ", tableID, rows(c.GetSourceRows())).
			WithHint("adbferry verify names the rows that differ; the rows on the target cannot be trusted: %s", remedy(before)).
			WithFact("table", tableID).WithFact("source_digest", source).WithFact("target_digest", target)
	case !digested(c) || len(c.GetNotCompared()) > 0:
		return unknown(tableID, c)
	default:
		return nil
	}
}

// maxNamed is how many columns an error explains; its facts name them all.
const maxNamed = 4

// unknown is the error of a comparison that found no difference and could not
// look everywhere.
func unknown(tableID string, c *pb.Comparison) error {
	var names, whys []string
	for i, left := range c.GetNotCompared() {
		names = append(names, left.GetName())
		if i < maxNamed {
			whys = append(whys, left.GetName()+" ("+left.GetWhy()+")")
		}
	}
	if more := len(names) - len(whys); more > 0 {
		whys = append(whys, strconv.Itoa(more)+" more")
	}
	return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_CHECKSUMS_UNKNOWN,
		"compare table %s: both sides have %s, but it cannot be proven that their values are equal: not compared: %s",
		tableID, rows(c.GetSourceRows()), strings.Join(whys, ", ")).
		WithHint("%s", unknownHint(Remedies(c))).
		WithFact("table", tableID).WithFact("columns", strings.Join(names, ","))
}

// Remedies is what can be done to compare columns that were not compared. It is
// empty when nothing can.
func Remedies(c *pb.Comparison) []string {
	because := func(word string) bool {
		return slices.ContainsFunc(c.GetNotCompared(), func(l *pb.ColumnLeftOut) bool { return strings.Contains(l.GetWhy(), word) })
	}
	var all []string
	if because("DBMS_CRYPTO") {
		all = append(all, "GRANT EXECUTE ON DBMS_CRYPTO to both agents' users")
	}
	if because("too old") {
		all = append(all, "update agents that are too old")
	}
	return all
}

func unknownHint(remedies []string) string {
	if len(remedies) == 0 {
		return "nothing can compare these columns; leave them out, or compare them by other means"
	}
	return strings.Join(remedies, ", and ") + "; then start the migration again: it will only compare; or leave the columns out"
}

// Chunk returns nil when as many rows arrived as the manifest says were written,
// else REASON_COUNTS_DIFFER, with a hint as that of Table.
func Chunk(tableID, chunkID string, before pb.IfExists, m *pb.Manifest, imported int64) error {
	return differ("chunk "+chunkID, tableID, before, m.GetRows(), imported)
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
			"export chunk %s: %s exported, but no object holds any", chunkID, rows(m.GetRows()))
	}
	return nil
}

func differ(what, tableID string, before pb.IfExists, source, target int64) error {
	if source == target {
		return nil
	}
	verb, by := "missing from", source-target
	if by < 0 {
		verb, by = "too many on", -by
	}
	return apierr.New(codes.DataLoss, pb.Reason_REASON_COUNTS_DIFFER,
		"compare %s: the source has %s, the target %s: %s %s the target", what, rows(source), humanize.Comma(target), humanize.Comma(by), verb).
		WithHint("the rows on the target cannot be trusted: %s", remedy(before)).
		WithFact("table", tableID).
		WithFact("source_rows", strconv.FormatInt(source, 10)).
		WithFact("target_rows", strconv.FormatInt(target, 10))
}

// rows is a number of rows.
func rows(n int64) string {
	if n == 1 {
		return "1 row"
	}
	return humanize.Comma(n) + " rows"
}

// remedy is how to get rid of rows that cannot be trusted. Beside rows that were
// appended there are others, which must stay.
func remedy(before pb.IfExists) string {
	if before == pb.IfExists_IF_EXISTS_APPEND {
		return "remove the rows that this migration added, then migrate under a new ID"
	}
	return "truncate or drop the target table, then migrate under a new ID"
}
