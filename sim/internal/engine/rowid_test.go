package engine

import (
	"fmt"
	"testing"

	"github.com/adbferry/adbferry/sim/internal/engine/heap"
)

// numbered is a table of n rows, 1 to n, some of them deleted again: those
// that seven divides.
func numbered(t *testing.T, s *Session, n int) {
	t.Helper()
	exec(t, s, "CREATE TABLE many (id NUMBER PRIMARY KEY, pad VARCHAR2(10))",
		fmt.Sprintf("INSERT INTO many SELECT LEVEL, 'x' FROM dual CONNECT BY LEVEL <= %d", n),
		"DELETE FROM many WHERE MOD(id, 7) = 0", "COMMIT")
}

func TestRowidsAreOrderedByTheirDigits(t *testing.T) {
	s := testSession(t)
	numbered(t, s, 2000)
	if got := query(t, s, "SELECT COUNT(*) FROM many a JOIN many b ON b.id = a.id + 1 WHERE a.ROWID >= b.ROWID"); got != "0" {
		t.Errorf("%s rows lie before those inserted earlier", got)
	}
	if got := query(t, s, "SELECT MIN(id) FROM (SELECT id FROM many ORDER BY ROWID DESC) WHERE ROWNUM <= 3"); got != "1998" {
		t.Errorf("the last three begin with %s", got)
	}
	if got := query(t, s, "SELECT id FROM many WHERE ROWID = (SELECT MAX(ROWID) FROM many)"); got != "2000" {
		t.Errorf("the greatest ROWID is that of %s", got)
	}
}

func TestRowidConditions(t *testing.T) {
	s := testSession(t)
	numbered(t, s, 1000)
	of := func(id int) string {
		return "CHARTOROWID('" + query(t, s, fmt.Sprintf("SELECT ROWIDTOCHAR(ROWID) FROM many WHERE id = %d", id)) + "')"
	}
	a, b := of(302), of(702)
	for _, c := range []struct{ name, where, want string }{
		{"between", "ROWID BETWEEN " + a + " AND " + b, "344"},
		{"not between", "ROWID NOT BETWEEN " + a + " AND " + b, "514"},
		{"open below", "ROWID < " + a, "258"},
		{"open above", b + " < ROWID", "256"},
		{"one", "ROWID = " + a, "1"},
		{"one as text", "ROWID = ROWIDTOCHAR(" + a + ")", "1"},
		{"the wrong way round", "ROWID BETWEEN " + b + " AND " + a, "0"},
		{"with another condition", "ROWID >= " + a + " AND id > 990", "9"},
		{"NULL", "ROWID > CHARTOROWID(NULL)", "0"},
		{"another object above", "ROWID < CHARTOROWID('ZZZZZZAABAAAAAAAAA')", "858"},
		{"another object below", "ROWID < CHARTOROWID('AAAAAAAABAAAAAAAAA')", "0"},
		{"either", "ROWID = " + a + " OR ROWID = " + b, "2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := query(t, s, "SELECT COUNT(*) FROM many WHERE "+c.where); got != c.want {
				t.Errorf("%s rows, want %s", got, c.want)
			}
		})
	}
	failsWith(t, s, "SELECT id FROM many WHERE ROWID = CHARTOROWID('nonsense')", "ORA-01410: invalid ROWID")
	failsWith(t, s, "SELECT id FROM many WHERE ROWID = 'nonsense'", "ORA-01410")
}

func TestARangeOfRowidsIsNoFullScan(t *testing.T) {
	s := testSession(t)
	numbered(t, s, 2000)
	table, err := s.lookup("", "MANY")
	if err != nil {
		t.Fatal(err)
	}
	scan := table.rows.Scan(s.snapshot())
	scan.Within(600, 700)
	var first, last heap.Position
	for n := 0; ; n++ {
		p, _, ok, err := scan.Next()
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			break
		}
		if n == 0 {
			first = p
		}
		last = p
	}
	if first != 512 || last != 700 {
		t.Errorf("read rows %d to %d, want the block of 600 up to 700", first, last)
	}
}
