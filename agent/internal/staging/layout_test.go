package staging

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/agent/internal/codec"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// designed is a staging table of one column of each name and type, planned for a format.
func designed(t *testing.T, format pb.Format, columns ...*pb.Column) *Table {
	t.Helper()
	plans := make([]*pb.ColumnPlan, len(columns))
	for i, c := range columns {
		plans[i] = codec.Plan(c, codec.Basis{Format: format, MaxStringBytes: 4000})
	}
	s, err := New("m1", "A.B/000001", 1, format, plans)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func kept(s *Table) (types []string) {
	for _, f := range s.fields {
		types = append(types, f.Name.Text()+" "+f.kept)
	}
	return types
}

func TestADumpIsKeptInTheTypesOfTheColumns(t *testing.T) {
	s := designed(t, pb.Format_FORMAT_DATAPUMP, &pb.Column{Name: "ID", DataType: "NUMBER"}, &pb.Column{Name: "T", DataType: "VARCHAR2", DataLength: 40, CharLength: 10, CharSemantics: true},
		&pb.Column{Name: "D", DataType: "BINARY_DOUBLE"}, &pb.Column{Name: "DOC", DataType: "XMLTYPE"})
	if diff := cmp.Diff([]string{"C1 NUMBER", "C2 VARCHAR2(10 CHAR)", "C3 VARCHAR2(16 BYTE)", "C4 CLOB", "CEND VARCHAR2(1 BYTE)"}, kept(s)); diff != "" {
		t.Error(diff)
	}
	insert, err := s.insert(oracle.Table{})
	if err != nil || !strings.Contains(insert, `SELECT "C1", "C2", UTL_RAW.CAST_TO_BINARY_DOUBLE(HEXTORAW("C3")), CASE WHEN "C4" IS NOT NULL THEN XMLTYPE("C4") END FROM`) {
		t.Errorf("%s, %v", insert, err)
	}
}

func TestAFullRowIsMarkedAtItsEnd(t *testing.T) {
	columns := make([]*pb.Column, codec.MaxFields)
	for i := range columns {
		columns[i] = &pb.Column{Name: fmt.Sprintf("N%d", i), DataType: "NUMBER"}
	}
	for format, want := range map[pb.Format]struct{ last, whole, read string }{
		pb.Format_FORMAT_CSV:  {"C1000 VARCHAR2(65 BYTE)", `SUBSTR("C1000", -1) = '!'`, `TO_NUMBER(SUBSTR("C1000", 1, LENGTH("C1000") - 1))`},
		pb.Format_FORMAT_JSON: {"C1000 VARCHAR2(64 BYTE)", "1 = 1", `TO_NUMBER("C1000")`},
	} {
		s := designed(t, format, columns...)
		types := kept(s)
		if len(types) != codec.MaxFields || types[len(types)-1] != want.last || s.whole() != want.whole {
			t.Errorf("%s: %d fields, the last is %s, whole is %s", format, len(types), types[len(types)-1], s.whole())
		}
		_, values, err := s.decoded()
		if err != nil || values[len(values)-1] != want.read || values[0] != `TO_NUMBER("C1")` {
			t.Errorf("%s: %s, %v", format, values[len(values)-1], err)
		}
	}
}
