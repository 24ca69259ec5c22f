package engine

// The facts of reference, sections 6 and 7 that a database shows, one test each;
// sim/internal/dbmscloud/FACTS.md lists them.

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestFact_6_1_ORAHashHas32BitsAndTakesNoLOB(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (c CLOB, l LONG)", "INSERT INTO t VALUES ('a', 'a')")
	for _, value := range []string{"'a'", "7", "NULL", "DATE '2026-11-22'"} {
		if got := query(t, s, "SELECT CASE WHEN ORA_HASH("+value+") BETWEEN 0 AND 4294967295 THEN 1 END FROM dual"); got != "1" {
			t.Errorf("ORA_HASH(%s) does not fit 32 bits", value)
		}
	}
	failsWith(t, s, "SELECT ORA_HASH(c) FROM t", "ORA-00932")
	failsWith(t, s, "SELECT ORA_HASH(l) FROM t", "ORA-00997")
	failsWith(t, s, "SELECT STANDARD_HASH(l) FROM t", "ORA-00997")
}

func TestFact_6_1_StandardHashHasItsAlgorithmsAndTakesNoLOB(t *testing.T) {
	s := testSession(t)
	for argument, want := range map[string]int{"": 40, ", 'SHA1'": 40, ", 'SHA256'": 64, ", 'SHA384'": 96, ", 'SHA512'": 128, ", 'MD5'": 32} {
		if got := query(t, s, "SELECT RAWTOHEX(STANDARD_HASH('a'"+argument+")) FROM dual"); len(got) != want {
			t.Errorf("STANDARD_HASH('a'%s) = %s", argument, got)
		}
	}
	exec(t, s, "CREATE TABLE t (c CLOB, b BLOB)")
	for _, column := range []string{"c", "b"} {
		failsWith(t, s, "SELECT STANDARD_HASH("+column+") FROM t", "ORA-00902")
	}
}

func TestFact_6_1_CryptoHashTakesLOBsAndNeedsAGrant(t *testing.T) {
	s := testSession(t)
	for _, value := range []string{"TO_CLOB('abc')", "TO_BLOB(HEXTORAW('616263'))", "HEXTORAW('616263')"} {
		if got := query(t, s, "SELECT RAWTOHEX(DBMS_CRYPTO.HASH("+value+", 2)) FROM dual"); got != "900150983CD24FB0D6963F7D28E17F72" {
			t.Errorf("%s: %s", value, got)
		}
	}
	exec(t, s, "CREATE USER bob IDENTIFIED BY secret", "GRANT CREATE SESSION TO bob")
	bob := s.Instance().Internal("BOB")
	defer bob.Close()
	const call = "SELECT RAWTOHEX(DBMS_CRYPTO.HASH(HEXTORAW('00'), 4)) FROM dual"
	failsWith(t, bob, call, "ORA-00904")
	exec(t, s, "GRANT EXECUTE ON dbms_crypto TO bob")
	query(t, bob, call)
}

func TestFact_6_2_FourteenHexDigitsAre56Bits(t *testing.T) {
	s := testSession(t)
	const slice = "TO_NUMBER(SUBSTR(RAWTOHEX(STANDARD_HASH('abc', 'SHA256')), 1, 14), 'XXXXXXXXXXXXXX')"
	if got, want := query(t, s, "SELECT "+slice+" FROM dual"), fmt.Sprint(0xBA7816BF8F01CF); got != want {
		t.Errorf("slice = %s, want %s", got, want)
	}
}

func TestFact_7_1_VDatabaseHasTheSCNForWhoMayReadIt(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE USER bob IDENTIFIED BY secret", "GRANT CREATE SESSION TO bob")
	bob := s.Instance().Internal("BOB")
	defer bob.Close()
	failsWith(t, bob, "SELECT current_scn FROM v$database", "ORA-00942")
	exec(t, s, "GRANT SELECT ON v_$database TO bob")
	if got := query(t, bob, "SELECT current_scn FROM v$database"); got != fmt.Sprint(s.SCN()) {
		t.Errorf("SCN %s, want %d", got, s.SCN())
	}
}

