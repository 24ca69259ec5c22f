package objectstore_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim/internal/objectstore"
)

type page struct {
	Objects       []map[string]any
	Prefixes      []string
	NextStartWith string
}

func (w *world) list(path string) page {
	w.t.Helper()
	got := w.do(http.MethodGet, path, nil)
	if got.status != 200 {
		w.t.Fatalf("listing = %d %s", got.status, got.body)
	}
	var p page
	if err := json.Unmarshal([]byte(got.body), &p); err != nil {
		w.t.Fatal(err)
	}
	return p
}

func (p page) names() string {
	var names []string
	for _, o := range p.Objects {
		names = append(names, o["name"].(string))
	}
	return strings.Join(names, " ")
}

func TestFact_5_5_TheParametersOfAListing(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	for _, name := range []string{"a", "b/1", "b/2", "b/c/3", "b/c/4", "b/d/5", "c"} {
		w.put(name, "x")
	}
	path := w.par(objectstore.AnyObjectRead, "", true)
	tests := []struct{ query, names, prefixes, next string }{
		{"", "a b/1 b/2 b/c/3 b/c/4 b/d/5 c", "", ""},
		{"prefix=b/", "b/1 b/2 b/c/3 b/c/4 b/d/5", "", ""},
		{"prefix=z", "", "", ""},
		{"start=b/2&end=b/d", "b/2 b/c/3 b/c/4", "", ""},
		{"startAfter=b/2&end=b/d", "b/c/3 b/c/4", "", ""},
		{"limit=2", "a b/1", "", "b/2"},
		{"limit=2&start=b/2", "b/2 b/c/3", "", "b/c/4"},
		{"delimiter=/", "a c", "b/", ""},
		{"delimiter=/&prefix=b/", "b/1 b/2", "b/c/ b/d/", ""},
		{"delimiter=/&prefix=b/&limit=3", "b/1 b/2", "b/c/", "b/d/5"},
		{"delimiter=/&prefix=b/&start=b/d/5", "", "b/d/", ""},
	}
	for _, test := range tests {
		got := w.list(path + "?" + test.query)
		if got.names() != test.names || strings.Join(got.Prefixes, " ") != test.prefixes || got.NextStartWith != test.next {
			t.Errorf("%s: %q %q next %q", test.query, got.names(), got.Prefixes, got.NextStartWith)
		}
	}
}

func TestFact_5_5_AListingSendsAPrefixThatFitsThePARs(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	w.put("run/1/a", "x")
	w.put("other", "x")
	path := w.par(objectstore.AnyObjectReadWrite, "run/", true)
	for query, want := range map[string]string{"?prefix=run/": "run/1/a", "?prefix=run/1/": "run/1/a", "?prefix=run/2": ""} {
		if got := w.list(path + query).names(); got != want {
			t.Errorf("%s: %q", query, got)
		}
	}
}

func TestFact_5_5_OnlyTheRequestedFieldsAppear(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	w.put("obj", "abc")
	path := w.par(objectstore.AnyObjectRead, "", true)
	if diff := cmp.Diff([]map[string]any{{"name": "obj"}}, w.list(path).Objects); diff != "" {
		t.Errorf("without fields (-want +got):\n%s", diff)
	}
	got := w.list(path + "?fields=name,SIZE,md5,timeCreated,timemodified,etag,storageTier,archivalState").Objects[0]
	delete(got, "etag")
	want := map[string]any{
		"name": "obj", "size": 3.0, "md5": digest([]byte("abc")), "storageTier": "Standard",
		"timeCreated": "2026-11-22T09:00:00.000Z", "timeModified": "2026-11-22T09:00:00.000Z",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("all fields (-want +got):\n%s", diff)
	}
}

func TestListingRefusesBadParameters(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	path := w.par(objectstore.AnyObjectRead, "", true)
	for _, query := range []string{"limit=0", "limit=1001", "limit=x", "delimiter=-", "fields=colour", "recursive=1"} {
		got := w.do(http.MethodGet, path+"?"+query, nil)
		if code, _ := got.failure(t); got.status != 400 || code != "InvalidParameter" {
			t.Errorf("%s: %d %s", query, got.status, code)
		}
	}
}

func TestPagingVisitsEveryObjectOnce(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	const objects = 2345
	for i := range objects {
		w.put(fmt.Sprintf("run/%05d", i), "")
	}
	path := w.par(objectstore.AnyObjectRead, "run/", true)
	seen, pages, next := map[string]bool{}, 0, ""
	for pages == 0 || next != "" {
		p := w.list(path + "?prefix=run/&start=" + url.QueryEscape(next))
		for _, o := range p.Objects {
			seen[o["name"].(string)] = true
		}
		next = p.NextStartWith
		pages++
	}
	if len(seen) != objects || pages != 3 {
		t.Errorf("%d objects on %d pages", len(seen), pages)
	}
}

func TestStoreListsGetsAndDeletesDirectly(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	for _, name := range []string{"b", "a/2", "a/1"} {
		w.put(name, name)
	}
	var names []string
	for _, o := range w.store.List("b", "a/") {
		names = append(names, o.Name)
	}
	if diff := cmp.Diff([]string{"a/1", "a/2"}, names); diff != "" {
		t.Errorf("List (-want +got):\n%s", diff)
	}
	if !w.store.Delete("b", "a/1") || w.store.Delete("b", "a/1") || w.store.Delete("none", "a") {
		t.Error("Delete reports wrongly what was there")
	}
	if _, _, ok := w.store.Get("b", "a/1"); ok {
		t.Error("the deleted object is there")
	}
	if got := w.store.List("none", ""); got != nil {
		t.Errorf("List of no bucket = %v", got)
	}
}
