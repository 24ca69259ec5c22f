package par_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/adbferry/adbferry/pkg/par"
)

const (
	token = "s3cr3t-T0ken_x"
	good  = "https://objectstorage.us-phoenix-1.oraclecloud.com/p/" + token + "/n/ns1/b/my-bucket/o/"
)

func TestParseReadsTheParts(t *testing.T) {
	for name, tt := range map[string]struct{ text, namespace, bucket, prefix string }{
		"bucket PAR":          {good, "ns1", "my-bucket", ""},
		"white space around":  {"\n " + good + "\n", "ns1", "my-bucket", ""},
		"prefix PAR":          {good + "moves/2026/", "ns1", "my-bucket", "moves/2026/"},
		"escaped prefix":      {good + "a%20b/", "ns1", "my-bucket", "a b/"},
		"dedicated endpoint":  {"https://ns1.objectstorage.us-phoenix-1.oci.customer-oci.com/p/t/n/ns1/b/b/o/", "ns1", "b", ""},
		"local simulator":     {"https://127.0.0.1:8443/p/t/n/ns1/b/b/o/", "ns1", "b", ""},
		"one name for all":    {"https://h/p/t/n/x/b/x/o/x/", "x", "x", "x/"},
		"escaped bucket name": {"https://h/p/t/n/ns1/b/b%2Fc/o/", "ns1", "b/c", ""},
	} {
		t.Run(name, func(t *testing.T) {
			u, err := par.Parse(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if u.Namespace() != tt.namespace || u.Bucket() != tt.bucket || u.Prefix() != tt.prefix {
				t.Errorf("got namespace %q, bucket %q, prefix %q", u.Namespace(), u.Bucket(), u.Prefix())
			}
			if u.Reveal() != strings.TrimSpace(tt.text) {
				t.Errorf("Reveal() = %q, want the URL itself", u.Reveal())
			}
		})
	}
}

func TestTheRegionIsReadFromTheHostAlone(t *testing.T) {
	for text, want := range map[string]string{
		good: "us-phoenix-1",
		"https://ns1.objectstorage.us-sanjose-1.oci.customer-oci.com/p/t/n/ns1/b/b/o/":   "us-sanjose-1",
		"https://127.0.0.1:8443/p/t/n/ns1/b/b/o/":                                        "",
		"https://127.0.0.1:8443/p/t/n/ns1/b/b/o/objectstorage.us-phoenix-1.oraclecloud/": "",
	} {
		u, err := par.Parse(text)
		if err != nil || u.Region() != want {
			t.Errorf("%s: region %q, %v; want %q", u, u.Region(), err, want)
		}
	}
}

func TestRemovalNamesTheRegionWhereItIsKnown(t *testing.T) {
	const want = "oci os object bulk-delete --namespace ns --bucket-name bk --prefix m1/"
	p := par.Place{Namespace: "ns", Bucket: "bk", Prefix: "m1/"}
	if got := par.Removal(p); got != want {
		t.Errorf("got %s", got)
	}
	p.Region = "us-phoenix-1"
	if got := par.Removal(p); got != want+" --region us-phoenix-1" {
		t.Errorf("got %s", got)
	}
}

func TestParseRefusesWithoutRepeatingTheText(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":          " ",
		"no URL":           "https://%zz" + token,
		"plain http":       strings.Replace(good, "https", "http", 1),
		"no host":          "https:///p/" + token + "/n/a/b/c/o/",
		"user in URL":      "https://u@h/p/" + token + "/n/a/b/c/o/",
		"query":            good + "?x=" + token,
		"no token":         "https://h/n/ns/b/bucket/o/",
		"cut off":          "https://h/p/" + token + "/n/ns/b/bucket",
		"one object":       good + "file.csv",
		"token in a word":  token,
		"fragment":         good + "#" + token,
		"missing bucket":   "https://h/p/" + token + "/n/ns/b//o/",
		"missing end of o": "https://h/p/" + token + "/n/ns/b/bucket/o",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := par.Parse(text)
			if _, ok := errors.AsType[*par.MalformedError](err); !ok {
				t.Fatalf("err = %v, want a *MalformedError", err)
			}
			if strings.Contains(err.Error(), token) {
				t.Errorf("error %q shows the token", err)
			}
		})
	}
}

