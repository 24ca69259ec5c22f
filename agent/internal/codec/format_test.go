package codec_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/agent/internal/codec"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

const (
	csv     = pb.Format_FORMAT_CSV
	json    = pb.Format_FORMAT_JSON
	parquet = pb.Format_FORMAT_PARQUET
	dump    = pb.Format_FORMAT_DATAPUMP
)

func TestHowEachFormatWritesAndReadsAValue(t *testing.T) {
	for _, tt := range []struct {
		dataType      string
		length, chars int32
		format        pb.Format
		write, read   string
		kept          string
	}{
		{"DATE", 7, 0, json, "TO_CHAR(c, 'SYYYY-MM-DD HH24:MI:SS')", "TO_DATE(f, 'SYYYY-MM-DD HH24:MI:SS')", "VARCHAR2(20 BYTE)"},
		{"DATE", 7, 0, dump, "c", "f", "DATE"},
		{"NUMBER", 22, 0, dump, "c", "f", "NUMBER"},
		{"TIMESTAMP(3)", 11, 0, dump, "c", "f", "TIMESTAMP(3)"},
		{"VARCHAR2", 4000, 4000, csv, "RAWTOHEX(UTL_RAW.CAST_TO_RAW(c))", "UTL_RAW.CAST_TO_VARCHAR2(HEXTORAW(f))", "VARCHAR2(8000 BYTE)"},
		{"VARCHAR2", 4000, 4000, json, "c", "f", "VARCHAR2(4000 BYTE)"},
		{"VARCHAR2", 32767, 32767, json, "c", "f", "VARCHAR2(32767 BYTE)"},
		{"VARCHAR2", 4000, 4000, parquet, "c", "f", "VARCHAR2(4000 BYTE)"},
		{"CHAR", 20, 20, dump, "c", "f", "CHAR(20 BYTE)"},
		{"NVARCHAR2", 200, 100, json, "RAWTOHEX(UTL_RAW.CAST_TO_RAW(c))", "UTL_RAW.CAST_TO_NVARCHAR2(HEXTORAW(f))", "VARCHAR2(400 BYTE)"},
		{"NVARCHAR2", 200, 100, dump, "c", "f", "NVARCHAR2(100)"},
		{"RAW", 16, 0, dump, "c", "f", "RAW(16)"},
		{"CLOB", 4000, 0, dump, "c", "f", "CLOB"},
		{"NCLOB", 4000, 0, dump, "c", "f", "NCLOB"},
		{"BLOB", 4000, 0, dump, "c", "f", "BLOB"},
		{"XMLTYPE", 2000, 0, dump, "XMLSERIALIZE(CONTENT c AS CLOB)", "CASE WHEN f IS NOT NULL THEN XMLTYPE(f) END", "CLOB"},
		{"BINARY_FLOAT", 4, 0, dump, "RAWTOHEX(UTL_RAW.CAST_FROM_BINARY_FLOAT(c))", "UTL_RAW.CAST_TO_BINARY_FLOAT(HEXTORAW(f))", "VARCHAR2(8 BYTE)"},
		{"INTERVAL YEAR(2) TO MONTH", 5, 0, dump, "TO_CHAR(c)", "TO_YMINTERVAL(f)", "VARCHAR2(30 BYTE)"},
		{"BOOLEAN", 1, 0, dump, "CASE WHEN c THEN 'T' WHEN NOT c THEN 'F' END", "CASE f WHEN 'T' THEN TRUE WHEN 'F' THEN FALSE END", "VARCHAR2(1 BYTE)"},
	} {
		t.Run(tt.format.String()+" "+tt.dataType, func(t *testing.T) {
			p := codec.Plan(column(tt.dataType, tt.length, tt.chars), codec.Basis{Format: tt.format, MaxStringBytes: 32767, Found: codec.Found{Longest: 1 << 20}})
			written, err := codec.Write(p, "c")
			if diff := cmp.Diff([]string{tt.write}, written); err != nil || diff != "" {
				t.Errorf("%v %s", err, diff)
			}
			if read, err := codec.Read(p, []string{"f"}); err != nil || read != tt.read {
				t.Errorf("read %s, %v", read, err)
			}
			types, err := codec.Types(p)
			if diff := cmp.Diff([]string{tt.kept}, types); err != nil || diff != "" {
				t.Errorf("%v %s", err, diff)
			}
		})
	}
}

