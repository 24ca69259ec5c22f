package definition

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExpressionsAreReadAsNames(t *testing.T) {
	columns := []string{"A", "b c", "N"}
	for expression, tt := range map[string]struct{ uses, others []string }{
		"":                                 {nil, nil},
		`a + 1`:                            {[]string{"A"}, nil},
		`"a" + 1`:                          {nil, nil},
		`"b c" || 'A' || "A"`:              {[]string{"A", "b c"}, nil},
		`'it''s a' -- a`:                   {nil, nil},
		"/* a */ n":                        {[]string{"N"}, nil},
		`q'[a's]' || N'a'`:                 {[]string{"N"}, nil}, // the N of a national literal is taken for a column: too careful, never wrong
		`Q'!it's a!'`:                      {nil, nil},
		`nq'[a's]' || "A"`:                 {[]string{"A"}, nil},
		`"S"."SEQ"."NEXTVAL"`:              {nil, []string{"S.SEQ"}},
		`s.seq.nextval + s.seq.currval`:    {nil, []string{"S.SEQ"}},
		`"HR"."TAX"("A", "N")`:             {[]string{"A", "N"}, []string{"HR.TAX"}},
		`"SYS"."F"(A) + MDSYS.G(1)`:        {[]string{"A"}, nil},
		`a.x.y`:                            {[]string{"A"}, nil},
		`JSON_VALUE("A" FORMAT JSON, '$')`: {[]string{"A"}, nil},
		`'unfinished`:                      {nil, nil},
		`"unfinished`:                      {nil, nil},
		`/* unfinished`:                    {nil, nil},
		`1.5e3 + .5`:                       {nil, nil},
	} {
		got := uses(expression, columns)
		if len(got) == 0 {
			got = nil
		}
		if diff := cmp.Diff(tt.uses, got); diff != "" {
			t.Errorf("%s: uses %s", expression, diff)
		}
		if diff := cmp.Diff(tt.others, others(expression, columns)); diff != "" {
			t.Errorf("%s: others %s", expression, diff)
		}
	}
}

func TestExpressionsAreTheSameButForTheirLooks(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{`UPPER("NAME")`, "upper( name ) -- x", true},
		{`'a'`, `'A'`, false},
		{`"a"`, `a`, false},
		{`a b`, `ab`, false},
		{``, ` `, true},
	} {
		if got := same(tt.a, tt.b); got != tt.want {
			t.Errorf("%s and %s: %v", tt.a, tt.b, got)
		}
	}
}

// FuzzTokens makes sure that any text is cut up to its end, nothing of it is
// taken twice, and what was cut is the same when it is cut again.
func FuzzTokens(f *testing.F) {
	for _, seed := range []string{`"a"."b"(1, 'x''y') -- c`, "q'[x]' /* y */ n", "q'", `"`, "é#1 $x", "\xff'"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1000 {
			return
		}
		list := tokens(text)
		total := 0
		var again []string
		for _, tok := range list {
			total += len(tok.text)
			if tok.kind == nameToken {
				again = append(again, `"`+tok.text+`"`)
			} else {
				again = append(again, tok.text)
			}
		}
		if total > 3*len(text) { // capitals may be longer than small letters
			t.Errorf("%d bytes of %d", total, len(text))
		}
		if strings.Contains(strings.Join(again, ""), "\x00") != strings.Contains(text, "\x00") && !strings.ContainsAny(text, "-/") {
			t.Errorf("a character was lost in %q", text)
		}
		_ = others(text, nil)
	})
}
