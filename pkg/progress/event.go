// Package progress is what events mean: how they are made, what they fold to,
// and the rates and estimates that follow from them.
//
// Nothing here has a clock or does I/O, so the same events give the same
// status on the controller, in the CLI and in a test.
package progress

import (
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A Subject is what an event is about: a migration, one of its tables, or one
// attempt at one of its chunks.
type Subject struct {
	Migration string
	Table     string // "" for the whole migration
	Chunk     string // "" for a whole table
	Attempt   int32  // 0 unless a chunk's attempt is meant
}

// event makes an event without sequence and time: the journal gives both.
func (s Subject) event() *pb.Event {
	return &pb.Event{MigrationId: s.Migration, TableId: s.Table, ChunkId: s.Chunk, Attempt: s.Attempt}
}

// Planned makes the first event of a journal.
func (s Subject) Planned(plan *pb.MigrationPlan) *pb.Event {
	e := s.event()
	e.Kind = &pb.Event_MigrationPlanned{MigrationPlanned: &pb.MigrationPlanned{Plan: plan}}
	return e
}

// MigrationChanged makes the event that the migration reached a state.
func (s Subject) MigrationChanged(c *pb.MigrationChanged) *pb.Event {
	e := s.event()
	e.Kind = &pb.Event_MigrationChanged{MigrationChanged: c}
	return e
}

// CleanedUp makes the event that what the migration left is being removed, or is.
func (s Subject) CleanedUp(c *pb.MigrationCleanedUp) *pb.Event {
	e := s.event()
	e.Kind = &pb.Event_MigrationCleanedUp{MigrationCleanedUp: c}
	return e
}

// TableChanged makes the event that the table reached a state.
func (s Subject) TableChanged(c *pb.TableChanged) *pb.Event {
	e := s.event()
	e.Kind = &pb.Event_TableChanged{TableChanged: c}
	return e
}

// TableDigested makes the event that it is known what the table's rows are on the
// source, as of its SCN.
func (s Subject) TableDigested(source *pb.Digest) *pb.Event {
	e := s.event()
	e.Kind = &pb.Event_TableDigested{TableDigested: &pb.TableDigested{Source: source}}
	return e
}

// TableReplanned makes the event that the table is moved again by another plan.
func (s Subject) TableReplanned(r *pb.TableReplanned) *pb.Event {
	e := s.event()
	e.Kind = &pb.Event_TableReplanned{TableReplanned: r}
	return e
}

// ChunkChanged makes the event that the chunk reached a state.
func (s Subject) ChunkChanged(c *pb.ChunkChanged) *pb.Event {
	e := s.event()
	e.Kind = &pb.Event_ChunkChanged{ChunkChanged: c}
	return e
}

// Tick makes a progress event. It keeps sequence 0 for ever.
func (s Subject) Tick(p *pb.ChunkProgress) *pb.Event {
	e := s.event()
	e.Kind = &pb.Event_ChunkProgress{ChunkProgress: p}
	return e
}

// Notice makes an event for the reader of the journal.
func (s Subject) Notice(text string) *pb.Event {
	e := s.event()
	e.Kind = &pb.Event_Notice{Notice: &pb.Notice{Text: text}}
	return e
}

// IsTick reports whether e may be lost.
func IsTick(e *pb.Event) bool { return e.GetSequence() == 0 }
