package plan

import (
	"strings"
	"testing"
)

func TestCheckName(t *testing.T) {
	tests := map[string]bool{
		"ORDERS": true, "Staff List": true, "a.b": true, "T$X#1": true, "größe": true, strings.Repeat("x", 128): true,
		"": false, `A"B`: false, "A\nB": false, "A\x00": false, strings.Repeat("x", 129): false,
	}
	for name, want := range tests {
		if err := CheckName(name); (err == nil) != want {
			t.Errorf("CheckName(%q): %v", name, err)
		}
	}
}
