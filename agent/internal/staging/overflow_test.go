package staging

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/agent/internal/codec"
	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func overflowing(t *testing.T) *Table {
	t.Helper()
	plans := carried(4000, &pb.Column{Name: "ID", DataType: "NUMBER"})
	for _, c := range []*pb.Column{{Name: "DOC", DataType: "CLOB"}, {Name: "SCAN", DataType: "BLOB"}} {
		plans = append(plans, codec.Plan(c, codec.Basis{MaxStringBytes: 4000, Found: codec.Found{Longest: 1 << 20}}))
	}
	s, err := New("m1", "A.B/000001", 1, pb.Format_FORMAT_CSV, plans)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func names(fields []field) (names []string) {
	for _, f := range fields {
		names = append(names, f.Name.Text())
	}
	return names
}

func TestLongValuesHaveATableOfTheirOwn(t *testing.T) {
	s := overflowing(t)
	if diff := cmp.Diff([]string{"C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "CROW", "CEND"}, names(s.fields)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"CROW", "CCOL", "CNUM", "CHEX", "CEND"}, names(s.overflow.fields)); diff != "" {
		t.Error(diff)
	}
	if !strings.HasPrefix(s.overflow.name.Text(), chunkPrefix("m1", "A.B/000001")) {
		t.Errorf("%s is not dropped with its chunk", s.overflow.name.Text())
	}
	target, err := oracle.NewTable(&pb.TableName{Schema: "A", Name: "B"})
	if err != nil {
		t.Fatal(err)
	}
	insert, err := s.insert(target)
	const none = ` WHERE CASE WHEN TO_NUMBER("C2") > 2000 THEN 1 ELSE 0 END = 0 AND CASE WHEN TO_NUMBER("C7") > 2000 THEN 1 ELSE 0 END = 0`
	if err != nil || !strings.HasSuffix(insert, none) {
		t.Errorf("%s, %v", insert, err)
	}
	block, err := s.block(target)
	if err != nil {
		t.Fatal(err)
	}
	block = strings.Join(strings.Fields(block), " ")
	for _, want := range []string{
		"DECLARE V_2 CLOB; V_3 BLOB; ", `WHERE TO_NUMBER("C2") > 2000 OR TO_NUMBER("C7") > 2000) LOOP`,
		"WHERE CROW = V_ROW.CROW AND CCOL = '3' ORDER BY 1", "IF V_PIECE.N <> V_PIECES THEN RAISE_APPLICATION_ERROR(-20871, ",
		"IF V_PIECES <> CEIL(V_ROW.L_2 / 500) OR DBMS_LOB.GETLENGTH(V_2) <> V_ROW.L_2 THEN RAISE",
		`CASE WHEN TO_NUMBER("C7") > 2000 THEN V_3 ELSE CASE WHEN "C7" = '0' THEN EMPTY_BLOB()`,
		"WHERE ROWID = V_ROW.PLACE; V_ROWS := V_ROWS + SQL%ROWCOUNT;", ":n := V_ROWS; END;",
	} {
		if !strings.Contains(block, want) {
			t.Errorf("no %s in\n%s", want, block)
		}
	}
}

func TestTheAddressNeedsAFieldToo(t *testing.T) {
	long := codec.Plan(&pb.Column{Name: "SCAN", DataType: "BLOB"}, codec.Basis{MaxStringBytes: 4000, Found: codec.Found{Longest: 1 << 20}})
	for fields, want := range map[int]pb.Reason{codec.MaxFields - 1: 0, codec.MaxFields: pb.Reason_REASON_REQUEST_INVALID} {
		plans := []*pb.ColumnPlan{long}
		for len(plans)+1 < fields {
			plans = append(plans, carried(4000, &pb.Column{Name: "D", DataType: "DATE"})...)
		}
		if _, err := New("m1", "A.B/000001", 1, pb.Format_FORMAT_CSV, plans); apierr.ReasonOf(err) != want {
			t.Errorf("%d fields: %v", fields, err)
		}
	}
}
