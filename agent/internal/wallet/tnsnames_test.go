package wallet

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNamesAreReadAsWritten(t *testing.T) {
	tests := map[string]struct {
		text    string
		alias   string
		address Address
		connect string
	}{
		"one line": {
			"a=(description=(address=(protocol=tcps)(host=h)(port=1522))(connect_data=(service_name=s)))",
			"a",
			Address{"tcps", "h", 1522},
			"(DESCRIPTION=(ADDRESS=(PROTOCOL=tcps)(HOST=h)(PORT=1522))(CONNECT_DATA=(SERVICE_NAME=s)))",
		},
		"many lines, comments, several aliases": {
			"# head\nx, a.world ,b =\n  (DESCRIPTION =\n    (RETRY_COUNT = 20) # inside\n    (ADDRESS_LIST =\n      (ADDRESS = (PORT = 1)(PROTOCOL = TCPS)\n        (HOST = h.example.com)))\n" +
				"    (CONNECT_DATA =\n      (SERVER = DEDICATED)(SERVICE_NAME = s)))\n",
			"a.WORLD",
			Address{"tcps", "h.example.com", 1},
			"(DESCRIPTION=(ADDRESS=(PROTOCOL=tcps)(HOST=h.example.com)(PORT=1))(CONNECT_DATA=(SERVER=DEDICATED)(SERVICE_NAME=s)))",
		},
		"ifile, quotes and a byte order mark": {
			"\ufeffifile = /etc/other.ora\r\na = (description = (address=(protocol=tcps)(host=\"h\")(port='7'))\r\n (connect_data=(service_name=\"s p\"))\r\n (security=(ssl_server_cert_dn=\"CN=x, O=y (z)\")))\r\n",
			"a",
			Address{"tcps", "h", 7},
			"(DESCRIPTION=(ADDRESS=(PROTOCOL=tcps)(HOST=h)(PORT=7))(CONNECT_DATA=(SERVICE_NAME=\"s p\")))",
		},
		"description list, and an odd entry before": {
			"odd = (load_balance=yes)\na=(description_list=(failover=on)(description=(retry_delay=3)(address=(host=h)(port=2)(protocol=tcps))(connect_data=(service_name=s))))",
			"a",
			Address{"tcps", "h", 2},
			"(DESCRIPTION=(ADDRESS=(PROTOCOL=tcps)(HOST=h)(PORT=2))(CONNECT_DATA=(SERVICE_NAME=s)))",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := &Wallet{entries: map[string]Descriptor{}}
			if err := w.parse(tt.text); err != nil {
				t.Fatal(err)
			}
			d, err := w.Descriptor(tt.alias)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]Address{tt.address}, d.Addresses); diff != "" {
				t.Error(diff)
			}
			if got := d.Connect(d.Addresses[0]); got != tt.connect {
				t.Errorf("Connect() = %s\nwant        %s", got, tt.connect)
			}
		})
	}
}

func TestBrokenNamesAreRefusedWithTheirLine(t *testing.T) {
	for text, want := range map[string]string{
		"a\n":                       `line 2: "a" is not followed by =`,
		"a=(b=c)\n\nd = (e=(f=g)":   `line 3: the group of "e" is not closed`,
		"= (b=c)":                   "line 1: an alias is missing",
		"a = (b)":                   "line 1: a group is not (key = value)",
		"a = (b=\"c)":               "line 1: a quoted text does not end",
		"a = (=c)":                  "line 1: a group is not (key = value)",
		"a=(b=c\n)\nb=(c=d))\nx=()": "line 3: an alias is missing",
	} {
		if _, err := parseNames(text); err == nil || err.Error() != want {
			t.Errorf("parseNames(%q) = %v, want %s", text, err, want)
		}
	}
}

func FuzzNamesNeverPanicAndConnectStringsParseBack(f *testing.F) {
	f.Add("a=(description=(address=(protocol=tcps)(host=h)(port=1522))(connect_data=(service_name=s)))")
	f.Add("# x\na,b = (description = (address=(host=\"h\")))")
	f.Add("a=((((((((((((((((((((((((((((((((((((((((((")
	f.Fuzz(func(t *testing.T, text string) {
		w := &Wallet{entries: map[string]Descriptor{}}
		if w.parse(text) != nil {
			return
		}
		for _, alias := range w.Aliases() {
			d, err := w.Descriptor(alias)
			if err != nil {
				t.Fatalf("alias %q is listed and not found", alias)
			}
			again, err := parseNames("x=" + d.Connect(d.Addresses[0]))
			if err != nil || len(again) != 1 {
				t.Errorf("connect string %s does not parse: %v", d.Connect(d.Addresses[0]), err)
			}
		}
	})
}
