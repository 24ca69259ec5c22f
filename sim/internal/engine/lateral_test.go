package engine

import (
	"strings"
	"testing"
)

func TestLateralViewsSeeWhatStandsBeforeThem(t *testing.T) {
	s := testSession(t)
	exec(t, s, "CREATE TABLE t (id NUMBER, n NUMBER)", "INSERT INTO t VALUES (1, 2)", "INSERT INTO t VALUES (2, 0)", "INSERT INTO t VALUES (3, 3)")
	for text, want := range map[string]string{
		"SELECT id || ':' || k FROM t CROSS APPLY (SELECT LEVEL k FROM DUAL CONNECT BY LEVEL <= t.n) g WHERE n > 0 ORDER BY id, k":                  "1:1 1:2 3:1 3:2 3:3",
		"SELECT id || ':' || k FROM t x, LATERAL (SELECT LEVEL k FROM DUAL CONNECT BY LEVEL <= x.n) WHERE n > 2 ORDER BY 1":                         "3:1 3:2 3:3",
		"SELECT id || ':' || k FROM t OUTER APPLY (SELECT u.id k FROM t u WHERE u.id > t.id AND u.n > t.n) ORDER BY id, k":                          "1:3 2:3 3:",
		"SELECT t.id || ':' || g.m FROM t CROSS APPLY (SELECT MAX(u.id) m FROM t u WHERE u.id < t.id) g WHERE g.m IS NOT NULL ORDER BY 1":           "2:1 3:2",
		"SELECT t.id || ':' || k FROM t JOIN LATERAL (SELECT t.n + 1 k FROM DUAL) ON k > 1 ORDER BY 1":                                              "1:3 3:4",
		"SELECT id || k FROM (SELECT id, n FROM t WHERE n = 2) v CROSS APPLY (SELECT 'a' k FROM DUAL UNION ALL SELECT 'b' FROM DUAL WHERE v.n = 2)": "1a 1b",
		"SELECT t.id || u.id || k FROM t JOIN t u ON u.id = t.id + 1 CROSS APPLY (SELECT t.n + u.n k FROM DUAL) ORDER BY 1":                         "122 233",
	} {
		if got := strings.ReplaceAll(query(t, s, text), "; ", " "); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
}
