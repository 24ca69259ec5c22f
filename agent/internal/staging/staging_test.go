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

func carried(limit int, columns ...*pb.Column) []*pb.ColumnPlan {
	plans := make([]*pb.ColumnPlan, len(columns))
	for i, c := range columns {
		plans[i] = codec.Plan(c, codec.Basis{MaxStringBytes: limit})
	}
	return plans
}

func TestStagingHasAColumnForEveryFieldAndTheMarker(t *testing.T) {
	plans := carried(4000, &pb.Column{Name: "Id", DataType: "NUMBER"}, &pb.Column{Name: "NOTE", DataType: "VARCHAR2", DataLength: 2001, CharLength: 1000})
	s, err := New("m1", "A.B/000001", 2, pb.Format_FORMAT_CSV, plans)
	if err != nil {
		t.Fatal(err)
	}
	var fields []string
	for _, f := range s.fields {
		fields = append(fields, f.Name.Text())
	}
	if diff := cmp.Diff([]string{"C1", "C2", "C3", "CEND"}, fields); diff != "" {
		t.Error(diff)
	}
	target, err := oracle.NewTable(&pb.TableName{Schema: "A", Name: "b c"})
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.insert(target)
	want := `INSERT INTO "A"."b c" ("Id", "NOTE") SELECT TO_NUMBER("C1"), ` +
		`UTL_RAW.CAST_TO_VARCHAR2(HEXTORAW("C2")) || UTL_RAW.CAST_TO_VARCHAR2(HEXTORAW("C3")) FROM ` + s.name.String()
	if err != nil || got != want {
		t.Errorf("%v\ngot  %s\nwant %s", err, got, want)
	}
}

func TestNamesTellMigrationsChunksAndAttemptsApart(t *testing.T) {
	plans := carried(4000, &pb.Column{Name: "D", DataType: "DATE"})
	seen := map[string]string{}
	for _, migration := range []string{"m1", "m2", strings.Repeat("m", 63)} {
		for _, chunk := range []string{"A.B/000001", "A.B/000002", strings.Repeat("x", 260) + "/000001"} {
			for _, attempt := range []int32{1, 11} {
				s, err := New(migration, chunk, attempt, pb.Format_FORMAT_CSV, plans)
				if err != nil {
					t.Fatal(err)
				}
				name, key := s.name.Text(), migration+" "+chunk
				if other := seen[name]; other != "" {
					t.Errorf("%s and %s share %s", key, other, name)
				}
				seen[name] = key
				if !strings.HasPrefix(name, chunkPrefix(migration, chunk)) || !strings.HasPrefix(name, migrationPrefix(migration)) {
					t.Errorf("%s is not found by its prefixes", name)
				}
			}
		}
	}
}

func TestImpossibleTablesAreRefused(t *testing.T) {
	many := make([]*pb.Column, codec.MaxFields+1)
	for i := range many {
		many[i] = &pb.Column{Name: "D", DataType: "DATE"}
	}
	for name, plans := range map[string][]*pb.ColumnPlan{
		"no columns": nil, "too many fields": carried(4000, many...), "forged": {{Column: &pb.Column{Name: "X", DataType: "BFILE"}, Pieces: 1}},
	} {
		if _, err := New("m", "A.B/000001", 1, pb.Format_FORMAT_CSV, plans); apierr.ReasonOf(err) != pb.Reason_REASON_REQUEST_INVALID {
			t.Errorf("%s: %v", name, err)
		}
	}
	s, err := New("m", "A.B/000001", 1, pb.Format_FORMAT_CSV, carried(4000, &pb.Column{Name: `a"b`, DataType: "DATE"}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.insert(oracle.Table{}); apierr.ReasonOf(err) != pb.Reason_REASON_NAME_INVALID {
		t.Errorf("a column with a quote gave %v", err)
	}
}