func TestFact_7_1_FlashbackHasTheSCNForWhoMayExecuteIt(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE USER bob IDENTIFIED BY secret", "GRANT CREATE SESSION TO bob")
	bob := s.Instance().Internal("BOB")
	defer bob.Close()
	failsWith(t, bob, "SELECT dbms_flashback.get_system_change_number FROM dual", "ORA-00904")
	exec(t, s, "GRANT EXECUTE ON dbms_flashback TO bob")
	if got := query(t, bob, "SELECT dbms_flashback.get_system_change_number FROM dual"); got != fmt.Sprint(s.SCN()) {
		t.Errorf("SCN %s, want %d", got, s.SCN())
	}
}

func TestFact_7_1_AsOfSCNReadsThePast(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (x NUMBER)", "INSERT INTO t VALUES (1)", "COMMIT")
	scn := s.SCN()
	exec(t, s, "UPDATE t SET x = 2", "INSERT INTO t VALUES (3)", "COMMIT")
	if got := query(t, s, fmt.Sprintf("SELECT x FROM admin.t AS OF SCN %d", scn)); got != "1" {
		t.Errorf("rows = %s", got)
	}
}

func TestFact_7_1_AnothersTableNeedsFlashbackOnIt(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (x NUMBER)", "INSERT INTO t VALUES (1)", "COMMIT", "CREATE USER bob IDENTIFIED BY secret", "GRANT SELECT ON t TO bob")
	bob := s.Instance().Internal("BOB")
	defer bob.Close()
	past := fmt.Sprintf("SELECT x FROM admin.t AS OF SCN %d", s.SCN())
	query(t, bob, "SELECT x FROM admin.t")
	failsWith(t, bob, past, "ORA-01031")
	exec(t, s, "GRANT FLASHBACK ON t TO bob")
	if got := query(t, bob, past); got != "1" {
		t.Errorf("rows = %s", got)
	}
}

func TestFact_7_1_TooOldIs01555AndBehindDDLIs01466(t *testing.T) {
	now := testClock
	i := New(Config{Now: func() time.Time { return now }, UndoRetention: 15 * time.Minute})
	i.CreateUser("ADMIN", "x")
	s := i.Internal("ADMIN")
	defer s.Close()
	exec(t, s, "CREATE TABLE t (x NUMBER)", "INSERT INTO t VALUES (1)", "COMMIT")
	past := fmt.Sprintf("SELECT x FROM t AS OF SCN %d", s.SCN())
	exec(t, s, "UPDATE t SET x = 2", "COMMIT")
	query(t, s, past)
	now = now.Add(20 * time.Minute)
	exec(t, s, "UPDATE t SET x = 3", "COMMIT")
	failsWith(t, s, past, "ORA-01555")
	recent := fmt.Sprintf("SELECT x FROM t AS OF SCN %d", s.SCN())
	exec(t, s, "ALTER TABLE t ADD y NUMBER")
	failsWith(t, s, recent, "ORA-01466")
}

func TestFact_7_1_ManySessionsReadOneSCN(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE a (x NUMBER)", "CREATE TABLE b (x NUMBER)", "INSERT INTO a VALUES (1)", "INSERT INTO b VALUES (1)", "COMMIT")
	scn := s.SCN()
	exec(t, s, "UPDATE a SET x = 2", "COMMIT", "UPDATE b SET x = 2", "COMMIT")
	for _, table := range []string{"a", "b"} {
		other := s.Instance().Internal("ADMIN")
		if got := query(t, other, fmt.Sprintf("SELECT x FROM %s AS OF SCN %d", table, scn)); got != "1" {
			t.Errorf("%s at the SCN: %s", table, got)
		}
		other.Close()
	}
}

func TestFact_7_1_AnInvalidSCNIs08181(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (x NUMBER)")
	failsWith(t, s, fmt.Sprintf("SELECT x FROM t AS OF SCN %d", s.SCN()+1000), "ORA-08181")
}

