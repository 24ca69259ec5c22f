package objectstore_test

import (
	"bytes"
	"crypto/md5" //nolint:gosec // the service's own integrity check is MD5
	"encoding/base64"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim/internal/objectstore"
)

func digest(data []byte) string {
	sum := md5.Sum(data) //nolint:gosec // see the import
	return base64.StdEncoding.EncodeToString(sum[:])
}

func TestPutAndGetCarryDigestsAndHeaders(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	path := w.par(objectstore.AnyObjectReadWrite, "", false) + "a%2Fb%20c/d.csv"
	data := bytes.Repeat([]byte("0123456789abcdef"), 200_000) // several segments
	put := w.do(http.MethodPut, path, data, "Content-MD5", digest(data), "opc-meta-run", "r1", "Content-Type", "text/csv")
	if put.status != 200 || put.header.Get("opc-content-md5") != digest(data) || put.header.Get("ETag") == "" {
		t.Fatalf("PUT = %d %v", put.status, put.header)
	}
	stored, o, ok := w.store.Get("b", "a/b c/d.csv")
	if !ok || !bytes.Equal(stored, data) || o.Size != int64(len(data)) {
		t.Fatalf("the decoded name holds %d bytes, ok %v", len(stored), ok)
	}
	get := w.do(http.MethodGet, path, nil, "opc-client-request-id", "me")
	want := map[string]string{
		"Content-MD5": digest(data), "ETag": put.header.Get("ETag"), "Accept-Ranges": "bytes", "Content-Type": "text/csv",
		"Storage-Tier": "Standard", "X-Api-Id": "native", "Opc-Meta-Run": "r1", "Opc-Client-Request-Id": "me",
		"Last-Modified": "Sun, 22 Nov 2026 09:00:00 GMT", "Content-Length": "3200000",
	}
	for name, value := range want {
		if got := get.header.Get(name); got != value {
			t.Errorf("%s = %q, want %q", name, got, value)
		}
	}
	if get.body != string(data) {
		t.Error("the body differs")
	}
	if head := w.do(http.MethodHead, path, nil); head.header.Get("Content-Length") != "3200000" || head.body != "" {
		t.Errorf("HEAD = %v", head.header)
	}
}

func TestPutThatDoesNotMatchItsDigestStoresNothing(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	path := w.par(objectstore.AnyObjectReadWrite, "", false) + "obj"
	got := w.do(http.MethodPut, path, []byte("data"), "Content-MD5", digest([]byte("other")))
	if code, _ := got.failure(t); got.status != 400 || code != "UnmatchedContentMD5" {
		t.Errorf("got %d %s", got.status, code)
	}
	if _, _, ok := w.store.Get("b", "obj"); ok {
		t.Error("the object exists")
	}
}

func TestFact_5_3_RangesOfAnObject(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	w.put("obj", "0123456789")
	path := w.par(objectstore.ObjectRead, "obj", false)
	tests := []struct {
		header, body, contentRange string
		status                     int
	}{
		{"bytes=2-4", "234", "bytes 2-4/10", 206},
		{"bytes=7-", "789", "bytes 7-9/10", 206},
		{"bytes=7-99", "789", "bytes 7-9/10", 206},
		{"bytes=-3", "789", "bytes 7-9/10", 206},
		{"bytes=0-0", "0", "bytes 0-0/10", 206},
		{"bytes=5-2", "0123456789", "", 200},
		{"bytes=1-2,4-5", "0123456789", "", 200},
		{"lines=1-2", "0123456789", "", 200},
		{"bytes=x", "0123456789", "", 200},
	}
	for _, test := range tests {
		got := w.do(http.MethodGet, path, nil, "Range", test.header)
		if got.status != test.status || got.body != test.body || got.header.Get("Content-Range") != test.contentRange {
			t.Errorf("%s: %d %q %q", test.header, got.status, got.body, got.header.Get("Content-Range"))
		}
	}
	got := w.do(http.MethodGet, path, nil, "Range", "bytes=10-")
	if code, _ := got.failure(t); got.status != 416 || code != "InvalidRange" || got.header.Get("Content-Range") != "bytes */10" {
		t.Errorf("beyond the end: %d %s", got.status, code)
	}
}

func TestPreconditions(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	path := w.par(objectstore.AnyObjectReadWrite, "", false) + "obj"
	tag := w.do(http.MethodPut, path, []byte("1")).header.Get("ETag")
	tests := []struct {
		name, method, header, value string
		status                      int
	}{
		{"create only", http.MethodPut, "If-None-Match", "*", 412},
		{"overwrite that version", http.MethodPut, "If-Match", "wrong", 412},
		{"read that version", http.MethodGet, "If-Match", tag, 200},
		{"read another version", http.MethodGet, "If-Match", "wrong", 412},
		{"unchanged", http.MethodGet, "If-None-Match", tag, 304},
		{"changed", http.MethodGet, "If-None-Match", "wrong", 200},
	}
	for _, test := range tests {
		if got := w.do(test.method, path, []byte("2"), test.header, test.value); got.status != test.status {
			t.Errorf("%s: %d", test.name, got.status)
		}
	}
	if data, _, _ := w.store.Get("b", "obj"); string(data) != "1" {
		t.Errorf("a refused PUT changed the object to %q", data)
	}
}

