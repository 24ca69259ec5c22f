package engine

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// chunksOf returns the ranges of a task's chunks.
func chunksOf(t *testing.T, s *Session, columns string) [][]string {
	t.Helper()
	rows, err := rowsOf(s, "SELECT "+columns+" FROM user_parallel_execute_chunks WHERE task_name = 'T' ORDER BY chunk_id")
	if err != nil {
		t.Fatal(err)
	}
	var list [][]string
	for _, r := range rows {
		list = append(list, strings.Split(r, "|"))
	}
	return list
}

func TestRowidChunksCoverEveryRowOnce(t *testing.T) {
	for _, c := range []struct {
		name, call   string
		rows, chunks int
	}{
		{"by rows", "TRUE, 100", 2000, 20},
		{"by rows, more than there are", "TRUE, 1000000", 2000, 1},
		{"by blocks", "FALSE, 3", 2000, 3},
		{"one by one", "TRUE, 1", 40, 40},
		{"no rows", "TRUE, 10", 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newDictionary(t).sales
			numberedOrEmpty(t, s, c.rows)
			exec(t, s, "BEGIN DBMS_PARALLEL_EXECUTE.CREATE_TASK('T'); DBMS_PARALLEL_EXECUTE.CREATE_CHUNKS_BY_ROWID('T', 'SALES', 'MANY', "+c.call+"); END;")
			chunks := chunksOf(t, s, "start_rowid, end_rowid")
			if len(chunks) != c.chunks {
				t.Errorf("%d chunks, want %d", len(chunks), c.chunks)
			}
			scn := query(t, s, "SELECT TO_CHAR(TIMESTAMP_TO_SCN(SYSTIMESTAMP)) FROM dual")
			count, sum := 0, 0
			for _, x := range chunks {
				where := fmt.Sprintf("SELECT COUNT(*), NVL(SUM(id), 0) FROM many AS OF SCN %s WHERE ROWID BETWEEN CHARTOROWID('%s') AND CHARTOROWID('%s')", scn, x[0], x[1])
				parts := strings.Split(query(t, s, where), "|")
				n, _ := strconv.Atoi(parts[0])
				m, _ := strconv.Atoi(parts[1])
				count, sum = count+n, sum+m
			}
			if got, want := fmt.Sprintf("%d|%d", count, sum), query(t, s, "SELECT COUNT(*), NVL(SUM(id), 0) FROM many"); got != want {
				t.Errorf("the chunks have %s, the table %s", got, want)
			}
		})
	}
}

// numberedOrEmpty is numbered, for no rows as well.
func numberedOrEmpty(t *testing.T, s *Session, n int) {
	t.Helper()
	if n == 0 {
		exec(t, s, "CREATE TABLE many (id NUMBER)")
		return
	}
	numbered(t, s, n)
}

func TestChunksOfNumbersAndOfAQuery(t *testing.T) {
	s := newDictionary(t).sales
	numbered(t, s, 25)
	for _, c := range []struct{ name, call, columns, want string }{
		{"a column", "CREATE_CHUNKS_BY_NUMBER_COL('T', 'SALES', 'MANY', 'ID', 10)", "start_id, end_id", "[[1 10] [11 20] [21 30]]"},
		{"a query", "CREATE_CHUNKS_BY_SQL('T', 'SELECT id, id + 1 FROM many WHERE id <= 3', FALSE)", "start_id, end_id, start_rowid", "[[1 2 ~] [2 3 ~] [3 4 ~]]"},
		{"a query of ROWIDs", "CREATE_CHUNKS_BY_SQL('T', 'SELECT ROWIDTOCHAR(MIN(ROWID)), MAX(ROWID) FROM many', TRUE)", "SUBSTR(start_rowid, -3), SUBSTR(end_rowid, -3), start_id", "[[AAA AAY ~]]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			exec(t, s, "BEGIN DBMS_PARALLEL_EXECUTE.CREATE_TASK('T', 'a comment'); DBMS_PARALLEL_EXECUTE."+c.call+"; END;")
			if got := fmt.Sprint(chunksOf(t, s, c.columns)); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if got := query(t, s, "SELECT task_name, status, task_comment FROM user_parallel_execute_tasks"); got != "T|CHUNKED|a comment" {
				t.Errorf("task: %s", got)
			}
			exec(t, s, "BEGIN DBMS_PARALLEL_EXECUTE.DROP_TASK('T'); END;")
			if got := query(t, s, "SELECT COUNT(*) FROM user_parallel_execute_chunks"); got != "0" {
				t.Errorf("%s chunks of a task that is gone", got)
			}
		})
	}
}

