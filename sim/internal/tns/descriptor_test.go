package tns_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim/internal/tns"
)

func TestDescriptors(t *testing.T) {
	for _, tc := range []struct {
		text string
		want tns.Descriptor
	}{
		{
			"(DESCRIPTION=(CONNECT_DATA=(SERVICE_NAME=a_high.example.com)))",
			tns.Descriptor{Service: "a_high.example.com"},
		},
		{
			"(description= (retry_count=20)(retry_delay=3)(address=(protocol=tcps)(port=1522)(host=h))\n" +
				" (connect_data = ( service_name = a_low ) (cid=(program=sqlplus)(host=laptop)(user=me)))" +
				"(security=(ssl_server_dn_match=yes)(ssl_server_cert_dn=\"CN=a(b), O=c\")))",
			tns.Descriptor{Service: "a_low", Program: "sqlplus", Host: "laptop", User: "me"},
		},
		{
			"(DESCRIPTION=(ADDRESS_LIST=(ADDRESS=(HOST=a))(ADDRESS=(HOST=b)))(CONNECT_DATA=(SID=X)(CONNECTION_ID=abc==)))",
			tns.Descriptor{SID: "X", ConnectionID: "abc=="},
		},
		{"(DESCRIPTION=(CONNECT_DATA=(SERVICE_NAME=)))", tns.Descriptor{}},
	} {
		got, err := tns.ParseDescriptor(tc.text)
		if err != nil {
			t.Errorf("%s: %v", tc.text, err)
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s: %s", tc.text, diff)
		}
	}
}

func TestBadDescriptors(t *testing.T) {
	for _, text := range []string{
		"", "SERVICE_NAME=x", "(", "()", "(DESCRIPTION", "(DESCRIPTION=(CONNECT_DATA=(SERVICE_NAME=x))",
		`(A="x)`, "(A=(B=c)x)", strings.Repeat("(A=", 100) + "x" + strings.Repeat(")", 100),
	} {
		if got, err := tns.ParseDescriptor(text); !errors.Is(err, tns.ErrMalformed) {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
}

func FuzzDescriptor(f *testing.F) {
	f.Add("(DESCRIPTION=(CONNECT_DATA=(SERVICE_NAME=a_high)(CID=(PROGRAM=\"x)\"))))")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := tns.ParseDescriptor(text)
		if err != nil && d != (tns.Descriptor{}) {
			t.Errorf("%v and %+v", err, d)
		}
	})
}