func TestAParquetStringHasFourThousandBytes(t *testing.T) {
	p := codec.Plan(column("VARCHAR2", 32767, 32767), codec.Basis{Format: parquet, MaxStringBytes: 32767})
	if p.GetPieces() != 33 || p.GetPieceChars() != 1000 || p.GetEncoding() != pb.Encoding_ENCODING_PLAIN {
		t.Fatalf("plan %v", p)
	}
	written, err := codec.Write(p, "c")
	if err != nil || written[1] != "SUBSTR(c, 1001, 1000)" {
		t.Errorf("%v, %v", written, err)
	}
	if read, err := codec.Read(p, strings.Split(strings.Repeat("f ", 33)[:65], " ")); err != nil || !strings.HasPrefix(read, "f || f || ") {
		t.Errorf("read %s, %v", read, err)
	}
	for _, c := range []*pb.Column{column("NVARCHAR2", 32000, 16000), column("RAW", 32767, 0), column("BLOB", 4000, 0), column("CLOB", 4000, 0)} {
		p := codec.Plan(c, codec.Basis{Format: parquet, MaxStringBytes: 32767, Found: codec.Found{Longest: 1 << 20}})
		widths, err := codec.Widths(p)
		if err != nil {
			t.Error(err)
		}
		for _, w := range widths {
			if w > 4000 {
				t.Errorf("%s: a field of %d bytes", c.GetDataType(), w)
			}
		}
	}
}

func TestHexIsTheSafestWayOfAll(t *testing.T) {
	for _, found := range []codec.Found{{}, {Harmless: true}} {
		p := codec.Plan(column("VARCHAR2", 10, 10), codec.Basis{Format: csv, Hex: true, MaxStringBytes: 4000, Found: found})
		if p.GetEncoding() != pb.Encoding_ENCODING_UNSPECIFIED {
			t.Errorf("plan %v", p)
		}
	}
}

// dates are so many columns of one field each.
func dates(n int) []*pb.ColumnPlan {
	plans := make([]*pb.ColumnPlan, n)
	for i := range plans {
		plans[i] = codec.Plan(column("DATE", 7, 0), codec.Basis{MaxStringBytes: 4000})
	}
	return plans
}

func TestWhereTheEndOfARowIsMarked(t *testing.T) {
	for _, tt := range []struct {
		format pb.Format
		fields int
		want   codec.Mark
	}{
		{csv, 1, codec.MarkField},
		{csv, 999, codec.MarkField},
		{csv, 1000, codec.MarkEnd},
		{json, 999, codec.MarkField},
		{json, 1000, codec.MarkNone},
		{parquet, 1000, codec.MarkNone},
		{dump, 1000, codec.MarkNone},
	} {
		if got := codec.MarkOf(tt.format, tt.fields); got != tt.want {
			t.Errorf("%s with %d fields: %d, want %d", tt.format, tt.fields, got, tt.want)
		}
	}
}

func TestWhatDoesNotFitIntoAFile(t *testing.T) {
	basis := func(f pb.Format) codec.Basis { return codec.Basis{Format: f, MaxStringBytes: 4000} }
	wide := codec.Plan(column("RAW", 2000, 0), basis(csv))
	left := &pb.ColumnPlan{Column: column("BFILE", 530, 0), LeftOut: "BFILE"}
	for label, tt := range map[string]struct {
		basis   codec.Basis
		columns []*pb.ColumnPlan
		want    string
	}{
		"every field":                  {basis(csv), dates(1000), ""},
		"one too many":                 {basis(json), dates(1001), "its columns need 1001 fields, and a file has 1000 at most"},
		"a last field without room":    {basis(csv), append(dates(999), wide, left), "the last has no room for the mark"},
		"a last field that needs none": {basis(json), append(dates(999), wide, left), ""},
		"room before the last":         {basis(csv), append([]*pb.ColumnPlan{wide}, dates(999)...), ""},
	} {
		if got := codec.Room(tt.basis, tt.columns); !strings.Contains(got, tt.want) || (got == "") != (tt.want == "") {
			t.Errorf("%s: %q, want %q", label, got, tt.want)
		}
	}
}

func TestWhatARowTakesInEachFormat(t *testing.T) {
	columns := func(f pb.Format) []*pb.ColumnPlan {
		b := codec.Basis{Format: f, MaxStringBytes: 4000}
		return []*pb.ColumnPlan{codec.Plan(&pb.Column{Name: "T", DataType: "VARCHAR2", DataLength: 2000, CharLength: 2000}, b)}
	}
	found := map[string]codec.Found{"T": {Average: 1000}}
	for f, want := range map[pb.Format][2]int64{csv: {2000, 2010}, json: {1000, 1030}, parquet: {850, 1000}, dump: {1000, 1010}} {
		if got := codec.EstimatedBytes(f, columns(f), found); got < want[0] || got > want[1] {
			t.Errorf("%s: %d bytes, want %v", f, got, want)
		}
	}
}
