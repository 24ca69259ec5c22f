package progress

import (
	"cmp"

	"google.golang.org/protobuf/proto"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Fold brings a status forward by one event. Events are folded in sequence;
// one that the status has seen already changes nothing, so a replay may
// overlap. A tick changes nothing but the progress of the chunk it is about.
//
// The status keeps no part of e.
func Fold(s *pb.MigrationStatus, e *pb.Event) {
	if IsTick(e) {
		foldTick(s, e)
		return
	}
	if e.GetSequence() <= s.GetLastSequence() {
		return
	}
	s.LastSequence = e.GetSequence()
	e = proto.CloneOf(e)
	switch kind := e.GetKind().(type) {
	case *pb.Event_MigrationPlanned:
		foldPlan(s, e, kind.MigrationPlanned)
	case *pb.Event_MigrationChanged:
		foldMigration(s, e, kind.MigrationChanged)
	case *pb.Event_TableChanged:
		foldTable(s, e, kind.TableChanged)
	case *pb.Event_TableDigested:
		if t := Table(s, e.GetTableId()); t != nil {
			t.SourceDigest = kind.TableDigested.GetSource()
		}
	case *pb.Event_TableReplanned:
		foldReplan(s, e, kind.TableReplanned)
	case *pb.Event_ChunkChanged:
		foldChunk(s, e, kind.ChunkChanged)
	case *pb.Event_MigrationCleanedUp:
		s.CleanUp = kind.MigrationCleanedUp
	case *pb.Event_Notice, *pb.Event_ChunkProgress:
	}
}

func foldPlan(s *pb.MigrationStatus, e *pb.Event, planned *pb.MigrationPlanned) {
	s.MigrationId = e.GetMigrationId()
	s.State = pb.MigrationState_MIGRATION_STATE_PLANNED
	s.Plan = planned.GetPlan()
	s.PlanTime = e.GetTime()
	s.Tables = nil
	for _, t := range planned.GetPlan().GetTables() {
		s.Tables = append(s.Tables, &pb.TableStatus{TableId: t.GetTableId(), Chunks: untouched(t)})
	}
}

// untouched is the status of a plan's chunks before anything happened.
func untouched(p *pb.TablePlan) []*pb.ChunkStatus {
	var chunks []*pb.ChunkStatus
	for _, c := range p.GetChunks() {
		chunks = append(chunks, &pb.ChunkStatus{ChunkId: c.GetChunkId()})
	}
	return chunks
}

// foldReplan puts another plan in the place of a table's, and forgets what the
// one before has moved. That it was tried is kept.
func foldReplan(s *pb.MigrationStatus, e *pb.Event, r *pb.TableReplanned) {
	t := Table(s, e.GetTableId())
	if t == nil {
		return
	}
	for n, p := range s.GetPlan().GetTables() {
		if p.GetTableId() == e.GetTableId() {
			t.Tries = append(t.Tries, &pb.FormatTry{Format: p.GetFormat(), Scn: SCN(s.GetPlan(), p), Failure: r.GetFailure()})
			s.Plan.Tables[n] = r.GetPlan()
		}
	}
	t.State, t.Chunks = pb.TableState_TABLE_STATE_UNSPECIFIED, untouched(r.GetPlan())
	t.Failure, t.Comparison, t.Before, t.EndTime = nil, nil, nil, nil
	if SnapshotLost(r.GetFailure()) {
		t.SnapshotsLost++
	}
	t.Definitions, t.DefinitionFailures, t.SourceDigest = nil, nil, nil
}

func foldMigration(s *pb.MigrationStatus, e *pb.Event, c *pb.MigrationChanged) {
	died := s.GetState() == pb.MigrationState_MIGRATION_STATE_RUNNING
	s.State, s.ShutDown = c.GetState(), c.GetShutDown()
	s.Failure = c.GetFailure()
	if c.GetReceipt() != nil {
		s.Receipt = c.GetReceipt()
	}
	if c.GetStorage() != nil {
		s.Storage = c.GetStorage()
	}
	if c.GetState() == pb.MigrationState_MIGRATION_STATE_RUNNING {
		s.EndTime = nil
		foldStart(s, c.GetContinued(), died)
		if s.GetStartTime() == nil {
			s.StartTime = e.GetTime()
		}
		return
	}
	s.EndTime = e.GetTime()
}

func foldTable(s *pb.MigrationStatus, e *pb.Event, c *pb.TableChanged) {
	t := Table(s, e.GetTableId())
	if t == nil {
		return
	}
	t.State = c.GetState()
	t.Failure = c.GetFailure()
	if c.GetComparison() != nil {
		t.Comparison = c.GetComparison()
	}
	if c.GetBefore() != nil {
		t.Before = c.GetBefore()
	}
	foldDefinitions(t, c)
	switch c.GetState() {
	case pb.TableState_TABLE_STATE_VERIFIED, pb.TableState_TABLE_STATE_FAILED:
		t.EndTime = e.GetTime()
		s.Continuations = 0
	default:
		t.EndTime = nil
		if t.GetStartTime() == nil {
			t.StartTime = e.GetTime()
		}
	}
}

// foldDefinitions takes over what a table has beside its rows. An event that
// has any such list has all of it; finishing a table always does.
func foldDefinitions(t *pb.TableStatus, c *pb.TableChanged) {
	if c.GetState() == pb.TableState_TABLE_STATE_FINISHED || ListsDefinitions(c) {
		t.Definitions, t.DefinitionFailures = c.GetDefinitions(), c.GetDefinitionFailures()
	}
}

// ListsDefinitions reports whether an event lists what its table has beside the
// rows. One that also says "verified" speaks of a table that was verified before,
// and whose foreign keys have been tried since.
func ListsDefinitions(c *pb.TableChanged) bool {
	return len(c.GetDefinitions())+len(c.GetDefinitionFailures()) > 0
}

func foldChunk(s *pb.MigrationStatus, e *pb.Event, changed *pb.ChunkChanged) {
	t := Table(s, e.GetTableId())
	c := Chunk(t, e.GetChunkId())
	if c == nil {
		return
	}
	if t.GetStartTime() == nil {
		t.StartTime = e.GetTime()
	}
	c.State = changed.GetState()
	switch changed.GetState() {
	case pb.ChunkState_CHUNK_STATE_EXPORTING:
		c.ExportAttempt, c.Progress = e.GetAttempt(), nil
	case pb.ChunkState_CHUNK_STATE_IMPORTING:
		c.ImportAttempt, c.Progress = e.GetAttempt(), nil
	case pb.ChunkState_CHUNK_STATE_EXPORTED:
		c.Manifest = changed.GetManifest()
		s.StagedObjects += int64(len(c.GetManifest().GetObjects()))
		s.StagedBytes += c.GetManifest().TotalBytes()
		reach(s, c, changed)
	case pb.ChunkState_CHUNK_STATE_IMPORTED:
		c.RowsImported = changed.GetRowsImported()
		reach(s, c, changed)
	case pb.ChunkState_CHUNK_STATE_VERIFIED:
		reach(s, c, changed)
	case pb.ChunkState_CHUNK_STATE_FAILED:
		c.Failure = changed.GetFailure()
		foldFailure(c, changed.GetFailure())
	case pb.ChunkState_CHUNK_STATE_UNSPECIFIED:
	}
}

func foldTick(s *pb.MigrationStatus, e *pb.Event) {
	p := e.GetChunkProgress()
	c := Chunk(Table(s, e.GetTableId()), e.GetChunkId())
	if p == nil || c == nil {
		return
	}
	c.Progress = proto.CloneOf(p)
}

// reach records a step that is done and clears the failure it overcame.
func reach(s *pb.MigrationStatus, c *pb.ChunkStatus, changed *pb.ChunkChanged) {
	s.Continuations = 0
	c.Reached = changed.GetState()
	c.Failure = nil
	c.Progress = nil
}

// Table returns the status of a table, nil when the plan has no such table.
func Table(s *pb.MigrationStatus, tableID string) *pb.TableStatus {
	for _, t := range s.GetTables() {
		if t.GetTableId() == tableID {
			return t
		}
	}
	return nil
}

// Chunk returns the status of a chunk of a table, nil when there is none.
func Chunk(t *pb.TableStatus, chunkID string) *pb.ChunkStatus {
	for _, c := range t.GetChunks() {
		if c.GetChunkId() == chunkID {
			return c
		}
	}
	return nil
}

// Plan returns the plan of a table, nil when the plan has no such table.
func Plan(s *pb.MigrationStatus, tableID string) *pb.TablePlan {
	for _, t := range s.GetPlan().GetTables() {
		if t.GetTableId() == tableID {
			return t
		}
	}
	return nil
}

// SCN returns the SCN of the source that a table is read as of: its own, or the
// migration's where an older plan has none.
func SCN(m *pb.MigrationPlan, t *pb.TablePlan) int64 { return cmp.Or(t.GetScn(), m.GetScn()) }

// Interrupted reports whether a migration was being carried out, by its journal,
// and nobody asked for that to end: the controller died or was shut down. It says
// nothing of whether somebody carries it out now.
func Interrupted(s *pb.MigrationStatus) bool {
	if s.GetCleanUp() != nil { // it was given up
		return false
	}
	return s.GetState() == pb.MigrationState_MIGRATION_STATE_RUNNING ||
		s.GetState() == pb.MigrationState_MIGRATION_STATE_STOPPED && s.GetShutDown()
}

// Ended reports whether a migration in this state runs no further by itself.
func Ended(state pb.MigrationState) bool {
	switch state {
	case pb.MigrationState_MIGRATION_STATE_STOPPED,
		pb.MigrationState_MIGRATION_STATE_PAUSED,
		pb.MigrationState_MIGRATION_STATE_VERIFIED,
		pb.MigrationState_MIGRATION_STATE_FAILED:
		return true
	default:
		return false
	}
}
