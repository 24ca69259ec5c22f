package dbmscloud

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine"
)

func TestLocations(t *testing.T) {
	c := &cloud{hosts: []string{"127.0.0.1:8443"}}
	tests := []struct {
		uri, name       string
		matches, leaves []string
	}{
		{"https://127.0.0.1:8443/p/t/n/ns/b/b/o/a/b.csv", "a/b.csv", nil, nil},
		{"https://objectstorage.us-phoenix-1.oraclecloud.com/p/t/n/ns/b/b/o/", "", nil, nil},
		{"https://ns.objectstorage.us-sanjose-1.oci.customer-oci.com/p/t/n/ns/b/b/o/x", "x", nil, nil},
		{"HTTPS://OBJECTSTORAGE.us-phoenix-1.oraclecloud.com/n/ns/b/b/o/x", "x", nil, nil},
		{"https://127.0.0.1:8443/p/t/n/ns/b/b/o/a%2Fb%20c%2A.csv", "a/b c*.csv", nil, nil},
		{"https://127.0.0.1:8443/p/t/n/ns/b/b/o/run/or*.csv", "run/or", []string{"run/or.csv", "run/or/1.csv"}, []string{"run/or.csv.gz", "x/run/or.csv"}},
		{"https://127.0.0.1:8443/p/t/n/ns/b/b/o/a?%2A", "a", []string{"ab*", "a/*"}, []string{"a*", "abc"}},
	}
	for _, test := range tests {
		loc, err := c.parseLocation(test.uri)
		if err != nil {
			t.Errorf("%s: %v", test.uri, err)
			continue
		}
		if loc.name != test.name || (loc.pattern != nil) != (test.matches != nil) {
			t.Errorf("%s: name %q, pattern %v", test.uri, loc.name, loc.pattern)
		}
		for _, name := range test.matches {
			if !loc.pattern.MatchString(name) {
				t.Errorf("%s does not match %q", test.uri, name)
			}
		}
		for _, name := range test.leaves {
			if loc.pattern.MatchString(name) {
				t.Errorf("%s matches %q", test.uri, name)
			}
		}
	}
}

func TestWildcardsInOneFolder(t *testing.T) {
	c := &cloud{hosts: []string{"h"}, knobs: Knobs{WildcardStaysInFolder: true}}
	loc, err := c.parseLocation("https://h/n/ns/b/b/o/run/*.csv")
	if err != nil {
		t.Fatal(err)
	}
	if !loc.pattern.MatchString("run/a.csv") || loc.pattern.MatchString("run/1/a.csv") {
		t.Errorf("pattern = %s", loc.pattern)
	}
}

func TestLocationsRefused(t *testing.T) {
	c := &cloud{hosts: []string{"127.0.0.1:8443"}}
	tests := []struct {
		uri  string
		code int
		text string
	}{
		{"https://example.com/p/t/n/ns/b/b/o/x", 20006, "Unsupported object store URI"},
		{"https://127.0.0.1:9999/p/t/n/ns/b/b/o/x", 20006, "Unsupported object store URI"},
		{"https://objectstorage.evil.com/p/t/n/ns/b/b/o/x", 20006, "Unsupported object store URI"},
		{"http://127.0.0.1:8443/p/t/n/ns/b/b/o/x", 20011, "Invalid object URI"},
		{"https://127.0.0.1:8443/p/t/n/ns/b/b", 20011, "Invalid object URI"},
		{"https://127.0.0.1:8443/p/t*/n/ns/b/b/o/x", 20011, "Invalid object URI"},
		{"https://127.0.0.1:8443", 20011, "Invalid object URI"},
		{"https:///p/t/n/ns/b/b/o/x", 20011, "Invalid object URI"},
		{"https://127.0.0.1:8443/p/t/n/ns/b/b/o/%zz", 20011, "Invalid object URI"},
		{"somewhere", 20011, "Invalid object URI"},
		{"1DIR:x.csv", 20011, "Invalid object URI"},
		{`"DIR:x.csv`, 20011, "Invalid object URI"},
	}
	for _, test := range tests {
		_, err := c.parseLocation(test.uri)
		t.Run(test.uri, func(t *testing.T) { wantError(t, err, test.code, test.text) })
	}
}

