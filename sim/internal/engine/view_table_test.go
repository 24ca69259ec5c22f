package engine

import "testing"

func TestTableViewsShowWhatTheUserMaySee(t *testing.T) {
	d := newDictionary(t)
	d.check(t, []viewCase{
		{
			name: "all", query: "SELECT owner || '.' || table_name FROM all_tables ORDER BY 1",
			admin: "ADMIN.JOURNAL; SALES.CUSTOMERS; SALES.ORDERS", sales: "SALES.CUSTOMERS; SALES.ORDERS", clerk: "SALES.ORDERS",
		},
		{
			name: "own", query: "SELECT table_name FROM user_tables ORDER BY 1",
			admin: "JOURNAL", sales: "CUSTOMERS; ORDERS", clerk: nothing,
		},
		{name: "every", query: "SELECT table_name FROM dba_tables ORDER BY 1", admin: "CUSTOMERS; JOURNAL; ORDERS"},
		{
			name: "obstacles are absent", clerk: "NO|~|N|NO|NO|~|NO",
			query: "SELECT partitioned, iot_type, temporary, nested, external, cluster_name, dropped FROM all_tables",
		},
		{
			name: "statistics are unknown before they are gathered", clerk: "~|~|~|~|~",
			query: "SELECT num_rows, blocks, avg_row_len, sample_size, last_analyzed FROM all_tables",
		},
		{name: "identity", query: "SELECT has_identity FROM user_tables ORDER BY table_name", sales: "YES; NO"},
	})
	for _, text := range []string{"SELECT * FROM dba_tables", "SELECT * FROM sys.dba_tables"} {
		failsWith(t, d.clerk, text, "ORA-00942")
	}
	failsWith(t, d.sales, "SELECT owner FROM user_tables", "ORA-00904")
}

func TestASegmentComesWithTheFirstRow(t *testing.T) {
	d := newDictionary(t)
	const segments = "SELECT segment_type, COUNT(*), SUM(bytes) FROM user_segments GROUP BY segment_type ORDER BY 1"
	if got := query(t, d.sales, segments); got != "" {
		t.Errorf("segments of empty tables: %s", got)
	}
	exec(t, d.sales, "INSERT INTO customers (code, note) VALUES ('a', RPAD('x', 20000, 'x'))", "COMMIT")
	if got, want := query(t, d.sales, segments), "LOBSEGMENT|1|65536; TABLE|1|65536"; got != want {
		t.Errorf("segments: got %s, want %s", got, want)
	}
	const joined = `SELECT l.column_name, s.bytes FROM user_lobs l JOIN user_segments s ON s.segment_name = l.segment_name`
	if got, want := query(t, d.sales, joined), "NOTE|65536"; got != want {
		t.Errorf("LOB bytes: got %s, want %s", got, want)
	}
	if got, want := query(t, d.sales, "SELECT table_name, segment_created FROM user_tables ORDER BY 1"), "CUSTOMERS|YES; ORDERS|NO"; got != want {
		t.Errorf("segment_created: got %s, want %s", got, want)
	}
	failsWith(t, d.sales, "SELECT * FROM all_segments", "ORA-00942")
}

func TestViewsOfWhatIsNotSimulatedAreEmpty(t *testing.T) {
	d := newDictionary(t)
	for _, view := range []string{"EXTERNAL_TABLES", "EXTERNAL_LOCATIONS", "PART_TABLES", "TAB_PARTITIONS", "PART_KEY_COLUMNS", "IND_EXPRESSIONS", "TRIGGERS"} {
		for _, prefix := range []string{"ALL_", "USER_", "DBA_"} {
			if got := query(t, d.admin, "SELECT COUNT(*) FROM "+prefix+view); got != "0" {
				t.Errorf("%s%s has %s rows", prefix, view, got)
			}
		}
	}
	exec(t, d.sales, "SELECT high_value, partition_position FROM user_tab_partitions")
	failsWith(t, d.sales, "SELECT table_owner FROM user_tab_partitions", "ORA-00904")
}

func TestCommentViews(t *testing.T) {
	newDictionary(t).check(t, []viewCase{
		{
			name: "tables", query: "SELECT table_name, table_type, comments FROM all_tab_comments WHERE owner = 'SALES' ORDER BY 1",
			sales: "CUSTOMERS|TABLE|~; ORDERS|TABLE|what was ordered", clerk: "ORDERS|TABLE|what was ordered",
		},
		{name: "columns", query: "SELECT column_name, comments FROM all_col_comments WHERE comments IS NOT NULL", clerk: "CUSTOMER_ID|by whom"},
		{name: "invisible columns too", query: "SELECT COUNT(*) FROM user_col_comments", sales: "8"},
	})
}

func TestObjectViews(t *testing.T) {
	newDictionary(t).check(t, []viewCase{
		{
			name: "kinds", query: "SELECT object_type, COUNT(*) FROM user_objects GROUP BY object_type ORDER BY 1",
			sales: "INDEX|4; SEQUENCE|1; TABLE|2",
		},
		{name: "clerk", query: "SELECT owner, object_name, status FROM all_objects WHERE object_type = 'TABLE'", clerk: "SALES|ORDERS|VALID"},
		{name: "numbers differ", query: "SELECT COUNT(object_id) - COUNT(DISTINCT object_id) FROM dba_objects", admin: "0"},
		{
			name: "times", query: "SELECT TO_CHAR(created, 'YYYY-MM-DD HH24:MI:SS'), timestamp FROM user_objects WHERE object_name = 'JOURNAL'",
			admin: "2025-03-09 14:05:06|2025-03-09:14:05:06",
		},
		{
			name: "made up names", query: "SELECT COUNT(*) FROM user_objects WHERE generated = 'Y' AND object_name LIKE 'SYS\\_C%' ESCAPE '\\'",
			sales: "1",
		},
	})
}
