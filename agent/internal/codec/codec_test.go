package codec_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/agent/internal/codec"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func column(dataType string, length, chars int32) *pb.Column {
	return &pb.Column{Name: "C", DataType: dataType, DataLength: length, CharLength: chars}
}

func numeric(dataType string, precision, scale *int32) *pb.Column {
	return &pb.Column{Name: "C", DataType: dataType, DataLength: 22, Precision: precision, Scale: scale}
}

func TestEveryFamilySaysHowItIsCarried(t *testing.T) {
	for name, tt := range map[string]struct {
		column  *pb.Column
		declare string
		write   string
		read    string
	}{
		"number":        {numeric("NUMBER", new(int32(10)), new(int32(2))), "NUMBER(10,2)", `TO_CHAR("C", 'TM9', 'NLS_NUMERIC_CHARACTERS=''.,''')`, `TO_NUMBER(f)`},
		"any number":    {numeric("NUMBER", nil, nil), "NUMBER", `TO_CHAR("C", 'TM9', 'NLS_NUMERIC_CHARACTERS=''.,''')`, `TO_NUMBER(f)`},
		"integer":       {numeric("NUMBER", nil, new(int32(0))), "NUMBER(*,0)", `TO_CHAR("C", 'TM9', 'NLS_NUMERIC_CHARACTERS=''.,''')`, `TO_NUMBER(f)`},
		"float":         {numeric("FLOAT", new(int32(63)), nil), "FLOAT(63)", `TO_CHAR("C", 'TM9', 'NLS_NUMERIC_CHARACTERS=''.,''')`, `TO_NUMBER(f)`},
		"binary float":  {column("BINARY_FLOAT", 4, 0), "BINARY_FLOAT", `RAWTOHEX(UTL_RAW.CAST_FROM_BINARY_FLOAT("C"))`, `UTL_RAW.CAST_TO_BINARY_FLOAT(HEXTORAW(f))`},
		"binary double": {column("BINARY_DOUBLE", 8, 0), "BINARY_DOUBLE", `RAWTOHEX(UTL_RAW.CAST_FROM_BINARY_DOUBLE("C"))`, `UTL_RAW.CAST_TO_BINARY_DOUBLE(HEXTORAW(f))`},
		"varchar2":      {column("VARCHAR2", 100, 100), "VARCHAR2(100 BYTE)", `RAWTOHEX(UTL_RAW.CAST_TO_RAW("C"))`, `UTL_RAW.CAST_TO_VARCHAR2(HEXTORAW(f))`},
		"char in chars": {&pb.Column{Name: "C", DataType: "CHAR", DataLength: 40, CharLength: 10, CharSemantics: true}, "CHAR(10 CHAR)", `RAWTOHEX(UTL_RAW.CAST_TO_RAW("C"))`, `UTL_RAW.CAST_TO_VARCHAR2(HEXTORAW(f))`},
		"nvarchar2":     {column("NVARCHAR2", 200, 100), "NVARCHAR2(100)", `RAWTOHEX(UTL_RAW.CAST_TO_RAW("C"))`, `UTL_RAW.CAST_TO_NVARCHAR2(HEXTORAW(f))`},
		"date":          {column("DATE", 7, 0), "DATE", `TO_CHAR("C", 'SYYYY-MM-DD HH24:MI:SS')`, `TO_DATE(f, 'SYYYY-MM-DD HH24:MI:SS')`},
		"timestamp":     {column("TIMESTAMP(6)", 11, 0), "TIMESTAMP(6)", `TO_CHAR("C", 'SYYYY-MM-DD HH24:MI:SS.FF9')`, `TO_TIMESTAMP(f, 'SYYYY-MM-DD HH24:MI:SS.FF9')`},
		"with zone":     {column("TIMESTAMP(9) WITH TIME ZONE", 13, 0), "TIMESTAMP(9) WITH TIME ZONE", `TO_CHAR("C", 'SYYYY-MM-DD HH24:MI:SS.FF9 TZR TZD')`, `TO_TIMESTAMP_TZ(f, 'SYYYY-MM-DD HH24:MI:SS.FF9 TZR TZD')`},
		"local zone":    {column("TIMESTAMP(0) WITH LOCAL TIME ZONE", 7, 0), "TIMESTAMP(0) WITH LOCAL TIME ZONE", `TO_CHAR(SYS_EXTRACT_UTC("C"), 'SYYYY-MM-DD HH24:MI:SS.FF9')`, `FROM_TZ(TO_TIMESTAMP(f, 'SYYYY-MM-DD HH24:MI:SS.FF9'), 'UTC')`},
		"years":         {column("INTERVAL YEAR(4) TO MONTH", 5, 0), "INTERVAL YEAR(4) TO MONTH", `TO_CHAR("C")`, `TO_YMINTERVAL(f)`},
		"days":          {column("INTERVAL DAY(2) TO SECOND(6)", 11, 0), "INTERVAL DAY(2) TO SECOND(6)", `TO_CHAR("C")`, `TO_DSINTERVAL(f)`},
		"raw":           {column("RAW", 16, 0), "RAW(16)", `RAWTOHEX("C")`, `HEXTORAW(f)`},
		"rowid":         {column("ROWID", 10, 0), "ROWID", `ROWIDTOCHAR("C")`, `CHARTOROWID(f)`},
		"urowid":        {column("UROWID", 4000, 0), "UROWID", `CAST("C" AS VARCHAR2(4000))`, `CAST(f AS UROWID)`},
		"boolean":       {column("BOOLEAN", 1, 0), "BOOLEAN", `CASE WHEN "C" THEN 'T' WHEN NOT "C" THEN 'F' END`, `CASE f WHEN 'T' THEN TRUE WHEN 'F' THEN FALSE END`},
	} {
		t.Run(name, func(t *testing.T) {
			p := codec.Plan(tt.column, codec.Basis{MaxStringBytes: 32767})
			if p.GetLeftOut() != "" || p.GetPieces() != 1 {
				t.Fatalf("plan %v", p)
			}
			declared, err := codec.Declaration(tt.column)
			if err != nil || declared != tt.declare {
				t.Errorf("declared %s, %v; want %s", declared, err, tt.declare)
			}
			written, err := codec.Write(p, `"C"`)
			if diff := cmp.Diff([]string{tt.write}, written); err != nil || diff != "" {
				t.Error(err, diff)
			}
			read, err := codec.Read(p, []string{"f"})
			if err != nil || read != tt.read {
				t.Errorf("read %s, %v; want %s", read, err, tt.read)
			}
			if w, err := codec.Widths(p); err != nil || len(w) != 1 || w[0] < 1 || w[0] > 32767 {
				t.Errorf("widths %d, %v", w, err)
			}
		})
	}
}

