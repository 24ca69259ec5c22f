package objectstore_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/adbferry/adbferry/sim/internal/objectstore"
	"github.com/adbferry/adbferry/sim/internal/state"
)

// section is what a store writes into its section.
func section(t testing.TB, s *objectstore.Store) []byte {
	t.Helper()
	capture := state.Take([]state.Part{s})
	defer capture.Close()
	data, err := capture.Bytes(0)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// restarted is a world whose store was loaded from what w's has saved.
func restarted(t *testing.T, w *world) *world {
	t.Helper()
	fresh := newWorld(t, objectstore.Knobs{})
	fresh.clock = w.clock
	if err := state.LoadBytes(fresh.store, section(t, w.store)); err != nil {
		t.Fatal(err)
	}
	return fresh
}

func TestObjectsSurviveARestart(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	big := strings.Repeat("0123456789abcdef", 200_000)
	for name, text := range map[string]string{"a/small": "x", "a/empty": "", "b/big": big} {
		if err := w.store.Put("b", name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	path := w.par(objectstore.AnyObjectReadWrite, "", true)
	if got := w.do(http.MethodPut, path+"a/described", []byte("d"), "opc-meta-run", "r1", "Content-Type", "text/csv"); got.status != http.StatusOK {
		t.Fatalf("PUT: %+v", got)
	}
	fresh := restarted(t, w)
	if d := cmp.Diff(w.store.List("b", ""), fresh.store.List("b", ""), cmpopts.IgnoreUnexported(objectstore.Object{}), cmpopts.EquateEmpty()); d != "" {
		t.Error(d)
	}
	if got, _, _ := fresh.store.Get("b", "b/big"); string(got) != big {
		t.Errorf("the big object has %d bytes", len(got))
	}
	before, after := w.do(http.MethodGet, path+"a/described", nil), fresh.do(http.MethodGet, path+"a/described", nil)
	if d := cmp.Diff(before.header, after.header, cmpopts.IgnoreMapEntries(func(name string, _ []string) bool {
		return strings.Contains(name, "Date") || strings.HasSuffix(name, "Request-Id")
	})); d != "" || after.body != "d" {
		t.Errorf("body %q, headers %s", after.body, d)
	}
	if err := fresh.store.Put("b", "a/small", []byte("changed")); err != nil {
		t.Fatal(err)
	}
	if got, _, _ := w.store.Get("b", "a/small"); string(got) != "x" {
		t.Errorf("the two stores share %q", got)
	}
}

func TestPARsSurviveARestartAsTheyWere(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	if err := w.store.Put("b", "o", []byte("x")); err != nil {
		t.Fatal(err)
	}
	paths := map[string]string{
		"read":    w.par(objectstore.ObjectRead, "o", false),
		"write":   w.par(objectstore.AnyObjectWrite, "", false),
		"revoked": w.par(objectstore.AnyObjectRead, "", false) + "o",
		"expired": w.par(objectstore.AnyObjectRead, "", false) + "o",
		"prefix":  w.par(objectstore.AnyObjectRead, "p/", true) + "o",
	}
	paths["write"] += "o"
	w.store.RevokePAR(paths["revoked"])
	w.store.ExpirePAR(paths["expired"])
	fresh := restarted(t, w)
	for name, path := range paths {
		before, after := w.do(http.MethodGet, path, nil), fresh.do(http.MethodGet, path, nil)
		if before.status != after.status || before.body != after.body {
			t.Errorf("%s: %d %s, was %d %s", name, after.status, after.body, before.status, before.body)
		}
	}
	fresh.clock = start.Add(2 * time.Hour)
	if got := fresh.do(http.MethodGet, paths["read"], nil); got.status != http.StatusNotFound {
		t.Errorf("beyond its lifetime: %d", got.status)
	}
}

func TestAccountsAndPublicBucketsSurviveARestart(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	w.store.AddAccount("me", "token")
	if err := w.store.Put("b", "o", []byte("x")); err != nil {
		t.Fatal(err)
	}
	if err := w.store.SetPublic("b", true); err != nil {
		t.Fatal(err)
	}
	fresh := restarted(t, w)
	if got := fresh.do(http.MethodGet, "/n/ns/b/b/o/o", nil); got.body != "x" {
		t.Errorf("everybody reads %+v", got)
	}
	if got := fresh.do(http.MethodDelete, "/n/ns/b/b/o/o", nil, "Authorization", "Basic bWU6dG9rZW4="); got.status != http.StatusNoContent {
		t.Errorf("the account deletes: %+v", got)
	}
}

func TestAnUploadGoesOnAfterARestart(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	path := w.par(objectstore.AnyObjectReadWrite, "", false)
	var up struct{ AccessURI string }
	if err := json.Unmarshal([]byte(w.do(http.MethodPut, path+"big", nil, "opc-multipart", "true").body), &up); err != nil {
		t.Fatal(err)
	}
	w.do(http.MethodPut, up.AccessURI+"1", []byte("one "))
	fresh := restarted(t, w)
	w.do(http.MethodPut, up.AccessURI+"2", []byte("two"))
	fresh.do(http.MethodPut, up.AccessURI+"2", []byte("two"))
	want, got := w.do(http.MethodPost, up.AccessURI, nil), fresh.do(http.MethodPost, up.AccessURI, nil)
	if got.status != http.StatusOK || got.header.Get("Opc-Multipart-Md5") != want.header.Get("Opc-Multipart-Md5") {
		t.Errorf("commit: %+v, want %+v", got, want)
	}
	if data, _, _ := fresh.store.Get("b", "big"); string(data) != "one two" {
		t.Errorf("joined: %q", data)
	}
}

func TestAStoreThatContradictsItselfIsRefused(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	for _, name := range []string{"a", "b"} {
		if err := w.store.Put("b", name, []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	whole := string(section(t, w.store))
	swapped := strings.Replace(whole, "\x01a\x18", "\x01c\x18", 1)
	if swapped == whole {
		t.Fatal("the name is written otherwise by now")
	}
	fresh := newWorld(t, objectstore.Knobs{})
	if err := state.LoadBytes(fresh.store, []byte(swapped)); err == nil || !strings.Contains(err.Error(), "out of order") {
		t.Errorf("error: %v", err)
	}
}

func FuzzLoadedStore(f *testing.F) {
	store := objectstore.New(objectstore.Config{Namespace: "ns"})
	if err := store.CreateBucket("b"); err != nil {
		f.Fatal(err)
	}
	if err := store.Put("b", "o", []byte("content")); err != nil {
		f.Fatal(err)
	}
	if _, err := store.CreatePAR(objectstore.PAR{Bucket: "b", Access: objectstore.AnyObjectRead, Expires: start}); err != nil {
		f.Fatal(err)
	}
	store.AddAccount("u", "t")
	f.Add(section(f, store))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := objectstore.New(objectstore.Config{Namespace: "ns"})
		if state.LoadBytes(s, data) != nil {
			return
		}
		for _, o := range s.List("b", "") {
			if got, _, ok := s.Get("b", o.Name); !ok || int64(len(got)) != o.Size {
				t.Errorf("object %q of %d bytes reads as %d", o.Name, o.Size, len(got))
			}
		}
	})
}
