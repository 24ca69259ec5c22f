package migrate

import (
	"math"

	"github.com/adbferry/adbferry/controller/internal/fleet"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// spent is how many tries of a chunk's budget were used before this run. It is 0
// when somebody started the migration: a start that was asked for renews budgets.
func (r *run) spent(c cargo) int { return int(r.chunkStatus(c).GetFailures()) }

// spentAny reports whether anything was taken from the budgets of what is not
// done yet.
func spentAny(s *pb.MigrationStatus) bool {
	for _, t := range s.GetTables() {
		if t.GetState() == pb.TableState_TABLE_STATE_VERIFIED {
			continue
		}
		if t.GetSnapshotsLost() > 0 {
			return true
		}
		for _, c := range t.GetChunks() {
			if c.GetFailures() > 0 {
				return true
			}
		}
	}
	return false
}

// pauses is how long to wait between a chunk's attempts. What bounds them is
// their number: attempts that take long would use up any time.
func (r *run) pauses() fleet.Patience {
	p := r.limits.Patience
	p.Total = math.MaxInt64
	return p
}
