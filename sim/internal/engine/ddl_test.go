package engine

import "testing"

func TestTablesKeepTheirRules(t *testing.T) {
	s := testSession(t)
	exec(t, s,
		`CREATE TABLE parent (id NUMBER CONSTRAINT parent_pk PRIMARY KEY, code CHAR(3) UNIQUE)`,
		`CREATE TABLE child (
			id NUMBER GENERATED ALWAYS AS IDENTITY,
			pid NUMBER CONSTRAINT child_fk REFERENCES parent (id),
			v VARCHAR2(3) DEFAULT 'def',
			c VARCHAR2(3 CHAR),
			n NUMBER(5,2) CONSTRAINT positive CHECK (n > 0),
			r RAW(2),
			twice NUMBER GENERATED ALWAYS AS (n * 2) VIRTUAL,
			hidden NUMBER INVISIBLE,
			ts TIMESTAMP(3),
			must VARCHAR2(5) DEFAULT ON NULL 'must')`,
		`INSERT INTO parent VALUES (1, 'a')`,
		`INSERT INTO child (pid, n, c, ts) VALUES (1, 1.555, 'äöü', TIMESTAMP '2024-01-01 00:00:00.1239')`,
		`COMMIT`,
	)
	if got, want := query(t, s, `SELECT id, pid, v, c, n, twice, hidden, must, TO_CHAR(ts, 'SS.FF9') FROM child`),
		"1|1|def|äöü|1.56|3.12|~|must|00.124000000"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := query(t, s, "SELECT '[' || code || ']' FROM parent WHERE code = 'a'"); got != "[a  ]" {
		t.Errorf("CHAR: %s", got)
	}
	for _, c := range []struct{ statement, want string }{
		{"INSERT INTO parent VALUES (1, 'b')", "ORA-00001: unique constraint (ADMIN.PARENT_PK) violated"},
		{"INSERT INTO parent VALUES (NULL, 'b')", `ORA-01400: cannot insert NULL into ("ADMIN"."PARENT"."ID")`},
		{"UPDATE parent SET id = NULL", `ORA-01407: cannot update ("ADMIN"."PARENT"."ID") to NULL`},
		{"INSERT INTO child (v) VALUES ('abcd')", `ORA-12899: value too large for column "ADMIN"."CHILD"."V" (actual: 4, maximum: 3)`},
		{"INSERT INTO child (v) VALUES ('äö')", `(actual: 4, maximum: 3)`},
		{"INSERT INTO child (c) VALUES ('abcd')", `ORA-12899`},
		{"INSERT INTO child (r) VALUES (HEXTORAW('AABBCC'))", `(actual: 3, maximum: 2)`},
		{"INSERT INTO child (n) VALUES (1000)", "ORA-01438: value larger than specified precision allowed for this column"},
		{"INSERT INTO child (n) VALUES (-1)", "ORA-02290: check constraint (ADMIN.POSITIVE) violated"},
		{"INSERT INTO child (pid) VALUES (9)", "ORA-02291: integrity constraint (ADMIN.CHILD_FK) violated - parent key not found"},
		{"DELETE FROM parent", "ORA-02292: integrity constraint (ADMIN.CHILD_FK) violated - child record found"},
		{"UPDATE parent SET id = 2", "ORA-02292"},
		{"INSERT INTO child (id) VALUES (1)", "ORA-32795"},
		{"INSERT INTO child (twice) VALUES (1)", "ORA-54013"},
		{"UPDATE child SET twice = 1", "ORA-54017"},
		{"INSERT INTO child (nosuch) VALUES (1)", `ORA-00904: "NOSUCH": invalid identifier`},
		{"INSERT INTO child (v, v) VALUES (1, 2)", "ORA-00957"},
		{"INSERT INTO parent VALUES (1)", "ORA-00947"},
		{"INSERT INTO parent VALUES (1, 2, 3)", "ORA-00913"},
		{"INSERT INTO nowhere VALUES (1)", "ORA-00942"},
		{"INSERT INTO parent VALUES ('x', 'b')", "ORA-01722"},
		{"CREATE TABLE parent (x NUMBER)", "ORA-00955"},
		{"CREATE TABLE z (x NUMBER, x DATE)", "ORA-00957"},
		{"CREATE TABLE z (x VARCHAR2(32768))", "ORA-00910"},
		{"CREATE TABLE z (x NUMBER(39))", "ORA-01727"},
		{"CREATE TABLE z (x FOO)", "ORA-00902"},
		{"CREATE TABLE z (x BOOLEAN)", "ORA-00902"},
		{"CREATE TABLE z (x BFILE)", `ORA-03001: unimplemented feature: "BFILE"`},
		{"CREATE TABLE z (x NUMBER) PARTITION BY REFERENCE (x)", `ORA-03001: unimplemented feature: "PARTITION BY REFERENCE"`},
		{"CREATE GLOBAL TEMPORARY TABLE z (x NUMBER)", "ORA-03001"},
		{"CREATE TABLE z (x NUMBER PRIMARY KEY, y NUMBER PRIMARY KEY)", "ORA-02260"},
		{"CREATE TABLE z (x NUMBER REFERENCES child)", "ORA-02268"},
		{"CREATE TABLE z (x CLOB UNIQUE)", "ORA-02329"},
		{"CREATE TABLE z (level NUMBER)", "ORA-00904"},
		{"CREATE TABLE z AS SELECT 1 + 1 FROM DUAL", "ORA-00998"},
		{"DROP TABLE nowhere", "ORA-00942"},
		{"DROP TABLE parent", "ORA-02449"},
		{"TRUNCATE TABLE parent", "ORA-02266"},
		{"ALTER TABLE child DROP COLUMN nosuch", "ORA-00904"},
		{"ALTER TABLE child MODIFY v VARCHAR2(2)", "ORA-01441"},
		{"ALTER TABLE child MODIFY v NUMBER", "ORA-01439"},
		{"ALTER TABLE child MODIFY hidden NOT NULL", "ORA-02296"},
		{"CREATE INDEX i ON child (nosuch)", "ORA-00904"},
		{"DROP INDEX parent_pk", "ORA-02429"},
		{"DROP INDEX nosuch", "ORA-01418"},
		{"ALTER SYSTEM SET undo_retention = 1", "ORA-03001"},
		{"ALTER SESSION SET nls_language = 'GERMAN'", "ORA-12705"},
		{"ALTER SESSION SET nosuch = 1", "ORA-02248"},
		{"ALTER SESSION SET current_schema = nobody", "ORA-01435"},
	} {
		failsWith(t, s, c.statement, c.want)
	}
	exec(t, s, "DROP TABLE parent CASCADE CONSTRAINTS PURGE", "INSERT INTO child (pid) VALUES (77)")
}

