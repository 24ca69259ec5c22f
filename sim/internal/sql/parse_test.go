package sql

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

func TestStatementsAreRecognised(t *testing.T) {
	for _, c := range []struct {
		text, verb string
		binds      []Placeholder
	}{
		{"select 1 from dual", "SELECT", nil},
		{"(SELECT 1 FROM dual) UNION ALL (SELECT 2 FROM dual)", "SELECT", nil},
		{"WITH a AS (SELECT 1 x FROM dual) SELECT * FROM a", "WITH", nil},
		{"SELECT :a, ':b', \":c\", q'[:d]' FROM t WHERE x = :a -- :e\n/* :f */", "SELECT", []Placeholder{{Name: "A"}, {Name: "A"}}},
		{"BEGIN :x := :y + :X; END;", "BEGIN", []Placeholder{{Name: "X"}, {Name: "Y"}}},
		{"DECLARE n NUMBER := :1; BEGIN NULL; END;", "DECLARE", []Placeholder{{Name: "1"}}},
		{`INSERT INTO t (a) VALUES (:1) RETURNING a INTO :"Out"`, "INSERT", []Placeholder{{Name: "1"}, {Name: "Out", Return: true}}},
		{"UPDATE t SET (a, b) = (SELECT 1, 2 FROM dual), c = DEFAULT WHERE ROWID = :r", "UPDATE", []Placeholder{{Name: "R"}}},
		{"DELETE t WHERE a IS NOT NULL", "DELETE", nil},
		{"CREATE TABLE \"My Table\" (a NUMBER(*,2), b TIMESTAMP(9) WITH LOCAL TIME ZONE, CONSTRAINT c CHECK (a > 0)) TABLESPACE data", "CREATE", nil},
		{"ALTER SESSION SET nls_date_format = 'YYYY' nls_sort = BINARY", "ALTER", nil},
		{"CALL p.q(a => 1) INTO :r", "CALL", []Placeholder{{Name: "R"}}},
		{"GRANT SELECT, INSERT ON a.b TO c, PUBLIC", "GRANT", nil},
		{"SELECT a FROM t ORDER BY b DESC NULLS LAST OFFSET :n ROWS FETCH FIRST 5 ROWS ONLY", "SELECT", []Placeholder{{Name: "N"}}},
		{"/* hello */ COMMIT WORK", "COMMIT", nil},
	} {
		p, err := Parse(c.text)
		if err != nil {
			t.Errorf("%s\n%v", c.text, err)
			continue
		}
		if diff := cmp.Diff(c.binds, p.Binds); p.Verb != c.verb || diff != "" {
			t.Errorf("%s\nverb %s %s", c.text, p.Verb, diff)
		}
	}
}

