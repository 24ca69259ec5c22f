package oracle_test

import (
	"strings"
	"testing"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestNamesAreQuotedAsStored(t *testing.T) {
	for _, text := range []string{"ORDERS", "Mixed Case", "SELECT", "émoji😀", "a'b", "a;--", strings.Repeat("x", 128)} {
		n, err := oracle.NewName(text)
		if err != nil {
			t.Fatal(err)
		}
		if n.String() != `"`+text+`"` || n.Text() != text {
			t.Errorf("%q becomes %s", text, n)
		}
	}
}

func TestNamesThatCannotBeQuotedAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "quote": `a"b`, "NUL": "a\x00", "too long": strings.Repeat("x", 129), "too long in bytes": strings.Repeat("é", 65), "no UTF-8": "\xff",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := oracle.NewName(text)
			if got := apierr.ReasonOf(err); got != pb.Reason_REASON_NAME_INVALID {
				t.Errorf("NewName(%q) has %s", text, got)
			}
		})
	}
}

func FuzzNoNameLeavesItsQuotes(f *testing.F) {
	f.Add(`x" DROP TABLE y`)
	f.Add("A$B#1")
	f.Fuzz(func(t *testing.T, text string) {
		n, err := oracle.NewName(text)
		if err != nil {
			return
		}
		if s := n.String(); strings.Count(s, `"`) != 2 || s[0] != '"' || s[len(s)-1] != '"' {
			t.Errorf("%q becomes %s", text, s)
		}
	})
}

func TestLiteralsAreClosed(t *testing.T) {
	if got := oracle.Literal("it's ''"); got != "'it''s '''''" {
		t.Errorf("got %s", got)
	}
}
