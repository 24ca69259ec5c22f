package bucket

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/adbferry/adbferry/pkg/par"
)

// A fakeStore is a bucket behind one PAR, with the rights taken away that a
// test names: "list", "put", "get".
type fakeStore struct {
	mu      sync.Mutex
	objects map[string][]byte
	denied  []string
	answer  int // HTTP status for everything, when set
	garble  bool
	onList  func(objects map[string][]byte)
}

const root = "/p/t0ken/n/ns/b/bk/o/"

func (f *fakeStore) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	name, ok := strings.CutPrefix(r.URL.Path, root)
	op := map[bool]string{true: "list", false: strings.ToLower(r.Method)}[name == ""]
	switch {
	case f.answer != 0:
		fail(w, f.answer, "Busy", "wait")
	case !ok:
		fail(w, http.StatusUnauthorized, "NotAuthenticated", "PAR does not exist")
	case slices.Contains(f.denied, op):
		fail(w, http.StatusNotFound, "BucketNotFound", "either the bucket does not exist or you are not authorized")
	case op == "list":
		f.list(w, r.FormValue("prefix"))
	case op == "put":
		body, err := io.ReadAll(r.Body)
		if err == nil {
			f.objects[name] = body
		}
	default:
		body, ok := f.objects[name]
		if !ok {
			fail(w, http.StatusNotFound, "ObjectNotFound", "no such object")
			return
		}
		if f.garble {
			body = []byte("other")
		}
		_, _ = w.Write(body)
	}
}

func (f *fakeStore) list(w http.ResponseWriter, prefix string) {
	if f.onList != nil {
		f.onList(f.objects)
	}
	var page struct {
		Objects []map[string]any `json:"objects"`
	}
	for name, body := range f.objects {
		if strings.HasPrefix(name, prefix) {
			sum := md5.Sum(body)
			page.Objects = append(page.Objects, map[string]any{"name": name, "size": len(body), "md5": base64.StdEncoding.EncodeToString(sum[:]), "etag": string(body)})
		}
	}
	slices.SortFunc(page.Objects, func(a, b map[string]any) int { return strings.Compare(a["name"].(string), b["name"].(string)) })
	_ = json.NewEncoder(w).Encode(page)
}

func fail(w http.ResponseWriter, status int, code, message string) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"code": code, "message": message})
}

func newStore(t *testing.T) (*fakeStore, Store, par.URL) {
	t.Helper()
	f := &fakeStore{objects: map[string][]byte{}}
	server := httptest.NewTLSServer(f)
	t.Cleanup(server.Close)
	u, err := par.Parse(server.URL + root)
	if err != nil {
		t.Fatal(err)
	}
	return f, Store{Client: par.Client{HTTP: server.Client()}, Pause: time.Millisecond}, u
}
