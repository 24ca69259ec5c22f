package dbmscloud_test

import (
	"testing"

	"github.com/adbferry/adbferry/sim/internal/dbmscloud"
)

func TestProceduresThatAreNotSimulatedAreNamed(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	for name, call := range map[string]string{
		"DELETE_FILE":   "DELETE_FILE('DATA_PUMP_DIR', 'x')",
		"BULK_COPY":     "BULK_COPY(source_location_uri => 'a', target_location_uri => 'b')",
		"BULK_DOWNLOAD": "BULK_DOWNLOAD(location_uri => 'a', directory_name => 'DATA_PUMP_DIR')",
	} {
		err := w.cloud("%s", call)
		wantStack(t, err, 20000, "adbferry-sim does not simulate DBMS_CLOUD."+name)
	}
}
