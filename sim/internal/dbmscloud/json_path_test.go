package dbmscloud

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestJSONPaths(t *testing.T) {
	const document = `{"A":1,"a b":{"x.y":[10,[20,30]]},"é":null,"T":{"K":"v"}}`
	tests := []struct{ path, want string }{
		{"$.A", "1"},
		{" $.A ", "1"},
		{`$."a b"."x.y"[1][0]`, "20"},
		{"$.T.K", `"v"`},
		{"$.T", `{"K":"v"}`},
		{"$.é", "null"},
		{"$.missing", "nothing"},
		{"$.A.B", "nothing"},
		{"$.T[0]", "nothing"},
		{`$."a b"."x.y"[2]`, "nothing"},
		{`$."a b"."x.y".k`, "nothing"},
		{"A", "refused"},
		{"$A", "refused"},
		{"$.", "refused"},
		{"$.a-b", "refused"},
		{"$.A[*]", "refused"},
		{"$.A[-1]", "refused"},
		{"$.A[1", "refused"},
		{`$."A`, "refused"},
		{"$.A[99999999999999999999]", "refused"},
	}
	var parsed any
	if err := json.Unmarshal([]byte(document), &parsed); err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		if got := follow(test.path, parsed); got != test.want {
			t.Errorf("%s = %s, want %s", test.path, got, test.want)
		}
	}
}

func follow(text string, document any) string {
	path, ok := parseJSONPath(text)
	if !ok {
		return "refused"
	}
	found, ok := path.find(document)
	if !ok {
		return "nothing"
	}
	return jsonText(found)
}

// FuzzJSONPath checks that a path made of plain keys and indexes reads back.
func FuzzJSONPath(f *testing.F) {
	for _, seed := range []string{"$.A", `$."a b"[0].c`, "$", "$[1][2]", `$."\u00e9"`, "$..a"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		path, ok := parseJSONPath(text)
		if !ok {
			return
		}
		var b strings.Builder
		b.WriteString("$")
		for _, step := range path {
			if step.index >= 0 {
				b.WriteString("[" + jsonText(step.index) + "]")
			} else {
				b.WriteString("." + jsonText(step.key))
			}
		}
		again, ok := parseJSONPath(b.String())
		if !ok || len(again) != len(path) {
			t.Fatalf("%q reads as %q, which does not read", text, b.String())
		}
		for i := range path {
			if again[i] != path[i] {
				t.Errorf("%q: step %d is %v, then %v", text, i, path[i], again[i])
			}
		}
	})
}
