package progress

import (
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// foldStart renews what may fail when somebody started the migration. When the
// controller went on by itself the counts stay, or a crash loop would try for ever;
// one that was shut down in an orderly way is no crash.
func foldStart(s *pb.MigrationStatus, continued, died bool) {
	if continued {
		if died {
			s.Continuations++
		}
		return
	}
	s.Continuations = 0
	for _, t := range s.GetTables() {
		t.SnapshotsLost = 0
		for _, c := range t.GetChunks() {
			c.Failures = 0
		}
	}
}

// foldFailure counts a failed attempt, unless it says nothing about the chunk.
func foldFailure(c *pb.ChunkStatus, f *pb.Failure) {
	if f.GetReason() != pb.Reason_REASON_CANCELLED && !PARFailed(f) {
		c.Failures++
	}
}

// PARFailed reports whether a failure is one that another PAR could cure.
func PARFailed(f *pb.Failure) bool {
	switch f.GetReason() {
	case pb.Reason_REASON_PAR_EXPIRED, pb.Reason_REASON_PAR_REFUSED, pb.Reason_REASON_PAR_CANNOT_LIST,
		pb.Reason_REASON_PAR_CANNOT_WRITE, pb.Reason_REASON_PAR_CANNOT_READ:
		return true
	default:
		return false
	}
}

// SnapshotLost reports whether a failure says that a table cannot be read as of
// its SCN any more: the undo is gone (ORA-01555, ORA-08180, ORA-22924), or the
// table was altered since (ORA-01466). Waiting brings neither back. An SCN that
// the database never had (ORA-08181) is no such failure: the database is another
// one, and reading that at a new SCN would move rows that nobody asked for.
func SnapshotLost(f *pb.Failure) bool {
	return f.GetReason() == pb.Reason_REASON_SNAPSHOT_GONE || f.GetReason() == pb.Reason_REASON_TABLE_ALTERED
}