func TestNoPrinterShowsTheToken(t *testing.T) {
	u, err := par.Parse(good)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(map[string]any{"par": u})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		u.String(), string(encoded),
		fmt.Sprintf("%v %+v %#v %s %q", u, u, u, u, u), fmt.Sprint(&u), fmt.Sprint([]par.URL{u}),
	} {
		if strings.Contains(text, token) {
			t.Errorf("%s shows the token", text)
		}
	}
}

func TestRedactFindsTokensInAnyText(t *testing.T) {
	for _, text := range []string{
		"ORA-20404: Object not found - " + good + "x.csv",
		"two " + good + " and " + good,
		`{"uri":"https://h/p/` + token + `"}`,
		"cut https://h/p/" + token,
		"GET '/p/" + token + "/n/a'",
	} {
		got := par.Redact(text)
		if strings.Contains(got, token) {
			t.Errorf("Redact(%q) = %q", text, got)
		}
	}
	if plain := "no path here, p/q is fine"; par.Redact(plain) != plain {
		t.Errorf("Redact changed %q", plain)
	}
}

func FuzzRedactHidesEveryParsedToken(f *testing.F) {
	f.Add(good)
	f.Add(good + "a/")
	f.Fuzz(func(t *testing.T, text string) {
		u, err := par.Parse(text)
		if err != nil {
			return
		}
		if got := par.Redact("x " + u.Reveal()); got != "x "+u.String() {
			t.Errorf("Redact gives %q, String gives %q", got, u.String())
		}
	})
}

func TestObjectJoinsNames(t *testing.T) {
	u, err := par.Parse(good + "pre/")
	if err != nil {
		t.Fatal(err)
	}
	got, err := u.Object(u.FullName("a b/c+d.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if want := good + "pre/a%20b/c+d.csv"; got != want {
		t.Errorf("Object() = %q, want %q", got, want)
	}
	if _, err := u.Object(strings.Repeat("x", 4000)); err == nil || strings.Contains(err.Error(), token) {
		t.Errorf("an over-long URL gave %v", err)
	}
}

// store is a scripted object store of two listing pages.
func store(t *testing.T) (par.Client, par.URL) {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /p/"+token+"/n/ns/b/bk/o/", func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path != "/p/"+token+"/n/ns/b/bk/o/":
			_, _ = io.WriteString(w, "body")
		case r.FormValue("start") == "":
			_, _ = io.WriteString(w, `{"objects":[{"name":"m/a","size":1,"md5":"x"}],"nextStartWith":"m/b"}`)
		default:
			_, _ = io.WriteString(w, `{"objects":[{"name":"`+r.FormValue("start")+`","size":2}]}`)
		}
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"code":"BucketNotFound","message":"no access to `+r.URL.Path+`"}`)
	})
	server := httptest.NewTLSServer(mux)
	t.Cleanup(server.Close)
	u, err := par.Parse(server.URL + "/p/" + token + "/n/ns/b/bk/o/")
	if err != nil {
		t.Fatal(err)
	}
	return par.Client{HTTP: server.Client()}, u
}

func TestListFollowsPages(t *testing.T) {
	client, u := store(t)
	got, err := client.List(t.Context(), u, "m/")
	if err != nil {
		t.Fatal(err)
	}
	want := []par.Object{{Name: "m/a", Bytes: 1, MD5: "x"}, {Name: "m/b", Bytes: 2}}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}

func TestRefusalsAreTypedAndRedacted(t *testing.T) {
	client, u := store(t)
	err := client.Put(t.Context(), u, "m/x", []byte("y"))
	se, ok := errors.AsType[*par.StatusError](err)
	if !ok {
		t.Fatalf("err = %v, want a *StatusError", err)
	}
	if se.Op != "put" || se.Status != 404 || se.Code != "BucketNotFound" || strings.Contains(err.Error(), token) {
		t.Errorf("got %+v", se)
	}
}

func TestNetworkErrorsDoNotShowTheURL(t *testing.T) {
	client, u := store(t)
	client.HTTP = &http.Client{} // does not trust the test server
	_, err := client.Get(t.Context(), u, "m/x", 10)
	if err == nil || strings.Contains(err.Error(), token) {
		t.Errorf("err = %v", err)
	}
}

func TestGetStopsAtItsLimit(t *testing.T) {
	client, u := store(t)
	if body, err := client.Get(t.Context(), u, "m/a", 4); err != nil || string(body) != "body" {
		t.Errorf("got %q, %v", body, err)
	}
	if _, err := client.Get(t.Context(), u, "m/a", 3); err == nil {
		t.Error("four bytes passed a limit of three")
	}
}
