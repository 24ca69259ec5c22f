package session

import (
	"testing"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/ttc"
)

func TestOutValuesAreConverted(t *testing.T) {
	at := time.Date(2026, 11, 22, 8, 15, 30, 5000, time.UTC)
	text := datum.Type{Kind: datum.Text, Size: 5}
	kind := func(k datum.Kind) datum.Type { return datum.Type{Kind: k} }
	half, err := datum.ParseNumber("-12.5")
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		value datum.Value
		typ   datum.Type
		want  datum.Value
		code  int
	}{
		"NULL to anything":          {datum.NULL, kind(datum.Date), datum.NULL, 0},
		"the same kind":             {datum.FromInt(1), kind(datum.Number), datum.FromInt(1), 0},
		"text that fits":            {datum.FromText("12345"), text, datum.FromText("12345"), 0},
		"text that does not":        {datum.FromText("123456"), text, datum.NULL, 6502},
		"text into LONG":            {datum.FromText("123456"), datum.Type{Kind: datum.Text, Long: true}, datum.FromText("123456"), 0},
		"CLOB to text":              {datum.FromClob("clob"), text, datum.FromText("clob"), 0},
		"number to text":            {half, text, datum.FromText("-12.5"), 0},
		"date to text":              {datum.FromDate(at), text, datum.NULL, 932},
		"text to number":            {datum.FromText("-12.5"), kind(datum.Number), half, 0},
		"no number":                 {datum.FromText("x"), kind(datum.Number), datum.NULL, 6502},
		"text to CLOB":              {datum.FromText("t"), kind(datum.Clob), datum.FromClob("t"), 0},
		"RAW to BLOB":               {datum.FromRaw([]byte{1}), kind(datum.Blob), datum.FromBlob([]byte{1}), 0},
		"BLOB to RAW":               {datum.FromBlob([]byte{1}), kind(datum.Raw), datum.FromRaw([]byte{1}), 0},
		"date to timestamp":         {datum.FromDate(at), kind(datum.Timestamp), datum.FromTimestamp(at.Truncate(time.Second)), 0},
		"timestamp to date":         {datum.FromTimestamp(at), kind(datum.Date), datum.FromDate(at), 0},
		"timestamp to zoned":        {datum.FromTimestamp(at), kind(datum.TimestampTZ), datum.FromTimestampTZ(at, "+00:00"), 0},
		"zoned to local":            {datum.FromTimestampTZ(at, "+02:00"), kind(datum.TimestampLTZ), datum.FromTimestampLTZ(at), 0},
		"what does not go together": {datum.FromInt(1), kind(datum.Raw), datum.NULL, 932},
	} {
		got, err := convert(tc.value, tc.typ)
		if tc.code != 0 {
			if err == nil || visible(err).Code != tc.code {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if got != tc.want || err != nil {
			t.Errorf("%s: % x, %v", name, got.Bytes(), err)
		}
	}
}

func TestDefinedForms(t *testing.T) {
	clob, blob := datum.Type{Kind: datum.Clob}, datum.Type{Kind: datum.Blob}
	num, date := datum.Type{Kind: datum.Number}, datum.Type{Kind: datum.Date}
	for name, tc := range map[string]struct {
		column datum.Type
		define ttc.Bind
		want   form
		code   int
	}{
		"CLOB as locator":         {clob, ttc.Bind{Type: ttc.TypeClob}, formLocator, 0},
		"CLOB as sized locator":   {clob, ttc.Bind{Type: ttc.TypeClob, Cont: 0x02000000}, formSized, 0},
		"CLOB as LONG":            {clob, ttc.Bind{Type: ttc.TypeLongText}, formLong, 0},
		"CLOB as national LONG":   {clob, ttc.Bind{Type: ttc.TypeLong, Form: ttc.FormNational}, formLongNational, 0},
		"CLOB as LONG RAW":        {clob, ttc.Bind{Type: ttc.TypeLongRaw}, 0, 932},
		"BLOB as LONG RAW":        {blob, ttc.Bind{Type: ttc.TypeLongRaw}, formLong, 0},
		"BLOB as text":            {blob, ttc.Bind{Type: ttc.TypeText}, 0, 932},
		"number as such":          {num, ttc.Bind{Type: ttc.TypeNumber}, formScalar, 0},
		"number as text":          {num, ttc.Bind{Type: ttc.TypeText}, formDecimal, 0},
		"date as timestamp":       {date, ttc.Bind{Type: ttc.TypeTimestamp}, formScalar, 0},
		"date as text":            {date, ttc.Bind{Type: ttc.TypeText}, 0, 932},
		"row id as text":          {datum.Type{Kind: datum.Rowid}, ttc.Bind{Type: ttc.TypeText}, formScalar, 0},
		"row id as such":          {datum.Type{Kind: datum.Rowid, Size: 18}, ttc.Bind{Type: ttc.TypeRowid}, formRowid, 0},
		"other row id as such":    {datum.Type{Kind: datum.Rowid, Size: 4000}, ttc.Bind{Type: ttc.TypeRowid}, formScalar, 0},
		"national text as text":   {datum.Type{Kind: datum.Text, National: true}, ttc.Bind{Type: ttc.TypeText}, formNational, 0},
		"LONG as LONG":            {datum.Type{Kind: datum.Text, Long: true}, ttc.Bind{Type: ttc.TypeLong}, formLong, 0},
		"truth value":             {datum.Type{Kind: datum.Boolean}, ttc.Bind{Type: ttc.TypeBoolean}, formBoolean, 0},
		"a type we do not carry":  {num, ttc.Bind{Type: 109}, 0, 932},
		"national LONG, untyped ": {datum.Type{Kind: datum.Text, Long: true, National: true}, ttc.Bind{Type: ttc.TypeLong}, formLongNational, 0},
	} {
		cur := &cursor{columns: []datum.Column{{Type: tc.column}}}
		err := cur.define([]ttc.Bind{tc.define})
		switch {
		case tc.code != 0:
			if err == nil || visible(err).Code != tc.code || cur.defined {
				t.Errorf("%s: %v", name, err)
			}
		case err != nil || cur.forms[0] != tc.want || cur.plain != (tc.want == formScalar):
			t.Errorf("%s: %v, %v", name, cur.forms, err)
		}
	}
	if err := (&cursor{}).define([]ttc.Bind{{}}); err == nil || visible(err).Code != 1007 {
		t.Errorf("more defines than columns: %v", err)
	}
}
