package engine

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
)

// outBinds runs a block whose binds are all OUT texts and joins what came out.
func outBinds(t testing.TB, s *Session, text string) string {
	t.Helper()
	st, err := s.Prepare(t.Context(), text)
	if err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	e := database.Execution{Values: [][]datum.Value{make([]datum.Value, len(st.Binds()))}}
	for range st.Binds() {
		e.Types = append(e.Types, datum.Type{Kind: datum.Text, Size: 4000, Chars: 4000})
	}
	out, err := st.Execute(t.Context(), e)
	if err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	var parts []string
	for _, o := range out.Out {
		if o.Value.IsNull() {
			parts = append(parts, "~")
			continue
		}
		parts = append(parts, o.Value.Text())
	}
	return strings.Join(parts, "|")
}

func TestApplicationInfoIsReadBackAndCutOff(t *testing.T) {
	s := newDictionary(t).clerk
	exec(t, s, "BEGIN DBMS_APPLICATION_INFO.SET_MODULE(module_name => 'adbferry', action_name => 'plan'); END;")
	exec(t, s, "BEGIN dbms_application_info.set_client_info(RPAD('i', 63, 'i') || 'äz'); END;")
	if got := outBinds(t, s, "BEGIN DBMS_APPLICATION_INFO.READ_MODULE(:m, :a); END;"); got != "adbferry|plan" {
		t.Errorf("READ_MODULE: %s", got)
	}
	if got, want := outBinds(t, s, "BEGIN DBMS_APPLICATION_INFO.READ_CLIENT_INFO(:i); END;"), strings.Repeat("i", 63); got != want {
		t.Errorf("READ_CLIENT_INFO: %q, want %q: no half of a character", got, want)
	}
	exec(t, s, "BEGIN dbms_application_info.set_action(NULL); dbms_session.set_identifier('who'); END;")
	if got, want := s.Attributes(), (Attributes{Module: "adbferry", ClientInfo: strings.Repeat("i", 63), ClientID: "who"}); got != want {
		t.Errorf("attributes: %+v, want %+v", got, want)
	}
	exec(t, s, "BEGIN dbms_session.clear_identifier; END;")
	if got := s.Attributes().ClientID; got != "" {
		t.Errorf("identifier after CLEAR_IDENTIFIER: %q", got)
	}
}

func TestOutputIsKeptWhileItIsEnabled(t *testing.T) {
	s := newDictionary(t).clerk
	const get = "BEGIN DBMS_OUTPUT.GET_LINE(:line, :status); END;"
	steps := []struct{ name, block, want string }{
		{"disabled at first", "BEGIN dbms_output.put_line('lost'); END;", "~|1"},
		{"a line in pieces", "BEGIN dbms_output.enable; dbms_output.put('a'); dbms_output.put('b'); dbms_output.new_line; END;", "ab|0"},
		{"oldest first", "BEGIN dbms_output.put_line('one'); dbms_output.put_line('two'); END;", "one|0"},
		{"unread lines go with the next one", "BEGIN dbms_output.put_line('three'); END;", "three|0"},
		{"an empty line", "BEGIN dbms_output.put_line(''); END;", "~|0"},
		{"no line", "BEGIN NULL; END;", "~|1"},
		{"disabled again", "BEGIN dbms_output.put_line('x'); dbms_output.disable; END;", "~|1"},
	}
	for _, step := range steps {
		exec(t, s, step.block)
		if got := outBinds(t, s, get); got != step.want {
			t.Errorf("%s: got %s, want %s", step.name, got, step.want)
		}
	}
}

func TestOutputHasLimits(t *testing.T) {
	s := newDictionary(t).clerk
	exec(t, s, "BEGIN dbms_output.enable(2000); END;")
	failsWith(t, s, "BEGIN FOR i IN 1 .. 30 LOOP dbms_output.put_line(RPAD('x', 100, 'x')); END LOOP; END;",
		"ORA-20000: ORU-10027: buffer overflow, limit of 2000 bytes")
	exec(t, s, "BEGIN dbms_output.enable(NULL); END;")
	failsWith(t, s, "BEGIN dbms_output.put(RPAD('x', 32767, 'x')); dbms_output.put('y'); END;",
		"ORA-20000: ORU-10028: line length overflow, limit of 32767 bytes per line")
}

func TestOutputOfEndedSessionsIsForgotten(t *testing.T) {
	i := newDictionary(t).admin.Instance()
	o := &outputs{instance: i, buffers: map[int]*outputBuffer{}}
	first, second := i.Internal("CLERK"), i.Internal("CLERK")
	defer second.Close()
	o.enable(first, datum.NULL)
	first.Close()
	o.enable(second, datum.NULL)
	if len(o.buffers) != 1 || o.of(second) == nil {
		t.Errorf("%d buffers for one session", len(o.buffers))
	}
}