func TestAlterTable(t *testing.T) {
	s := testSession(t)
	exec(t, s,
		"CREATE TABLE t (a NUMBER, b VARCHAR2(5))",
		"INSERT INTO t VALUES (1, 'x')", "COMMIT",
		"ALTER TABLE t ADD (c NUMBER DEFAULT 7 NOT NULL, d VARCHAR2(3))",
		"INSERT INTO t (a) VALUES (2)",
		"ALTER TABLE t DROP COLUMN b",
		"ALTER TABLE t ADD b DATE",
		"ALTER TABLE t RENAME COLUMN a TO id",
		"ALTER TABLE t MODIFY (d VARCHAR2(10) DEFAULT 'dd')",
		"ALTER TABLE t ADD CONSTRAINT t_pk PRIMARY KEY (id)",
		"INSERT INTO t (id) VALUES (3)",
	)
	if got, want := query(t, s, "SELECT * FROM t ORDER BY id"), "1|7|~|~; 2|7|~|~; 3|7|dd|~"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	failsWith(t, s, "INSERT INTO t (id) VALUES (3)", "ORA-00001: unique constraint (ADMIN.T_PK)")
	exec(t, s,
		"ALTER TABLE t DISABLE CONSTRAINT t_pk", "INSERT INTO t (id) VALUES (3)", "COMMIT",
	)
	failsWith(t, s, "ALTER TABLE t ENABLE CONSTRAINT t_pk", "ORA-02437: cannot validate (ADMIN.T_PK)")
	exec(t, s, "DELETE FROM t WHERE ROWNUM = 1 AND id = 3", "COMMIT", "ALTER TABLE t ENABLE PRIMARY KEY",
		"RENAME t TO u", "ALTER TABLE u RENAME TO w", "ALTER TABLE w DROP PRIMARY KEY",
		"ALTER TABLE w MODIFY c NULL", "INSERT INTO w (id, c) VALUES (3, NULL)",
		"CREATE UNIQUE INDEX w_c ON w (c, id)", "COMMENT ON TABLE w IS 'it''s'", "COMMENT ON COLUMN w.c IS 'col'",
	)
	failsWith(t, s, "INSERT INTO w (id, c) VALUES (3, NULL)", "ORA-00001: unique constraint (ADMIN.W_C)")
	exec(t, s, "DROP INDEX w_c", "INSERT INTO w (id, c) VALUES (3, NULL)", "TRUNCATE TABLE w")
	if got := query(t, s, "SELECT COUNT(*) FROM w"); got != "0" {
		t.Errorf("after TRUNCATE: %s", got)
	}
}

