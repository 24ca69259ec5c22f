package chunk_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/adbferry/adbferry/agent/internal/chunk"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestConditionsAreOneCondition(t *testing.T) {
	for _, good := range []string{
		"", "ID > 7", "ID IN (1, 2) AND (A = 'x' OR B = ')')", "NAME = 'it''s; -- not /* a comment'", `"a;b" = 1`,
		"D >= DATE '2026-01-01'", "A - -1 > 0", "N'x' = A", "NAME LIKE 'q'", "(SELECT 1 FROM DUAL) = 1", "A =\n'b'",
	} {
		if err := chunk.CheckWhere(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for bad, why := range map[string]string{
		"  ": "blank", "a = 1;": "semicolon", "a = 1 -- b": "comment", "a = /* b */ 1": "comment", "a = 'b": "quote", `"a = 1`: "quote",
		"a = 1) OR (1 = 1": "closed", "(a = 1": "not closed", ")": "closed", "a = :b": "bind", "a = q'['] OR ')'": "q'", "a = Nq'(x)'": "q'",
		"a = \x00": "NUL", "a = '\xff'": "UTF-8", strings.Repeat("x", 4001): "longer",
	} {
		err := chunk.CheckWhere(bad)
		if apierr.ReasonOf(err) != pb.Reason_REASON_REQUEST_INVALID || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v", bad, err)
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
		if len(text) > 5000 || chunk.CheckWhere(text) != nil {
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
