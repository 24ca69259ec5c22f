package dbmscloud

import (
	"bytes"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// gate lets requests through, in turn, when it is told to.
type gate struct {
	next http.RoundTripper
	open chan error // what a request gets, nil to go on
}

func (g gate) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := <-g.open; err != nil {
		_ = r.Body.Close()
		return nil, err
	}
	return g.next.RoundTrip(r)
}

// The next object is rendered while one is put, into other memory.
func TestPutReturnsBeforeTheObjectIsThere(t *testing.T) {
	store, uri, r := storage(t)
	g := gate{next: r.client.Transport, open: make(chan error)}
	r.client.Transport = g
	e := &export{cloud: &cloud{now: time.Now}, remote: r, locations: []location{{bucket: uri}}, prefix: "x", readable: true}
	u := &e.uploads
	u.export = e
	body := bytes.NewBufferString("first")
	next, err := u.put(t.Context(), 1, body)
	if err != nil || next == body || next.Len() != 0 {
		t.Fatalf("the next object goes to %p of %d bytes, the first is in %p, %v", next, next.Len(), body, err)
	}
	if n := len(store.List("b", "")); n != 0 {
		t.Fatalf("%d objects", n)
	}
	next.WriteString("second")
	g.open <- nil
	if next, err = u.put(t.Context(), 2, next); err != nil || next != body || next.Len() != 0 {
		t.Fatalf("the third object goes to %p of %d bytes, the first was in %p, %v", next, next.Len(), body, err)
	}
	if n := len(store.List("b", "x_1")); n != 1 {
		t.Errorf("%d objects, when the second begins", n)
	}
	broken := datum.Errorf(12805, "parallel query server died unexpectedly")
	g.open <- broken
	if err := u.wait(); !errors.Is(err, broken) {
		t.Errorf("the second failed with %v", err)
	}
	if _, err := u.put(t.Context(), 3, next); !errors.Is(err, broken) {
		t.Errorf("the third failed with %v", err)
	}
}
