package session

import (
	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/ttc"
)

// maxCursors is the open_cursors parameter of the database.
const maxCursors = 1000

// A cursor is a parsed statement together with what the client bound and
// defined, and its open result set if any. It survives errors and executions
// and dies when the client closes it.
type cursor struct {
	id        uint32
	text      string
	stmt      database.Statement // nil for a REF CURSOR
	binds     []ttc.Bind
	rowCounts bool // the client wants the rows affected per execution

	columns  []datum.Column
	forms    []form
	plain    bool // every form is scalar
	defined  bool // the client said how it wants the columns
	rows     database.Rows
	fetched  uint64
	locators []uint64 // LOBs handed out by the current result set
}

// sqlType is the statement's type as the end of a call tells it.
func (cur *cursor) sqlType() uint8 {
	if cur.stmt == nil {
		return 3
	}
	switch cur.stmt.Kind() {
	case database.Query:
		return 3
	case database.Block:
		return 0x2F
	case database.DML:
		return 2
	default:
		return 0
	}
}

// end closes the result set.
func (cur *cursor) end() {
	if cur.rows != nil {
		cur.rows.Close()
		cur.rows = nil
	}
}

// place returns where the value of a column of the last row is stored.
func (cur *cursor) place(column int) *database.LOBPlace {
	if rows, ok := cur.rows.(database.Placed); ok {
		return rows.Place(column)
	}
	return nil
}

// start opens a new result set.
func (cur *cursor) start(rows database.Rows) {
	cur.end()
	cur.rows, cur.fetched = rows, 0
}

// describe sets the columns, and forgets defines that no longer fit them.
func (cur *cursor) describe(columns []datum.Column) {
	if cur.defined && len(cur.forms) == len(columns) {
		cur.columns = columns
		return
	}
	cur.columns, cur.defined = columns, false
	cur.forms, cur.plain = defaultForms(columns)
}

// lobs reports whether a column is a LOB, whose rows no client wants unasked.
func (cur *cursor) lobs() bool {
	for _, c := range cur.columns {
		if c.Type.Kind == datum.Clob || c.Type.Kind == datum.Blob {
			return true
		}
	}
	return false
}

// cursors are the open cursors of a connection by id.
type cursors struct {
	open map[uint32]*cursor
	last uint32
}

// add gives a cursor its id. Ids are not used twice in a connection, so that a
// client that closes one late hits nothing else.
func (s *cursors) add(cur *cursor) error {
	if len(s.open) >= maxCursors {
		cur.end()
		return datum.Errorf(1000, "maximum open cursors exceeded")
	}
	s.last++
	cur.id = s.last
	s.open[cur.id] = cur
	return nil
}

// find returns an open cursor, or ORA-01001.
func (s *cursors) find(id uint32) (*cursor, error) {
	cur, ok := s.open[id]
	if !ok {
		return nil, datum.Errorf(1001, "invalid cursor")
	}
	return cur, nil
}

// close forgets a cursor; unknown ids are harmless.
func (s *cursors) close(id uint32) {
	if cur, ok := s.open[id]; ok {
		cur.end()
		delete(s.open, id)
	}
}

// closeAll is for the end of a session.
func (s *cursors) closeAll() {
	for id := range s.open {
		s.close(id)
	}
}
