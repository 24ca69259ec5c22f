package objectstore_test

// The facts of reference, section 5, pre-authenticated requests, one test each;
// some of them stand beside what they are about. sim/internal/dbmscloud/FACTS.md
// lists them all.

import (
	"bytes"
	"crypto/md5" //nolint:gosec // the service's own integrity check is MD5
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim/internal/objectstore"
)

func TestFact_5_1_TheURLOfAPrefixPARDoesNotHoldThePrefix(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	path := w.par(objectstore.AnyObjectReadWrite, "run/", true)
	if !strings.HasSuffix(path, "/n/ns/b/b/o/") {
		t.Errorf("URL ends in %s", path[strings.Index(path, "/n/"):])
	}
	if got := w.do(http.MethodPut, path+"run/x", nil).status; got != 200 {
		t.Errorf("PUT below the prefix = %d", got)
	}
}

func TestFact_5_1_NamesArePercentEncodedInThePath(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	w.do(http.MethodPut, w.par(objectstore.AnyObjectReadWrite, "", false)+"a%20b%2Fc%25.csv", []byte("x"))
	if data, _, ok := w.store.Get("b", "a b/c%.csv"); !ok || string(data) != "x" {
		t.Errorf("the decoded name holds %q, %v", data, ok)
	}
}

func TestFact_5_1_AURLHas3500BytesAtMost(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	path := w.par(objectstore.AnyObjectReadWrite, "", true)
	short := path + strings.Repeat("x", 500)
	if got := w.do(http.MethodPut, short, nil).status; got != 200 {
		t.Errorf("PUT of a short name = %d", got)
	}
	if got := w.do(http.MethodPut, path+string(bytes.Repeat([]byte("x"), 3500)), nil).status; got != 400 {
		t.Errorf("PUT of a 3,500 byte name = %d", got)
	}
}

func TestFact_5_2_AWriteOnlyPARThatListsDoesNotRead(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	w.put("x", "data")
	path := w.par(objectstore.AnyObjectWrite, "", true)
	got := []int{w.do(http.MethodGet, path, nil).status, w.do(http.MethodGet, path+"x", nil).status}
	if diff := cmp.Diff([]int{200, 404}, got); diff != "" {
		t.Errorf("list, read (-want +got):\n%s", diff)
	}
}

func TestFact_5_2_ListingIsDeniedByDefault(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	path, err := w.store.CreatePAR(objectstore.PAR{Bucket: "b", Access: objectstore.AnyObjectReadWrite, Expires: start.AddDate(100, 0, 0)})
	if err != nil {
		t.Fatal(err)
	}
	if got := w.do(http.MethodGet, path, nil).status; got != 404 {
		t.Errorf("list = %d", got)
	}
}

func TestFact_5_2_AnExpiryIsRequiredAndHasNoUpperLimit(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	if _, err := w.store.CreatePAR(objectstore.PAR{Bucket: "b", Access: objectstore.AnyObjectRead}); err == nil {
		t.Error("a PAR without an expiry was created")
	}
	if _, err := w.store.CreatePAR(objectstore.PAR{Bucket: "b", Access: objectstore.AnyObjectRead, Expires: start.AddDate(7000, 0, 0)}); err != nil {
		t.Error(err)
	}
}

func TestFact_5_3_HeadHasHeadersOnly(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	w.put("x", "data")
	path := w.par(objectstore.AnyObjectRead, "", false) + "x"
	if got := w.do(http.MethodHead, path, nil); got.status != 200 || got.body != "" || got.header.Get("Content-Length") != "4" {
		t.Errorf("HEAD = %d %q %v", got.status, got.body, got.header)
	}
	if got := w.do(http.MethodGet, path, nil); got.body != "data" {
		t.Errorf("GET = %q", got.body)
	}
}

func TestFact_5_3_PutCreatesOrOverwrites(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	path := w.par(objectstore.AnyObjectReadWrite, "", false) + "x"
	for _, text := range []string{"one", "another"} {
		if got := w.do(http.MethodPut, path, []byte(text)).status; got != 200 {
			t.Errorf("PUT = %d", got)
		}
		if data, _, _ := w.store.Get("b", "x"); string(data) != text {
			t.Errorf("the object holds %q", data)
		}
	}
}

