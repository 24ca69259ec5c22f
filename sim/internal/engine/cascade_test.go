package engine

import (
	"strings"
	"testing"
)

func TestOnDelete(t *testing.T) {
	for _, c := range []struct {
		name, ddl, inserts, statement, want string
	}{
		{
			"cascade over two levels", "CREATE TABLE p (id NUMBER PRIMARY KEY); CREATE TABLE c (id NUMBER PRIMARY KEY, p NUMBER REFERENCES p ON DELETE CASCADE); " +
				"CREATE TABLE g (id NUMBER, c NUMBER REFERENCES c ON DELETE CASCADE)",
			"p VALUES (1); p VALUES (2); c VALUES (10, 1); c VALUES (11, 1); c VALUES (20, 2); c VALUES (30, NULL); g VALUES (100, 10); g VALUES (200, 20)",
			"DELETE FROM p WHERE id = 1", "p:2 c:20,30 g:200",
		},
		{
			"set null", "CREATE TABLE p (id NUMBER PRIMARY KEY); CREATE TABLE c (id NUMBER, p NUMBER REFERENCES p ON DELETE SET NULL, v NUMBER GENERATED ALWAYS AS (NVL(p, 0)) VIRTUAL); CREATE TABLE g (id NUMBER)",
			"p VALUES (1); p VALUES (2); c (id, p) VALUES (10, 1); c (id, p) VALUES (20, 2)",
			"DELETE FROM p", "p: c:10,20 g:",
		},
		{
			"a cycle within a table", "CREATE TABLE p (id NUMBER PRIMARY KEY, up NUMBER REFERENCES p ON DELETE CASCADE); CREATE TABLE c (id NUMBER); CREATE TABLE g (id NUMBER)",
			"p VALUES (1, NULL); p VALUES (2, 1); p VALUES (3, 2); p VALUES (4, NULL)",
			"DELETE FROM p WHERE id = 1", "p:4 c: g:",
		},
		{
			"every row that refers to another", "CREATE TABLE p (id NUMBER PRIMARY KEY, up NUMBER REFERENCES p ON DELETE SET NULL); CREATE TABLE c (id NUMBER); CREATE TABLE g (id NUMBER)",
			"p VALUES (1, NULL); p VALUES (2, 1)", "DELETE FROM p", "p: c: g:",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := testSession(t)
			exec(t, s, strings.Split(c.ddl, "; ")...)
			for row := range strings.SplitSeq(c.inserts, "; ") {
				exec(t, s, "INSERT INTO "+row)
			}
			exec(t, s, "COMMIT", c.statement)
			var parts []string
			for _, table := range []string{"p", "c", "g"} {
				parts = append(parts, table+":"+strings.ReplaceAll(query(t, s, "SELECT id FROM "+table+" ORDER BY id"), "; ", ","))
			}
			if got := strings.Join(parts, " "); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestOnDeleteIsPartOfTheStatement(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE p (id NUMBER PRIMARY KEY)", "CREATE TABLE c (id NUMBER PRIMARY KEY, p NUMBER REFERENCES p ON DELETE CASCADE)",
		"CREATE TABLE g (c NUMBER REFERENCES c)", "INSERT INTO p VALUES (1)", "INSERT INTO p VALUES (2)", "INSERT INTO c VALUES (10, 1)",
		"INSERT INTO c VALUES (20, 2)", "INSERT INTO g VALUES (20)", "COMMIT")
	failsWith(t, s, "DELETE FROM p", "ORA-02292")
	if got := query(t, s, "SELECT (SELECT COUNT(*) FROM p), (SELECT COUNT(*) FROM c) FROM dual"); got != "2|2" {
		t.Errorf("after a failed DELETE: %s", got)
	}
	exec(t, s, "DELETE FROM p WHERE id = 1")
	other := s.instance.Internal("ADMIN")
	defer other.Close()
	failsWith(t, other, "DROP TABLE c CASCADE CONSTRAINTS", "ORA-00054")
	exec(t, s, "ROLLBACK")
	if got := query(t, s, "SELECT COUNT(*) FROM c"); got != "2" {
		t.Errorf("after a rollback: %s", got)
	}
	exec(t, s, "CREATE TABLE n (p NUMBER NOT NULL REFERENCES p ON DELETE SET NULL)", "INSERT INTO n VALUES (1)")
	failsWith(t, s, "DELETE FROM p WHERE id = 1", `ORA-01407: cannot update ("ADMIN"."N"."P") to NULL`)
	exec(t, s, "DELETE FROM n", "UPDATE c SET p = NULL WHERE id = 10")
	failsWith(t, s, "UPDATE p SET id = 3 WHERE id = 2", "ORA-02292")
}
