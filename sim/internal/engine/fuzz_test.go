package engine

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// Whatever a statement says, it ends with a result or an ORA- error of its
// own: an ORA-00600 is a mistake of the engine.
func FuzzStatements(f *testing.F) {
	for _, text := range []string{
		"SELECT SUBSTR(v, -2, 1), INSTR(v, 'a', -1, 2), LPAD(v, 5, 'xy'), TRANSLATE(v, 'ab', 'c') FROM t WHERE n BETWEEN 1 AND 3",
		"SELECT n, COUNT(*), LISTAGG(v, ',') WITHIN GROUP (ORDER BY v) FROM t GROUP BY n HAVING MAX(n) > 0 ORDER BY 2 DESC",
		"SELECT TO_CHAR(d, 'YYYY-MM-DD'), d + 1, ADD_MONTHS(d, 3), TRUNC(d, 'MM'), MONTHS_BETWEEN(d, SYSDATE) FROM t",
		"SELECT ROUND(n, -2), MOD(n, 3), POWER(n, 2), UTL_RAW.CAST_FROM_NUMBER(n), CAST(n AS VARCHAR2(3)) FROM t",
		"SELECT a.n FROM t a LEFT JOIN t b ON a.n = b.n WHERE EXISTS (SELECT 1 FROM t c WHERE c.n = a.n) OR a.n IN (SELECT n FROM t)",
		"SELECT DECODE(n, 1, 'a', 'b'), NVL2(v, 1, 2), CASE n WHEN 1 THEN d END FROM t UNION ALL SELECT NULL, 3, SYSDATE FROM DUAL",
		"INSERT INTO t (n, v) SELECT n + 1, v || 'x' FROM t", "UPDATE t SET n = n + 1, v = DEFAULT WHERE ROWNUM < 2", "DELETE FROM t WHERE v LIKE '%a_'",
		"BEGIN FOR i IN 1..3 LOOP INSERT INTO t (n) VALUES (i); END LOOP; EXCEPTION WHEN OTHERS THEN NULL; END;",
		"DECLARE x NUMBER; BEGIN SELECT MAX(n) INTO x FROM t; EXECUTE IMMEDIATE 'DELETE FROM t WHERE n = :1' USING x; END;",
		"SELECT INTERVAL '1' DAY * n, NUMTODSINTERVAL(n, 'HOUR'), EXTRACT(DAY FROM d) FROM t",
		"SELECT STANDARD_HASH(v, 'MD5'), ORA_HASH(v, 9), JSON_OBJECT('k' VALUE v), DBMS_LOB.SUBSTR(TO_CLOB(v), 2, 1) FROM t",
		"SELECT FROM_TZ(CAST(d AS TIMESTAMP), '+02:00') AT TIME ZONE 'UTC', TZ_OFFSET('Europe/Berlin') FROM t",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(strings.ToUpper(text), "LOOP") && !strings.Contains(text, "1..3") || strings.Contains(strings.ToUpper(text), "SLEEP") {
			return // endless by intention
		}
		s := testSession(t)
		exec(t, s, "CREATE TABLE t (n NUMBER, v VARCHAR2(10) DEFAULT 'q', d DATE)",
			"INSERT INTO t VALUES (1, 'abc', DATE '2024-02-29')", "INSERT INTO t VALUES (-2.5, NULL, NULL)")
		ctx, cancel := context.WithTimeoutCause(context.Background(), 2*time.Second, context.DeadlineExceeded)
		defer cancel()
		cursor, err := s.Query(ctx, text)
		if err != nil {
			err = s.Exec(ctx, text)
		} else {
			for range 100 {
				if _, err = cursor.Rows.Next(ctx); err != nil {
					break
				}
			}
			cursor.Rows.Close()
		}
		if e := datum.AsError(err); err != nil && e.Code == 600 && !strings.Contains(err.Error(), "EOF") {
			t.Errorf("%s\n%v", text, err)
		}
	})
}
