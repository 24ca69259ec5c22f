package codec_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/agent/internal/codec"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestTextIsPlainOnlyWhenItIsKnownToBeHarmless(t *testing.T) {
	for _, tt := range []struct {
		dataType    string
		harmless    bool
		write, read string
		width       int
	}{
		{"VARCHAR2", true, "c", "f", 2000},
		{"CHAR", true, "c", "f", 2000},
		{"NVARCHAR2", true, "TO_CHAR(c)", "TO_NCHAR(f)", 2000},
		{"VARCHAR2", false, "RAWTOHEX(UTL_RAW.CAST_TO_RAW(c))", "UTL_RAW.CAST_TO_VARCHAR2(HEXTORAW(f))", 4000},
		{"RAW", true, "RAWTOHEX(c)", "HEXTORAW(f)", 4000},
	} {
		p := codec.Plan(column(tt.dataType, 2000, 2000), codec.Basis{MaxStringBytes: 4000, Found: codec.Found{Harmless: tt.harmless}})
		written, err := codec.Write(p, "c")
		if diff := cmp.Diff([]string{tt.write}, written); err != nil || diff != "" {
			t.Errorf("%s: %v %s", tt.dataType, err, diff)
		}
		if read, err := codec.Read(p, []string{"f"}); err != nil || read != tt.read {
			t.Errorf("%s: read %s, %v", tt.dataType, read, err)
		}
		if widths, err := codec.Widths(p); err != nil || widths[0] != tt.width {
			t.Errorf("%s: widths %v, %v", tt.dataType, widths, err)
		}
	}
}

func TestAPlainTextIsOnePiece(t *testing.T) {
	p := codec.Plan(column("VARCHAR2", 4000, 4000), codec.Basis{MaxStringBytes: 4000, Found: codec.Found{Harmless: true}})
	if p.GetPieces() != 1 || p.GetEncoding() != pb.Encoding_ENCODING_PLAIN {
		t.Errorf("plan %v", p)
	}
}

func TestEncodingsThatATypeDoesNotHaveAreRefused(t *testing.T) {
	for _, p := range []*pb.ColumnPlan{
		{Column: column("DATE", 7, 0), Pieces: 1, Encoding: pb.Encoding_ENCODING_PLAIN},
		{Column: column("VARCHAR2", 10, 10), Pieces: 2, PieceChars: 5, Encoding: pb.Encoding_ENCODING_NATIVE},
		{Column: column("ROWID", 10, 0), Pieces: 1, Encoding: pb.Encoding_ENCODING_NATIVE},
		{Column: column("CLOB", 4000, 0), Pieces: 2, PieceChars: 500, Longest: 10, Encoding: pb.Encoding_ENCODING_PLAIN},
		{Column: column("CLOB", 4000, 0), Pieces: 2, PieceChars: 500, Longest: -1},
		{Column: column("CLOB", 4000, 0), Pieces: 2, PieceChars: 500, Longest: 501},
	} {
		if _, err := codec.Write(p, "c"); apierr.ReasonOf(err) != pb.Reason_REASON_REQUEST_INVALID {
			t.Errorf("%v: %v", p, err)
		}
	}
}

func TestWhatIsMeasured(t *testing.T) {
	for _, tt := range []struct {
		dataType string
		want     codec.Measure
		ok       bool
	}{
		{"DATE", codec.Measure{}, false},
		{"CLOB", codec.Measure{Length: "DBMS_LOB.GETLENGTH(c)", Size: "DBMS_LOB.GETLENGTH(c)"}, true},
		{"VARCHAR2", codec.Measure{
			Size:    "LENGTHB(c)",
			Harmful: "CASE WHEN TRANSLATE(c, ', !#$%&()*+-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~', ',') IS NOT NULL OR c LIKE ' %' OR c LIKE '% ' THEN 1 END",
		}, true},
	} {
		got, ok := codec.MeasureOf(column(tt.dataType, 10, 10), "c")
		if diff := cmp.Diff(tt.want, got); diff != "" || ok != tt.ok {
			t.Errorf("%s: %t %s", tt.dataType, ok, diff)
		}
	}
	virtual := column("CLOB", 10, 10)
	virtual.Virtual = true
	if _, ok := codec.MeasureOf(virtual, "c"); ok {
		t.Error("a virtual column is measured")
	}
}
