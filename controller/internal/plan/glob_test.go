package plan

import (
	"path"
	"strings"
	"testing"
)

func TestMatch(t *testing.T) {
	for _, tt := range []struct {
		glob, name string
		want       bool
	}{
		{"*", "", true},
		{"*", "ORDERS", true},
		{"ORD*", "ORDERS", true},
		{"*ERS", "ORDERS", true},
		{"O*D*S", "ORDERS", true},
		{"O*D*S", "ORDERSX", false},
		{"?RDERS", "ORDERS", true},
		{"ORDERS?", "ORDERS", false},
		{"ORDERS", "ORDERS", true},
		{"orders", "ORDERS", false},
		{"GR?SSE", "GRÖSSE", true},
		{"*Ö*", "GRÖSSE", true},
		{"*S?E", "GRÖSSE", true},
		{"A[B]*", "A[B]C", true},
		{"T$X#1", "T$X#1", true},
		{"*_TMP", "A_TMP_TMP", true},
		{"", "A", false},
	} {
		if got := Match(tt.glob, tt.name); got != tt.want {
			t.Errorf("Match(%q, %q) is %v", tt.glob, tt.name, got)
		}
	}
}

// FuzzMatch compares with path.Match wherever the two mean the same.
func FuzzMatch(f *testing.F) {
	f.Add("O*D?RS", "ORDERS")
	f.Add("**a*b", "xaxb")
	f.Fuzz(func(t *testing.T, glob, name string) {
		if len(glob) > 20 || len(name) > 40 {
			return
		}
		got := Match(glob, name)
		if strings.ContainsAny(glob, `[\`) || strings.Contains(name, "/") || strings.ToValidUTF8(glob+name, "") != glob+name {
			return
		}
		if want, err := path.Match(glob, name); err != nil || got != want {
			t.Errorf("Match(%q, %q) is %v, path.Match %v, %v", glob, name, got, want, err)
		}
	})
}
