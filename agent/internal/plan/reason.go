package plan

import (
	"fmt"
	"slices"
	"strings"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// characters is what each format does to values, for reasons.
var characters = map[pb.Format]string{
	pb.Format_FORMAT_CSV:      "csv carries every column in characters that no file format can mistake, text as hex",
	pb.Format_FORMAT_JSON:     "json carries every column as text, and escapes what it cannot bear",
	pb.Format_FORMAT_PARQUET:  "parquet carries every column as text, none in a type of its own",
	pb.Format_FORMAT_DATAPUMP: "datapump carries values of their own types",
}

// reason says in one line how a table is carried and why.
func reason(w way, because string) string {
	var plain, long []string
	for _, c := range w.columns {
		switch {
		case c.GetLeftOut() != "":
		case c.GetEncoding() == pb.Encoding_ENCODING_PLAIN && w.format == pb.Format_FORMAT_CSV:
			plain = append(plain, c.GetColumn().GetName())
		case c.GetOverflows():
			long = append(long, c.GetColumn().GetName())
		}
	}
	parts := []string{characters[w.format]}
	if len(plain) > 0 {
		parts = append(parts, fmt.Sprintf("text as it is in %s, where it is printable ASCII without delimiters, quotes or blanks at its ends", listed(plain)))
	}
	if len(long) > 0 {
		parts = append(parts, fmt.Sprintf("long values of %s as pieces in objects of their own", listed(long)))
	}
	if because != "" {
		parts = append(parts, because)
	}
	return strings.Join(parts, "; ")
}

// namesListed is how many columns a reason names.
const namesListed = 5

// listed names some columns and counts the rest.
func listed(names []string) string {
	if more := len(names) - namesListed; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:namesListed], ", "), more)
	}
	return strings.Join(names, ", ")
}

// compared says why the first of some ways was taken and not another: what the
// others would cost or lack, and which formats nobody has tried.
func compared(ways []way, req *pb.PlanTableRequest) string {
	var parts []string
	for _, w := range ways[1:] {
		switch first := ways[0]; {
		case w.obstacle != "":
			parts = append(parts, fmt.Sprintf("not %s: %s", w.format.Word(), w.obstacle))
		case w.carried < first.carried:
			parts = append(parts, fmt.Sprintf("not %s: it carries fewer columns", w.format.Word()))
		default:
			parts = append(parts, fmt.Sprintf("not %s: about %d bytes a row instead of %d", w.format.Word(), w.bytes, first.bytes))
		}
	}
	var failing, unknown []pb.Format
	for _, f := range pb.Formats()[1:] {
		switch {
		case untried(req, f):
			unknown = append(unknown, f)
		case !slices.Contains(req.GetProvenFormats(), f):
			failing = append(failing, f)
		}
	}
	if len(failing) > 0 {
		parts = append(parts, fmt.Sprintf("not %s: adbferry doctor saw it fail here", words(failing)))
	}
	if len(unknown) > 0 {
		parts = append(parts, fmt.Sprintf("not %s: not known to work here, adbferry doctor finds out", words(unknown)))
	}
	return strings.Join(parts, "; ")
}

// untried reports whether nobody has found out whether a format works here.
func untried(req *pb.PlanTableRequest, f pb.Format) bool {
	return !slices.Contains(req.GetProvenFormats(), f) && !slices.Contains(req.GetFormatsSeenToFail(), f)
}

func words(formats []pb.Format) string {
	list := make([]string, len(formats))
	for i, f := range formats {
		list[i] = f.Word()
	}
	return strings.Join(slices.Compact(list), ", ")
}
