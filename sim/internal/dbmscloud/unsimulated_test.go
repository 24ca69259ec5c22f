package dbmscloud_test

import (
	"testing"

	"github.com/adbferry/adbferry/sim/internal/dbmscloud"
)

func TestProceduresThatAreNotSimulatedAreNamed(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	for name, call := range map[string]string{
		"COPY_COLLECTION":              "COPY_COLLECTION('C', file_uri_list => 'a')",
		"CREATE_EXTERNAL_PART_TABLE":   "CREATE_EXTERNAL_PART_TABLE(table_name => 'E', partitioning_clause => 'p', format => '{}')",
		"CREATE_HYBRID_PART_TABLE":     "CREATE_HYBRID_PART_TABLE(table_name => 'E', partitioning_clause => 'p')",
		"VALIDATE_EXTERNAL_PART_TABLE": "VALIDATE_EXTERNAL_PART_TABLE('E', partition_name => 'P', stop_on_error => FALSE)",
		"VALIDATE_HYBRID_PART_TABLE":   "VALIDATE_HYBRID_PART_TABLE('E', rowcount => 10)",
		"COPY_OBJECT":                  "COPY_OBJECT(source_object_uri => 'a', target_object_uri => 'b')",
		"MOVE_OBJECT":                  "MOVE_OBJECT(source_object_uri => 'a', target_object_uri => 'b')",
	} {
		wantStack(t, w.cloud("%s", call), 20000, "adbferry-sim does not simulate DBMS_CLOUD."+name)
	}
	w.exec("DECLARE n NUMBER; BEGIN DBMS_CLOUD.VALIDATE_HYBRID_PART_TABLE('E', operation_id => n); EXCEPTION WHEN OTHERS THEN NULL; END;")
	err := w.session.Exec(t.Context(), "DECLARE c CLOB; BEGIN c := DBMS_CLOUD.SEND_REQUEST(uri => 'https://h', method => 'GET'); END;")
	wantStack(t, err, 20000, "adbferry-sim does not simulate DBMS_CLOUD.SEND_REQUEST")
}
