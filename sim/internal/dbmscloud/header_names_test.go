package dbmscloud_test

import (
	"testing"

	"github.com/adbferry/adbferry/sim/internal/dbmscloud"
)

func TestHeaderMayListItsNames(t *testing.T) {
	w := newWorld(t, dbmscloud.Knobs{})
	w.exec("CREATE TABLE p (id NUMBER, name VARCHAR2(10))", "INSERT INTO p VALUES (1, 'a')", "COMMIT")
	const query = "SELECT id, name FROM p"
	w.mustExport(w.full()+"x", query, `{"type":"csv","header":["Number","the name"],"quote":"\""}`)
	if got, want := w.content("x"), "\"Number\",\"the name\"\n1,\"a\"\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, names := range []string{`["one"]`, `["one","two","three"]`} {
		wantStack(t, w.export(t.Context(), w.full()+"y", query, `{"type":"csv","header":`+names+`}`), 20000, "Bad value for header")
	}
	if got := w.content("y"); got != "" {
		t.Errorf("a refused export wrote %q", got)
	}
}
