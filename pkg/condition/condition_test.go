package condition_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/adbferry/adbferry/pkg/condition"
)

func TestOneConditionIsTaken(t *testing.T) {
	for _, text := range []string{
		"", "ID > 7", "ID IN (1, 2) AND (A = 'x' OR B = ')')", "NAME = 'it''s; -- not /* a comment'", `"a;b" = 1`, `"Odd ) name" = ';--'`,
		"D >= DATE '2026-01-01'", "A - -1 > 0", "A - B > -1 / 2", "N'x' = A", "NAME LIKE 'q'", "(SELECT 1 FROM DUAL) = 1", "A =\n'b'",
	} {
		if err := condition.Check(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestWhatReachesBeyondTheConditionIsRefused(t *testing.T) {
	for text, why := range map[string]string{
		"  ": "blank", "a = 1;": "semicolon", "a = 1 -- b": "comment", "a = /* b */ 1": "comment", "a = 'b": "quote", `"a = 1`: "quote",
		"NAME = 'O'Brien'": "quote", "SEQ = 'x' AND IQ'": "quote",
		"a = 1) OR (1 = 1": "closed", "(a = 1": "not closed", ")": "closed", "a = :b": "bind", "a = q'['] OR ')'": "q'", "a = Nq'(x)'": "q'",
		"a = \x00": "NUL", "a = '\xff'": "UTF-8", "a\x01 = 1": "control", strings.Repeat("x", condition.MaxBytes+1): "longer",
	} {
		if err := condition.Check(text); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v, want %q", text, err, why)
		}
	}
}

func TestWhatDoesNotSelectTheSameRowsEachTimeIsRefused(t *testing.T) {
	for text, why := range map[string]string{
		"ROWNUM <= 2500": "ROWNUM", "ID > 7 AND rownum<9": "ROWNUM", "D > SYSDATE - 7": "SYSDATE", "D>sysdate-7": "SYSDATE", "T < SysTimestamp": "SYSTIMESTAMP",
		"D < CURRENT_DATE": "CURRENT_DATE", "T < (CURRENT_TIMESTAMP)": "CURRENT_TIMESTAMP", "T<LOCALTIMESTAMP": "LOCALTIMESTAMP",
		"DBMS_RANDOM.VALUE < 0.1": "DBMS_RANDOM", "G = SYS_GUID()": "SYS_GUID", "WHERE ID > 5": "begins with WHERE", " where\nID > 5": "begins with WHERE",
	} {
		if err := condition.Check(text); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v, want %q", text, err, why)
		}
	}
	for _, text := range []string{
		"NAME = 'SYSDATE'", `"ROWNUM" = 5`, "SYSDATE_OF = 1", "X_ROWNUM < 3", "NAME = 'it''s SYSDATE' AND ID = 1", "ID IN (SELECT ID FROM B WHERE C = 1)", "WHEREABOUTS = 1",
	} {
		if err := condition.Check(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

var quoted = regexp.MustCompile(`'[^']*'|"[^"]*"`)

// FuzzConditionsCannotLeaveTheirParentheses looks at what is left of an accepted
// text without its quoted parts.
func FuzzConditionsCannotLeaveTheirParentheses(f *testing.F) {
	for _, seed := range []string{"ID > 7", "a = 'b)' OR (c)", "q'['] ) ']'", "'--'", "a/*", "((", `"'"`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 5000 || condition.Check(text) != nil {
			return
		}
		bare, depth := quoted.ReplaceAllString(text, "_"), 0
		for _, c := range bare {
			switch c {
			case '(':
				depth++
			case ')':
				depth--
			}
			if depth < 0 {
				break
			}
		}
		if depth != 0 || strings.ContainsAny(bare, ";:'\"\x00") || strings.Contains(bare, "--") || strings.Contains(bare, "/*") {
			t.Errorf("%q was accepted", text)
		}
	})
}
