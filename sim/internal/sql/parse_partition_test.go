package sql

import "testing"

// TestStatementsThatBreakOffAreErrors: words that take others with them must
// not read beyond the end.
func TestStatementsThatBreakOffAreErrors(t *testing.T) {
	for _, text := range []string{
		"CREATE TABLE t (a NUMBER) PARTITION BY HASH (a) (PARTITION p TABLESPACE",
		"CREATE TABLE t (a NUMBER) PARTITION BY HASH (a) (PARTITION p SEGMENT CREATION",
		"CREATE TABLE t (a NUMBER) PARTITION BY RANGE (a) INTERVAL (",
		"CREATE TABLE t (a NUMBER) PARTITION BY",
		"CREATE TABLE t (a NUMBER PRIMARY KEY USING INDEX PCTFREE",
		"CREATE TABLE t (a NUMBER) ENABLE ROW",
		"ALTER TABLE t DROP PARTITION",
		"SELECT 1 FROM t PARTITION (",
	} {
		if _, err := Parse(text); err == nil {
			t.Errorf("%s: no error", text)
		}
	}
}
