package progress

import (
	"time"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Totals is how far a table is, in numbers a person reads.
type Totals struct {
	Rows      int64 // rows committed on the target, or read into staging so far
	RowsTotal int64 // rows of the source at the SCN
	Bytes     int64 // bytes in the bucket
	// BytesTotal is the sum of sealed manifests and, for what is not exported
	// yet, the plan's estimate.
	BytesTotal int64
	Objects    int64
	Phase      pb.Phase // of the running attempt that is furthest behind
	// Fraction is between 0 and 1: half for bytes exported, half for rows
	// imported. It is 1 only when the table is verified.
	Fraction float64
}

// TableTotals adds up one table of a status.
func TableTotals(s *pb.MigrationStatus, t *pb.TableStatus) Totals {
	plan := Plan(s, t.GetTableId())
	sum := Totals{RowsTotal: plan.GetRows()}
	var sealed, chunks int64
	for _, c := range t.GetChunks() {
		chunks++
		p := c.GetProgress()
		if sum.Phase == pb.Phase_PHASE_UNSPECIFIED || (p != nil && p.GetPhase() < sum.Phase) {
			sum.Phase = p.GetPhase()
		}
		if m := c.GetManifest(); m != nil {
			sealed++
			sum.Objects += int64(len(m.GetObjects()))
			sum.Bytes += m.TotalBytes()
		} else if p.GetPhase() == pb.Phase_PHASE_EXPORT {
			sum.Objects += p.GetObjects()
			sum.Bytes += p.GetBytes()
		}
		sum.Rows += rowsDone(c)
	}
	sum.BytesTotal = estimate(plan.GetEstimatedBytes(), sum.Bytes, sealed, chunks)
	sum.Fraction = sum.fraction()
	if t.GetState() == pb.TableState_TABLE_STATE_VERIFIED {
		sum.Fraction = 1
	}
	return sum
}

func rowsDone(c *pb.ChunkStatus) int64 {
	if c.GetReached() >= pb.ChunkState_CHUNK_STATE_IMPORTED {
		return c.GetRowsImported()
	}
	if c.GetState() == pb.ChunkState_CHUNK_STATE_IMPORTING {
		return c.GetProgress().GetRows()
	}
	return 0
}

// estimate is what a table will be in bytes: exact when every chunk is sealed,
// never below what is there already.
func estimate(planned, seen, sealed, chunks int64) int64 {
	if sealed == chunks {
		return seen
	}
	return max(planned, seen)
}

// almost keeps a bar off its end while something is left to prove.
const almost = 0.999

func (t Totals) fraction() float64 {
	part := func(done, total int64) float64 {
		if total <= 0 {
			return 0
		}
		return min(1, float64(done)/float64(total))
	}
	return min(almost, part(t.Bytes, t.BytesTotal)/2+part(t.Rows, t.RowsTotal)/2)
}

// A Rate tells how fast a number grows, over a sliding window. Its zero value
// is ready; the caller supplies the times.
type Rate struct {
	samples []sample
}

type sample struct {
	at    time.Time
	value float64
}

// window is how far back a Rate looks.
const window = 15 * time.Second

// Add notes the number's value at a time not before the last one.
func (r *Rate) Add(at time.Time, value float64) {
	r.samples = append(r.samples, sample{at, value})
	for len(r.samples) > 2 && at.Sub(r.samples[0].at) > window {
		r.samples = r.samples[1:]
	}
}

// PerSecond returns the growth per second, 0 until it is known.
func (r *Rate) PerSecond() float64 {
	if len(r.samples) < 2 {
		return 0
	}
	first, last := r.samples[0], r.samples[len(r.samples)-1]
	seconds := last.at.Sub(first.at).Seconds()
	if seconds <= 0 {
		return 0
	}
	return max(0, (last.value-first.value)/seconds)
}

// quiet is how long a number may always stand still without what was said about
// its end becoming wrong.
const quiet = 2 * time.Second

// Until returns how long the number still needs to reach total. It goes by the
// moments at which the number moved, so that it counts down while nothing is heard.
// known is false until it has moved twice within the window, and again when it
// stands still for twice as long as it usually does.
func (r *Rate) Until(total float64) (left time.Duration, known bool) {
	moves, moved := 0, 0 // how often, and the last sample that did
	for i := 1; i < len(r.samples); i++ {
		if r.samples[i].value > r.samples[i-1].value {
			moves, moved = moves+1, i
		}
	}
	if moves < 2 {
		return 0, false
	}
	first, last, now := r.samples[0], r.samples[moved], r.samples[len(r.samples)-1]
	took, still := last.at.Sub(first.at), now.at.Sub(last.at)
	if grown := last.value - first.value; grown > 0 && took > 0 && still <= max(quiet, 2*took/time.Duration(moves)) {
		return max(0, time.Duration((total-last.value)/grown*float64(took))-still), true
	}
	return 0, false
}
