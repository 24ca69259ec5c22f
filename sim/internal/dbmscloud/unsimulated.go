package dbmscloud

// The procedures of reference sections 2.7 and 3 that exist and are not
// simulated: a call is refused with an error that names the procedure, so that
// nobody takes it for a spelling mistake of his own. They need directories or a
// second store.

import (
	"context"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/engine"
)

// unsimulated are the procedures and the names of their parameters.
var unsimulated = []struct{ name, params string }{
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
			if name == "OPERATION_ID" {
				param.Type, param.Mode = number, database.Out
			}
			p.Params = append(p.Params, param)
		}
		list = append(list, p)
	}
	return list
}
