package estimate

import (
	"slices"
	"time"

	"github.com/adbferry/adbferry/pkg/progress"
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
// something, and small how many a table has that shows how long a start takes.
const (
	enough = 4 << 20
	small  = 1 << 20
)

// longestStart bounds what small tables teach: one that took longer has waited for
// something else, and the next one need not.
const longestStart = 10 * time.Second

// A Past is a migration that ended, to learn from.
type Past struct {
	Status *pb.MigrationStatus
	// Started is when it was last started: it lay idle before.
	Started time.Time
}

// Measured is what a plan will take by what tables between its databases took
// before; known is false when there were none, or too small ones.
func Measured(p *pb.MigrationPlan, past []Past, lanes int) (takes time.Duration, known bool) {
	s := speedOf(p, past)
	return s.duration(p, max(1, lanes)), s.known
}

// speedOf learns from migrations between the same databases, and falls back to what
// is public.
func speedOf(p *pb.MigrationPlan, past []Past) speed {
	s := speed{perTable: publicStart, bytesPerSecond: publicBytes / publicSeconds}
	arrivals := arrivalsOf(p, past)
	if start, known := startOf(arrivals); known {
		s.perTable = start
	}
	var bytes int64
	var travelling time.Duration
	for _, a := range arrivals {
		if a.bytes >= small {
			s.perTable = min(s.perTable, a.took/2) // a start is not most of a large table
			bytes += a.bytes
		}
	}
	for _, a := range arrivals {
		if a.bytes >= small {
			travelling += a.took - s.perTable
		}
	}
	if bytes >= enough && travelling > 0 {
		s.bytesPerSecond, s.known = float64(bytes)/travelling.Seconds(), true
	}
	return s
}

// startOf is how long the fastest of the small tables took.
func startOf(arrivals []arrival) (start time.Duration, known bool) {
	start = longestStart
	for _, a := range arrivals {
		if a.bytes < small {
			start, known = min(start, a.took), true
		}
	}
	return start, known
}

// An arrival is one table that arrived at once: the bytes that its plan expected,
// as the next plan counts them, and the time from its first step to its last.
type arrival struct {
	bytes int64
	took  time.Duration
}

// arrivalsOf returns the tables that arrived between the databases of a plan. Those
// during which the migration lay idle, or that were tried more than once, say
// nothing about speed.
func arrivalsOf(p *pb.MigrationPlan, past []Past) []arrival {
	var arrivals []arrival
	for _, m := range past {
		ran := m.Status.GetPlan()
		if ran.GetSource().GetName() != p.GetSource().GetName() || ran.GetTarget().GetName() != p.GetTarget().GetName() {
			continue
		}
		for _, t := range m.Status.GetTables() {
			took := t.GetEndTime().AsTime().Sub(t.GetStartTime().AsTime())
			if t.GetState() != pb.TableState_TABLE_STATE_VERIFIED || t.GetStartTime() == nil || took <= 0 ||
				t.GetStartTime().AsTime().Before(m.Started) || repeated(t) {
				continue
			}
			arrivals = append(arrivals, arrival{bytes: progress.Plan(m.Status, t.GetTableId()).GetEstimatedBytes(), took: took})
		}
	}
	return arrivals
}

// repeated reports whether any step of a table was tried more than once.
func repeated(t *pb.TableStatus) bool {
	return len(t.GetTries()) > 0 || slices.ContainsFunc(t.GetChunks(), func(c *pb.ChunkStatus) bool {
		return c.GetExportAttempt() > 1 || c.GetImportAttempt() > 1
	})
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
