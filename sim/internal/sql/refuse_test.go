package sql

import (
	"fmt"
	"testing"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// What is outside of the subset is refused by its name, never parsed as
// something else: the simulator never guesses.
func TestConstructsOutsideTheSubsetAreNamed(t *testing.T) {
	for _, c := range []struct{ text, construct string }{
		{"MERGE INTO t USING s ON (1 = 1)", "MERGE"},
		{"LOCK TABLE t IN SHARE MODE", "LOCK"},
		{"ANALYZE TABLE t COMPUTE STATISTICS", "ANALYZE"},
		{"FLASHBACK TABLE t TO SCN 1", "FLASHBACK"},
		{"PURGE TABLE t", "PURGE"},
		{"SET ROLE dba", "SET ROLE"},
		{"ALTER USER u ACCOUNT LOCK", "ALTER USER … ACCOUNT"},
		{"SELECT CAST('x' AS NUMBER DEFAULT 0 ON CONVERSION ERROR) FROM dual", "CAST … DEFAULT … ON CONVERSION ERROR"},
		{"SELECT VALIDATE_CONVERSION('x' AS NUMBER) FROM dual", "VALIDATE_CONVERSION"},
		{"BEGIN <<outer>> LOOP EXIT; END LOOP; END;", "label"},
		{"<<block>> BEGIN NULL; END;", "label"},
		{"ALTER SESSION CLOSE DATABASE LINK l", "ALTER SESSION CLOSE"},
		{"ALTER TABLE t MOVE", "ALTER TABLE MOVE"},
		{"ALTER TABLE t ADD CONSTRAINT c UNIQUE (a) DEFERRABLE", "DEFERRABLE or NOVALIDATE constraint"},
		{"ALTER TABLE t DROP PRIMARY KEY KEEP INDEX", "KEEP INDEX"},
		{"CREATE VIEW v AS SELECT 1 FROM dual", "CREATE VIEW"},
		{"CREATE OR REPLACE FUNCTION f RETURN NUMBER IS BEGIN RETURN 1; END;", "CREATE OR REPLACE FUNCTION"},
		{"CREATE PUBLIC SYNONYM s FOR t", "CREATE PUBLIC SYNONYM"},
		{"CREATE GLOBAL TEMPORARY TABLE t (a NUMBER)", "CREATE GLOBAL TEMPORARY TABLE"},
		{"CREATE TABLE IF NOT EXISTS t (a NUMBER)", "IF NOT EXISTS"},
		{"CREATE TABLE t (a NUMBER) ORGANIZATION EXTERNAL (TYPE x)", "ORGANIZATION"},
		{"CREATE TABLE t (a NUMBER) PARTITION BY REFERENCE (a)", "PARTITION BY REFERENCE"},
		{"CREATE TABLE t (a NUMBER) CLUSTER c (a)", "CLUSTER"},
		{"CREATE TABLE t (a VARCHAR2(5) COLLATE BINARY)", "COLLATE"},
		{"CREATE TABLE t (a BFILE)", "BFILE"},
		{"CREATE INDEX i ON t (a) INDEXTYPE IS CTXSYS.CONTEXT", "index property INDEXTYPE"},
		{"CREATE INDEX i ON t (a) GLOBAL PARTITION BY HASH (a) PARTITIONS 2", "GLOBAL PARTITION of an index"},
		{"ALTER INDEX i UNUSABLE", "ALTER INDEX UNUSABLE"},
		{"ALTER TABLE t ADD PRIMARY KEY (a) USING INDEX (CREATE INDEX i ON t (a))", "USING INDEX with a CREATE INDEX"},
		{"DROP SEQUENCE s", "DROP SEQUENCE"},
		{"DROP TABLE IF EXISTS t", "IF EXISTS"},
		{"TRUNCATE CLUSTER c", "TRUNCATE CLUSTER"},
		{"COMMENT ON INDEX i IS 'x'", "COMMENT ON INDEX"},
		{"GRANT SELECT ON t TO u WITH GRANT OPTION", "WITH GRANT OPTION"},
		{"INSERT ALL INTO t VALUES (1) SELECT 1 FROM dual", "INSERT ALL"},
		{"INSERT INTO (SELECT * FROM t) VALUES (1)", "INSERT INTO (query)"},
		{"INSERT INTO t VALUES (1) LOG ERRORS", "LOG ERRORS"},
		{"DELETE FROM t WHERE CURRENT OF c", "WHERE CURRENT OF"},
		{"SELECT a FROM t START WITH a = 1 CONNECT BY PRIOR a = b", "START"},
		{"SELECT a FROM t CONNECT BY NOCYCLE PRIOR a = b", "NOCYCLE"},
		{"SELECT a FROM t CONNECT BY PRIOR a = b", "PRIOR"},
		{"SELECT a FROM t GROUP BY ROLLUP (a)", "ROLLUP"},
		{"SELECT SUM(a) OVER (PARTITION BY b) FROM t", "OVER"},
		{"SELECT * FROM t PIVOT (SUM(a) FOR b IN (1))", "PIVOT"},
		{"SELECT * FROM t MODEL DIMENSION BY (a)", "MODEL"},
		{"SELECT * FROM t SAMPLE (5)", "SAMPLE"},
		{"SELECT * FROM t SAMPLE BLOCK (5)", "SAMPLE"},
		{"SELECT * FROM t SUBPARTITION (p)", "SUBPARTITION"},
		{"SELECT * FROM t SUBPARTITION FOR (1, 2)", "SUBPARTITION"},
		{"INSERT INTO t SUBPARTITION (p) VALUES (1)", "SUBPARTITION"},
		{"SELECT * FROM t VERSIONS BETWEEN TIMESTAMP MINVALUE AND MAXVALUE", "VERSIONS BETWEEN"},
		{"SELECT * FROM t VERSIONS BETWEEN SCN 1 AND 2", "VERSIONS BETWEEN"},
		{"SELECT * FROM TABLE(f(1))", "TABLE"},
		{"SELECT * FROM a NATURAL JOIN b", "NATURAL JOIN"},
		{"SELECT * FROM t@remote", "database link"},
		{"SELECT f@remote FROM t", "database link"},
		{"SELECT CURSOR(SELECT 1 FROM dual) FROM dual", "CURSOR expression"},
		{"SELECT CAST(MULTISET(SELECT 1 FROM dual) AS x) FROM dual", "CAST MULTISET"},
		{"SELECT JSON_OBJECT(*) FROM t", "JSON_OBJECT(*)"},
		{"SELECT a FROM t WHERE a = ANY (1, 2)", "ANY comparison"},
		{"SELECT a FROM t WHERE a IS JSON", "IS JSON"},
		{"SELECT a FROM t FOR UPDATE WAIT 5", "FOR UPDATE WAIT"},
		{"SELECT a FROM t FETCH FIRST 5 PERCENT ROWS ONLY", "FETCH PERCENT"},
		{"SELECT a FROM t FETCH FIRST 5 ROWS WITH TIES", "FETCH WITH TIES"},
		{"WITH FUNCTION f RETURN NUMBER IS BEGIN RETURN 1; END; SELECT 1 FROM dual", "WITH FUNCTION"},
		{"BEGIN FORALL i IN 1..2 DELETE FROM t; END;", "FORALL"},
		{"BEGIN FETCH c INTO x; END;", "FETCH"},
		{"BEGIN GOTO x; END;", "GOTO"},
		{"BEGIN <<l>> NULL; END;", "label"},
		{"BEGIN LOOP EXIT outer_loop; END LOOP; END;", "label"},
		{"BEGIN OPEN c; END;", "OPEN cursor"},
		{"BEGIN SELECT a BULK COLLECT INTO b FROM t; END;", "BULK COLLECT"},
		{"BEGIN a(1) := 2; END;", "assignment to an element"},
		{"BEGIN INSERT INTO t VALUES r; END;", "INSERT VALUES record"},
		{"DECLARE r t%ROWTYPE; BEGIN NULL; END;", "%ROWTYPE"},
		{"DECLARE TYPE x IS RECORD (a NUMBER); BEGIN NULL; END;", "TYPE in a block"},
		{"DECLARE PROCEDURE p IS BEGIN NULL; END; BEGIN NULL; END;", "PROCEDURE in a block"},
		{"DECLARE CURSOR c (a NUMBER) IS SELECT 1 FROM dual; BEGIN NULL; END;", "CURSOR with parameters"},
		{"DECLARE PRAGMA AUTONOMOUS_TRANSACTION; BEGIN NULL; END;", "PRAGMA AUTONOMOUS_TRANSACTION"},
	} {
		_, err := Parse(c.text)
		want := fmt.Sprintf("ORA-03001: unimplemented feature: %q", c.construct)
		if err == nil || err.Error() != want {
			t.Errorf("%s\ngot  %v\nwant %s", c.text, err, want)
		}
	}
}

func TestTypes(t *testing.T) {
	text := func(n int) datum.Type { return datum.Type{Kind: datum.Text, Size: n, Chars: n} }
	fixed, national, chars := text(3), text(4), text(5)
	fixed.Fixed, national.National, national.CharSized, chars.CharSized = true, true, true, true
	for word, want := range map[string]datum.Type{
		"VARCHAR2(7)": text(7), "VARCHAR(7 BYTE)": text(7), "CHAR(3)": fixed, "NVARCHAR2(4)": national, "VARCHAR2(5 CHAR)": chars,
		"CHARACTER VARYING (7)":             text(7),
		"NUMBER":                            {Kind: datum.Number, Scale: -127},
		"NUMBER(5)":                         {Kind: datum.Number, Precision: 5},
		"NUMBER(5,-2)":                      {Kind: datum.Number, Precision: 5, Scale: -2},
		"NUMBER(*,3)":                       {Kind: datum.Number, Precision: 38, Scale: 3},
		"INTEGER":                           {Kind: datum.Number, Precision: 38},
		"FLOAT":                             {Kind: datum.Number, Precision: 126, Scale: -127},
		"FLOAT(24)":                         {Kind: datum.Number, Precision: 24, Scale: -127},
		"REAL":                              {Kind: datum.Number, Precision: 63, Scale: -127},
		"DOUBLE PRECISION":                  {Kind: datum.Number, Precision: 126, Scale: -127},
		"DATE":                              {Kind: datum.Date},
		"TIMESTAMP":                         {Kind: datum.Timestamp, Scale: 6},
		"TIMESTAMP(0)":                      {Kind: datum.Timestamp},
		"TIMESTAMP WITH TIME ZONE":          {Kind: datum.TimestampTZ, Scale: 6},
		"TIMESTAMP(9) WITH LOCAL TIME ZONE": {Kind: datum.TimestampLTZ, Scale: 9},
		"INTERVAL YEAR(4) TO MONTH":         {Kind: datum.IntervalYM, Precision: 4},
		"INTERVAL DAY TO SECOND(3)":         {Kind: datum.IntervalDS, Precision: 2, Scale: 3},
		"RAW(16)":                           {Kind: datum.Raw, Size: 16},
		"LONG RAW":                          {Kind: datum.Raw, Long: true, Size: 1<<31 - 1},
		"CLOB":                              {Kind: datum.Clob},
		"NCLOB":                             {Kind: datum.Clob, National: true},
		"BLOB":                              {Kind: datum.Blob},
		"BINARY_DOUBLE":                     {Kind: datum.BinaryDouble},
		"ROWID":                             {Kind: datum.Rowid, Size: 18},
	} {
		p, err := Parse("CREATE TABLE t (c " + word + ")")
		if err != nil {
			t.Errorf("%s: %v", word, err)
			continue
		}
		if got := p.Statement.(*CreateTable).Columns[0].Type.Type; got != want {
			t.Errorf("%s = %+v, want %+v", word, got, want)
		}
	}
}

func TestTypeErrors(t *testing.T) {
	for word, code := range map[string]int{
		"VARCHAR2": 906, "VARCHAR2(0)": 1723, "VARCHAR2(x)": 2017, "NUMBER(0)": 1727, "NUMBER(39)": 1727, "NUMBER(5,200)": 1728,
		"TIMESTAMP(10)": 30088, "FLOAT(127)": 30089, "RAW": 906, "TEXT": 902, "BOOLEAN": 902, "INTERVAL YEAR TO DAY": 905,
	} {
		if _, err := Parse("CREATE TABLE t (c " + word + ")"); datum.AsError(err).Code != code {
			t.Errorf("%s: %v, want ORA-%05d", word, err, code)
		}
	}
}

func TestLiterals(t *testing.T) {
	for text, want := range map[string]string{
		"'it''s'": "it's", "q'[a'b]'": "a'b", "q'{x}'": "x", "Q'!y!'": "y", "N'ä'": "ä", "nq'<z>'": "z", "''": "", "'multi\nline'": "multi\nline",
	} {
		x, err := ParseExpr(text)
		if l, ok := x.(*Literal); err != nil || !ok || l.Value.Text() != want {
			t.Errorf("%s = %+v, %v", text, x, err)
		}
	}
	for text, want := range map[string]string{
		"1": "1", "007": "7", "1.50": "1.5", ".5": "0.5", "5.": "5", "1e3": "1000", "1E-3": "0.001", "- 2": "-2",
		"12345678901234567890123456789012345678": "12345678901234567890123456789012345678",
	} {
		x, err := ParseExpr(text)
		if l, ok := x.(*Literal); err != nil || !ok || l.Value.Decimal() != want {
			t.Errorf("%s = %+v, %v", text, x, err)
		}
	}
	for text, want := range map[string]datum.Value{
		"1.5d": datum.FromDouble(1.5), "1.5F": datum.FromFloat(1.5),
		"INTERVAL '1-2' YEAR TO MONTH":              datum.FromIntervalYM(14),
		"INTERVAL '-3' MONTH":                       datum.FromIntervalYM(-3),
		"INTERVAL '4 5:12:10.222' DAY TO SECOND(3)": datum.FromIntervalDS(4*86400+5*3600+12*60+10, 222_000_000),
		"INTERVAL '400' DAY(3)":                     datum.FromIntervalDS(400*86400, 0),
		"INTERVAL '11:12' HOUR TO MINUTE":           datum.FromIntervalDS(11*3600+12*60, 0),
		"INTERVAL '30.5' SECOND":                    datum.FromIntervalDS(30, 500_000_000),
	} {
		x, err := ParseExpr(text)
		if l, ok := x.(*Literal); err != nil || !ok || l.Value != want {
			t.Errorf("%s = %+v, %v", text, x, err)
		}
	}
}