func TestChunksAreHandedOutOnce(t *testing.T) {
	s := newDictionary(t).sales
	numbered(t, s, 25)
	exec(t, s, `DECLARE
			id NUMBER; first ROWID; last ROWID; more BOOLEAN;
		BEGIN
			DBMS_PARALLEL_EXECUTE.CREATE_TASK('T');
			DBMS_PARALLEL_EXECUTE.CREATE_CHUNKS_BY_ROWID('T', 'SALES', 'MANY', TRUE, 10);
			LOOP
				DBMS_PARALLEL_EXECUTE.GET_ROWID_CHUNK('T', id, first, last, more);
				EXIT WHEN NOT more;
				DELETE FROM many WHERE ROWID BETWEEN first AND last;
				DBMS_PARALLEL_EXECUTE.SET_CHUNK_STATUS('T', id, DBMS_PARALLEL_EXECUTE.PROCESSED);
			END LOOP;
		END;`)
	if got := query(t, s, "SELECT COUNT(*) FROM many"); got != "0" {
		t.Errorf("%s rows left", got)
	}
	if got := query(t, s, "SELECT status, COUNT(*) FROM user_parallel_execute_chunks GROUP BY status"); got != "PROCESSED|3" {
		t.Errorf("chunks: %s", got)
	}
}

func TestParallelExecuteRefusals(t *testing.T) {
	d := newDictionary(t)
	exec(t, d.clerk, "BEGIN DBMS_PARALLEL_EXECUTE.CREATE_TASK('T'); END;")
	for _, c := range []struct{ name, call, want string }{
		{"a name in use", "CREATE_TASK('T')", "ORA-29497: duplicate task name"},
		{"an unknown task", "DROP_TASK('t')", "ORA-29498"},
		{"an unknown table", "CREATE_CHUNKS_BY_ROWID('T', 'SALES', 'NOSUCH', TRUE, 10)", "ORA-29491: invalid table for chunking"},
		{"a view", "CREATE_CHUNKS_BY_ROWID('T', 'SYS', 'ALL_TABLES', TRUE, 10)", "ORA-29491"},
		{"a hidden table", "CREATE_CHUNKS_BY_ROWID('T', 'SALES', 'CUSTOMERS', TRUE, 10)", "ORA-29491"},
		{"no size", "CREATE_CHUNKS_BY_ROWID('T', 'SALES', 'ORDERS', TRUE, 0)", "ORA-06502"},
		{"an unknown column", "CREATE_CHUNKS_BY_NUMBER_COL('T', 'SALES', 'ORDERS', 'NOSUCH', 10)", "ORA-00904"},
		{"one column", "CREATE_CHUNKS_BY_SQL('T', 'SELECT id FROM sales.orders', FALSE)", "ORA-01007"},
		{"text for ROWIDs", "CREATE_CHUNKS_BY_SQL('T', 'SELECT ''a'', ''b'' FROM dual', TRUE)", "ORA-01410"},
		{"running", "RUN_TASK('T', 'DELETE FROM x', 1, parallel_level => 2)", `ORA-03001: unimplemented feature: "DBMS_PARALLEL_EXECUTE.RUN_TASK"`},
		{"an unknown chunk", "SET_CHUNK_STATUS('T', 7, 2)", "ORA-29499"},
		{"an unknown status", "SET_CHUNK_STATUS('T', 7, 9)", "ORA-29493"},
	} {
		t.Run(c.name, func(t *testing.T) { failsWith(t, d.clerk, "BEGIN DBMS_PARALLEL_EXECUTE."+c.call+"; END;", c.want) })
	}
	exec(t, d.clerk, "BEGIN DBMS_PARALLEL_EXECUTE.CREATE_CHUNKS_BY_ROWID('T', 'SALES', 'ORDERS', TRUE, 10); END;")
	failsWith(t, d.clerk, "BEGIN DBMS_PARALLEL_EXECUTE.CREATE_CHUNKS_BY_ROWID('T', 'SALES', 'ORDERS', TRUE, 10); END;", "ORA-29492")
	if got := query(t, d.sales, "SELECT COUNT(*) FROM user_parallel_execute_tasks"); got != "0" {
		t.Errorf("SALES sees %s tasks of CLERK", got)
	}
	if got := query(t, d.admin, "SELECT task_owner FROM dba_parallel_execute_tasks"); got != "CLERK" {
		t.Errorf("tasks: %s", got)
	}
}
