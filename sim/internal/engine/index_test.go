package engine

import "testing"

const (
	indexRows = "SELECT index_name, index_type, uniqueness, funcidx_status, visibility, prefix_length, partitioned FROM user_indexes ORDER BY 1"
	indexKeys = "SELECT index_name, column_name, column_position, descend FROM user_ind_columns ORDER BY 1, 3"
)

func TestIndexesInTheDictionary(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (a NUMBER, b VARCHAR2(10), c DATE)",
		"CREATE INDEX i1 ON t (b, a DESC)",
		"CREATE INDEX i2 ON t (UPPER(b), a) INVISIBLE",
		"CREATE BITMAP INDEX i3 ON t (b) TABLESPACE data STORAGE (INITIAL 64K NEXT 1M)",
		"CREATE INDEX i4 ON t (c, b) REVERSE ONLINE COMPUTE STATISTICS PARALLEL 4",
		"CREATE UNIQUE INDEX i5 ON t (a, b, c) COMPRESS 2",
		`CREATE INDEX i6 ON t (upper ( "B" ) DESC, case when a>1 then 'x' end)`)
	if got, want := query(t, s, indexRows), "I1|FUNCTION-BASED NORMAL|NONUNIQUE|ENABLED|VISIBLE|~|NO; I2|FUNCTION-BASED NORMAL|NONUNIQUE|ENABLED|INVISIBLE|~|NO; "+
		"I3|BITMAP|NONUNIQUE|~|VISIBLE|~|NO; I4|NORMAL/REV|NONUNIQUE|~|VISIBLE|~|NO; I5|NORMAL|UNIQUE|~|VISIBLE|2|NO; "+
		"I6|FUNCTION-BASED NORMAL|NONUNIQUE|ENABLED|VISIBLE|~|NO"; got != want {
		t.Errorf("indexes\ngot  %s\nwant %s", got, want)
	}
	if got, want := query(t, s, indexKeys), "I1|B|1|ASC; I1|SYS_NC00004$|2|DESC; I2|SYS_NC00005$|1|ASC; I2|A|2|ASC; I3|B|1|ASC; "+
		"I4|C|1|ASC; I4|B|2|ASC; I5|A|1|ASC; I5|B|2|ASC; I5|C|3|ASC; I6|SYS_NC00006$|1|DESC; I6|SYS_NC00007$|2|ASC"; got != want {
		t.Errorf("columns\ngot  %s\nwant %s", got, want)
	}
	if got, want := query(t, s, "SELECT index_name, column_expression, column_position FROM user_ind_expressions ORDER BY 1, 3"),
		`I1|"A"|2; I2|UPPER("B")|1; I6|UPPER("B")|1; I6|CASE WHEN "A">1 THEN 'x' END|2`; got != want {
		t.Errorf("expressions\ngot  %s\nwant %s", got, want)
	}
	hidden := "SELECT column_name, data_type, data_length, data_default, hidden_column, virtual_column, user_generated, internal_column_id, column_id" +
		" FROM user_tab_cols WHERE user_generated = 'NO' ORDER BY internal_column_id"
	if got, want := query(t, s, hidden), `SYS_NC00004$|RAW|34|"A"|YES|YES|NO|4|~; SYS_NC00005$|VARCHAR2|10|UPPER("B")|YES|YES|NO|5|~; `+
		`SYS_NC00006$|RAW|16|UPPER("B")|YES|YES|NO|6|~; SYS_NC00007$|CHAR|1|CASE WHEN "A">1 THEN 'x' END|YES|YES|NO|7|~`; got != want {
		t.Errorf("hidden columns\ngot  %s\nwant %s", got, want)
	}
	if got := query(t, s, "SELECT COUNT(*) FROM user_tab_columns"); got != "3" {
		t.Errorf("%s columns", got)
	}
}

func TestUniqueIndexesOverExpressions(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (a NUMBER, b VARCHAR2(10), v NUMBER GENERATED ALWAYS AS (MOD(a, 10)) VIRTUAL)",
		"INSERT INTO t (a, b) VALUES (1, 'x')", "INSERT INTO t (a, b) VALUES (2, 'Y')", "COMMIT",
		"CREATE UNIQUE INDEX i ON t (UPPER(b))", "CREATE UNIQUE INDEX j ON t (v DESC)")
	failsWith(t, s, "INSERT INTO t (a, b) VALUES (3, 'y')", "ORA-00001: unique constraint (ADMIN.I) violated")
	failsWith(t, s, "INSERT INTO t (a, b) VALUES (11, 'z')", "ORA-00001: unique constraint (ADMIN.J) violated")
	failsWith(t, s, "UPDATE t SET b = 'Y' WHERE a = 1", "ORA-00001")
	exec(t, s, "INSERT INTO t (a, b) VALUES (3, 'z')", "DELETE FROM t WHERE a = 2", "INSERT INTO t (a, b) VALUES (12, 'y')", "ROLLBACK")
	failsWith(t, s, "INSERT INTO t (a, b) VALUES (5, 'X')", "ORA-00001")
	exec(t, s, "TRUNCATE TABLE t", "INSERT INTO t (a, b) VALUES (1, 'x')")
	failsWith(t, s, "INSERT INTO t (a, b) VALUES (5, 'X')", "ORA-00001")
	exec(t, s, "COMMIT", "DROP INDEX i", "INSERT INTO t (a, b) VALUES (5, 'X')", "COMMIT")
	failsWith(t, s, "CREATE UNIQUE INDEX i ON t (LOWER(b))", "ORA-01452")
	exec(t, s, "ALTER TABLE t ADD w VARCHAR2(10)", "UPDATE t SET w = a", "COMMIT", "CREATE INDEX k ON t (TO_NUMBER(w))")
	failsWith(t, s, "UPDATE t SET w = 'five'", "ORA-01722")
	exec(t, s, "ALTER TABLE t DROP COLUMN w")
	if got := query(t, s, "SELECT index_name FROM user_indexes"); got != "J" {
		t.Errorf("indexes behind the dropped column: %s", got)
	}
}