func TestObjectNames(t *testing.T) {
	all := engine.Attributes{ClientInfo: "info", Module: "mod", Action: "act"}
	tests := []struct {
		given      string
		attributes engine.Attributes
		want       string
	}{
		{"customer_orders_demo_export.csv", all, "customer_orders_demo_export_1_20251215T201636030898Z.csv"},
		{"run/table/part", all, "run/table/part_1_20251215T201636030898Z.csv"},
		{"v1.2/part", all, "v1.2/part_1_20251215T201636030898Z.csv"},
		{"", all, "info_mod_act_1_20251215T201636030898Z.csv"},
		{"", engine.Attributes{Module: "mod"}, "mod_1_20251215T201636030898Z.csv"},
		{"", engine.Attributes{}, "data_1_20251215T201636030898Z.csv"},
		{"run/", engine.Attributes{}, "run/data_1_20251215T201636030898Z.csv"},
	}
	at := time.Date(2025, 12, 15, 20, 16, 36, 30898000, time.UTC)
	for _, test := range tests {
		prefix := objectPrefix(test.given, test.attributes)
		if got := objectName(prefix, 1, at, exportFormat{extension: ".csv"}); got != test.want {
			t.Errorf("%q with %+v: %s", test.given, test.attributes, got)
		}
	}
	if got := objectName("p", 2, at, exportFormat{extension: "", gzip: true}); got != "p_2_20251215T201636030898Z.gz" {
		t.Errorf("gzip without extension: %s", got)
	}
}

func TestStampsNeverRepeat(t *testing.T) {
	at := time.Date(2025, 12, 15, 20, 16, 36, 999, time.UTC)
	c := &cloud{now: func() time.Time { return at }}
	first, second := c.nextStamp(), c.nextStamp()
	if !second.After(first) || first.Nanosecond()%1000 != 0 {
		t.Errorf("stamps %s and %s", first, second)
	}
}

func FuzzLocation(f *testing.F) {
	f.Add("https://h/p/t/n/ns/b/b/o/run/a*.csv", "run/a1.csv")
	f.Add("https://h/n/ns/b/b/o/%2A?", "*x")
	f.Add("https://h/n/ns/b/b/o/", "")
	f.Add("DATA_PUMP_DIR:100%*.csv", "100%_1.csv")
	c := &cloud{hosts: []string{"h"}}
	f.Fuzz(func(t *testing.T, uri, name string) {
		if loc, err := c.parseRegexLocation(uri); err == nil && loc.matches(name) && !strings.HasPrefix(name, loc.name) {
			t.Errorf("the expression of %q matches %q and would not list it", uri, name)
		}
		loc, err := c.parseLocation(uri)
		if err != nil {
			if e := datum.AsError(err); e.Code != 20000 && e.Code != 20006 && e.Code != 20011 {
				t.Errorf("%q: %v", uri, err)
			}
			return
		}
		if loc.pattern != nil && loc.pattern.MatchString(name) && !strings.HasPrefix(name, loc.name) {
			t.Errorf("%q matches %q and would not list it", uri, name)
		}
		if again, err := c.parseLocation(loc.object(name)); strings.HasPrefix(loc.bucket, "https://h/") && (err != nil || again.name != name) {
			t.Errorf("object %q of %q became %q, %v", name, uri, again.name, err)
		}
	})
}

func TestSplitURIs(t *testing.T) {
	got := splitURIs(" https://a/1 ,https://a/2,\nhttps://a/3, ")
	if diff := cmp.Diff([]string{"https://a/1", "https://a/2", "https://a/3"}, got); diff != "" {
		t.Errorf("URIs (-want +got):\n%s", diff)
	}
}

func TestFoldName(t *testing.T) {
	good := map[string]string{"orders": "ORDERS", ` "MixedCase" `: "MixedCase", `"a.b"`: "a.b"}
	for given, want := range good {
		if got, ok := foldName(given); !ok || got != want {
			t.Errorf("%s: %q, %v", given, got, ok)
		}
	}
	for _, given := range []string{"", `"`, `""`, `"a`, `"a"b"`, "a.b", "a b", `a"`} {
		if got, ok := foldName(given); ok {
			t.Errorf("%q was taken as %q", given, got)
		}
	}
}
