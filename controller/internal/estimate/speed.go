package estimate

import (
	"time"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A speed is how fast one lane moves a table: exports, imports and verifies it.
type speed struct {
	start  time.Duration // before the first byte, per table
	second float64       // bytes in one
	known  bool          // measured here, not taken from others
}

// The one public measurement there is: 50,000 rows, about 19 MiB of csv, exported
// in 30.6 s on the service "high" and loaded in under 10 s (reference, section
// 1.9, one case in the field). A tenth is added for verifying, which this
// project allows itself.
const (
	publicBytes   = 19 << 20
	publicSeconds = (30.6 + 10) * 1.1
)

// publicStart is an assumption: nobody has published what an empty export takes.
const publicStart = 2 * time.Second

// enough is how many bytes earlier tables must have had for their speed to say
// something: smaller ones only show how long it takes to start.
const enough = 10 << 20

// speedOf learns from the receipts of migrations between the same databases, and
// falls back to what is public.
func speedOf(p *pb.MigrationPlan, past []*pb.Receipt) speed {
	s := speed{start: publicStart, second: publicBytes / publicSeconds}
	trips := tripsOf(p, past)
	if len(trips) == 0 {
		return s
	}
	s.known, s.start = true, trips[0].took
	for _, t := range trips {
		s.start = min(s.start, t.took)
	}
	var bytes int64
	var travelling time.Duration
	for _, t := range trips {
		bytes += t.bytes
		travelling += t.took - s.start
	}
	if bytes >= enough && travelling > 0 {
		s.second = float64(bytes) / travelling.Seconds()
	}
	return s
}

// A trip is one table that arrived.
type trip struct {
	bytes int64
	took  time.Duration
}

// tripsOf returns the tables that arrived between the databases of a plan.
func tripsOf(p *pb.MigrationPlan, past []*pb.Receipt) []trip {
	var trips []trip
	for _, r := range past {
		if r.GetSource().GetName() != p.GetSource().GetName() || r.GetTarget().GetName() != p.GetTarget().GetName() {
			continue
		}
		for _, t := range r.GetTables() {
			arrived := t.GetVerdict() == pb.Verdict_VERDICT_VERIFIED || t.GetVerdict() == pb.Verdict_VERDICT_VERIFIED_PARTIAL
			if took := t.GetEndTime().AsTime().Sub(t.GetStartTime().AsTime()); arrived && t.GetStartTime() != nil && took > 0 {
				trips = append(trips, trip{bytes: t.GetBytes(), took: took})
			}
		}
	}
	return trips
}

// duration of a whole plan: tables side by side in the lanes, and no shorter than
// the longest table, whose chunks use the lanes that are free.
func (s speed) duration(p *pb.MigrationPlan, lanes int) time.Duration {
	var longest, all time.Duration
	for _, t := range p.GetTables() {
		travelling := time.Duration(float64(t.GetEstimatedBytes()) / s.second * float64(time.Second))
		all += s.start + travelling
		longest = max(longest, s.start+travelling/time.Duration(max(1, min(len(t.GetChunks()), lanes))))
	}
	return max(longest, all/time.Duration(lanes)).Round(time.Second)
}
