package dbmscloud

// The procedures of the package that exist and are not simulated: a call is
// refused with an error that names the procedure, so that nobody takes it for a
// spelling mistake of his own. They are for partitioned external tables, JSON
// collections and plain HTTP, or are in no section of the reference.

import (
	"context"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine"
)

// unsimulated are the procedures and the names of their parameters.
var unsimulated = []struct{ name, params string }{
	{"COPY_COLLECTION", "COLLECTION_NAME CREDENTIAL_NAME FILE_URI_LIST FORMAT OPERATION_ID"},
	{"CREATE_EXTERNAL_PART_TABLE", "TABLE_NAME CREDENTIAL_NAME PARTITIONING_CLAUSE FILE_URI_LIST COLUMN_LIST FIELD_LIST FORMAT"},
	{"CREATE_HYBRID_PART_TABLE", "TABLE_NAME CREDENTIAL_NAME PARTITIONING_CLAUSE COLUMN_LIST FIELD_LIST FORMAT"},
	{"VALIDATE_EXTERNAL_PART_TABLE", "TABLE_NAME PARTITION_NAME SUBPARTITION_NAME SCHEMA_NAME ROWCOUNT PARTITION_KEY_VALIDATION STOP_ON_ERROR OPERATION_ID"},
	{"VALIDATE_HYBRID_PART_TABLE", "TABLE_NAME PARTITION_NAME SUBPARTITION_NAME SCHEMA_NAME ROWCOUNT STOP_ON_ERROR OPERATION_ID"},
	{"COPY_OBJECT", "SOURCE_CREDENTIAL_NAME SOURCE_OBJECT_URI TARGET_OBJECT_URI TARGET_CREDENTIAL_NAME"},
	{"MOVE_OBJECT", "SOURCE_CREDENTIAL_NAME SOURCE_OBJECT_URI TARGET_OBJECT_URI TARGET_CREDENTIAL_NAME"},
	{"SEND_REQUEST", "CREDENTIAL_NAME URI METHOD HEADERS BODY RETRY_PARAMS"},
}

// refusals makes the procedures that refuse. All parameters are optional,
// because what is wrong with a call does not matter here.
func refusals() []engine.Procedure {
	var list []engine.Procedure
	for _, u := range unsimulated {
		p := engine.Procedure{Name: u.name, Call: func(ctx context.Context, _ *engine.Session, _ *engine.Args) error {
			return raised(ctx, notSimulated("DBMS_CLOUD."+u.name))
		}}
		if u.name == "SEND_REQUEST" {
			p.Returns = &clob
		}
		for name := range strings.FieldsSeq(u.params) {
			param := engine.Param{Name: name, Type: clob, Optional: true}
			switch name {
			case "OPERATION_ID":
				param.Type, param.Mode = number, database.Out
			case "STOP_ON_ERROR", "PARTITION_KEY_VALIDATION":
				param.Type = datum.Type{Kind: datum.Boolean}
			}
			p.Params = append(p.Params, param)
		}
		list = append(list, p)
	}
	return list
}
