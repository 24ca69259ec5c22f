package ttc

import (
	"strings"
	"testing"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// TestEndsOfCallsAsTheNotesShow holds the examples of the wire notes, section 9.
func TestEndsOfCallsAsTheNotesShow(t *testing.T) {
	zeros := strings.Repeat("00", 19)
	for name, tc := range map[string]struct {
		message EndOfCall
		want    string
		text    string
	}{
		"end of a query": {
			EndOfCall{Code: 1403, Text: "ORA-01403: no data found", Cursor: 2, SQLType: 3, Rows: 1},
			"04 0101 00 0101 02057B 00 00 0102 00 03" + zeros + "02057B 0101 19", "ORA-01403: no data found\n",
		},
		"missing table": {
			EndOfCall{Code: 942, Text: "ORA-00942: table or view does not exist", Cursor: 3, Pos: 14, SQLType: 3},
			"04 0101 00 00 0203AE 00 00 0103 010E 03" + zeros + "0203AE 00 28", "ORA-00942: table or view does not exist\n",
		},
		"block": {
			EndOfCall{Cursor: 4, SQLType: 0x2F, Rows: 1},
			"04 0101 00 0101 00 00 00 0104 00 2F" + zeros + "00 0101", "",
		},
		"open transaction": {
			EndOfCall{InTransaction: true}, "04 0103 00 00 00 00 00 00 00 00" + zeros + "00 00", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			wantBytes(t, encoded(Dialect{}, tc.message.Encode), unhex(t, tc.want)+tc.text)
		})
	}
}

func TestUserErrorsKeepTheirNumber(t *testing.T) {
	got := encoded(Dialect{}, EndOfCall{Code: 20404, Text: "ORA-20404: x"}.Encode)
	if !strings.Contains(got, "\x02\x4F\xB4") || !strings.HasSuffix(got, "\x0DORA-20404: x\n") {
		t.Errorf("% x", got)
	}
}

func TestRowErrorsComeInThreeLists(t *testing.T) {
	m := EndOfCall{RowErrors: []RowError{{Row: 3, Code: 1, Text: "a"}, {Row: 9, Code: 1400, Text: "b"}}}
	got := encoded(Dialect{}, m.rowErrors)
	wantBytes(t, got, unhex(t, "0102 00 0101 020578  0102 00 0103 0109  0102 00 0102 02 610A 0000 0102 02 620A 0000"))
}

func TestStatusAndVersion(t *testing.T) {
	wantBytes(t, encoded(Dialect{}, Status{InTransaction: true}.Encode), "\x09\x01\x03\x00")
	got := encoded(Dialect{}, VersionReply{}.Encode)
	if got[0] != 0x08 || !strings.Contains(got, Banner) || !strings.HasSuffix(got, "\x04\x13\x19\x00\x00") {
		t.Errorf("% x", got)
	}
}

func TestParameters(t *testing.T) {
	m := Parameters{SCN: 1<<32 | 7, Cursor: 3}
	wantBytes(t, encoded(Dialect{}, m.Encode), unhex(t, "08 0106 0107 0101 0103 000000 000000"))
	m.Counted, m.RowCounts = true, []int64{1, 300}
	wantBytes(t, encoded(Dialect{}, m.Encode), unhex(t, "08 0106 0107 0101 0103 000000 000000 0102 0101 02012C"))
}

func TestIOVectors(t *testing.T) {
	m := IOVector{Directions: []uint8{DirIn, DirOut, DirInOut}}
	wantBytes(t, encoded(Dialect{}, m.Encode), unhex(t, "0B 05 0103 00 0101 00 00 00 20 10 30"))
}

func TestRowHeaders(t *testing.T) {
	wantBytes(t, encoded(Dialect{}, RowHeader{Columns: 4}.Encode), unhex(t, "06 22 0104 00 00 00 00 00"))
	wantBytes(t, encoded(Dialect{}, RowHeader{Columns: 600}.Encode), unhex(t, "06 22 0158 0102 00 00 00 00"))
}

func TestDescribedColumns(t *testing.T) {
	for name, tc := range map[string]struct {
		typ     datum.Type
		dialect Dialect
		want    string // up to the collation id
	}{
		"NUMBER": {
			datum.Type{Kind: datum.Number, Scale: -127},
			Dialect{Field: 11},
			"02 80 00 817F 0116 00 00 00 00 00 00 00 00",
		},
		"NUMBER with a raw scale": {
			datum.Type{Kind: datum.Number, Scale: -127},
			Dialect{Field: 12, RawScale: true},
			"02 80 00 81 0116 00 00 00 00 00 00 00 00",
		},
		"VARCHAR2": {
			datum.Type{Kind: datum.Text, Size: 400, Chars: 100},
			Dialect{Field: 12},
			"01 80 00 00 020190 00 00 00 00 020369 01 0164 00",
		},
		"NCHAR": {
			datum.Type{Kind: datum.Text, Fixed: true, National: true, Size: 20, Chars: 10},
			Dialect{Field: 12},
			"60 80 00 00 0114 00 00 00 00 0207D0 02 010A 00",
		},
		"TIMESTAMP": {
			datum.Type{Kind: datum.Timestamp, Scale: 6},
			Dialect{Field: 12},
			"B4 80 00 0106 010B 00 00 00 00 00 00 00 00",
		},
		"CLOB before field version 8": {
			datum.Type{Kind: datum.Clob},
			Dialect{Field: 7},
			"70 80 00 00 020FA0 00 00 00 00 020369 01 020FA0",
		},
		"LONG": {
			datum.Type{Kind: datum.Text, Long: true},
			Dialect{Field: 12},
			"08 80 00 00 00 00 00 00 00 020369 01 0101 00",
		},
		"ROWID": {
			datum.Type{Kind: datum.Rowid},
			Dialect{Field: 12},
			"0B 80 00 00 010A 00 00 00 00 00 00 00 00",
		},
		"UROWID": {
			datum.Type{Kind: datum.Rowid, Size: 4000},
			Dialect{Field: 12},
			"01 80 00 00 020FA0 00 00 00 00 020369 01 020FA0 00",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := encoded(tc.dialect, func(w *Writer) { w.column(2, datum.Column{Name: "C", Type: tc.typ, Nullable: true}) })
			wantBytes(t, got, unhex(t, tc.want+"01 01 010101 43 00 00 0102 00"))
		})
	}
}

func TestDescribeIsFramed(t *testing.T) {
	got := encoded(Dialect{Field: 12}, Describe{Columns: []datum.Column{{Name: "N", Type: datum.Type{Kind: datum.Date}}}}.Encode)
	if len(describeHead) != 23 {
		t.Errorf("the head has %d bytes", len(describeHead))
	}
	want := "\x10\x17" + describeHead + unhex(t, "0107 0101 82"+
		"0C 80 00 00 0107 00 00 00 00 00 00 00 00 00 01 010101 4E 00 00 00 00"+
		"0107 07 787E0101010101 00 00 00 00 00")
	wantBytes(t, got, want)
	none := encoded(Dialect{Field: 12}, Describe{}.Body)
	wantBytes(t, none, unhex(t, "00 00 0107 07 787E0101010101 00 00 00 00 00"))
}
