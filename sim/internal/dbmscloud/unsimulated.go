package dbmscloud

// The procedures of reference sections 2.7 and 3 that exist and are not
// simulated: a call is refused with an error that names the procedure, so that
// nobody takes it for a spelling mistake of his own. CREATE_EXTERNAL_TABLE and
// VALIDATE_EXTERNAL_TABLE need external tables, which the database does not
// have; the others need directories, a second store or plain HTTP.

import (
	"context"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine"
)

// unsimulated are the procedures and the names of their parameters.
var unsimulated = []struct{ name, params string }{
	{"CREATE_EXTERNAL_TABLE", "TABLE_NAME CREDENTIAL_NAME FILE_URI_LIST COLUMN_LIST FIELD_LIST FORMAT"},
	{"VALIDATE_EXTERNAL_TABLE", "TABLE_NAME OPERATION_ID SCHEMA_NAME ROWCOUNT STOP_ON_ERROR"},
	{"VALIDATE_EXTERNAL_TABLE", "TABLE_NAME SCHEMA_NAME ROWCOUNT STOP_ON_ERROR"},
	{"DELETE_FILE", "DIRECTORY_NAME FILE_NAME"},
	{"BULK_COPY", "SOURCE_CREDENTIAL_NAME SOURCE_LOCATION_URI TARGET_LOCATION_URI TARGET_CREDENTIAL_NAME REGEX_FILTER FORMAT OPERATION_ID"},
	{"BULK_MOVE", "SOURCE_CREDENTIAL_NAME SOURCE_LOCATION_URI TARGET_LOCATION_URI TARGET_CREDENTIAL_NAME REGEX_FILTER FORMAT OPERATION_ID"},
	{"BULK_UPLOAD", "CREDENTIAL_NAME LOCATION_URI DIRECTORY_NAME REGEX_FILTER FORMAT OPERATION_ID"},
	{"BULK_DOWNLOAD", "CREDENTIAL_NAME LOCATION_URI DIRECTORY_NAME REGEX_FILTER FORMAT OPERATION_ID"},
}

// refusals makes the procedures that refuse. All parameters are optional,
// because what is wrong with a call does not matter here.
func refusals() []engine.Procedure {
	var list []engine.Procedure
	for _, u := range unsimulated {
		p := engine.Procedure{Name: u.name, Call: func(ctx context.Context, _ *engine.Session, _ *engine.Args) error {
			return raised(ctx, notSimulated("DBMS_CLOUD."+u.name))
		}}
		for name := range strings.FieldsSeq(u.params) {
			param := engine.Param{Name: name, Type: clob, Optional: true}
			switch name {
			case "OPERATION_ID":
				param.Type, param.Mode = number, database.Out
			case "STOP_ON_ERROR":
				param.Type = datum.Type{Kind: datum.Boolean}
			}
			p.Params = append(p.Params, param)
		}
		list = append(list, p)
	}
	return list
}
