package engine

import (
	"testing"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
)

// What a block writes through the locator of a stored LOB is in the row.
func TestBlocksWriteStoredLOBs(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (id NUMBER, c CLOB, b BLOB)", "INSERT INTO t VALUES (1, 'abc', HEXTORAW('0102'))")
	for _, block := range []string{
		"DECLARE l CLOB; BEGIN SELECT c INTO l FROM t WHERE id = 1 FOR UPDATE; DBMS_LOB.WRITEAPPEND(l, 3, 'def'); DBMS_LOB.WRITEAPPEND(l, 1, 'g'); END;",
		"DECLARE l CLOB; m CLOB; BEGIN SELECT c INTO l FROM t; m := l; DBMS_LOB.TRIM(m, 6); END;",
		"DECLARE l CLOB; BEGIN EXECUTE IMMEDIATE 'SELECT c FROM t' INTO l; DBMS_LOB.APPEND(l, TO_CLOB('!')); END;",
		"DECLARE l BLOB; BEGIN UPDATE t SET id = 2 RETURNING b INTO l; DBMS_LOB.WRITEAPPEND(l, 1, HEXTORAW('03')); END;",
		"DECLARE l CLOB; BEGIN INSERT INTO t VALUES (3, EMPTY_CLOB(), NULL) RETURNING c INTO l; DBMS_LOB.APPEND(l, 'new'); END;",
		"DECLARE l CLOB; BEGIN SELECT c INTO l FROM t WHERE id = 3; DBMS_LOB.CREATETEMPORARY(l, TRUE); DBMS_LOB.APPEND(l, 'not stored'); END;",
	} {
		exec(t, s, block)
	}
	if got := query(t, s, "SELECT id, c, b FROM t ORDER BY id"); got != "2|abcdef!|blob:\x01\x02\x03; 3|new|~" {
		t.Errorf("%s", got)
	}
	exec(t, s, "COMMIT")
	failsWith(t, s, "DECLARE l CLOB; BEGIN SELECT c INTO l FROM t WHERE id = 3; DBMS_LOB.APPEND(l, 'x'); END;", "ORA-22920")
	failsWith(t, s, "DECLARE l CLOB; BEGIN SELECT c INTO l FROM (SELECT c FROM t WHERE id = 3); DBMS_LOB.APPEND(l, 'x'); END;", "ORA-03001")
}

// A result tells where its LOBs are stored, under joins and ORDER BY too.
func TestResultsTellWhereLOBsAre(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (id NUMBER, c CLOB)", "CREATE TABLE u (id NUMBER, d CLOB)",
		"INSERT INTO t VALUES (1, 'one')", "INSERT INTO t VALUES (2, 'two')", "INSERT INTO u VALUES (2, 'zwei')", "COMMIT")
	cursor, err := s.Query(t.Context(), "SELECT d, UPPER(c), t.id, c FROM t LEFT JOIN u ON u.id = t.id ORDER BY t.id DESC")
	if err != nil {
		t.Fatal(err)
	}
	defer cursor.Rows.Close()
	rows := cursor.Rows.(database.Placed)
	row, err := rows.Next(t.Context())
	if err != nil || len(row) != 4 {
		t.Fatalf("%v, %v", row, err)
	}
	d, upper, c := rows.Place(0), rows.Place(1), rows.Place(3)
	if d == nil || d.Table != "U" || c == nil || c.Table != "T" || c.Column != "C" || upper != nil {
		t.Fatalf("%v, %v, %v", d, upper, c)
	}
	if _, err := s.LockedLOB(t.Context(), *c); datum.AsError(err).Code != 22920 {
		t.Errorf("a row that is not locked: %v", err)
	}
	exec(t, s, "UPDATE t SET id = 3 WHERE id = 2")
	if v, err := s.LockedLOB(t.Context(), *c); err != nil || v.Text() != "two" {
		t.Errorf("%v, %v", v, err)
	}
	if _, err := rows.Next(t.Context()); err != nil || rows.Place(0) != nil {
		t.Errorf("the row without a partner: %v, %v", rows.Place(0), err)
	}
	exec(t, s, "DROP TABLE t")
	if _, err := s.LockedLOB(t.Context(), *c); datum.AsError(err).Code != 22922 {
		t.Errorf("after DROP: %v", err)
	}
}
