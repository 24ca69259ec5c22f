package objectstore_test

import (
	"encoding/base64"
	"errors"
	"net/http"
	"testing"

	"github.com/adbferry/adbferry/sim/internal/objectstore"
)

func basic(user, token string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+token))
}

func TestAccountDoesWhatAPARCannot(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	w.store.AddAccount("ana@example.com", "token:with:colons")
	w.put("x", "data")
	auth := []string{"Authorization", basic("ana@example.com", "token:with:colons")}
	steps := []struct {
		method, path string
		status       int
	}{
		{http.MethodGet, "/n/ns/b/b/o/x", 200},
		{http.MethodGet, "/n/ns/b/b/o/", 200},
		{http.MethodPut, "/n/ns/b/b/o/y", 200},
		{http.MethodDelete, "/n/ns/b/b/o/x", 204},
		{http.MethodDelete, "/n/ns/b/b/o/x", 404},
		{http.MethodGet, "/n/ns/b/b/o/x", 404},
		{http.MethodGet, "/n/ns/b/none/o/x", 404},
		{http.MethodGet, "/n/other/b/b/o/y", 404},
	}
	for _, step := range steps {
		if got := w.do(step.method, step.path, nil, auth...); got.status != step.status {
			t.Errorf("%s %s = %d %s, want %d", step.method, step.path, got.status, got.body, step.status)
		}
	}
}

func TestAccountIsChecked(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	w.store.AddAccount("ana", "first")
	w.store.AddAccount("ana", "second")
	w.put("x", "data")
	for _, auth := range []string{basic("ana", "first"), basic("ana", ""), basic("bob", "second"), basic("", "")} {
		got := w.do(http.MethodDelete, "/n/ns/b/b/o/x", nil, "Authorization", auth)
		if code, _ := got.failure(t); got.status != 401 || code != "NotAuthenticated" {
			t.Errorf("%d %s", got.status, got.body)
		}
	}
	if got := w.do(http.MethodGet, "/n/ns/b/b/o/x", nil); got.status != 404 {
		t.Errorf("a caller that says nothing gets %d", got.status)
	}
	// A PAR in the URL is what counts, whoever asks.
	par := w.par(objectstore.AnyObjectReadWrite, "", true)
	if got := w.do(http.MethodDelete, par+"x", nil, "Authorization", basic("ana", "second")); got.status != 404 {
		t.Errorf("DELETE through a PAR with an account beside it = %d", got.status)
	}
	if len(w.store.List("b", "")) != 1 {
		t.Error("the object went")
	}
}

func TestPublicBuckets(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	w.put("x", "data")
	status := func(method, path string) int { return w.do(method, path, nil).status }
	if err := w.store.SetPublic("b", false); err != nil {
		t.Fatal(err)
	}
	if got := status(http.MethodGet, "/n/ns/b/b/o/x"); got != 200 {
		t.Errorf("read = %d", got)
	}
	if got := status(http.MethodGet, "/n/ns/b/b/o/"); got != 404 {
		t.Errorf("list = %d", got)
	}
	if err := w.store.SetPublic("b", true); err != nil {
		t.Fatal(err)
	}
	if got := status(http.MethodGet, "/n/ns/b/b/o/"); got != 200 {
		t.Errorf("list = %d", got)
	}
	for _, method := range []string{http.MethodPut, http.MethodDelete} {
		if got := status(method, "/n/ns/b/b/o/x"); got != 404 {
			t.Errorf("%s = %d", method, got)
		}
	}
	if err := w.store.SetPublic("none", false); !errors.Is(err, objectstore.ErrNoBucket) {
		t.Errorf("public bucket that is none: %v", err)
	}
}
