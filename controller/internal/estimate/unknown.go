package estimate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// unknowns says what the plan relies on and nobody has tried.
func unknowns(p *pb.MigrationPlan, d *pb.Diagnosis) []string {
	source, target := p.GetSource().GetName(), p.GetTarget().GetName()
	if d == nil {
		return []string{fmt.Sprintf("doctor has not been run for %s and %s, so only csv is used unless --format says otherwise; "+
			"run: adbferry doctor --source %s --target %s", source, target, source, target)}
	}
	var out []string
	for _, f := range formats(p) {
		if why := cmp.Or(untried(d, f), tooLarge(p, d, f)); why != "" {
			out = append(out, fmt.Sprintf("format %s: %s", f.Word(), why))
		}
	}
	for _, side := range []struct {
		name    string
		answers []*pb.Answer
	}{{source, d.GetSourceAnswers()}, {target, d.GetTargetAnswers()}} {
		for _, a := range side.answers {
			if a.GetAnswer() == "" {
				out = append(out, fmt.Sprintf("unknown about %s: %s", side.name, a.GetText()))
			}
		}
	}
	return out
}

// formats returns those that a plan uses, each once.
func formats(p *pb.MigrationPlan) []pb.Format {
	var out []pb.Format
	for _, t := range p.GetTables() {
		if !slices.Contains(out, t.GetFormat()) {
			out = append(out, t.GetFormat())
		}
	}
	slices.Sort(out)
	return out
}

// tooLarge says which column has large objects that are larger than any that was
// seen to arrive in a format; it is empty for none. Lengths of text count
// characters, of which each has a byte at least.
func tooLarge(p *pb.MigrationPlan, d *pb.Diagnosis, format pb.Format) string {
	var seen, longest int64
	for _, f := range d.GetFormats() {
		if f.GetFormat() == format {
			seen = f.GetLargestLobBytes()
		}
	}
	where := ""
	for _, t := range p.GetTables() {
		if t.GetFormat() != format {
			continue
		}
		for _, c := range t.GetColumns() {
			if c.GetLeftOut() == "" && c.GetLongest() > max(seen, longest) {
				longest, where = c.GetLongest(), t.GetSource().Text()+"."+pb.NameText(c.GetColumn().GetName())
			}
		}
	}
	switch {
	case where == "":
		return ""
	case seen == 0:
		return fmt.Sprintf("%s has large objects of up to %s, and none was seen to arrive when these databases were diagnosed", where, humanize.Bytes(uint64(longest)))
	default:
		return fmt.Sprintf("%s has large objects of up to %s, and up to %s were seen to arrive when these databases were diagnosed; adbferry doctor --lob-bytes tries larger ones",
			where, humanize.Bytes(uint64(longest)), humanize.Bytes(uint64(seen)))
	}
}

// untried says what a diagnosis has against a format; it is empty for nothing.
func untried(d *pb.Diagnosis, format pb.Format) string {
	for _, f := range d.GetFormats() {
		switch {
		case f.GetFormat() != format:
		case f.GetWorks():
			return ""
		default:
			return strings.TrimSuffix("it did not work when these databases were diagnosed: "+f.GetFailure().GetText(), ": ")
		}
	}
	return "it was not tried when these databases were diagnosed"
}
