package dbmscloud

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

func TestFieldList(t *testing.T) {
	tests := []struct {
		list string
		want []field
	}{
		{`a`, []field{{name: "A", size: 255}}},
		{`a, "b c" , C#1$_x`, []field{{name: "A", size: 255}, {name: "b c", size: 255}, {name: "C#1$_X", size: 255}}},
		{`"COL" CHAR(32767)`, []field{{name: "COL", size: 32767}}},
		{"x char ( 10 ),\n y CHAR", []field{{name: "X", size: 10}, {name: "Y", size: 255}}},
		{`größe CHAR(5)`, []field{{name: "GRÖSSE", size: 5}}},
		{
			`"D" CHAR date_format DATE MASK "YYYY-MM-DD HH24:MI:SS"`,
			[]field{{name: "D", size: 255, kind: datum.Date, mask: "YYYY-MM-DD HH24:MI:SS"}},
		},
		{
			`"T" CHAR(40) DATE_FORMAT TIMESTAMP WITH TIME ZONE MASK "YYYY-MM-DD\"T\"HH24:MI:SS.FF9TZR"`,
			[]field{{name: "T", size: 40, kind: datum.TimestampTZ, mask: `YYYY-MM-DD"T"HH24:MI:SS.FF9TZR`}},
		},
		{`l DATE_FORMAT TIMESTAMP WITH LOCAL TIME ZONE MASK 'YYYY'`, []field{{name: "L", size: 255, kind: datum.TimestampLTZ, mask: "YYYY"}}},
		{`d DATE "YYYY-MM-DD", t TIMESTAMP "HH24, MI"`, []field{
			{name: "D", size: 255, kind: datum.Date, mask: "YYYY-MM-DD"},
			{name: "T", size: 255, kind: datum.Timestamp, mask: "HH24, MI"},
		}},
		{`d CHAR(20) DATE "YYYY"`, []field{{name: "D", size: 20, kind: datum.Date, mask: "YYYY"}}},
	}
	for _, test := range tests {
		got, err := parseFieldList(test.list, 255)
		if err != nil {
			t.Errorf("%s: %v", test.list, err)
		}
		for i := range got {
			if got[i].name == "GRÖßE" { // upper case of ß is a matter of taste
				got[i].name = "GRÖSSE"
			}
		}
		if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(field{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.list, diff)
		}
	}
}

func TestFieldListRefuses(t *testing.T) {
	tests := []struct{ list, found, expected string }{
		{``, "end of field list", "identifier"},
		{`a,`, "end of field list", "identifier"},
		{`a b`, "b", ","},
		{`(a CHAR)`, "(", "identifier"},
		{`a CHAR(0)`, "0", "unsigned integer"},
		{`a CHAR(x)`, "x", "unsigned integer"},
		{`a CHAR(99999999999999999999)`, "99999999999999999999", "unsigned integer"},
		{`a CHAR(10`, "end of field list", ")"},
		{`a POSITION(1:5)`, "position", ","},
		{`a CHAR(10) NULLIF a=BLANKS`, "nullif", ","},
		{`a INTEGER EXTERNAL`, "integer", ","},
		{`a CHAR date_format MASK "YYYY"`, "mask", "date, timestamp"},
		{`a DATE`, "end of field list", "mask in quotes"},
		{`a DATE MASK YYYY`, "yyyy", "mask in quotes"},
		{`a TIMESTAMP WITH ZONE "YYYY"`, "zone", "time"},
		{`"" CHAR`, `"`, "identifier"},
		{`"a CHAR`, `"`, "closing quote"},
	}
	for _, test := range tests {
		_, err := parseFieldList(test.list, 255)
		t.Run(test.list, func(t *testing.T) {
			wantError(t, err, 29913, "ORA-29913: error while processing ODCIEXTTABLEOPEN routine\nORA-29400: data cartridge error\n"+
				"KUP-00554: error encountered while parsing access parameters\n"+
				`KUP-01005: syntax error: found "`+test.found+`": expecting one of: "`+test.expected+`"`)
		})
	}
}

func FuzzFieldList(f *testing.F) {
	f.Add(`"COL" CHAR(32767), d CHAR date_format DATE MASK "YYYY"`)
	f.Add(`t TIMESTAMP WITH LOCAL TIME ZONE 'x\'y'`)
	f.Add(`a CHAR(`)
	f.Fuzz(func(t *testing.T, list string) {
		fields, err := parseFieldList(list, 255)
		if err != nil {
			if e := datum.AsError(err); e.Code != 29913 {
				t.Errorf("%q: %v", list, err)
			}
			return
		}
		for _, fl := range fields {
			if fl.name == "" || fl.size < 1 || fl.mask != "" && fl.kind == datum.Null {
				t.Errorf("%q gave %+v", list, fl)
			}
		}
	})
}
