package estimate

import (
	"fmt"
	"slices"
	"strings"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// unknowns says what the plan relies on and nobody has tried.
func unknowns(p *pb.MigrationPlan, d *pb.Diagnosis) []string {
	source, target := p.GetSource().GetName(), p.GetTarget().GetName()
	if d == nil {
		return []string{fmt.Sprintf("%s and %s were never diagnosed, so how they behave where Oracle's documentation is open is unknown; "+
			"find out with: adbferry doctor --source %s --target %s", source, target, source, target)}
	}
	var out []string
	for _, f := range formats(p) {
		if why := untried(d, f); why != "" {
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
