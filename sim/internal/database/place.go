package database

import (
	"context"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// A LOBPlace is the row and the column in which a LOB is stored: what a locator
// of it has to know, so that writing through it writes to the table.
type LOBPlace struct {
	Schema, Table, Column string
	Rowid                 datum.Value
}

// Placed are Rows that know where the LOBs of their result are stored.
type Placed interface {
	Rows

	// Place returns where the value of a column of the row that Next returned
	// last is stored, or nil for what is not a LOB of a table.
	Place(column int) *LOBPlace
}

// A LOBStore is what a Session can do with LOBs that are stored in rows.
type LOBStore interface {
	// LockedLOB returns what a LOB holds now.
	//
	// Errors: ORA-22920 when the session's transaction has not locked its row;
	// ORA-22922 when the LOB is no longer there.
	LockedLOB(ctx context.Context, at LOBPlace) (datum.Value, error)

	// StoreLOB gives a LOB a new value, in the session's transaction. The row has
	// to be locked.
	StoreLOB(ctx context.Context, at LOBPlace, v datum.Value) error
}