func TestPrecedence(t *testing.T) {
	for text, want := range map[string]string{
		"1 + 2 * 3":                    "(1 + (2 * 3))",
		"1 - 2 - 3":                    "((1 - 2) - 3)",
		"a || b + c":                   "((A || B) + C)",
		"-a * b":                       "((- A) * B)",
		"-1":                           "-1",
		"a = 1 OR b = 2 AND NOT c = 3": "((A = 1) OR ((B = 2) AND (NOT (C = 3))))",
		"a BETWEEN 1 AND 2 AND b = 3":  "((A BETWEEN 1 2) AND (B = 3))",
		"(1 + 2) * 3":                  "((1 + 2) * 3)",
		"NOT a IS NULL":                "(NOT (A IS NULL))",
	} {
		x, err := ParseExpr(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got := show(x); got != want {
			t.Errorf("%s = %s, want %s", text, got, want)
		}
	}
}

func show(x Expr) string {
	switch x := x.(type) {
	case *Literal:
		return x.Value.Decimal()
	case *Ref:
		return strings.Join(x.Path, ".")
	case *Binary:
		return "(" + show(x.X) + " " + x.Op + " " + show(x.Y) + ")"
	case *Logical:
		return "(" + show(x.X) + " " + x.Op + " " + show(x.Y) + ")"
	case *Unary:
		return "(" + x.Op + " " + show(x.X) + ")"
	case *Not:
		return "(NOT " + show(x.X) + ")"
	case *IsNull:
		return "(" + show(x.X) + " IS NULL)"
	case *Between:
		return "(" + show(x.X) + " BETWEEN " + show(x.Low) + " " + show(x.High) + ")"
	}
	return "?"
}

func TestErrorsPointAtTheToken(t *testing.T) {
	for _, c := range []struct {
		text string
		code int
		pos  int
	}{
		{"", 900, 0},
		{"nonsense", 900, 0},
		{"SELECT * FROM", 903, 13},
		{"SELECT a b c FROM t", 923, 11},
		{"SELECT \"a FROM t", 1740, 7},
		{"SELECT \"\" FROM t", 1741, 7},
		{"SELECT a ? b FROM t", 911, 9},
		{"SELECT /* a FROM t", 1742, 7},
		{"SELECT a FROM t WHERE a IN 1", 906, 27},
		{"UPDATE t a = 1", 971, 11},
		{"INSERT t VALUES (1)", 925, 7},
		{"INSERT INTO t (a) (1)", 926, 18},
		{"CREATE TABLE t a NUMBER", 906, 15},
		{"CREATE TABLE t (a VARCHAR2)", 906, 26},
		{"CREATE TABLE t (a VARCHAR2(0))", 1723, 27},
		{"DROP nothing", 3001, 5},
		{"ALTER TABLE t FROBNICATE", 3001, 14},
		{"SELECT a FROM t WHERE a = ANY (1)", 3001, 26},
		{"SELECT " + strings.Repeat("x", 129) + " FROM t", 972, 7},
		{"SELECT TIMESTAMP '2024-99-01 00:00:00' FROM t", 1861, 17},
		{"SELECT INTERVAL 'x' DAY FROM t", 1867, 16},
		{"BEGIN x END;", 6550, 8},
		{"BEGIN NULL; END", 6550, 15},
	} {
		_, err := Parse(c.text)
		e := datum.AsError(err)
		if err == nil || e.Code != c.code || e.Pos != c.pos {
			t.Errorf("%s\n%v at %d, want ORA-%05d at %d", c.text, err, e.Pos, c.code, c.pos)
		}
	}
}

// Nesting is bounded before it can exhaust the stack.
func TestDeepNestingIsAnError(t *testing.T) {
	const n = 100_000
	for _, text := range []string{
		"SELECT " + strings.Repeat("(", n) + "1" + strings.Repeat(")", n) + " FROM dual",
		"SELECT " + strings.Repeat("NOT ", n) + "a FROM dual",
		"SELECT " + strings.Repeat("- ", n) + "1 FROM dual",
		"SELECT " + strings.Repeat("UPPER(", n) + " FROM dual",
		strings.Repeat("BEGIN ", n),
		"SELECT 1 FROM " + strings.Repeat("(", n),
		"SELECT " + strings.Repeat("CASE WHEN ", n) + " FROM dual",
		"SELECT 1" + strings.Repeat(" + 1", n) + " FROM dual",
		"SELECT 1 FROM dual WHERE 1 = 1" + strings.Repeat(" OR 1 = 1", n),
		"SELECT 1 FROM dual" + strings.Repeat(" UNION SELECT 1 FROM dual", n),
		"SELECT 1 FROM dual" + strings.Repeat(" CROSS JOIN dual", n),
		"BEGIN " + strings.Repeat("IF 1 = 1 THEN ", n) + " END;",
	} {
		if _, err := Parse(text); err == nil {
			t.Errorf("%.40s… was accepted", text)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"SELECT a.*, COUNT(*) n FROM s.t a LEFT JOIN b ON a.x = b.x WHERE a.y IN (1, 2) AND EXISTS (SELECT 1 FROM c) GROUP BY a.z HAVING SUM(q) > 1 ORDER BY 1",
		"INSERT INTO t VALUES (:1, DATE '2024-01-01', q'[x]', N'y', 1.5e-3, .5f)",
		"CREATE TABLE t (id NUMBER GENERATED BY DEFAULT ON NULL AS IDENTITY (START WITH 5), v VARCHAR2(10 CHAR) DEFAULT 'x' NOT NULL)",
		"DECLARE a NUMBER := 1; BEGIN FOR i IN 1..3 LOOP a := a + i; END LOOP; EXCEPTION WHEN OTHERS THEN RAISE; END;",
		"BEGIN DBMS_CLOUD.EXPORT_DATA(file_uri_list => :u, format => json_object('type' VALUE 'csv')); END;",
		"ALTER TABLE t ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES p (b) ON DELETE CASCADE",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse(text)
		if err == nil && p.Statement == nil {
			t.Error("no error and no statement")
		}
		if e := datum.AsError(err); err != nil && (e.Code == 600 || e.Pos < 0 || e.Pos > len(text)) {
			t.Errorf("%v at %d", err, e.Pos)
		}
	})
}
