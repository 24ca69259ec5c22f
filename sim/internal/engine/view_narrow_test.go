package engine

import (
	"fmt"
	"testing"
)

// TestNarrowedViewsShowTheSameRows asks every view that can be narrowed both
// ways: with a condition that narrows it, and with one that does not.
func TestNarrowedViewsShowTheSameRows(t *testing.T) {
	s := testSession(t)
	exec(t, s,
		"CREATE TABLE A (X NUMBER PRIMARY KEY, Y CLOB)",
		"CREATE TABLE B (X NUMBER GENERATED ALWAYS AS IDENTITY, Y DATE) PARTITION BY RANGE (Y) (PARTITION P VALUES LESS THAN (MAXVALUE))",
		"CREATE TABLE C (X NUMBER REFERENCES A (X), CHECK (X > 0))",
		"CREATE INDEX B_IX ON B (UPPER(TO_CHAR(Y))) LOCAL",
		"COMMENT ON TABLE B IS 'b'")
	narrowable := 0
	for name, v := range s.instance.views {
		if v.narrow == nil {
			continue
		}
		narrowable++
		for narrow, wide := range map[string]string{
			"TABLE_NAME = 'B'":               "TABLE_NAME || '' = 'B'",
			"TABLE_NAME BETWEEN 'A' AND 'B'": "TABLE_NAME || '' BETWEEN 'A' AND 'B'",
			"V.TABLE_NAME = 'none'":          "TABLE_NAME || '' = 'none'",
			"TABLE_NAME = NULL":              "1 = 0",
		} {
			const rows = "SELECT COUNT(*), MIN(TABLE_NAME), MAX(TABLE_NAME) FROM %s V WHERE %s"
			if got, want := query(t, s, fmt.Sprintf(rows, name, narrow)), query(t, s, fmt.Sprintf(rows, name, wide)); got != want {
				t.Errorf("%s where %s: %s, want %s", name, narrow, got, want)
			}
		}
	}
	if narrowable < 20 {
		t.Errorf("%d views can be narrowed", narrowable)
	}
}