func TestCreateTableAsSelect(t *testing.T) {
	s := testSession(t)
	exec(t, s,
		"CREATE TABLE a (id NUMBER(5) NOT NULL, name VARCHAR2(10), c CLOB)",
		"INSERT INTO a VALUES (1, 'x', 'long')", "COMMIT",
		"CREATE TABLE b AS SELECT id, name || '!' AS shout, c, SYSDATE AS d FROM a",
		"CREATE TABLE e (k, v) AS SELECT id, name FROM a WHERE 1 = 0",
		"INSERT INTO e VALUES (5, 'five')",
	)
	if got := query(t, s, "SELECT * FROM b") + "; " + query(t, s, "SELECT * FROM e"); got != "1|x!|long|09-MAR-25; 5|five" {
		t.Error(got)
	}
	failsWith(t, s, "INSERT INTO b (shout) VALUES ('x')", "ORA-01400")
}

// DDL commits, even when it fails.
func TestDDLCommits(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (x NUMBER)", "INSERT INTO t VALUES (1)")
	failsWith(t, s, "CREATE TABLE t (x NUMBER)", "ORA-00955")
	exec(t, s, "ROLLBACK")
	if got := query(t, s, "SELECT COUNT(*) FROM t"); got != "1" {
		t.Errorf("rows after failed DDL and rollback: %s", got)
	}
}

func TestAnotherUserSeesOnlyWhatIsGranted(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE USER bob IDENTIFIED BY secret", "CREATE TABLE t (x NUMBER)", "INSERT INTO t VALUES (1)", "COMMIT")
	bob := s.Instance().Internal("BOB")
	defer bob.Close()
	failsWith(t, bob, "SELECT * FROM admin.t", "ORA-00942")
	failsWith(t, bob, "CREATE TABLE admin.x (y NUMBER)", "ORA-01031")
	failsWith(t, bob, "SELECT * FROM v$database", "ORA-00942")
	exec(t, s, "GRANT SELECT ON t TO bob", "GRANT SELECT ON v_$database TO bob")
	if got := query(t, bob, "SELECT * FROM admin.t"); got != "1" {
		t.Errorf("granted: %s", got)
	}
	query(t, bob, "SELECT current_scn FROM v$database")
	failsWith(t, bob, "INSERT INTO admin.t VALUES (2)", "ORA-01031")
	failsWith(t, bob, "SELECT * FROM admin.t AS OF SCN 2000000", "ORA-01031")
	failsWith(t, bob, "DROP TABLE admin.t", "ORA-01031")
	failsWith(t, bob, "SELECT DBMS_CRYPTO.HASH(HEXTORAW('00'), 4) FROM DUAL", "ORA-00904")
	exec(t, s, "GRANT EXECUTE ON DBMS_CRYPTO TO bob", "REVOKE SELECT ON t FROM bob")
	query(t, bob, "SELECT DBMS_CRYPTO.HASH(HEXTORAW('00'), 4) FROM DUAL")
	failsWith(t, bob, "SELECT * FROM admin.t", "ORA-00942")
	exec(t, bob, "CREATE TABLE t (x VARCHAR2(5))", "ALTER SESSION SET current_schema = admin")
	failsWith(t, bob, "SELECT * FROM t", "ORA-00942")
}

