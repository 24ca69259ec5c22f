package cli

import (
	"slices"

	"github.com/adbferry/adbferry/pkg/progress"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// stepText says what a table is busy with, or where it stands when nothing is
// done for it.
func stepText(m *pb.MigrationStatus, table *pb.TableStatus, sum progress.Totals) string {
	switch state := table.GetState(); {
	case over(table), !started(table):
		return tableStateText(state)
	case m.GetState() == pb.MigrationState_MIGRATION_STATE_PAUSED:
		return "paused"
	case m.GetState() != pb.MigrationState_MIGRATION_STATE_RUNNING:
		return "stopped"
	case state == pb.TableState_TABLE_STATE_FINISHED:
		return phaseText(pb.Phase_PHASE_VERIFY)
	case loaded(table):
		return "finishing"
	case sum.Phase != pb.Phase_PHASE_UNSPECIFIED:
		return phaseText(sum.Phase)
	case anyChunk(table, pb.ChunkState_CHUNK_STATE_EXPORTING):
		return phaseText(pb.Phase_PHASE_EXPORT)
	case anyChunk(table, pb.ChunkState_CHUNK_STATE_IMPORTING):
		return phaseText(pb.Phase_PHASE_LOAD)
	default:
		return "starting"
	}
}

// over reports whether nothing more will be done for a table.
func over(table *pb.TableStatus) bool {
	return table.GetState() == pb.TableState_TABLE_STATE_VERIFIED || table.GetState() == pb.TableState_TABLE_STATE_FAILED
}

// started reports whether anything was done for a table.
func started(table *pb.TableStatus) bool {
	return table.GetState() != pb.TableState_TABLE_STATE_UNSPECIFIED || slices.ContainsFunc(table.GetChunks(), func(c *pb.ChunkStatus) bool {
		return c.GetState() != pb.ChunkState_CHUNK_STATE_UNSPECIFIED
	})
}

// running reports whether something is being done for a table of a migration that runs.
func running(table *pb.TableStatus) bool {
	return !over(table) && started(table) && (loaded(table) ||
		anyChunk(table, pb.ChunkState_CHUNK_STATE_EXPORTING) || anyChunk(table, pb.ChunkState_CHUNK_STATE_IMPORTING))
}

// loaded reports whether all chunks have arrived, and only keys, statistics and
// the final count are left to do.
func loaded(table *pb.TableStatus) bool {
	return !slices.ContainsFunc(table.GetChunks(), func(c *pb.ChunkStatus) bool {
		return c.GetReached() < pb.ChunkState_CHUNK_STATE_IMPORTED
	})
}

// anyChunk reports whether a table has a chunk in a state.
func anyChunk(table *pb.TableStatus, state pb.ChunkState) bool {
	return slices.ContainsFunc(table.GetChunks(), func(c *pb.ChunkStatus) bool { return c.GetState() == state })
}