func TestLongTextIsCutIntoPiecesWhoseHexFits(t *testing.T) {
	for name, tt := range map[string]struct {
		column *pb.Column
		limit  int
		pieces int32
		units  int32
	}{
		"fits":                     {column("VARCHAR2", 2000, 2000), 4000, 1, 0},
		"one byte too long":        {column("VARCHAR2", 2001, 2001), 4000, 5, 500},
		"whole":                    {column("VARCHAR2", 4000, 4000), 4000, 8, 500},
		"characters":               {&pb.Column{Name: "C", DataType: "VARCHAR2", DataLength: 4000, CharLength: 1000, CharSemantics: true}, 4000, 2, 500},
		"extended, fits":           {column("VARCHAR2", 16383, 16383), 32767, 1, 0},
		"extended, whole":          {column("VARCHAR2", 32767, 32767), 32767, 9, 4095},
		"national":                 {column("NVARCHAR2", 4000, 2000), 4000, 4, 500},
		"raw fits":                 {column("RAW", 2000, 0), 4000, 1, 0},
		"extended raw":             {column("RAW", 32767, 0), 32767, 3, 16383},
		"unknown limit is careful": {column("VARCHAR2", 4000, 4000), 0, 8, 500},
	} {
		t.Run(name, func(t *testing.T) {
			p := codec.Plan(tt.column, codec.Basis{MaxStringBytes: tt.limit})
			if p.GetPieces() != tt.pieces || p.GetPieceChars() != tt.units {
				t.Fatalf("%d pieces of %d (%s), want %d of %d", p.GetPieces(), p.GetPieceChars(), p.GetLeftOut(), tt.pieces, tt.units)
			}
			if w, err := codec.Widths(p); err != nil || len(w) != int(tt.pieces) || w[0] > max(tt.limit, 4000) {
				t.Errorf("fields are %d bytes wide, %v", w, err)
			}
		})
	}
}

func TestPiecesAreJoinedInOrder(t *testing.T) {
	text := codec.Plan(column("VARCHAR2", 2001, 1000), codec.Basis{MaxStringBytes: 4000})
	written, err := codec.Write(text, "c")
	if diff := cmp.Diff([]string{"RAWTOHEX(UTL_RAW.CAST_TO_RAW(SUBSTR(c, 1, 500)))", "RAWTOHEX(UTL_RAW.CAST_TO_RAW(SUBSTR(c, 501, 500)))"}, written); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if read, err := codec.Read(text, []string{"a", "b"}); err != nil || read != "UTL_RAW.CAST_TO_VARCHAR2(HEXTORAW(a)) || UTL_RAW.CAST_TO_VARCHAR2(HEXTORAW(b))" {
		t.Errorf("read %s, %v", read, err)
	}
	raw := codec.Plan(column("RAW", 20000, 0), codec.Basis{MaxStringBytes: 32767})
	written, err = codec.Write(raw, "c")
	want := "CASE WHEN UTL_RAW.LENGTH(c) >= 16384 THEN RAWTOHEX(UTL_RAW.SUBSTR(c, 16384, LEAST(16383, UTL_RAW.LENGTH(c) - 16383))) END"
	if err != nil || len(written) != 2 || written[1] != want {
		t.Errorf("wrote %v, %v", written, err)
	}
	if read, err := codec.Read(raw, []string{"a", "b"}); err != nil || read != "UTL_RAW.CONCAT(HEXTORAW(a), HEXTORAW(b))" {
		t.Errorf("read %s, %v", read, err)
	}
}

