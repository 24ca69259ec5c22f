package cli

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// defaultDifferences is how many differences the service lists when nobody says.
const defaultDifferences = 100

// differencesText is the comparison of two tables for people.
func differencesText(req *pb.CompareTablesRequest, r *pb.CompareTablesResponse) string {
	var out strings.Builder
	c := r.GetComparison()
	_, _ = fmt.Fprintf(&out, "%s\n", route(r.GetSourceTable(), r.GetTargetTable()))
	line(&out, "from", fmt.Sprintf("%s, as of SCN %d%s", req.GetSource(), r.GetSourceScn(), whereText(req.GetWhere())))
	line(&out, "to", fmt.Sprintf("%s, as of SCN %d%s", req.GetTarget(), r.GetTargetScn(), whereText(req.GetTargetWhere())))
	line(&out, "rows", comparisonText(c))
	digestLines(&out, c)
	line(&out, "columns", strconv.Itoa(len(r.GetColumns()))+": "+namesText(r.GetColumns()))
	if len(r.GetKey()) > 0 {
		line(&out, "key", namesText(r.GetKey()))
	}
	for _, s := range r.GetShapeDifferences() {
		line(&out, "column", pb.NameText(s.GetName())+": "+s.GetWhy())
	}
	for _, d := range r.GetDifferences() {
		line(&out, kindText(d.GetKind()), differenceText(r.GetKey(), d))
	}
	if r.GetTruncated() {
		line(&out, "", moreText(req, r))
	}
	_, _ = fmt.Fprintf(&out, "\nVerdict: %s\n", comparedText(r))
	return out.String()
}

// whereText says which rows of a side are compared, unless all are.
func whereText(condition string) string {
	if condition == "" {
		return ""
	}
	return ", where " + condition
}

// moreText says where the other differences are. Fewer than were asked for are
// listed only when too many rows cannot be told apart.
func moreText(req *pb.CompareTablesRequest, r *pb.CompareTablesResponse) string {
	if len(r.GetDifferences()) < int(cmp.Or(req.GetLimit(), defaultDifferences)) {
		return "and more, among thousands of equal rows, which cannot be listed"
	}
	return "and more; --limit lists more of them"
}

func kindText(k pb.RowDifferenceKind) string { return word(k.String(), "ROW_DIFFERENCE_KIND_") }

// differenceText names a row by its key, or by where it lies, and the columns
// in which it differs.
func differenceText(key []string, d *pb.RowDifference) string {
	var parts []string
	for i, name := range key {
		if i < len(d.GetKey()) {
			parts = append(parts, pb.NameText(name)+" = "+valueText(d.GetKey()[i]))
		}
	}
	if len(parts) == 0 {
		parts = append(parts, addressText(d))
	}
	text := strings.Join(parts, ", ")
	if len(d.GetColumns()) > 0 {
		text += ": " + namesText(d.GetColumns())
	}
	return text
}

// numbers is how databases write numbers.
var numbers = regexp.MustCompile(`^-?(0|[1-9][0-9]*)?(\.[0-9]+)?$`)

// valueText is a value of a key: a number as it is, and text in quotes.
func valueText(value string) string {
	if strings.ContainsAny(value, "0123456789") && numbers.MatchString(value) {
		return value
	}
	return strconv.Quote(value)
}

func addressText(d *pb.RowDifference) string {
	if d.GetSourceAddress() != "" {
		return "ROWID " + d.GetSourceAddress() + " on the source"
	}
	return "ROWID " + d.GetTargetAddress() + " on the target"
}

func comparedText(r *pb.CompareTablesResponse) string {
	switch r.GetVerdict() {
	case pb.Verdict_VERDICT_VERIFIED:
		return "equal: row counts and digests are the same"
	case pb.Verdict_VERDICT_UNPROVEN:
		return "UNPROVEN: no difference was found, but not all columns could be compared"
	default:
		return "DIFFERENT"
	}
}
