package dbmscloud

import (
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine"
)

// maxURIList is the length of FILE_URI_LIST; longer lists are cut.
const maxURIList = 4000

// loadColumns are the columns of USER_LOAD_OPERATIONS (reference, section 2.7).
func loadColumns() []datum.Column {
	text := func(name string, size int) datum.Column {
		return datum.Column{Name: name, Type: datum.Type{Kind: datum.Text, Size: size, Chars: size}, Nullable: true}
	}
	stamp := func(name string) datum.Column {
		return datum.Column{Name: name, Type: datum.Type{Kind: datum.TimestampTZ, Scale: 6}, Nullable: true}
	}
	num := func(name string, nullable bool) datum.Column {
		return datum.Column{Name: name, Type: number, Nullable: nullable}
	}
	kind := text("TYPE", 128)
	kind.Nullable = false
	return []datum.Column{
		num("ID", false), kind, num("SID", false), num("SERIAL#", false),
		stamp("START_TIME"), stamp("UPDATE_TIME"), text("STATUS", 9),
		text("OWNER_NAME", 128), text("TABLE_NAME", 128), text("PARTITION_NAME", 128), text("SUBPARTITION_NAME", 128),
		text("FILE_URI_LIST", maxURIList), num("ROWS_LOADED", true),
		text("LOGFILE_TABLE", 128), text("BADFILE_TABLE", 128), text("TEMPEXT_TABLE", 128),
	}
}

// view makes USER_LOAD_OPERATIONS, or DBA_LOAD_OPERATIONS, which shows every
// user's operations and says whose they are.
func (o *operations) view(name string, all bool) engine.View {
	columns := loadColumns()
	if all {
		user := datum.Column{Name: "USERNAME", Type: datum.Type{Kind: datum.Text, Size: 128, Chars: 128}, Nullable: true}
		columns = append(columns, user)
	}
	return engine.View{Name: name, Columns: columns, Rows: func(s *engine.Session) []datum.Row {
		user := s.User()
		if all {
			user = ""
		}
		var rows []datum.Row
		for _, op := range o.snapshot(user) {
			row := op.row()
			if all {
				row = append(row, datum.FromText(op.user))
			}
			rows = append(rows, row)
		}
		return rows
	}}
}

func (op operation) row() datum.Row {
	stamp := func(t time.Time) datum.Value {
		return datum.FromTimestampTZ(t.Truncate(time.Microsecond), "+00:00")
	}
	uris := op.uris
	if len(uris) > maxURIList {
		uris = uris[:maxURIList]
	}
	return datum.Row{
		datum.FromInt(op.id), datum.FromText(op.kind), datum.FromInt(int64(op.sid)), datum.FromInt(int64(op.serial)),
		stamp(op.started), stamp(op.updated), datum.FromText(op.status),
		datum.FromText(op.schema), datum.FromText(op.table), datum.NULL, datum.NULL,
		datum.FromText(uris), op.loaded,
		datum.FromText(op.logTable), datum.FromText(op.badTable), datum.NULL,
	}
}