// UTL_RAW.CONCAT takes 12 values at most.
func TestManyPiecesOfARawAreJoinedInGroups(t *testing.T) {
	raw := codec.Plan(column("RAW", 32767, 0), codec.Basis{MaxStringBytes: 32767, Format: pb.Format_FORMAT_PARQUET})
	var fields, want []string
	for i := range 17 {
		fields = append(fields, fmt.Sprintf("f%d", i))
		want = append(want, fmt.Sprintf("HEXTORAW(f%d)", i))
	}
	read, err := codec.Read(raw, fields)
	joined := "UTL_RAW.CONCAT(UTL_RAW.CONCAT(" + strings.Join(want[:12], ", ") + "), UTL_RAW.CONCAT(" + strings.Join(want[12:], ", ") + "))"
	if err != nil || raw.GetPieces() != 17 || read != joined {
		t.Errorf("%d pieces, read %s, %v", raw.GetPieces(), read, err)
	}
}

func TestWhatIsNotCarriedHasAReason(t *testing.T) {
	for _, tt := range []struct {
		column *pb.Column
		want   string
	}{
		{column("BFILE", 530, 0), "BFILE: the file it points to is outside of the database"},
		{column("LONG RAW", 0, 0), "LONG RAW: no function of SQL reads it; convert the column to a LOB first (ALTER TABLE … MODIFY)"},
		{column("VECTOR", 8200, 0), "VECTOR: its text form does not keep the number format"},
		{column("MDSYS.SDO_GEOMETRY", 1, 0), "MDSYS.SDO_GEOMETRY: an object type has no text form that makes its values again"},
		{column("ADMIN.DATE", 1, 0), "ADMIN.DATE: an object type has no text form that makes its values again"},
		{column("TIMESTAMP(12)", 1, 0), "TIMESTAMP(12): no documented function writes and reads values of this type"},
		{&pb.Column{DataType: "NUMBER", Virtual: true}, "virtual column: the database computes it, its expression is not copied"},
		{column("VARCHAR2", 4001, 4001), "VARCHAR2 of 4001 bytes: one of the databases has MAX_STRING_SIZE = STANDARD"},
		{column("RAW", 2001, 0), "RAW of 2001 bytes: one of the databases has MAX_STRING_SIZE = STANDARD"},
	} {
		if p := codec.Plan(tt.column, codec.Basis{MaxStringBytes: 4000}); p.GetLeftOut() != tt.want || p.GetPieces() != 0 {
			t.Errorf("%s: left out for %q, want %q", tt.column.GetDataType(), p.GetLeftOut(), tt.want)
		}
	}
}

func TestForgedPlansAreRefused(t *testing.T) {
	for name, p := range map[string]*pb.ColumnPlan{
		"no column":             {},
		"a type with a command": {Column: column("TIMESTAMP(6)) --", 11, 0), Pieces: 1},
		"no pieces":             {Column: column("DATE", 7, 0)},
		"pieces of another cut": {Column: column("VARCHAR2", 4000, 4000), Pieces: 3, PieceChars: 1500},
		"left out":              {Column: column("DATE", 7, 0), Pieces: 1, LeftOut: "x"},
	} {
		_, writeErr := codec.Write(p, "c")
		_, readErr := codec.Read(p, []string{"f"})
		for _, err := range []error{writeErr, readErr} {
			if apierr.ReasonOf(err) != pb.Reason_REASON_REQUEST_INVALID {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if _, err := codec.Declaration(numeric("NUMBER", new(int32(-1)), nil)); err == nil {
		t.Error("a negative precision is declared")
	}
	if _, err := codec.Declaration(column("VARCHAR2", 0, 0)); err == nil {
		t.Error("a text without length is declared")
	}
}

func TestEstimatesCountOnlyWhatIsCarried(t *testing.T) {
	carried := []*pb.ColumnPlan{codec.Plan(column("DATE", 7, 0), codec.Basis{MaxStringBytes: 4000})}
	with := append(carried, codec.Plan(column("BFILE", 530, 0), codec.Basis{MaxStringBytes: 4000}))
	if a, b := codec.EstimatedBytes(pb.Format_FORMAT_CSV, carried, nil), codec.EstimatedBytes(pb.Format_FORMAT_CSV, with, nil); a != b || a < 20 {
		t.Errorf("estimates %d and %d", a, b)
	}
}

func FuzzOnlyDeclaredTypesReachStatements(f *testing.F) {
	f.Add("TIMESTAMP(6) WITH TIME ZONE")
	f.Add("INTERVAL DAY(2) TO SECOND(6)")
	f.Add("NUMBER); DROP TABLE X")
	f.Fuzz(func(t *testing.T, dataType string) {
		declared, err := codec.Declaration(column(dataType, 10, 10))
		if err == nil && strings.ContainsAny(declared, ";'\"\n-") {
			t.Errorf("%q is declared as %q", dataType, declared)
		}
	})
}
