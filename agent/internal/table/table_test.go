package table

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/agent/internal/codec"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

var (
	id    = &pb.Column{Name: "ID", DataType: "NUMBER", Precision: new(int32(10)), Scale: new(int32(0))}
	note  = &pb.Column{Name: "Note", DataType: "VARCHAR2", DataLength: 20, CharLength: 20, Nullable: true}
	large = &pb.Column{Name: "DOC", DataType: "BFILE", Nullable: true}
)

func planOf(columns ...*pb.Column) *pb.TablePlan {
	p := &pb.TablePlan{TableId: "A.T"}
	for _, c := range columns {
		p.Columns = append(p.Columns, codec.Plan(c, codec.Basis{MaxStringBytes: 4000}))
	}
	return p
}

func TestDifferencesThatMatterAreListed(t *testing.T) {
	for name, tt := range map[string]struct {
		existing []*pb.Column
		want     []string
	}{
		"the same":                {[]*pb.Column{id, note}, nil},
		"the same with the BFILE": {[]*pb.Column{note, id, large}, nil},
		"wider": {
			[]*pb.Column{id, {Name: "Note", DataType: "VARCHAR2", DataLength: 40, CharLength: 40, Nullable: true}},
			[]string{"column Note is VARCHAR2(40 BYTE) instead of VARCHAR2(20 BYTE)"},
		},
		"other semantics": {
			[]*pb.Column{id, {Name: "Note", DataType: "VARCHAR2", DataLength: 80, CharLength: 20, CharSemantics: true, Nullable: true}},
			[]string{"column Note is VARCHAR2(20 CHAR) instead of VARCHAR2(20 BYTE)"},
		},
		"stricter":        {[]*pb.Column{id, {Name: "Note", DataType: "VARCHAR2", DataLength: 20, CharLength: 20}}, []string{"column Note is NOT NULL instead of nullable"}},
		"looser":          {[]*pb.Column{{Name: "ID", DataType: "NUMBER", Precision: new(int32(10)), Scale: new(int32(0)), Nullable: true}, note}, nil},
		"missing":         {[]*pb.Column{note}, []string{"column ID is missing"}},
		"one too many":    {[]*pb.Column{id, note, {Name: "X", DataType: "DATE", Nullable: true}}, []string{"column X is only on the target"}},
		"computed extra":  {[]*pb.Column{id, note, {Name: "X", DataType: "NUMBER", Virtual: true}}, nil},
		"needs a value":   {[]*pb.Column{id, note, {Name: "DOC", DataType: "BFILE"}}, []string{"column DOC is only on the target"}},
		"another type":    {[]*pb.Column{id, {Name: "Note", DataType: "BFILE", Nullable: true}}, []string{"column Note is BFILE instead of VARCHAR2(20 BYTE)"}},
		"computed itself": {[]*pb.Column{{Name: "ID", DataType: "NUMBER", Precision: new(int32(10)), Scale: new(int32(0)), Virtual: true}, note}, []string{"column ID is virtual"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, differences(&pb.Table{Columns: tt.existing}, planOf(id, note, large), difference)); diff != "" {
				t.Error(diff)
			}
			err := fits(target(t), &pb.Table{Columns: tt.existing}, planOf(id, note, large))
			if (err == nil) != (tt.want == nil) || err != nil && apierr.ReasonOf(err) != pb.Reason_REASON_TARGET_DIFFERS {
				t.Errorf("fits says %v", err)
			}
		})
	}
}