func TestIndexRefusals(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (a NUMBER, b CLOB, c VARCHAR2(5))", "INSERT INTO t VALUES (1, 'x', 'y')", "CREATE INDEX taken ON t (UPPER(c))",
		"CREATE TABLE p (a NUMBER, b NUMBER) PARTITION BY RANGE (a) (PARTITION p1 VALUES LESS THAN (10))")
	for statement, want := range map[string]string{
		"CREATE INDEX taken ON t (a)":                     "ORA-00955",
		"CREATE INDEX i ON t (upper( c ))":                "ORA-01408",
		"CREATE INDEX i ON t (a, a)":                      "ORA-00957",
		"CREATE INDEX i ON t (b)":                         "ORA-02327",
		"CREATE INDEX i ON t (b DESC)":                    "ORA-02327",
		"CREATE INDEX i ON t (none)":                      "ORA-00904",
		"CREATE INDEX i ON t (a + none)":                  "ORA-00904",
		"CREATE INDEX i ON t (a + SYSDATE)":               "ORA-01743: only pure functions can be indexed",
		"CREATE INDEX i ON t (TO_NUMBER(c))":              "ORA-01722",
		"CREATE INDEX i ON t (a) LOCAL":                   "ORA-14016",
		"CREATE BITMAP INDEX i ON p (b)":                  "ORA-25122",
		"CREATE UNIQUE INDEX i ON p (b) LOCAL":            "ORA-14039",
		"ALTER INDEX nobody RENAME TO x":                  "ORA-01418",
		"ALTER INDEX taken RENAME TO taken":               "ORA-00955",
		"ALTER TABLE t RENAME COLUMN c TO d":              `ORA-03001: unimplemented feature: "RENAME of a column of a function-based index"`,
		"ALTER TABLE t ADD UNIQUE (a) USING INDEX nobody": "ORA-01418",
		"ALTER TABLE t ADD UNIQUE (a) USING INDEX taken":  "ORA-14196",
	} {
		failsWith(t, s, statement, want)
	}
}

func TestIndexesAreRenamedAndHidden(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (a NUMBER)", "INSERT INTO t VALUES (1)", "CREATE UNIQUE INDEX i ON t (a)",
		"ALTER INDEX i RENAME TO j", "ALTER INDEX j INVISIBLE", "ALTER INDEX j REBUILD ONLINE")
	if got := query(t, s, indexRows); got != "J|NORMAL|UNIQUE|~|INVISIBLE|~|NO" {
		t.Errorf("indexes: %s", got)
	}
	failsWith(t, s, "INSERT INTO t VALUES (1)", "ORA-00001: unique constraint (ADMIN.J) violated")
	exec(t, s, "ALTER INDEX j VISIBLE", "DROP INDEX j", "INSERT INTO t VALUES (1)")
}

func TestAKeyUsesAnIndexThatIsThere(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (a NUMBER, b NUMBER)", "CREATE INDEX i ON t (a)", "CREATE UNIQUE INDEX j ON t (b)",
		"ALTER TABLE t ADD CONSTRAINT pk PRIMARY KEY (a) USING INDEX i", "ALTER TABLE t ADD CONSTRAINT uk UNIQUE (b) USING INDEX j")
	if got := query(t, s, "SELECT constraint_name, index_name FROM user_constraints WHERE index_name IS NOT NULL ORDER BY 1"); got != "PK|I; UK|J" {
		t.Errorf("keys and their indexes: %s", got)
	}
	exec(t, s, "INSERT INTO t VALUES (1, 1)", "COMMIT")
	failsWith(t, s, "INSERT INTO t VALUES (1, 2)", "ORA-00001: unique constraint (ADMIN.PK) violated")
	failsWith(t, s, "DROP INDEX i", "ORA-02429")
	exec(t, s, "ALTER TABLE t DROP CONSTRAINT pk", "ALTER TABLE t MODIFY (a NULL)", "INSERT INTO t VALUES (1, 2)", "COMMIT")
	if got := query(t, s, indexRows); got != "I|NORMAL|NONUNIQUE|~|VISIBLE|~|NO; J|NORMAL|UNIQUE|~|VISIBLE|~|NO" {
		t.Errorf("indexes that live on: %s", got)
	}
	failsWith(t, s, "ALTER TABLE t ADD CONSTRAINT pk PRIMARY KEY (a) USING INDEX i", "ORA-02437")
}
