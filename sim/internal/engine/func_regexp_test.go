package engine

import "testing"

func TestRegularExpressions(t *testing.T) {
	s := testSession(t)
	for _, c := range []struct{ expr, want string }{
		{"REGEXP_REPLACE('a1b22', '[0-9]+', '#')", "a#b#"},
		{"REGEXP_REPLACE('a1b22', '[0-9]+')", "ab"},
		{"REGEXP_REPLACE('a1b22', '[0-9]+', '#', 1, 2)", "a1b#"},
		{"REGEXP_REPLACE('äöü', '(.)(.)', '\\2\\1', 2)", "äüö"},
		{"REGEXP_REPLACE('Smith, John', '(\\w+), (\\w+)', '\\2 \\1')", "John Smith"},
		{"REGEXP_REPLACE('a', NULL, 'x')", "a"},
		{"REGEXP_REPLACE(NULL, 'a', 'x')", "~"},
		{"REGEXP_REPLACE(TO_CLOB('one  two'), '[[:space:]]+', ' ')", "one two"},
		{"REGEXP_REPLACE('a\\b', '[\\]', '/')", "a/b"},
		{"REGEXP_REPLACE('a]b', '[]]', '/')", "a/b"},
		{"REGEXP_SUBSTR('a,b,c', '[^,]+', 1, 2)", "b"},
		{"REGEXP_SUBSTR('k=v', '(\\w)=(\\w)', 1, 1, NULL, 2)", "v"},
		{"REGEXP_SUBSTR('abc', 'x')", "~"},
		{"REGEXP_SUBSTR('ABC', 'b', 1, 1, 'i')", "B"},
		{"REGEXP_INSTR('äbc', 'b')", "2"},
		{"REGEXP_INSTR('äbbc', 'b+', 1, 1, 1)", "4"},
		{"REGEXP_INSTR('abc', 'x')", "0"},
		{"REGEXP_INSTR('abc', NULL)", "~"},
		{"REGEXP_COUNT('banana', 'an')", "2"},
		{"CASE WHEN REGEXP_LIKE('abc', '^A', 'i') THEN 1 ELSE 0 END", "1"},
		{"CASE WHEN REGEXP_LIKE('abc', '^A') THEN 1 ELSE 0 END", "0"},
		{"CASE WHEN NOT REGEXP_LIKE(NULL, 'a') THEN 1 ELSE 0 END", "0"},
		{"CASE WHEN REGEXP_LIKE('a' || CHR(10) || 'b', 'a.b', 'n') THEN 1 ELSE 0 END", "1"},
		{"CASE WHEN REGEXP_LIKE('a.b', 'a\\.b$') THEN 1 ELSE 0 END", "1"},
	} {
		if got := query(t, s, "SELECT "+c.expr+" FROM dual"); got != c.want {
			t.Errorf("%s: %s, want %s", c.expr, got, c.want)
		}
	}
	for _, c := range []struct{ expr, want string }{
		{"REGEXP_SUBSTR('a', '(a')", "ORA-12725"},
		{"REGEXP_SUBSTR('a', '[a')", "ORA-12726"},
		{"REGEXP_SUBSTR('a', '[z-a]')", "ORA-12728"},
		{"REGEXP_SUBSTR('aa', '(a)\\1')", "ORA-03001"},
		{"REGEXP_SUBSTR('aa', '(?i)A')", "ORA-03001"},
		{"REGEXP_SUBSTR('aa', 'a', 1, 1, 'q')", "ORA-01760"},
		{"REGEXP_SUBSTR('aa', 'a', 0)", "ORA-01428"},
		{"REGEXP_LIKE('aa')", "ORA-00938"},
		{"REGEXP_LIKE('a', 'a')", "ORA-00936"},
	} {
		failsWith(t, s, "SELECT "+c.expr+" FROM dual", c.want)
	}
}
