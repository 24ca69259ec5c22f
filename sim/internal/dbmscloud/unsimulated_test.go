package dbmscloud_test

import (
	"testing"

	"github.com/adbferry/adbferry/sim/internal/dbmscloud"
)

func TestProceduresThatAreNotSimulatedAreNamed(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	for name, call := range map[string]string{
		"CREATE_EXTERNAL_TABLE": "CREATE_EXTERNAL_TABLE(table_name => 'E', file_uri_list => " + literal(w.full()+"x") +
			", column_list => 'id NUMBER', format => '{\"type\":\"csv\"}')",
		"VALIDATE_EXTERNAL_TABLE": "VALIDATE_EXTERNAL_TABLE(table_name => 'E', rowcount => 10, stop_on_error => TRUE)",
		"DELETE_FILE":             "DELETE_FILE('DATA_PUMP_DIR', 'x')",
		"BULK_COPY":               "BULK_COPY(source_location_uri => 'a', target_location_uri => 'b')",
		"BULK_DOWNLOAD":           "BULK_DOWNLOAD(location_uri => 'a', directory_name => 'DATA_PUMP_DIR')",
	} {
		err := w.cloud("%s", call)
		wantStack(t, err, 20000, "adbferry-sim does not simulate DBMS_CLOUD."+name)
	}
	w.exec("DECLARE n NUMBER; BEGIN DBMS_CLOUD.VALIDATE_EXTERNAL_TABLE('E', operation_id => n); EXCEPTION WHEN OTHERS THEN NULL; END;")
}
