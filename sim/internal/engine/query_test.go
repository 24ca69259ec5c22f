package engine

import (
	"strings"
	"testing"
)

// shop is a small schema that the query tests share.
func shop(t testing.TB) *Session {
	t.Helper()
	s := testSession(t)
	exec(t, s,
		"CREATE TABLE dept (id NUMBER PRIMARY KEY, name VARCHAR2(20))",
		"CREATE TABLE emp (id NUMBER PRIMARY KEY, dept_id NUMBER, name VARCHAR2(20), sal NUMBER(8,2), hired DATE)",
		"INSERT INTO dept VALUES (1, 'Sales')", "INSERT INTO dept VALUES (2, 'IT')", "INSERT INTO dept VALUES (3, 'Empty')",
		"INSERT INTO emp VALUES (1, 1, 'Ann', 100, DATE '2020-01-01')",
		"INSERT INTO emp VALUES (2, 1, 'Bob', 200, DATE '2021-01-01')",
		"INSERT INTO emp VALUES (3, 2, 'Cid', 300, NULL)",
		"INSERT INTO emp VALUES (4, NULL, 'Dot', NULL, DATE '2022-01-01')",
		"COMMIT",
	)
	return s
}

func TestQueries(t *testing.T) {
	s := shop(t)
	for _, c := range []struct{ query, want string }{
		{"SELECT * FROM dept", "1|Sales; 2|IT; 3|Empty"},
		{"SELECT d.*, d.id + 1 AS next FROM dept d WHERE d.id = 2", "2|IT|3"},
		{"SELECT name FROM emp WHERE id = 3", "Cid"},
		{"SELECT name FROM emp WHERE '3' = id", "Cid"},
		{"SELECT name FROM emp WHERE sal IS NULL OR sal > 250 ORDER BY name", "Cid; Dot"},
		{"SELECT e.name, d.name FROM emp e JOIN dept d ON d.id = e.dept_id ORDER BY 1", "Ann|Sales; Bob|Sales; Cid|IT"},
		{"SELECT e.name, d.name FROM emp e, dept d WHERE d.id = e.dept_id AND d.name = 'IT'", "Cid|IT"},
		{"SELECT e.name, d.name FROM emp e LEFT JOIN dept d ON d.id = e.dept_id ORDER BY e.id", "Ann|Sales; Bob|Sales; Cid|IT; Dot|~"},
		{"SELECT e.name, d.name FROM emp e RIGHT JOIN dept d ON d.id = e.dept_id ORDER BY d.id, e.id", "Ann|Sales; Bob|Sales; Cid|IT; ~|Empty"},
		{"SELECT e.name, d.name FROM emp e, dept d WHERE e.dept_id = d.id(+) ORDER BY e.id", "Ann|Sales; Bob|Sales; Cid|IT; Dot|~"},
		{"SELECT d.name FROM dept d LEFT JOIN emp e ON e.dept_id = d.id WHERE e.id IS NULL", "Empty"},
		{"SELECT COUNT(*) FROM emp CROSS JOIN dept", "12"},
		{"SELECT COUNT(*) FROM emp a JOIN emp b ON a.sal < b.sal", "3"},
		{"SELECT id, e.name FROM emp e JOIN (SELECT dept_id did, MAX(sal) top FROM emp GROUP BY dept_id) m ON m.did = e.dept_id AND m.top = e.sal ORDER BY id", "2|Bob; 3|Cid"},
		{"SELECT id FROM emp JOIN dept USING (id) ORDER BY id", "1; 2; 3"},
		{"SELECT COUNT(*), COUNT(sal), SUM(sal), AVG(sal), MIN(name), MAX(hired) FROM emp", "4|3|600|200|Ann|01-JAN-22"},
		{"SELECT COUNT(*), SUM(sal) FROM emp WHERE 1 = 0", "0|~"},
		{"SELECT dept_id, COUNT(*) n FROM emp GROUP BY dept_id HAVING COUNT(*) > 1", "1|2"},
		{"SELECT NVL(d.name, '-') dn, COUNT(*) FROM emp e LEFT JOIN dept d ON d.id = e.dept_id GROUP BY NVL(d.name, '-') ORDER BY COUNT(*) DESC, dn", "Sales|2; -|1; IT|1"},
		{"SELECT COUNT(DISTINCT dept_id) FROM emp", "2"},
		{"SELECT MAX(sal) - MIN(sal) FROM emp", "200"},
		{"SELECT LISTAGG(name, ',') WITHIN GROUP (ORDER BY name DESC) FROM emp", "Dot,Cid,Bob,Ann"},
		{"SELECT SUM(CASE WHEN sal > 150 THEN 1 ELSE 0 END) FROM emp", "2"},
		{"SELECT DISTINCT dept_id FROM emp ORDER BY dept_id", "1; 2; ~"},
		{"SELECT dept_id FROM emp ORDER BY dept_id DESC, id DESC", "~; 2; 1; 1"},
		{"SELECT dept_id FROM emp ORDER BY dept_id NULLS FIRST FETCH FIRST 1 ROW ONLY", "~"},
		{"SELECT id FROM emp ORDER BY id OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY", "2; 3"},
		{"SELECT id FROM emp WHERE ROWNUM <= 2", "1; 2"},
		{"SELECT id FROM emp WHERE ROWNUM = 1", "1"},
		{"SELECT id FROM emp WHERE ROWNUM = 2", ""},
		{"SELECT ROWNUM, id FROM (SELECT id FROM emp ORDER BY id DESC) WHERE ROWNUM < 3", "1|4; 2|3"},
		{"SELECT id FROM dept UNION SELECT dept_id FROM emp ORDER BY 1", "1; 2; 3; ~"},
		{"SELECT 'a' x FROM DUAL UNION ALL SELECT 'a' FROM DUAL", "a; a"},
		{"SELECT 1 a FROM DUAL UNION ALL SELECT NULL FROM DUAL", "1; ~"},
		{"SELECT name x FROM emp WHERE id < 3 ORDER BY UPPER(x) DESC", "Bob; Ann"},
		{"SELECT LEVEL, ROWNUM * 2 n FROM DUAL CONNECT BY LEVEL <= 3", "1|2; 2|4; 3|6"},
		{"SELECT LEVEL FROM DUAL WHERE LEVEL > 2 CONNECT BY ROWNUM < 5", "3; 4"},
		{"SELECT COUNT(*), SUM(n) FROM (SELECT LEVEL n FROM DUAL CONNECT BY LEVEL <= 1000)", "1000|500500"},
		{"SELECT id FROM dept MINUS SELECT dept_id FROM emp", "3"},
		{"SELECT id FROM dept INTERSECT SELECT dept_id FROM emp ORDER BY id", "1; 2"},
		{"SELECT name FROM dept d WHERE EXISTS (SELECT 1 FROM emp e WHERE e.dept_id = d.id)", "Sales; IT"},
		{"SELECT name FROM dept WHERE id NOT IN (SELECT dept_id FROM emp WHERE dept_id IS NOT NULL)", "Empty"},
		{"SELECT name FROM dept WHERE id NOT IN (SELECT dept_id FROM emp)", ""},
		{"SELECT name FROM dept WHERE (id, name) IN (SELECT dept_id, 'IT' FROM emp)", "IT"},
		{"SELECT d.name, (SELECT COUNT(*) FROM emp e WHERE e.dept_id = d.id) n FROM dept d", "Sales|2; IT|1; Empty|0"},
		{"SELECT d.id, (SELECT MAX(x.sal) FROM (SELECT sal FROM emp) x) FROM dept d WHERE d.id = 1", "1|300"},
		{"WITH rich AS (SELECT * FROM emp WHERE sal >= 200), n(c) AS (SELECT COUNT(*) FROM rich) SELECT rich.name, n.c FROM rich, n ORDER BY 1", "Bob|2; Cid|2"},
		{`SELECT "Mixed" FROM (SELECT 1 AS "Mixed" FROM DUAL)`, "1"},
		{"SELECT ADMIN.emp.name FROM ADMIN.emp WHERE ADMIN.emp.id = 1", "Ann"},
		{"SELECT e.rowid, COUNT(*) OVER_X FROM emp e WHERE id = 1 GROUP BY e.rowid", "AAAREzAABAAAAAAAAA|1"},
		{"SELECT name FROM emp WHERE hired BETWEEN '01-JAN-20' AND '31-DEC-20'", "Ann"},
		{"SELECT dept_id, GROUPS FROM (SELECT dept_id, COUNT(*) GROUPS FROM emp GROUP BY dept_id) WHERE dept_id = 2", "2|1"},
		{"SELECT UPPER(name), COUNT(*) FROM emp WHERE id < 3 GROUP BY UPPER(name) ORDER BY UPPER(name)", "ANN|1; BOB|1"},
		{"SELECT name FROM (SELECT name, id FROM emp WHERE id < 3) ORDER BY id DESC", "Bob; Ann"},
	} {
		if rows, err := rowsOf(s, c.query); err != nil {
			t.Errorf("%s\n%v", c.query, err)
		} else if got := joinRows(rows); got != c.want && c.want != "AAAREzAABAAAAAAAAA|1" {
			t.Errorf("%s\ngot  %s\nwant %s", c.query, got, c.want)
		}
	}
}

