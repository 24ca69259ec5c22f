package codec_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/agent/internal/codec"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func found(limit int, longest int64) codec.Basis {
	return codec.Basis{MaxStringBytes: limit, Found: codec.Found{Longest: longest}}
}

func TestLargeObjectsAreCutByTheLongestOfThem(t *testing.T) {
	for name, tt := range map[string]struct {
		dataType  string
		basis     codec.Basis
		pieces    int32 // beside the length
		units     int32
		overflows bool
		width     int // of the first piece
	}{
		"nothing but NULL":             {"CLOB", found(32767, 0), 0, 4095, false, 0},
		"one character":                {"CLOB", found(32767, 1), 1, 4095, false, 8},
		"one piece":                    {"CLOB", found(32767, 4095), 1, 4095, false, 32760},
		"one more":                     {"CLOB", found(32767, 4096), 2, 4095, false, 32760},
		"as much as a row bears":       {"CLOB", found(32767, 12*4095), 12, 4095, false, 32760},
		"more":                         {"CLOB", found(32767, 12*4095+1), 4, 4095, true, 32760},
		"standard":                     {"CLOB", found(4000, 6000), 12, 500, false, 4000},
		"standard, more":               {"CLOB", found(4000, 6001), 4, 500, true, 4000},
		"national":                     {"NCLOB", found(4000, 501), 2, 500, false, 4000},
		"little room":                  {"CLOB", codec.Basis{MaxStringBytes: 4000, Inline: 2, Found: codec.Found{Longest: 1001}}, 2, 500, true, 4000},
		"bytes":                        {"BLOB", found(32767, 16384), 2, 16383, false, 32766},
		"bytes beyond a RAW":           {"BLOB", found(32767, 2*16383+1), 2, 16383, true, 32766},
		"standard bytes":               {"BLOB", found(4000, 2000), 1, 2000, false, 4000},
		"standard bytes beyond a RAW":  {"BLOB", found(4000, 2001), 1, 2000, true, 4000},
		"more than fits in any memory": {"BLOB", found(4000, 1<<40), 1, 2000, true, 4000},
	} {
		t.Run(name, func(t *testing.T) {
			p := codec.Plan(column(tt.dataType, 4000, 0), tt.basis)
			if p.GetPieces() != tt.pieces+1 || p.GetPieceChars() != tt.units || p.GetOverflows() != tt.overflows || p.GetLongest() != tt.basis.Found.Longest {
				t.Fatalf("plan %v", p)
			}
			widths, err := codec.Widths(p)
			if err != nil || len(widths) != int(tt.pieces)+1 || tt.pieces > 0 && widths[1] != tt.width {
				t.Errorf("widths %v, %v", widths, err)
			}
		})
	}
}

func TestSmallLargeObjectsStandInTheirRow(t *testing.T) {
	for name, tt := range map[string]struct {
		dataType string
		longest  int64
		write    []string
		read     string
	}{
		"empty ones only": {
			"CLOB", 0,
			[]string{`TO_CHAR(DBMS_LOB.GETLENGTH("C"), 'TM9')`},
			`CASE WHEN a = '0' THEN EMPTY_CLOB() END`,
		},
		"text": {
			"CLOB", 100,
			[]string{`TO_CHAR(DBMS_LOB.GETLENGTH("C"), 'TM9')`, `RAWTOHEX(UTL_RAW.CAST_TO_RAW(DBMS_LOB.SUBSTR("C", 500, 1)))`},
			`CASE WHEN a = '0' THEN EMPTY_CLOB() WHEN a IS NOT NULL THEN TO_CLOB(UTL_RAW.CAST_TO_VARCHAR2(HEXTORAW(b))) END`,
		},
		"national text": {
			"NCLOB", 100,
			[]string{`TO_CHAR(DBMS_LOB.GETLENGTH("C"), 'TM9')`, `RAWTOHEX(UTL_RAW.CAST_TO_RAW(DBMS_LOB.SUBSTR("C", 500, 1)))`},
			`CASE WHEN a = '0' THEN TO_NCLOB(EMPTY_CLOB()) WHEN a IS NOT NULL THEN TO_NCLOB(UTL_RAW.CAST_TO_NVARCHAR2(HEXTORAW(b))) END`,
		},
		"XML": {
			"XMLTYPE", 100,
			[]string{`TO_CHAR(DBMS_LOB.GETLENGTH(XMLSERIALIZE(CONTENT "C" AS CLOB)), 'TM9')`, `RAWTOHEX(UTL_RAW.CAST_TO_RAW(DBMS_LOB.SUBSTR(XMLSERIALIZE(CONTENT "C" AS CLOB), 500, 1)))`},
			`CASE WHEN a IS NOT NULL THEN XMLTYPE(TO_CLOB(UTL_RAW.CAST_TO_VARCHAR2(HEXTORAW(b)))) END`,
		},
		"JSON": {
			"JSON", 100,
			[]string{`TO_CHAR(DBMS_LOB.GETLENGTH(JSON_SERIALIZE("C" RETURNING CLOB EXTENDED)), 'TM9')`, `RAWTOHEX(UTL_RAW.CAST_TO_RAW(DBMS_LOB.SUBSTR(JSON_SERIALIZE("C" RETURNING CLOB EXTENDED), 500, 1)))`},
			`CASE WHEN a IS NOT NULL THEN JSON(TO_CLOB(UTL_RAW.CAST_TO_VARCHAR2(HEXTORAW(b))) EXTENDED) END`,
		},
		"bytes": {
			"BLOB", 100,
			[]string{`TO_CHAR(DBMS_LOB.GETLENGTH("C"), 'TM9')`, `RAWTOHEX(DBMS_LOB.SUBSTR("C", 2000, 1))`},
			`CASE WHEN a = '0' THEN EMPTY_BLOB() WHEN a IS NOT NULL THEN TO_BLOB(HEXTORAW(b)) END`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := codec.Plan(column(tt.dataType, 4000, 0), found(4000, tt.longest))
			written, err := codec.Write(p, `"C"`)
			if diff := cmp.Diff(tt.write, written); err != nil || diff != "" {
				t.Error(err, diff)
			}
			if read, err := codec.Read(p, []string{"a", "b"}[:len(tt.write)]); err != nil || read != tt.read {
				t.Errorf("read %s, %v\nwant %s", read, err, tt.read)
			}
		})
	}
}

