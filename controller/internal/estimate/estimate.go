// Package estimate guesses what a migration will take: time, bytes in the bucket,
// money, and what may go wrong on the way. It is pure: the clock, the receipts of
// earlier migrations, the prices and what is known about the databases are given
// to it. It decides nothing, and nothing rests on it.
package estimate

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Input is what an estimate is made from.
type Input struct {
	Plan *pb.MigrationPlan
	// Lanes is how many chunks move at a time; at least 1.
	Lanes int
	// Past has earlier migrations, also between other databases.
	Past []Past
	// Prices is a checked list; nil for the built-in one.
	Prices *pb.PriceList
	// Now, and when the PAR expires; zero when that is not known.
	Now, PARExpiry time.Time
	// Diagnosis is what was found out about the two databases by trying; nil
	// when nobody tried.
	Diagnosis *pb.Diagnosis
}

// Make makes the estimate of a plan.
func Make(in Input) *pb.Estimate {
	var staged int64
	for _, t := range in.Plan.GetTables() {
		staged += t.GetEstimatedBytes()
	}
	how := speedOf(in.Plan, in.Past)
	takes := how.duration(in.Plan, max(1, in.Lanes))
	e := &pb.Estimate{Duration: durationpb.New(takes), StagedBytes: staged}
	if prices, err := pricesOf(in); err == nil {
		e.Costs = costs(in.Plan, staged, prices)
	} else {
		e.Warnings = append(e.Warnings, "the costs are unknown: "+err.Error())
	}
	if !how.known {
		e.Warnings = append(e.Warnings, fmt.Sprintf("the time is a guess from one public measurement: no larger migration from %s to %s has been measured here yet",
			in.Plan.GetSource().GetName(), in.Plan.GetTarget().GetName()))
	}
	for _, w := range []string{snapshotRisk(in.Plan, takes), expiryRisk(in, takes)} {
		if w != "" {
			e.Warnings = append(e.Warnings, w)
		}
	}
	e.Warnings = append(e.Warnings, lacks(in.Plan)...)
	e.Warnings = append(e.Warnings, unknowns(in.Plan, in.Diagnosis)...)
	return e
}

// pricesOf returns the prices given, else the built-in ones.
func pricesOf(in Input) (*pb.PriceList, error) {
	if in.Prices != nil {
		return in.Prices, nil
	}
	return Prices()
}

// snapshotRisk forecasts ORA-01555. Everything is read as of one SCN to the end,
// so the source has to keep undo for all that time; above half of its retention
// the planning rule of reference, section 7.1 says to act.
func snapshotRisk(p *pb.MigrationPlan, takes time.Duration) string {
	name := p.GetSource().GetName()
	if p.GetSource().UndoRetentionSeconds == nil {
		return fmt.Sprintf("the undo retention of %s cannot be read: whether the snapshot lasts for %s is unknown (ORA-01555)", name, span(takes))
	}
	kept := time.Duration(p.GetSource().GetUndoRetentionSeconds()) * time.Second
	switch {
	case takes > kept:
		return fmt.Sprintf("ORA-01555 is likely: the source is read as of one SCN for about %s, and %s keeps undo for %s; "+
			"raise UNDO_RETENTION, move fewer tables at a time, or stop writing to them", span(takes), name, span(kept))
	case takes > kept/2:
		return fmt.Sprintf("ORA-01555 is possible: the source is read as of one SCN for about %s, more than half of the %s for which %s keeps undo",
			span(takes), span(kept), name)
	}
	return ""
}

// expiryRisk compares the PAR's end with the migration's.
func expiryRisk(in Input, takes time.Duration) string {
	if in.PARExpiry.IsZero() {
		return ""
	}
	switch left := in.PARExpiry.Sub(in.Now); {
	case left <= takes:
		return fmt.Sprintf("the PAR expires in %s, before the migration ends in about %s; make one that lasts longer, or resume with another", span(left), span(takes))
	case left <= 2*takes:
		return fmt.Sprintf("the PAR expires in %s, and the migration takes about %s; make one that lasts longer", span(left), span(takes))
	}
	return ""
}

// span is a duration for people, in its two largest units.
func span(d time.Duration) string {
	d = max(d, 0).Round(time.Second)
	units := []struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "min"}, {time.Second, "s"}}
	for i, u := range units {
		if d < u.size {
			continue
		}
		text := fmt.Sprintf("%d %s", d/u.size, u.name)
		if i+1 < len(units) && d%u.size >= units[i+1].size {
			text += fmt.Sprintf(" %d %s", d%u.size/units[i+1].size, units[i+1].name)
		}
		return text
	}
	return "0 s"
}
