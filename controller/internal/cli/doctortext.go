package cli

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// diagnosisText is a diagnosis for people: a matrix of types and formats, then
// the answers of both databases.
func diagnosisText(d *pb.Diagnosis) string {
	var out strings.Builder
	_, _ = fmt.Fprintf(&out, "\nFrom %s to %s, found out %s\n\n", d.GetSource(), d.GetTarget(), when(d.GetTime()))
	matrix(&out, d.GetFormats())
	remarks(&out, d.GetFormats())
	answers(&out, d)
	for _, l := range d.GetLeftovers() {
		_, _ = fmt.Fprintf(&out, "\nLeft over: %s\n", l)
	}
	return out.String()
}

// matrix prints what each format did to each type.
func matrix(out *strings.Builder, formats []*pb.FormatDiagnosis) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	row := func(first string, cell func(*pb.FormatDiagnosis) string) {
		cells := []string{first}
		for _, f := range formats {
			cells = append(cells, cell(f))
		}
		_, _ = fmt.Fprintln(table, strings.Join(cells, "\t"))
	}
	row("type", func(f *pb.FormatDiagnosis) string { return f.GetFormat().Word() })
	for i, t := range longest(formats) {
		row(t.GetType(), func(f *pb.FormatDiagnosis) string { return outcomeText(f, i) })
	}
	row("largest large object", largestText)
	_ = table.Flush() // a strings.Builder takes everything
}

// longest returns the types of the format that has the most: one that failed
// early has none.
func longest(formats []*pb.FormatDiagnosis) (types []*pb.TypeDiagnosis) {
	for _, f := range formats {
		if len(f.GetTypes()) > len(types) {
			types = f.GetTypes()
		}
	}
	return types
}

func outcomeText(f *pb.FormatDiagnosis, i int) string {
	if i >= len(f.GetTypes()) {
		return "?"
	}
	return word(f.GetTypes()[i].GetOutcome().String(), "TYPE_OUTCOME_")
}

func largestText(f *pb.FormatDiagnosis) string {
	if f.GetLargestLobBytes() == 0 {
		return "-"
	}
	return size(f.GetLargestLobBytes())
}

// remarks explains whatever is not equal, each reason once per format.
func remarks(out *strings.Builder, formats []*pb.FormatDiagnosis) {
	for _, f := range formats {
		if f.GetFailure() != nil {
			_, _ = fmt.Fprintf(out, "\n%s does not work: %s\n", f.GetFormat().Word(), f.GetFailure().GetText())
			continue
		}
		var lines []string
		for _, t := range f.GetTypes() {
			if t.GetDetail() != "" {
				lines = append(lines, fmt.Sprintf("  %s: %s", t.GetType(), t.GetDetail()))
			}
		}
		if len(lines) > 0 {
			slices.Sort(lines)
			_, _ = fmt.Fprintf(out, "\n%s:\n%s\n", f.GetFormat().Word(), strings.Join(slices.Compact(lines), "\n"))
		}
	}
}

// answers prints what both databases answer, once when they agree.
func answers(out *strings.Builder, d *pb.Diagnosis) {
	target := map[string]*pb.Answer{}
	for _, a := range d.GetTargetAnswers() {
		target[a.GetQuestion()] = a
	}
	_, _ = fmt.Fprintln(out)
	for _, a := range d.GetSourceAnswers() {
		_, _ = fmt.Fprintln(out, a.GetText())
		here, there := answerText(a), answerText(target[a.GetQuestion()])
		if here == there {
			_, _ = fmt.Fprintf(out, "  both: %s\n", here)
			continue
		}
		_, _ = fmt.Fprintf(out, "  %s: %s\n  %s: %s\n", d.GetSource(), here, d.GetTarget(), there)
	}
}

func answerText(a *pb.Answer) string {
	switch {
	case a == nil:
		return "unknown"
	case a.GetAnswer() == "":
		return "unknown: " + a.GetDetail()
	case a.GetDetail() == "":
		return a.GetAnswer()
	default:
		return a.GetAnswer() + " (" + a.GetDetail() + ")"
	}
}
