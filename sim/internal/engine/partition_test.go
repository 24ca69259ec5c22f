package engine

import (
	"strings"
	"testing"
)

func TestPartitionsHoldExactlyTheirRows(t *testing.T) {
	for _, c := range []struct{ name, ddl, values, want string }{
		{
			"range of numbers", "k NUMBER) PARTITION BY RANGE (k) (PARTITION a VALUES LESS THAN (10), PARTITION b VALUES LESS THAN (20), PARTITION c VALUES LESS THAN (MAXVALUE))",
			"-5 9.99 10 19 20 1e30 NULL", "A:-5,9.99 B:10,19 C:20,1000000000000000000000000000000,~",
		},
		{
			"range of dates", "k DATE) PARTITION BY RANGE (k) (PARTITION a VALUES LESS THAN (TO_DATE('2025-01-01', 'YYYY-MM-DD')), PARTITION b VALUES LESS THAN (DATE '2025-02-01') TABLESPACE data)",
			"DATE'2024-12-31' DATE'2025-01-01' DATE'2025-01-31'", "A:31-DEC-24 B:01-JAN-25,31-JAN-25",
		},
		{
			"list", "k VARCHAR2(5)) PARTITION BY LIST (k) (PARTITION a VALUES ('x', 'y'), PARTITION b VALUES (NULL, 'it''s'), PARTITION c VALUES (DEFAULT))",
			"'x' 'y' NULL 'it''s' 'z'", "A:x,y B:it's,~ C:z",
		},
		{"hash", "k NUMBER) PARTITION BY HASH (k) (PARTITION a)", "1 2 NULL", "A:1,2,~"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := testSession(t)
			exec(t, s, "CREATE TABLE p ("+c.ddl)
			for v := range strings.FieldsSeq(c.values) {
				exec(t, s, "INSERT INTO p VALUES ("+v+")")
			}
			if got := perPartition(t, s); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// perPartition lists the keys of table P by partition.
func perPartition(t *testing.T, s *Session) string {
	t.Helper()
	names, err := rowsOf(s, "SELECT partition_name FROM user_tab_partitions WHERE table_name = 'P' ORDER BY partition_position")
	if err != nil {
		t.Fatal(err)
	}
	var parts []string
	for _, n := range names {
		rows := query(t, s, "SELECT k FROM p PARTITION ("+n+") ORDER BY k")
		parts = append(parts, n+":"+strings.ReplaceAll(rows, "; ", ","))
	}
	return strings.Join(parts, " ")
}

func TestHashPartitionsShareTheRows(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE p (k NUMBER) PARTITION BY HASH (k) PARTITIONS 4", "INSERT INTO p SELECT LEVEL FROM dual CONNECT BY LEVEL <= 1000")
	names, err := rowsOf(s, "SELECT partition_name FROM user_tab_partitions")
	if err != nil || len(names) != 4 {
		t.Fatalf("%d partitions, %v", len(names), err)
	}
	union := "SELECT k FROM p PARTITION (" + strings.Join(names, ") UNION ALL SELECT k FROM p PARTITION (") + ")"
	if got := query(t, s, "SELECT COUNT(*), COUNT(DISTINCT k), SUM(k) FROM ("+union+")"); got != "1000|1000|500500" {
		t.Errorf("all partitions: %s", got)
	}
	for _, n := range names {
		if got := query(t, s, "SELECT SIGN(COUNT(*) - 150) FROM p PARTITION ("+n+")"); got != "1" {
			t.Errorf("partition %s has hardly any rows", n)
		}
	}
}

func TestIntervalPartitionsAreMadeByTheRows(t *testing.T) {
	for _, c := range []struct{ name, ddl, values, want, high string }{
		{
			"numbers", "k NUMBER) PARTITION BY RANGE (k) INTERVAL (10) (PARTITION a VALUES LESS THAN (10))",
			"5 35 12 39 30", "5 12 30,35,39", "10|NO 20|YES 40|YES",
		},
		{
			"months", "k DATE) PARTITION BY RANGE (k) INTERVAL (NUMTOYMINTERVAL(1, 'MONTH')) (PARTITION a VALUES LESS THAN (DATE '2025-01-01'))",
			"DATE'2025-03-31' DATE'2025-01-01' DATE'2024-02-29'", "29-FEB-24 01-JAN-25 31-MAR-25", " 2025-01-01 00:00:00|NO  2025-02-01 00:00:00|YES  2025-04-01 00:00:00|YES",
		},
		{
			"days", "k DATE) PARTITION BY RANGE (k) INTERVAL (NUMTODSINTERVAL(7, 'DAY')) (PARTITION a VALUES LESS THAN (DATE '2025-01-01'))",
			"DATE'2025-01-07' DATE'2025-01-08'", " 07-JAN-25 08-JAN-25", " 2025-01-01 00:00:00|NO  2025-01-08 00:00:00|YES  2025-01-15 00:00:00|YES",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := testSession(t)
			exec(t, s, "CREATE TABLE p ("+c.ddl)
			for v := range strings.FieldsSeq(c.values) {
				exec(t, s, "INSERT INTO p VALUES ("+v+")")
			}
			var keys []string
			for part := range strings.SplitSeq(perPartition(t, s), " ") {
				_, rows, _ := strings.Cut(part, ":")
				keys = append(keys, rows)
			}
			if got := strings.Join(keys, " "); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			high := query(t, s, "SELECT high_value, interval FROM user_tab_partitions ORDER BY partition_position")
			high = strings.NewReplacer("TO_DATE('", "", "', 'SYYYY-MM-DD HH24:MI:SS', 'NLS_CALENDAR=GREGORIAN')", "", ";", "").Replace(high)
			if high != c.high {
				t.Errorf("bounds %q, want %q", high, c.high)
			}
		})
	}
}

func TestPartitionRefusals(t *testing.T) {
	s := testSession(t)
	exec(t, s,
		"CREATE TABLE p (k NUMBER, v NUMBER) PARTITION BY RANGE (k) (PARTITION a VALUES LESS THAN (10), PARTITION b VALUES LESS THAN (20))",
		"CREATE TABLE plain (k NUMBER)", "INSERT INTO p VALUES (1, 1)", "COMMIT")
	for _, c := range []struct{ name, statement, want string }{
		{"no partition fits", "INSERT INTO p VALUES (20, 0)", "ORA-14400: inserted partition key does not map to any partition"},
		{"no partition for NULL", "INSERT INTO p (v) VALUES (0)", "ORA-14400"},
		{"a row would move", "UPDATE p SET k = 15", "ORA-14402"},
		{"an unknown partition", "SELECT * FROM p PARTITION (nosuch)", "ORA-02149"},
		{"a table without partitions", "SELECT * FROM plain PARTITION (a)", "ORA-14501"},
		{"bounds that descend", "CREATE TABLE q (k NUMBER) PARTITION BY RANGE (k) (PARTITION a VALUES LESS THAN (2), PARTITION b VALUES LESS THAN (2))", "ORA-14037"},
		{"too few bounds", "CREATE TABLE q (k NUMBER, l NUMBER) PARTITION BY RANGE (k, l) (PARTITION a VALUES LESS THAN (2))", "ORA-14018"},
		{"a name twice", "CREATE TABLE q (k NUMBER) PARTITION BY LIST (k) (PARTITION a VALUES (1), PARTITION a VALUES (2))", "ORA-14013"},
		{"a value twice", "CREATE TABLE q (k NUMBER) PARTITION BY LIST (k) (PARTITION a VALUES (1), PARTITION b VALUES (2, 1))", "ORA-14312"},
		{"an unknown column", "CREATE TABLE q (k NUMBER) PARTITION BY HASH (l) PARTITIONS 2", "ORA-00904"},
		{"a LOB", "CREATE TABLE q (k CLOB) PARTITION BY HASH (k) PARTITIONS 2", "ORA-14135"},
		{"an interval of the wrong kind", "CREATE TABLE q (k DATE) PARTITION BY RANGE (k) INTERVAL (1) (PARTITION a VALUES LESS THAN (DATE '2025-01-01'))", "ORA-14752"},
		{"no partitions", "CREATE TABLE q (k NUMBER) PARTITION BY HASH (k) PARTITIONS 0", "ORA-03001"},
		{"countless partitions", "CREATE TABLE q (k NUMBER) PARTITION BY HASH (k) PARTITIONS 2000000", "ORA-03001"},
		{"subpartitions", "CREATE TABLE q (k DATE) PARTITION BY HASH (k) SUBPARTITION BY LIST (k) PARTITIONS 3", "ORA-03001"},
		{"a lower bound added", "ALTER TABLE p ADD PARTITION c VALUES LESS THAN (15)", "ORA-14074"},
		{"dropping the key", "ALTER TABLE p DROP COLUMN k", "ORA-12984"},
	} {
		t.Run(c.name, func(t *testing.T) { failsWith(t, s, c.statement, c.want) })
	}
	exec(t, s, "CREATE TABLE far (k DATE) PARTITION BY RANGE (k) INTERVAL (NUMTODSINTERVAL(1, 'SECOND')) (PARTITION a VALUES LESS THAN (DATE '0001-01-01'))")
	failsWith(t, s, "INSERT INTO far VALUES (DATE '9999-01-01')", "ORA-14300")
	exec(t, s, "DROP TABLE far")
	if got := query(t, s, "SELECT table_name FROM user_tables ORDER BY 1"); got != "P; PLAIN" {
		t.Errorf("tables: %s", got)
	}
}

func TestPartitionsAreChanged(t *testing.T) {
	s := testSession(t)
	exec(t, s,
		"CREATE TABLE p (k NUMBER, v NUMBER) PARTITION BY RANGE (k) (PARTITION a VALUES LESS THAN (10), PARTITION b VALUES LESS THAN (20)) ENABLE ROW MOVEMENT",
		"INSERT INTO p SELECT LEVEL, 0 FROM dual CONNECT BY LEVEL <= 19", "COMMIT")
	scn := query(t, s, "SELECT current_scn FROM v$database")
	exec(t, s, "DELETE FROM p PARTITION (a) WHERE k > 3", "UPDATE p PARTITION (b) SET v = 1", "UPDATE p SET k = 19.5 WHERE k = 1", "COMMIT")
	for _, c := range []struct{ query, want string }{
		{"SELECT COUNT(*), SUM(v) FROM p PARTITION (a)", "2|0"},
		{"SELECT COUNT(*), SUM(v) FROM p PARTITION (b)", "11|10"},
		{"SELECT COUNT(*) FROM p PARTITION (a) AS OF SCN " + scn, "9"},
		{"SELECT COUNT(*) FROM p PARTITION (b) AS OF SCN " + scn + " x WHERE x.k > 15", "4"},
	} {
		if got := query(t, s, c.query); got != c.want {
			t.Errorf("%s: %s, want %s", c.query, got, c.want)
		}
	}
	exec(t, s, "ALTER TABLE p ADD PARTITION c VALUES LESS THAN (MAXVALUE)", "INSERT INTO p VALUES (99, 0)", "ALTER TABLE p TRUNCATE PARTITION b", "ALTER TABLE p DROP PARTITION a")
	if got := perPartition(t, s); got != "B: C:99" {
		t.Errorf("after ALTER TABLE: %s", got)
	}
	exec(t, s, "INSERT INTO p VALUES (1, 1)") // now the first range reaches down to it
	if got := perPartition(t, s); got != "B:1 C:99" {
		t.Errorf("after DROP PARTITION: %s", got)
	}
}

func TestPartitionsInTheDictionaryAndInDDL(t *testing.T) {
	d := newDictionary(t)
	s := d.sales
	exec(t, s, `CREATE TABLE p (k DATE, region VARCHAR2(5)) PARTITION BY RANGE (k, region)
		(PARTITION p1 VALUES LESS THAN (DATE '2025-01-01', 'm'), PARTITION p2 VALUES LESS THAN (MAXVALUE, MAXVALUE))`,
		"CREATE TABLE l (k VARCHAR2(5), t TIMESTAMP) PARTITION BY LIST (k) (PARTITION p1 VALUES ('it''s', NULL), PARTITION p2 VALUES (DEFAULT)) ENABLE ROW MOVEMENT",
		"CREATE TABLE i (t TIMESTAMP) PARTITION BY RANGE (t) INTERVAL (NUMTODSINTERVAL(1, 'DAY')) (PARTITION p1 VALUES LESS THAN (TIMESTAMP '2025-01-01 00:00:00.5'))")
	for _, c := range []struct{ query, want string }{
		{"SELECT owner, partitioning_type, partition_count, partitioning_key_count, interval FROM all_part_tables WHERE table_name = 'P'", "SALES|RANGE|2|2|~"},
		{"SELECT partitioning_type, interval FROM user_part_tables WHERE table_name = 'I'", "RANGE|NUMTODSINTERVAL(1, 'DAY')"},
		{
			"SELECT partition_name, partition_position, high_value FROM user_tab_partitions WHERE table_name = 'P' ORDER BY partition_position",
			"P1|1|TO_DATE(' 2025-01-01 00:00:00', 'SYYYY-MM-DD HH24:MI:SS', 'NLS_CALENDAR=GREGORIAN'), 'm'; P2|2|MAXVALUE, MAXVALUE",
		},
		{"SELECT high_value FROM user_tab_partitions WHERE table_name = 'L' ORDER BY partition_position", "'it''s', NULL; DEFAULT"},
		{"SELECT column_name, column_position FROM all_part_key_columns WHERE name = 'P' ORDER BY column_position", "K|1; REGION|2"},
		{"SELECT partitioned FROM user_tables WHERE table_name IN ('P', 'ORDERS') ORDER BY table_name", "NO; YES"},
	} {
		if got := query(t, s, c.query); got != c.want {
			t.Errorf("%s\ngot  %s\nwant %s", c.query, got, c.want)
		}
	}
	if got := query(t, d.clerk, "SELECT COUNT(*) FROM all_tab_partitions"); got != "0" {
		t.Errorf("the clerk sees %s partitions", got)
	}
	const all = "SELECT table_name, partition_name, high_value FROM user_tab_partitions ORDER BY table_name, partition_position"
	before := query(t, s, all)
	for _, name := range []string{"P", "L", "I"} {
		ddl := query(t, s, "SELECT DBMS_METADATA.GET_DDL('TABLE', '"+name+"') FROM dual")
		exec(t, s, "DROP TABLE "+name, ddl)
	}
	if got := query(t, s, all); got != before {
		t.Errorf("made again from DDL:\ngot  %s\nwant %s", got, before)
	}
}

func TestPartitionsAreNamedInStatements(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE p (k NUMBER, n NUMBER) PARTITION BY RANGE (k) (PARTITION a VALUES LESS THAN (10), PARTITION b VALUES LESS THAN (20))",
		"INSERT INTO p PARTITION (a) VALUES (1, 1)", "INSERT INTO p PARTITION FOR (15) (n, k) VALUES (2, 11)", "INSERT INTO p PARTITION (b) x SELECT k + 10, 3 FROM p PARTITION (a)")
	if got := query(t, s, "SELECT k, n FROM p PARTITION FOR ('12') ORDER BY n"); got != "11|2; 11|3" {
		t.Errorf("partition of 12: %s", got)
	}
	exec(t, s, "UPDATE p PARTITION FOR (1) SET n = 9", "DELETE FROM p PARTITION FOR (11) WHERE n = 3")
	if got := query(t, s, "SELECT k, n FROM p ORDER BY k"); got != "1|9; 11|2" {
		t.Errorf("rows: %s", got)
	}
	exec(t, s, "CREATE TABLE whole (k NUMBER)")
	for statement, want := range map[string]string{
		"INSERT INTO p PARTITION (a) VALUES (15, 1)":    "ORA-14401: inserted partition key is outside specified partition",
		"INSERT INTO p PARTITION (a) VALUES (25, 1)":    "ORA-14400",
		"INSERT INTO p PARTITION (c) VALUES (1, 1)":     "ORA-02149",
		"INSERT INTO whole PARTITION (a) VALUES (1)":    "ORA-14501",
		"SELECT * FROM p PARTITION FOR (25)":            "ORA-02149",
		"SELECT * FROM p PARTITION FOR (1, 2)":          "ORA-14763",
		"SELECT * FROM p PARTITION FOR ('x')":           "ORA-01722",
		"SELECT * FROM whole PARTITION FOR (1)":         "ORA-14501",
		"INSERT INTO p SUBPARTITION (a) VALUES (1, 1)":  `ORA-03001: unimplemented feature: "SUBPARTITION"`,
		"SELECT * FROM all_tables PARTITION FOR (1)":    "ORA-00942",
		"INSERT INTO p PARTITION FOR (k) VALUES (1, 1)": "ORA-00904",
	} {
		failsWith(t, s, statement, want)
	}
}
