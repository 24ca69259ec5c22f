package engine

import "testing"

func TestArchivedRowsAreSeenByNoStatement(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (a NUMBER PRIMARY KEY)", "INSERT INTO t VALUES (1)", "COMMIT", "ALTER TABLE t ROW ARCHIVAL", "INSERT INTO t (a) VALUES (2)",
		"INSERT INTO t VALUES (3)", "UPDATE t SET ORA_ARCHIVE_STATE = '1' WHERE a < 3", "COMMIT")
	for q, want := range map[string]string{
		"SELECT * FROM t":                     "3",
		"SELECT COUNT(*) FROM t WHERE a = 1":  "0",
		"SELECT x.a FROM t x JOIN t y ON 1=1": "3",
		"SELECT COLUMN_NAME, HIDDEN_COLUMN, USER_GENERATED FROM USER_TAB_COLS WHERE TABLE_NAME = 'T' ORDER BY 1": "A|NO|YES; ORA_ARCHIVE_STATE|YES|NO",
	} {
		if got := query(t, s, q); got != want {
			t.Errorf("%s: %s, want %s", q, got, want)
		}
	}
	failsWith(t, s, "INSERT INTO t (a) VALUES (1)", "ORA-00001")
	exec(t, s, "DELETE FROM t", "COMMIT")
	failsWith(t, s, "INSERT INTO t (a) VALUES (1)", "ORA-00001")
}

func TestPoliciesStandInTheDictionary(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (a NUMBER)")
	s.Instance().AddPolicy(Policy{Owner: "ADMIN", Table: "T", Name: "SOME_ROWS"})
	s.Instance().AddPolicy(Policy{Owner: "ADMIN", Table: "T", Name: "MASKED", Redaction: true})
	for q, want := range map[string]string{
		"SELECT OBJECT_OWNER, OBJECT_NAME, POLICY_NAME, SEL, INS, ENABLE FROM ALL_POLICIES":                         "ADMIN|T|SOME_ROWS|YES|NO|YES",
		"SELECT OBJECT_OWNER, OBJECT_NAME, POLICY_NAME, TRIM(ENABLE) FROM REDACTION_POLICIES":                       "ADMIN|T|MASKED|YES",
		"SELECT COUNT(*) FROM SESSION_PRIVS WHERE PRIVILEGE IN ('EXEMPT ACCESS POLICY', 'EXEMPT REDACTION POLICY')": "0",
	} {
		if got := query(t, s, q); got != want {
			t.Errorf("%s: %s, want %s", q, got, want)
		}
	}
	exec(t, s, "GRANT EXEMPT ACCESS POLICY TO ADMIN")
	if got := query(t, s, "SELECT PRIVILEGE FROM SESSION_PRIVS WHERE PRIVILEGE LIKE 'EXEMPT%'"); got != "EXEMPT ACCESS POLICY" {
		t.Errorf("got %s", got)
	}
}