func TestFlashbackGivesTheSCN(t *testing.T) {
	d := newDictionary(t)
	const scn = "SELECT DBMS_FLASHBACK.GET_SYSTEM_CHANGE_NUMBER FROM DUAL"
	if got, want := query(t, d.admin, scn), query(t, d.admin, "SELECT current_scn FROM v$database"); got != want {
		t.Errorf("SCN %s, want %s", got, want)
	}
	failsWith(t, d.clerk, scn, "ORA-00904")
	exec(t, d.admin, "GRANT EXECUTE ON dbms_flashback TO clerk")
	if got := query(t, d.clerk, scn); got == "" {
		t.Error("no SCN after the grant")
	}
}

func TestStatisticsAreGatheredAndDeleted(t *testing.T) {
	d := newDictionary(t)
	exec(t, d.sales, "BEGIN FOR i IN 1 .. 1000 LOOP INSERT INTO orders (id) VALUES (i); END LOOP; END;")
	const stats = "SELECT num_rows, blocks, avg_row_len, TO_CHAR(last_analyzed, 'YYYY-MM-DD') FROM all_tables WHERE table_name = 'ORDERS'"
	exec(t, d.sales, `BEGIN DBMS_STATS.GATHER_TABLE_STATS(ownname => '"SALES"', tabname => 'orders',
		estimate_percent => DBMS_STATS.AUTO_SAMPLE_SIZE, cascade => TRUE); END;`)
	if d.sales.InTransaction() {
		t.Error("the transaction is still open")
	}
	if got, want := query(t, d.clerk, stats), "1000|2|8|2025-03-09"; got != want {
		t.Errorf("statistics: %s, want %s", got, want)
	}
	exec(t, d.sales, "DELETE FROM orders WHERE id <= 10", "COMMIT")
	if got := query(t, d.clerk, "SELECT num_rows FROM all_tables"); got != "1000" {
		t.Errorf("statistics followed the rows: %s", got)
	}
	exec(t, d.admin, "BEGIN DBMS_STATS.DELETE_TABLE_STATS('SALES', 'ORDERS'); END;")
	if got := query(t, d.clerk, stats); got != "~|~|~|~" {
		t.Errorf("deleted statistics: %s", got)
	}
}

func TestStatisticsOfOthersAreRefused(t *testing.T) {
	d := newDictionary(t)
	for _, call := range []string{"'SALES', 'ORDERS'", "NULL, 'NOSUCH'", `'SALES', '"orders"'`} {
		failsWith(t, d.clerk, "BEGIN DBMS_STATS.GATHER_TABLE_STATS("+call+"); END;", "ORA-20000: Unable to analyze TABLE")
	}
	failsWith(t, d.sales, "BEGIN DBMS_STATS.GATHER_TABLE_STATS(NULL, 'ORDERS', 'P1'); END;", "ORA-20000")
}

func TestStatisticsKeepOldSnapshotsReadable(t *testing.T) {
	d := newDictionary(t)
	exec(t, d.sales, "INSERT INTO orders (id) VALUES (1)", "COMMIT")
	scn := query(t, d.admin, "SELECT current_scn FROM v$database")
	exec(t, d.sales, "INSERT INTO orders (id) VALUES (2)", "BEGIN DBMS_STATS.GATHER_TABLE_STATS(NULL, 'ORDERS'); END;")
	if got := query(t, d.sales, "SELECT COUNT(*) FROM orders AS OF SCN "+scn); got != "1" {
		t.Errorf("as of the old SCN: %s rows", got)
	}
}

func TestSleep(t *testing.T) {
	d := newDictionary(t)
	exec(t, d.clerk, "BEGIN DBMS_SESSION.SLEEP(0.01); END;")
	exec(t, d.admin, "BEGIN DBMS_LOCK.SLEEP(seconds => 0); END;")
	failsWith(t, d.clerk, "BEGIN DBMS_LOCK.SLEEP(0); END;", "PLS-00201")
	failsWith(t, d.clerk, "BEGIN DBMS_SESSION.SLEEP(-1); END;", "ORA-38148")
	failsWith(t, d.clerk, "BEGIN DBMS_SESSION.SLEEP(NULL); END;", "ORA-06502")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("the client broke off"))
	if err := d.clerk.Exec(ctx, "BEGIN DBMS_SESSION.SLEEP(3600); END;"); datum.AsError(err).Code != 1013 {
		t.Errorf("cancelled sleep: %v, want ORA-01013", err)
	}
}