// The statements of the tutorial, but for the DBMS_CLOUD calls.
func TestTutorialTables(t *testing.T) {
	s := testSession(t)
	exec(t, s, `
CREATE TABLE customer_orders_demo_imported (
    order_id NUMBER PRIMARY KEY,
    customer_id NUMBER,
    customer_name VARCHAR2(200),
    email VARCHAR2(200),
    order_date TIMESTAMP,
    order_total NUMBER(10,2),
    discount_percent NUMBER(5,2),
    tax_amount NUMBER(10,2),
    order_status VARCHAR2(50),
    payment_method VARCHAR2(50),
    created_at TIMESTAMP,
    updated_at TIMESTAMP
)
`)
	if got := query(t, s, "SELECT COUNT(*) FROM customer_orders_demo_imported"); got != "0" {
		t.Error(got)
	}
}

// Conditions follow a column that gets a new name.
func TestRenamedColumnsKeepTheirConditions(t *testing.T) {
	s := testSession(t)
	exec(t, s, `CREATE TABLE t (a NUMBER NOT NULL, "b c" NUMBER, s VARCHAR2(9), CONSTRAINT k CHECK (a > 0 AND NVL("b c", a) < 10 AND s <> 'a'))`,
		"ALTER TABLE t RENAME COLUMN a TO first", `ALTER TABLE t RENAME COLUMN "b c" TO second`, "INSERT INTO t VALUES (1, 2, 'x')")
	failsWith(t, s, "INSERT INTO t VALUES (1, 12, 'x')", "ORA-02290")
	failsWith(t, s, "INSERT INTO t VALUES (0, 1, 'x')", "ORA-02290")
	failsWith(t, s, "INSERT INTO t VALUES (NULL, 1, 'x')", `("ADMIN"."T"."FIRST")`)
	const conditions = "SELECT search_condition FROM user_constraints WHERE table_name = 'T' ORDER BY constraint_name"
	if got := query(t, s, conditions); got != `"FIRST" > 0 AND NVL("SECOND", "FIRST") < 10 AND s <> 'a'; "FIRST" IS NOT NULL` {
		t.Error(got)
	}
}

func TestRareFormsOfDDL(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (a NUMBER CONSTRAINT u UNIQUE, v CHARACTER VARYING(5), n NATIONAL CHARACTER VARYING(5), f NATIONAL CHAR(5), i NUMBER GENERATED BY DEFAULT AS IDENTITY)",
		"ALTER TABLE t DISABLE NOVALIDATE CONSTRAINT u", "ALTER TABLE t ENABLE VALIDATE CONSTRAINT u")
	if got := query(t, s, "SELECT data_type FROM user_tab_columns WHERE table_name = 'T' AND column_name IN ('V', 'N', 'F') ORDER BY column_id"); got != "VARCHAR2; NVARCHAR2; NCHAR" {
		t.Error(got)
	}
	failsWith(t, s, "ALTER TABLE t ENABLE NOVALIDATE CONSTRAINT u", `ORA-03001: unimplemented feature: "ALTER TABLE ENABLE NOVALIDATE"`)
	failsWith(t, s, "ALTER TABLE t MODIFY (i GENERATED BY DEFAULT AS IDENTITY (START WITH LIMIT VALUE))", `ORA-03001: unimplemented feature: "START WITH LIMIT VALUE"`)
}
