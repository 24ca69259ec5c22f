package estimate

import (
	"time"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A speed is how fast one lane moves a table: exports, imports and verifies it.
type speed struct {
	perTable       time.Duration // before the first byte of each table
	bytesPerSecond float64
	known          bool // measured here, not taken from others
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
	s := speed{perTable: publicStart, bytesPerSecond: publicBytes / publicSeconds}
	arrivals := arrivalsOf(p, past)
	if len(arrivals) == 0 {
		return s
	}
	s.known, s.perTable = true, arrivals[0].took
	for _, a := range arrivals {
		s.perTable = min(s.perTable, a.took)
	}
	var bytes int64
	var travelling time.Duration
	for _, a := range arrivals {
		bytes += a.bytes
		travelling += a.took - s.perTable
	}
	if bytes >= enough && travelling > 0 {
		s.bytesPerSecond = float64(bytes) / travelling.Seconds()
	}
	return s
}

// An arrival is one table that arrived.
type arrival struct {
	bytes int64
	took  time.Duration
}

// arrivalsOf returns the tables that arrived between the databases of a plan.
func arrivalsOf(p *pb.MigrationPlan, past []*pb.Receipt) []arrival {
	var arrivals []arrival
	for _, r := range past {
		if r.GetSource().GetName() != p.GetSource().GetName() || r.GetTarget().GetName() != p.GetTarget().GetName() {
			continue
		}
		for _, t := range r.GetTables() {
			arrived := t.GetVerdict() == pb.Verdict_VERDICT_VERIFIED || t.GetVerdict() == pb.Verdict_VERDICT_VERIFIED_PARTIAL
			if took := t.GetEndTime().AsTime().Sub(t.GetStartTime().AsTime()); arrived && t.GetStartTime() != nil && took > 0 {
				arrivals = append(arrivals, arrival{bytes: t.GetBytes(), took: took})
			}
		}
	}
	return arrivals
}

// duration of a whole plan: tables side by side in the lanes, and no shorter than
// the longest table, whose chunks use the lanes that are free.
func (s speed) duration(p *pb.MigrationPlan, lanes int) time.Duration {
	var longest, all time.Duration
	for _, t := range p.GetTables() {
		travelling := time.Duration(float64(t.GetEstimatedBytes()) / s.bytesPerSecond * float64(time.Second))
		all += s.perTable + travelling
		longest = max(longest, s.perTable+travelling/time.Duration(max(1, min(len(t.GetChunks()), lanes))))
	}
	return max(longest, all/time.Duration(lanes)).Round(time.Second)
}
