package plan

import (
	"strings"
	"testing"
)

func TestCheckCondition(t *testing.T) {
	for _, tt := range []struct{ text, wrong string }{
		{"", ""},
		{"ORDER_DATE >= DATE '2026-01-01'", ""},
		{"NAME = 'O''Brien' AND (A > 1 OR B < 2)", ""},
		{`"Odd ) name" = ';--'`, ""},
		{"A = q'[it's (here]' AND B = Nq'!x!'", ""},
		{"SEQ = 'x' AND IQ'", "a quote is not closed"},
		{"A - B > -1 / 2", ""},
		{"A\n= 1", ""},
		{"NAME = 'O'Brien'", "a quote is not closed: '"},
		{`"A = 1`, "a quote is not closed"},
		{"A = q'[x'", "a quote is not closed"},
		{"(A = 1", "a parenthesis is not closed"},
		{"A = 1) OR (1 = 1", "closed that was not opened"},
		{"A = 1 -- all", "a comment"},
		{"A /* */ = 1", "a comment"},
		{"A = 1; DROP TABLE T", "a semicolon"},
		{"A = \x00", "a control character"},
	} {
		err := CheckCondition(tt.text)
		if (err == nil) != (tt.wrong == "") || (err != nil && !strings.Contains(err.Error(), tt.wrong)) {
			t.Errorf("CheckCondition(%q): %v, want %q", tt.text, err, tt.wrong)
		}
	}
}

// FuzzCheckCondition looks for texts that are accepted and still change what
// stands around them: an accepted one stays accepted between parentheses.
func FuzzCheckCondition(f *testing.F) {
	f.Add("NAME = 'O''Brien' AND (A > 1)")
	f.Add("A = q'[it's]'")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 200 || CheckCondition(text) != nil {
			return
		}
		if err := CheckCondition("(\n" + text + "\n) AND (1 = 1)"); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	})
}
