package objectstore_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim/internal/objectstore"
)

// start is where the clock of every test store stands at first.
var start = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// world is a store behind TLS, with the bucket "b".
type world struct {
	t     *testing.T
	store *objectstore.Store
	base  string
	http  *http.Client
	clock time.Time
}

func newWorld(t *testing.T, knobs objectstore.Knobs) *world {
	t.Helper()
	w := &world{t: t, clock: start}
	w.store = objectstore.New(objectstore.Config{Namespace: "ns", Knobs: knobs, Now: func() time.Time { return w.clock }})
	if err := w.store.CreateBucket("b"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewTLSServer(w.store)
	t.Cleanup(server.Close)
	w.base, w.http = server.URL, server.Client()
	return w
}

func (w *world) par(access objectstore.Access, object string, list bool) string {
	w.t.Helper()
	path, err := w.store.CreatePAR(objectstore.PAR{
		Bucket: "b", Access: access, Object: object, List: list, Expires: start.Add(time.Hour),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return path
}

// answer is what a request got.
type answer struct {
	status int
	header http.Header
	body   string
}

// failure decodes the body of a refusal.
func (a answer) failure(t *testing.T) (code, message string) {
	t.Helper()
	if got := a.header.Get("Content-Type"); got != "application/json" {
		t.Errorf("content type of a failure = %q", got)
	}
	var f struct{ Code, Message string }
	if err := json.Unmarshal([]byte(a.body), &f); err != nil {
		t.Fatalf("failure body %q: %v", a.body, err)
	}
	return f.Code, f.Message
}

func (w *world) do(method, path string, body []byte, headers ...string) answer {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.base+path, bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := w.http.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	if resp.Header.Get("opc-request-id") == "" {
		w.t.Errorf("%s: no opc-request-id", method)
	}
	return answer{resp.StatusCode, resp.Header, string(got)}
}

func (w *world) put(name, text string) {
	w.t.Helper()
	if err := w.store.Put("b", name, []byte(text)); err != nil {
		w.t.Fatal(err)
	}
}

// TestFact_5_2_WhatEachAccessTypePermits is the table of reference, section 5.2: what each access type
// permits on its own object or below its bucket.
func TestFact_5_2_WhatEachAccessTypePermits(t *testing.T) {
	tests := []struct {
		access                 objectstore.Access
		list                   bool
		get, head, put, listed int
	}{
		{objectstore.ObjectRead, false, 200, 200, 404, 404},
		{objectstore.ObjectWrite, false, 404, 404, 200, 404},
		{objectstore.ObjectReadWrite, false, 200, 200, 200, 404},
		{objectstore.AnyObjectRead, false, 200, 200, 404, 404},
		{objectstore.AnyObjectRead, true, 200, 200, 404, 200},
		{objectstore.AnyObjectWrite, false, 404, 404, 200, 404},
		{objectstore.AnyObjectWrite, true, 404, 404, 200, 200},
		{objectstore.AnyObjectReadWrite, false, 200, 200, 200, 404},
		{objectstore.AnyObjectReadWrite, true, 200, 200, 200, 200},
	}
	for _, test := range tests {
		name := string(test.access)
		if test.list {
			name += "+ListObjects"
		}
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, objectstore.Knobs{})
			w.put("obj", "old")
			scope := ""
			if test.access[0] == 'O' {
				scope = "obj"
			}
			bucket := strings.TrimSuffix(w.par(test.access, scope, test.list), "obj")
			object := bucket + "obj"
			got := []int{
				w.do(http.MethodGet, object, nil).status, w.do(http.MethodHead, object, nil).status,
				w.do(http.MethodPut, object, []byte("new")).status, w.do(http.MethodGet, bucket, nil).status,
			}
			if diff := cmp.Diff([]int{test.get, test.head, test.put, test.listed}, got); diff != "" {
				t.Errorf("GET, HEAD, PUT, list (-want +got):\n%s", diff)
			}
			if got := w.do(http.MethodDelete, object, nil).status; got != 404 {
				t.Errorf("DELETE through a PAR = %d", got)
			}
			if _, _, ok := w.store.Get("b", "obj"); !ok {
				t.Error("the object is gone after a refused DELETE")
			}
		})
	}
}

