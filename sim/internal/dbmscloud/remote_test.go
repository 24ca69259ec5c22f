package dbmscloud

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/objectstore"
)

// storage is a live object store and a client for it.
func storage(t *testing.T) (store *objectstore.Store, uri string, r remote) {
	t.Helper()
	store = objectstore.New(objectstore.Config{Namespace: "ns"})
	if err := store.CreateBucket("b"); err != nil {
		t.Fatal(err)
	}
	path, err := store.CreatePAR(objectstore.PAR{
		Bucket: "b", Access: objectstore.AnyObjectReadWrite, List: true, Expires: time.Now().Add(time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(store)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // of clients that do not trust it
	server.StartTLS()
	t.Cleanup(server.Close)
	return store, server.URL + path, remote{client: server.Client()}
}

func TestRemoteListsEveryPage(t *testing.T) {
	store, uri, r := storage(t)
	for i := range 2100 {
		if err := store.Put("b", fmt.Sprintf("run/%04d", i), nil); err != nil {
			t.Fatal(err)
		}
	}
	names, err := r.list(t.Context(), location{raw: uri, bucket: uri, name: "run/"})
	if err != nil || len(names) != 2100 || names[2099].Name != "run/2099" {
		t.Errorf("%d names, %v", len(names), err)
	}
}

func TestRemoteDoesNotTakeATornBodyForAnObject(t *testing.T) {
	store, uri, r := storage(t)
	store.Intercept(func(w http.ResponseWriter, _ *http.Request) objectstore.Verdict {
		w.Header().Set("Content-Length", "100")
		_, _ = w.Write([]byte("1,a\n"))
		return objectstore.Answered
	})
	body, err := r.open(t.Context(), uri+"x")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = body.Close() }()
	if text, err := io.ReadAll(body); err == nil {
		t.Errorf("read %q without an error", text)
	}
}

func TestRemoteReportsWhatHasNoAnswer(t *testing.T) {
	_, uri, r := storage(t)
	dead, cancel := context.WithDeadlineCause(t.Context(), time.Now().Add(-time.Second), nil)
	defer cancel()
	stranger := remote{client: &http.Client{Transport: &http.Transport{}}}
	tests := []struct {
		name string
		ctx  context.Context
		r    remote
		uri  string
		line string
	}{
		{"certificate that is not trusted", t.Context(), stranger, uri, "ORA-29024: Certificate validation failure"},
		{"nobody listens", t.Context(), r, "https://127.0.0.1:1/p/token/n/ns/b/b/o/", "ORA-12545"},
		{"no answer in time", dead, r, uri, "ORA-29276: transfer timeout"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := test.r.put(test.ctx, test.uri+"x", []byte("data"))
			wantError(t, err, 29273, test.line)
			if strings.Contains(datum.AsError(err).Text, "/p/") {
				t.Errorf("%v shows the URL", err)
			}
			_, err = test.r.readable(test.ctx, test.uri+"x")
			wantError(t, err, 29273, test.line)
		})
	}
}

func TestRemoteRefusesAListingThatIsNone(t *testing.T) {
	store, uri, r := storage(t)
	store.Intercept(func(w http.ResponseWriter, _ *http.Request) objectstore.Verdict {
		_, _ = w.Write([]byte("<html>"))
		return objectstore.Answered
	})
	_, err := r.list(t.Context(), location{raw: uri, bucket: uri})
	wantError(t, err, 29273, "HTTP request failed")
}

func TestReadable(t *testing.T) {
	for _, test := range []struct {
		status int
		code   string
		want   bool
		ora    int
	}{
		{404, "ObjectNotFound", true, 0},
		{404, "BucketNotFound", false, 0},
		{416, "InvalidRange", true, 0},
		{401, "NotAuthenticated", false, 20401},
		{403, "NotAuthorized", false, 20403},
		{503, "ServiceUnavailable", false, 20503},
	} {
		store, uri, r := storage(t)
		store.Intercept(func(w http.ResponseWriter, req *http.Request) objectstore.Verdict {
			objectstore.Fail(w, req, test.status, test.code, "")
			return objectstore.Answered
		})
		got, err := r.readable(t.Context(), uri+"x")
		if got != test.want {
			t.Errorf("%d %s: readable %v", test.status, test.code, got)
		}
		if test.ora != 0 {
			wantError(t, err, test.ora, uri+"x")
		} else if err != nil {
			t.Errorf("%d %s: %v", test.status, test.code, err)
		}
	}
}

func TestDecompress(t *testing.T) {
	tests := []struct{ kind, body, want string }{
		{"none", "plain", "plain"},
		{"auto", "plain", "plain"},
		{"auto", "", ""},
		{"gzip", "", ""},
		{"auto", "x", "x"},
		{"auto", "x\x9c\x4b\x04\x00\x00\x62\x00\x62", "a"},
		{"zlib", "x\x9c\x4b\x04\x00\x00\x62\x00\x62", "a"},
	}
	for _, test := range tests {
		in, err := decompress(test.kind, strings.NewReader(test.body))
		if err != nil {
			t.Errorf("%s of %q: %v", test.kind, test.body, err)
			continue
		}
		if got, err := io.ReadAll(in); err != nil || string(got) != test.want {
			t.Errorf("%s of %q: %q, %v", test.kind, test.body, got, err)
		}
	}
	if got := sniff([]byte("BZh")); got != "bzip2" {
		t.Errorf("bzip2 is taken for %s", got)
	}
}