func TestFact_5_3_NoPARDeletes(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	w.put("x", "data")
	for _, access := range []objectstore.Access{objectstore.AnyObjectRead, objectstore.AnyObjectWrite, objectstore.AnyObjectReadWrite} {
		path := w.par(access, "", false)
		got := []int{w.do(http.MethodDelete, path+"x", nil).status, w.do(http.MethodDelete, path, nil).status}
		if diff := cmp.Diff([]int{404, 404}, got); diff != "" {
			t.Errorf("%s: object, bucket (-want +got):\n%s", access, diff)
		}
	}
	if len(w.store.List("b", "")) != 1 {
		t.Error("the object went")
	}
}

func TestFact_5_3_CustomMetadataComesWithThePut(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	path := w.par(objectstore.AnyObjectReadWrite, "", false) + "x"
	w.do(http.MethodPut, path, nil, "opc-meta-run", "r1")
	if got := w.do(http.MethodHead, path, nil).header.Get("opc-meta-run"); got != "r1" {
		t.Errorf("opc-meta-run = %q", got)
	}
}

func TestFact_5_5_NextStartWithPagesOn(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	for i := range 3 {
		w.put(fmt.Sprint("x", i), "")
	}
	path := w.par(objectstore.AnyObjectRead, "", true)
	first := w.list(path + "?limit=2")
	second := w.list(path + "?limit=2&start=" + first.NextStartWith)
	if first.NextStartWith != "x2" || first.names() != "x0 x1" || second.names() != "x2" || second.NextStartWith != "" {
		t.Errorf("pages %+v and %+v", first, second)
	}
}

func TestFact_5_5_ListedNamesAreWholeNames(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	w.put("run/1/x", "")
	if got := w.list(w.par(objectstore.AnyObjectRead, "run/", true) + "?prefix=run/1/").names(); got != "run/1/x" {
		t.Errorf("names = %q", got)
	}
}

func TestFact_5_5_MultipartObjectsHaveTheMD5OfTheirParts(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	path := w.par(objectstore.AnyObjectReadWrite, "", true) + "x"
	var up struct{ AccessURI string }
	if err := json.Unmarshal([]byte(w.do(http.MethodPut, path, nil, "opc-multipart", "true").body), &up); err != nil {
		t.Fatal(err)
	}
	w.do(http.MethodPut, up.AccessURI+"1", []byte("a"))
	w.do(http.MethodPut, up.AccessURI+"2", []byte("b"))
	w.do(http.MethodPost, up.AccessURI, nil)
	one, two := md5.Sum([]byte("a")), md5.Sum([]byte("b")) //nolint:gosec // see the import
	sum := md5.Sum(append(bytes.Clone(one[:]), two[:]...)) //nolint:gosec // see the import
	got := w.do(http.MethodHead, path, nil).header
	if want := base64.StdEncoding.EncodeToString(sum[:]) + "-2"; got.Get("opc-multipart-md5") != want || got.Get("Content-MD5") != "" {
		t.Errorf("opc-multipart-md5 = %q, want %q; Content-MD5 = %q", got.Get("opc-multipart-md5"), want, got.Get("Content-MD5"))
	}
}

func TestFact_5_5_AnswersCarryMD5AndETag(t *testing.T) {
	w := newWorld(t, objectstore.Knobs{})
	path := w.par(objectstore.AnyObjectReadWrite, "", false) + "x"
	put := w.do(http.MethodPut, path, []byte("abc"))
	get := w.do(http.MethodGet, path, nil)
	if put.header.Get("opc-content-md5") != digest([]byte("abc")) || put.header.Get("ETag") == "" {
		t.Errorf("PUT = %v", put.header)
	}
	if get.header.Get("Content-MD5") != digest([]byte("abc")) || get.header.Get("ETag") != put.header.Get("ETag") {
		t.Errorf("GET = %v", get.header)
	}
}