// TestFact_5_6_WhatRefusedRequestsAreAnswered is the table of reference, section 5.6.
func TestFact_5_6_WhatRefusedRequestsAreAnswered(t *testing.T) {
	const bucketText = "Either the bucket named 'b' does not exist in the namespace 'ns' or you are not authorized to access it"
	const prefixText = "The prefix from the request and the prefix from PAR are not compatible"
	w := newWorld(t, objectstore.Knobs{})
	w.put("in/obj", "x")
	whole := w.par(objectstore.AnyObjectReadWrite, "", true)
	prefix := w.par(objectstore.AnyObjectReadWrite, "in/", true)
	denied := w.par(objectstore.AnyObjectReadWrite, "", false)
	reader := w.par(objectstore.AnyObjectRead, "", false)
	writer := w.par(objectstore.AnyObjectWrite, "", false)
	one := w.par(objectstore.ObjectRead, "in/obj", false)
	revoked := w.par(objectstore.AnyObjectRead, "", true)
	w.store.RevokePAR(w.base + revoked)
	tests := []struct {
		name, method, path string
		status             int
		code, message      string
	}{
		{"token altered", "GET", "/p/nobody/n/ns/b/b/o/in/obj", 401, "NotAuthenticated", "PAR does not exist"},
		{"no token", "GET", "/n/ns/b/b/o/in/obj", 404, "BucketNotFound", bucketText},
		{"listing outside the prefix", "GET", prefix + "?prefix=other", 401, "NotAuthenticated", prefixText},
		{"listing without a prefix", "GET", prefix, 401, "NotAuthenticated", prefixText},
		{"object outside the prefix", "GET", prefix + "obj", 401, "NotAuthenticated", prefixText},
		{"listing denied", "GET", denied, 404, "BucketNotFound", bucketText},
		{"put with a read-only PAR", "PUT", reader + "new", 404, "BucketNotFound", bucketText},
		{"get with a write-only PAR", "GET", writer + "in/obj", 404, "BucketNotFound", bucketText},
		{"another object", "GET", one + "x", 404, "BucketNotFound", bucketText},
		{
			"object missing", "GET", whole + "none", 404, "ObjectNotFound",
			"The object 'none' was not found in the bucket 'b' of the namespace 'ns'",
		},
		{"revoked", "GET", revoked, 404, "BucketNotFound", bucketText},
		{"delete", "DELETE", whole + "in/obj", 404, "BucketNotFound", bucketText},
		{"delete the bucket", "DELETE", whole, 404, "BucketNotFound", bucketText},
		{"other verb", "POST", whole + "in/obj", 405, "MethodNotAllowed", "POST is not allowed on this resource"},
		{"not a path of the service", "GET", "/hello", 404, "NotFound", "no such resource"},
		{"unknown parameter", "GET", whole + "in/obj?versionId=1", 400, "InvalidParameter", `unknown query parameter "versionId"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := w.do(test.method, test.path, nil)
			code, message := got.failure(t)
			if got.status != test.status || code != test.code || message != test.message {
				t.Errorf("got %d %s %q", got.status, code, message)
			}
		})
	}
	if got := w.do(http.MethodHead, writer+"in/obj", nil); got.status != 404 || got.body != "" {
		t.Errorf("HEAD with a write-only PAR = %d %q", got.status, got.body)
	}
}

func TestExpiredPARFollowsTheKnob(t *testing.T) {
	for knob, want := range map[int]string{0: "BucketNotFound", 404: "BucketNotFound", 401: "NotAuthenticated", 403: "NotAuthorized"} {
		w := newWorld(t, objectstore.Knobs{DeadPARStatus: knob})
		w.put("obj", "x")
		path := w.par(objectstore.AnyObjectRead, "", true) + "obj"
		if got := w.do(http.MethodGet, path, nil); got.status != 200 {
			t.Fatalf("before expiry: %d", got.status)
		}
		w.clock = start.Add(time.Hour)
		got := w.do(http.MethodGet, path, nil)
		if code, _ := got.failure(t); code != want || knob != 0 && got.status != knob {
			t.Errorf("knob %d: %d %s", knob, got.status, code)
		}
	}
}

func TestOtherStatusKnobs(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{DeleteStatus: 401, OutsidePrefixStatus: 404})
	prefix := w.par(objectstore.AnyObjectReadWrite, "in/", true)
	if got := w.do(http.MethodDelete, prefix+"in/obj", nil).status; got != 401 {
		t.Errorf("DELETE = %d", got)
	}
	if got := w.do(http.MethodPut, prefix+"out", nil).status; got != 404 {
		t.Errorf("PUT outside the prefix = %d", got)
	}
	if got := w.do(http.MethodGet, prefix+"?prefix=out", nil).status; got != 401 {
		t.Errorf("listing outside the prefix = %d", got)
	}
}

func TestAPARExpiresOnDemand(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	path := w.par(objectstore.AnyObjectReadWrite, "", true)
	if !w.store.ExpirePAR(w.base+path) || w.store.ExpirePAR(path) || w.store.RevokePAR(path) {
		t.Error("a PAR expires once, and an expired one is not revoked")
	}
	if a := w.do(http.MethodGet, path, nil); a.status != http.StatusNotFound || !strings.Contains(a.body, "BucketNotFound") {
		t.Errorf("after its expiry: %d %s", a.status, a.body)
	}
}

func TestCreatePARRefusesWhatTheServiceRefuses(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	later := start.Add(time.Hour)
	bad := map[string]objectstore.PAR{
		"unknown access":          {Bucket: "b", Access: "Everything", Expires: later},
		"no expiry":               {Bucket: "b", Access: objectstore.AnyObjectRead},
		"object PAR, no object":   {Bucket: "b", Access: objectstore.ObjectRead, Expires: later},
		"object PAR that lists":   {Bucket: "b", Access: objectstore.ObjectRead, Object: "o", List: true, Expires: later},
		"bucket that is not made": {Bucket: "c", Access: objectstore.AnyObjectRead, Expires: later},
	}
	for name, par := range bad {
		if _, err := w.store.CreatePAR(par); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if w.store.RevokePAR("/p/nobody/n/ns/b/b/o/") {
		t.Error("revoked a PAR that never was")
	}
	if err := w.store.CreateBucket("a/b"); err == nil {
		t.Error("a bucket name with a slash was accepted")
	}
	if err := w.store.Put("c", "o", nil); err == nil {
		t.Error("an object went into a bucket that is not there")
	}
}
