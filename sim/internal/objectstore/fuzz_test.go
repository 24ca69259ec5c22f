package objectstore

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func FuzzListQuery(f *testing.F) {
	f.Add("prefix=b/&delimiter=/&limit=2", "a b/1 b/c/2 c")
	f.Add("start=b&end=c&fields=size,md5", "a b c d")
	f.Add("startAfter=a&limit=1", "a aa ab")
	f.Fuzz(func(t *testing.T, query, names string) {
		values, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		q, fail := parseListQuery(values)
		if fail != nil {
			return
		}
		s := New(Config{Namespace: "ns"})
		if err := s.CreateBucket("b"); err != nil {
			t.Fatal(err)
		}
		for name := range strings.FieldsSeq(names) {
			if err := s.Put("b", name, nil); err != nil {
				t.Fatal(err)
			}
		}
		whole := q
		whole.limit = maxPage
		if want, got := flatten(s.page("b", whole)), visit(t, s, q); want != got {
			t.Errorf("pages of %d give %q, one page gives %q", q.limit, got, want)
		}
	})
}

// visit follows nextStartWith to the end.
func visit(t *testing.T, s *Store, q listQuery) string {
	t.Helper()
	var seen strings.Builder
	for {
		p := s.page("b", q)
		if n := len(p.Objects) + len(p.Prefixes); n > q.limit {
			t.Fatalf("%d entries on a page of %d", n, q.limit)
		}
		seen.WriteString(flatten(p) + " ")
		if p.NextStartWith == "" {
			return sortWords(seen.String())
		}
		if p.NextStartWith <= q.start {
			t.Fatalf("no progress beyond %q", q.start)
		}
		q.start = p.NextStartWith
	}
}

func flatten(p listing) string {
	var b strings.Builder
	for _, o := range p.Objects {
		fmt.Fprintf(&b, "%q ", o.Name)
	}
	for _, prefix := range p.Prefixes {
		fmt.Fprintf(&b, "%q/ ", prefix)
	}
	return sortWords(b.String())
}

func sortWords(s string) string {
	words := strings.Fields(s)
	slices.Sort(words)
	return strings.Join(words, " ")
}

func FuzzPath(f *testing.F) {
	f.Add("/p/t/n/ns/b/b/o/a%2Fb")
	f.Add("/p/t/n/ns/b/b/u/a/id/x/1")
	f.Add("/n/ns/b/b/o")
	f.Fuzz(func(t *testing.T, path string) {
		got, ok := parsePath(path)
		if !ok {
			return
		}
		if got.namespace == "" || got.bucket == "" || got.upload != "" && got.object == "" && !strings.Contains(path, "//") {
			t.Errorf("%q parsed to %+v", path, got)
		}
		if got.upload == "" {
			again, ok := parsePath("/n/" + got.namespace + "/b/" + got.bucket + "/o/" + escapeObject(got.object))
			if !ok || again.object != got.object {
				t.Errorf("%q: name %q became %q", path, got.object, again.object)
			}
		}
	})
}