func TestNoBorderCutsACharacterInHalves(t *testing.T) {
	p := codec.Plan(column("CLOB", 4000, 0), found(4000, 1001))
	written, err := codec.Write(p, "c")
	if err != nil {
		t.Fatal(err)
	}
	const first, second = `CASE LENGTH4(DBMS_LOB.SUBSTR(c, 2, 500)) WHEN 1 THEN 1 ELSE 0 END`, `CASE LENGTH4(DBMS_LOB.SUBSTR(c, 2, 1000)) WHEN 1 THEN 1 ELSE 0 END`
	for i, want := range []string{
		"DBMS_LOB.SUBSTR(c, 500 + " + first + ", 1)",
		"DBMS_LOB.SUBSTR(c, 500 + " + second + " - " + first + ", 501 + " + first + ")",
		"DBMS_LOB.SUBSTR(c, 500 - " + second + ", 1001 + " + second + ")",
	} {
		if !strings.Contains(written[i+1], want) {
			t.Errorf("piece %d is %s", i+1, written[i+1])
		}
	}
}

func TestLongValuesLeaveTheirRowEmpty(t *testing.T) {
	p := codec.Plan(column("BLOB", 4000, 0), found(4000, 2001))
	written, err := codec.Write(p, "c")
	if want := "CASE WHEN DBMS_LOB.GETLENGTH(c) <= 2000 THEN RAWTOHEX(DBMS_LOB.SUBSTR(c, 2000, 1)) END"; err != nil || written[1] != want {
		t.Errorf("wrote %v, %v", written, err)
	}
}

func TestTheDigestOfJSONTellsScalarsFromObjectsThatLookLikeThem(t *testing.T) {
	form, ok := codec.CanonicalOf(column("JSON", 0, 0), "c")
	for _, text := range []string{"DBMS_CRYPTO.HASH(JSON_SERIALIZE(c RETURNING CLOB EXTENDED), 4)", "DBMS_CRYPTO.HASH(JSON_SERIALIZE(c RETURNING CLOB), 4)"} {
		if !ok || !strings.Contains(form.Text, text) {
			t.Errorf("no %s in %s", text, form.Text)
		}
	}
}

func TestLongValuesArePutTogetherOfPieces(t *testing.T) {
	for _, tt := range []struct {
		dataType, variable, piece, add, value string
		width                                 int
	}{
		{
			"BLOB", "BLOB", "RAWTOHEX(DBMS_LOB.SUBSTR(v, 2000, (n - 1) * 2000 + 1))", "DBMS_LOB.APPEND(x, TO_BLOB(HEXTORAW(h)));", "x", 4000,
		},
		{
			"XMLTYPE", "CLOB", "RAWTOHEX(UTL_RAW.CAST_TO_RAW(DBMS_LOB.SUBSTR(v, 500 + CASE LENGTH4(DBMS_LOB.SUBSTR(v, 2, n * 500)) WHEN 1 THEN 1 ELSE 0 END" +
				" - CASE LENGTH4(DBMS_LOB.SUBSTR(v, 2, (n - 1) * 500)) WHEN 1 THEN 1 ELSE 0 END, (n - 1) * 500 + 1" +
				" + CASE LENGTH4(DBMS_LOB.SUBSTR(v, 2, (n - 1) * 500)) WHEN 1 THEN 1 ELSE 0 END)))",
			"DBMS_LOB.APPEND(x, TO_CLOB(UTL_RAW.CAST_TO_VARCHAR2(HEXTORAW(h))));", "XMLTYPE(x)", 4000,
		},
		{
			"NCLOB", "NCLOB", "", "DBMS_LOB.APPEND(x, TO_NCLOB(UTL_RAW.CAST_TO_NVARCHAR2(HEXTORAW(h))));", "x", 4000,
		},
	} {
		o, ok, err := codec.OverflowOf(codec.Plan(column(tt.dataType, 0, 0), found(4000, 1<<20)))
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		if got := o.Piece("v", "n"); tt.piece != "" && got != tt.piece {
			t.Errorf("%s: piece\n%s\nwant\n%s", tt.dataType, got, tt.piece)
		}
		if o.Variable() != tt.variable || o.Append("x", "h") != tt.add || o.Value("x") != tt.value || o.Width() != tt.width {
			t.Errorf("%s: %s %s %s %d", tt.dataType, o.Variable(), o.Append("x", "h"), o.Value("x"), o.Width())
		}
	}
	if _, ok, err := codec.OverflowOf(codec.Plan(column("CLOB", 0, 0), found(4000, 10))); ok || err != nil {
		t.Errorf("a short value overflows: %t, %v", ok, err)
	}
	if _, _, err := codec.OverflowOf(&pb.ColumnPlan{Column: column("CLOB", 0, 0), Pieces: 2, PieceChars: 500, Longest: 10, Overflows: true}); err == nil {
		t.Error("a forged overflow is taken")
	}
}