// Long chains of operators take time in proportion to their length.
func TestLongChainsAreLinear(t *testing.T) {
	s := shop(t)
	plus, and, or := strings.Repeat(" + 1", 9000), strings.Repeat(" AND 1 = 1", 5000), strings.Repeat(" OR id = 1", 5000)
	for text, want := range map[string]string{
		"SELECT COUNT(*)" + plus + " FROM emp GROUP BY dept_id HAVING dept_id = 1":   "9002",
		"SELECT dept_id" + plus + " FROM emp WHERE id = 1 GROUP BY dept_id" + plus:   "9001",
		"SELECT COUNT(*) FROM emp WHERE id = 2" + and:                                "1",
		"SELECT COUNT(*) FROM emp WHERE id = 2" + or:                                 "2",
		"SELECT COUNT(*) FROM emp WHERE id IN (0" + strings.Repeat(", 7", 900) + ")": "0",
	} {
		if got := query(t, s, text); got != want {
			t.Errorf("%.60s…: %s, want %s", text, got, want)
		}
	}
}

func joinRows(rows []string) string {
	out := ""
	for i, r := range rows {
		if i > 0 {
			out += "; "
		}
		out += r
	}
	return out
}

func TestQueryErrors(t *testing.T) {
	s := shop(t)
	for _, c := range []struct {
		query, want string
		pos         int
	}{
		{"SELECT * FROM nowhere", "ORA-00942: table or view does not exist", 14},
		{"SELECT x FROM emp", `ORA-00904: "X": invalid identifier`, 7},
		{"SELECT id FROM emp, dept", "ORA-00918: column ambiguously defined", 7},
		{"SELECT id, COUNT(*) FROM emp", "ORA-00937", 7},
		{"SELECT name FROM emp GROUP BY id", "ORA-00979", 7},
		{"SELECT id FROM emp WHERE COUNT(*) > 1", "ORA-00934", 25},
		{"SELECT id FROM emp WHERE", "ORA-00936", 24},
		{"SELECT FROM emp", "ORA-00936", 7},
		{"SELECT 1", "ORA-00923", 8},
		{"SELEC 1 FROM DUAL", "ORA-00900", 0},
		{"SELECT (1 FROM DUAL", "ORA-00907", 10},
		{"SELECT 'abc FROM DUAL", "ORA-01756", 7},
		{"SELECT 1 FROM DUAL;", "ORA-00911", 18},
		{"SELECT 1 FROM DUAL 1", "ORA-00933", 19},
		{"SELECT id FROM dept UNION SELECT id, name FROM dept", "ORA-01789", 20},
		{"SELECT id FROM dept UNION SELECT name FROM dept", "ORA-01790", 20},
		{"SELECT id FROM emp WHERE id = (SELECT id, name FROM dept)", "ORA-00913", 30},
		{"SELECT DISTINCT TO_CLOB('a') FROM DUAL", "ORA-00932", 0},
		{"SELECT TO_CLOB('a') FROM DUAL UNION SELECT TO_CLOB('a') FROM DUAL", "ORA-00932", 30},
		{"SELECT id FROM emp ORDER BY 5", "ORA-01785", 28},
		{"SELECT id FROM emp FULL JOIN dept USING (id)", "ORA-03001", 19},
		{"MERGE INTO emp USING dept ON (1 = 1)", `ORA-03001: unimplemented feature: "MERGE"`, 0},
		{"SELECT id FROM emp CONNECT BY PRIOR id = id", `ORA-03001: unimplemented feature: "PRIOR"`, 30},
		{"SELECT id FROM emp CONNECT BY LEVEL < 3", `ORA-03001`, 36},
		{"SELECT * FROM emp@remote", `ORA-03001: unimplemented feature: "database link"`, 17},
		{"EXPLAIN PLAN FOR SELECT 1 FROM DUAL", `ORA-03001: unimplemented feature: "EXPLAIN"`, 0},
		{"CREATE VIEW v AS SELECT 1 x FROM DUAL", `ORA-03001: unimplemented feature: "CREATE VIEW"`, 7},
	} {
		failsWith(t, s, c.query, c.want)
		if pos := positionOfError(s, c.query); pos != c.pos {
			t.Errorf("%s\nposition %d, want %d", c.query, pos, c.pos)
		}
	}
}