func TestFact_5_3_QueryParametersOverrideResponseHeaders(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	w.put("obj", "x")
	path := w.par(objectstore.ObjectRead, "obj", false)
	got := w.do(http.MethodGet, path+"?httpResponseContentType=text/plain&httpResponseContentDisposition=inline", nil)
	if got.header.Get("Content-Type") != "text/plain" || got.header.Get("Content-Disposition") != "inline" {
		t.Errorf("headers = %v", got.header)
	}
}

func TestFact_5_4_AMultipartUploadThroughAPAR(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	path := w.par(objectstore.AnyObjectReadWrite, "", true)
	var up struct{ AccessURI, UploadID, Object string }
	started := w.do(http.MethodPut, path+"dir/id/big", nil, "opc-multipart", "true")
	if err := json.Unmarshal([]byte(started.body), &up); err != nil || up.Object != "dir/id/big" {
		t.Fatalf("start = %q, %v", started.body, err)
	}
	for part, text := range map[string]string{"2": "world", "1": "hello "} {
		if got := w.do(http.MethodPut, up.AccessURI+part, []byte(text)); got.header.Get("opc-content-md5") != digest([]byte(text)) {
			t.Errorf("part %s = %d %v", part, got.status, got.header)
		}
	}
	if _, _, ok := w.store.Get("b", "dir/id/big"); ok {
		t.Error("the object exists before the commit")
	}
	if got := w.do(http.MethodGet, up.AccessURI, nil); got.status != 200 {
		t.Errorf("list parts = %d", got.status)
	}
	if got := w.do(http.MethodPost, up.AccessURI, nil); got.status != 200 {
		t.Fatalf("commit = %d %s", got.status, got.body)
	}
	got := w.do(http.MethodGet, path+"dir/id/big", nil)
	if got.body != "hello world" || got.header.Get("Content-MD5") != "" || got.header.Get("opc-multipart-md5")[24:] != "-2" {
		t.Errorf("GET = %q %v", got.body, got.header)
	}
	again := w.do(http.MethodPost, up.AccessURI, nil)
	if code, message := again.failure(t); again.status != 404 || message != "No such upload" {
		t.Errorf("second commit = %d %s %s", again.status, code, message)
	}
}

func TestFact_5_4_AnUnfinishedUploadIsAborted(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	path := w.par(objectstore.ObjectWrite, "obj", false)
	var up struct{ AccessURI string }
	if err := json.Unmarshal([]byte(w.do(http.MethodPut, path, nil, "opc-multipart", "true").body), &up); err != nil {
		t.Fatal(err)
	}
	got := []int{
		w.do(http.MethodPut, up.AccessURI+"10001", nil).status,
		w.do(http.MethodPut, up.AccessURI, nil).status,
		w.do(http.MethodDelete, up.AccessURI, nil).status,
		w.do(http.MethodPut, up.AccessURI+"1", nil).status,
	}
	if diff := cmp.Diff([]int{400, 405, 204, 404}, got); diff != "" {
		t.Errorf("part 10001, PUT without part, abort, part after abort (-want +got):\n%s", diff)
	}
}

func TestHooksStrikeOnceInOrder(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	w.put("obj", "x")
	path := w.par(objectstore.ObjectRead, "obj", false)
	fail := func(status int) objectstore.Hook {
		return func(rw http.ResponseWriter, r *http.Request) objectstore.Verdict {
			objectstore.Fail(rw, r, status, "ServiceUnavailable", "try again")
			return objectstore.Answered
		}
	}
	left := 2
	w.store.Intercept(func(http.ResponseWriter, *http.Request) objectstore.Verdict { return objectstore.Pass })
	w.store.Intercept(fail(503))
	w.store.Intercept(func(rw http.ResponseWriter, r *http.Request) objectstore.Verdict {
		objectstore.Fail(rw, r, 429, "TooManyRequests", "slow down")
		if left--; left == 0 {
			return objectstore.Answered
		}
		return objectstore.AnsweredOn
	})
	var got []int
	for range 4 {
		got = append(got, w.do(http.MethodGet, path, nil).status)
	}
	if diff := cmp.Diff([]int{503, 429, 429, 200}, got); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
	if n := w.store.PendingFaults(); n != 1 {
		t.Errorf("%d hooks wait, want the one that always passes", n)
	}
}

func TestHookThatBreaksTheConnectionIsSpent(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	w.put("obj", "x")
	url := w.base + w.par(objectstore.ObjectRead, "obj", false)
	w.store.Intercept(func(http.ResponseWriter, *http.Request) objectstore.Verdict { panic(http.ErrAbortHandler) })
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, nil) // POST is not retried by the client
	if err != nil {
		t.Fatal(err)
	}
	resp, err := w.http.Do(r)
	if err == nil {
		_ = resp.Body.Close()
		t.Errorf("the broken request was answered %d", resp.StatusCode)
	}
	if n := w.store.PendingFaults(); n != 0 {
		t.Errorf("%d hooks wait", n)
	}
}
