package sim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/adbferry/adbferry/sim"
)

// TestHostileStatementsGetAnError sends what makes careless parsers recurse,
// loop or allocate. Each gets an ORA- error soon, and the session lives on.
func TestHostileStatementsGetAnError(t *testing.T) {
	const deep = 20_000
	b := newBench(t, sim.Config{})
	nest := func(before, inner, after string, n int) string {
		return strings.Repeat(before, n) + inner + strings.Repeat(after, n)
	}
	for name, statement := range map[string]string{
		"parentheses":       "SELECT " + nest("(", "1", ")", deep) + " FROM dual",
		"open parentheses":  "SELECT " + strings.Repeat("(", deep),
		"signs":             "SELECT " + strings.Repeat("- ", deep) + "x FROM dual",
		"negations":         "SELECT 1 FROM dual WHERE " + strings.Repeat("NOT ", deep) + "1 = x",
		"subqueries":        nest("SELECT * FROM (", "SELECT x FROM dual", ")", deep),
		"scalar queries":    nest("SELECT (", "SELECT x FROM dual", ") FROM dual", deep),
		"functions":         "SELECT " + nest("ABS(", "x", ")", deep) + " FROM dual",
		"CASE":              "SELECT " + nest("CASE WHEN 1 = 1 THEN ", "x", " END", deep) + " FROM dual",
		"operators":         "SELECT " + strings.Repeat("1 + ", deep) + "x FROM dual",
		"conditions":        "SELECT 1 FROM dual WHERE " + strings.Repeat("1 = 1 AND ", deep) + "x = 1",
		"concatenations":    "SELECT " + strings.Repeat("'a' || ", deep) + "x FROM dual",
		"set operators":     strings.Repeat("SELECT 1 FROM dual UNION ALL ", deep) + "SELECT x FROM dual",
		"joins":             "SELECT 1 FROM dual" + strings.Repeat(" CROSS JOIN dual", deep) + " WHERE x = 1",
		"blocks":            nest("BEGIN ", "x;", " END;", deep),
		"conditionals":      "BEGIN " + nest("IF TRUE THEN ", "x;", " END IF;", deep) + " END;",
		"loops":             "BEGIN " + nest("LOOP ", "x;", " END LOOP;", deep) + " END;",
		"dynamic SQL":       nest("BEGIN EXECUTE IMMEDIATE '", "x", "'; END;", 3),
		"an open string":    "SELECT '" + strings.Repeat("x", 1<<20),
		"an open comment":   "SELECT 1 /*" + strings.Repeat("x", 1<<20),
		"a long name":       "SELECT " + strings.Repeat("x", 1<<20) + " FROM dual",
		"a long number":     "SELECT " + strings.Repeat("9", 1<<20) + " + x FROM dual",
		"a huge exponent":   "SELECT 1E999999999999 FROM dual",
		"invalid bytes":     "SELECT \xff\xfe\x80 FROM dual",
		"zero bytes":        "SELECT 1 FR\x00OM du\x00al",
		"rows from nothing": "INSERT INTO t SELECT x FROM dual CONNECT BY LEVEL <= 1E30",
		"a greedy pattern":  "INSERT INTO t SELECT 1 FROM dual WHERE REGEXP_LIKE('x', '" + nest("(", "x*", ")*", 2000) + "[')",
		"only blanks":       "  \n\t ",
	} {
		start := time.Now()
		if code := oraCode(b.exec(statement)); code == 0 {
			t.Errorf("%s: no ORA- error", name)
		}
		if took := time.Since(start); took > time.Minute {
			t.Errorf("%s: took %v", name, took)
		}
		if err := b.db.PingContext(t.Context()); err != nil {
			t.Fatalf("%s: the session is gone: %v", name, err)
		}
	}
	if b.Sessions() != 1 {
		t.Errorf("%d sessions", b.Sessions())
	}
}