func TestFact_7_1_UndoIsKept900SecondsByDefault(t *testing.T) {
	s := testSession(t)
	if got := query(t, s, "SELECT value FROM v$parameter WHERE name = 'undo_retention'"); strings.TrimSpace(got) != "900" {
		t.Errorf("undo_retention = %s", got)
	}
}

// What Oracle refuses is not given a plausible answer.
func TestValuesOutOfRangeAreErrors(t *testing.T) {
	s := testSession(t)
	for statement, want := range map[string]string{
		"SELECT CAST(12345 AS VARCHAR2(3)) FROM dual":                                            "ORA-25137",
		"SELECT CAST(SYSDATE AS VARCHAR2(3)) FROM dual":                                          "ORA-25137",
		"DECLARE n PLS_INTEGER := 2147483648; BEGIN NULL; END;":                                  "ORA-01426",
		"DECLARE n NATURAL := 1; BEGIN n := n - 2; END;":                                         "ORA-06502",
		"DECLARE n POSITIVE := 0; BEGIN NULL; END;":                                              "ORA-06502",
		"SELECT DBMS_CRYPTO.HASH('a', 4) FROM dual":                                              "PLS-307",
		"DECLARE r RAW(64); BEGIN r := DBMS_CRYPTO.HASH('a', 4); END;":                           "PLS-00307: too many declarations of 'HASH'",
		"SELECT DBMS_CRYPTO.HASH(HEXTORAW('00'), 1) FROM dual":                                   "ORA-03001",
		"DECLARE r RAW(64); n NUMBER := 9; BEGIN r := DBMS_CRYPTO.HASH(HEXTORAW('00'), n); END;": "ORA-28817",
	} {
		failsWith(t, s, statement, want)
	}
	const fields = "SELECT CAST('12345' AS VARCHAR2(3)), CAST(123 AS VARCHAR2(3)), EXTRACT(TIMEZONE_REGION FROM SYSTIMESTAMP), " +
		"EXTRACT(TIMEZONE_ABBR FROM SYSTIMESTAMP), EXTRACT(TIMEZONE_REGION FROM TIMESTAMP '2025-01-02 03:04:05 Europe/Berlin') FROM dual"
	if got := query(t, s, fields); got != "123|123|UNKNOWN|UNK|Europe/Berlin" {
		t.Error(got)
	}
}

func TestFact_7_1_SessionsReadAsOfAnSCN(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (n NUMBER)", "INSERT INTO t VALUES (1)", "COMMIT")
	enable := fmt.Sprintf("BEGIN DBMS_FLASHBACK.ENABLE_AT_SYSTEM_CHANGE_NUMBER(%d); END;", s.SCN())
	exec(t, s, "INSERT INTO t VALUES (2)")
	failsWith(t, s, enable, "ORA-08183")
	exec(t, s, "COMMIT", enable)
	if got := query(t, s, "SELECT COUNT(*) FROM t"); got != "1" {
		t.Errorf("%s rows", got)
	}
	failsWith(t, s, enable, "ORA-08184")
	for _, statement := range []string{"INSERT INTO t VALUES (3)", "UPDATE t SET n = 1", "DELETE FROM t", "TRUNCATE TABLE t", "SELECT * FROM t FOR UPDATE"} {
		failsWith(t, s, statement, "ORA-08182")
	}
	exec(t, s, "BEGIN DBMS_FLASHBACK.DISABLE; END;")
	if got := query(t, s, "SELECT COUNT(*) FROM t"); got != "2" {
		t.Errorf("%s rows", got)
	}
	failsWith(t, s, "BEGIN DBMS_FLASHBACK.ENABLE_AT_SYSTEM_CHANGE_NUMBER(999999999999); END;", "ORA-08181")
	failsWith(t, s, "BEGIN DBMS_FLASHBACK.ENABLE_AT_TIME(SYSTIMESTAMP); END;", "ORA-03001")
	exec(t, s, "ALTER TABLE t ADD m NUMBER", enable)
	failsWith(t, s, "SELECT * FROM t", "ORA-01466")
}
