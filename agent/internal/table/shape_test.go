package table

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func target(t *testing.T) oracle.Table {
	t.Helper()
	n, err := oracle.NewTable(&pb.TableName{Schema: "A", Name: "T"})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

var (
	twice    = &pb.Column{Name: "V", DataType: "NUMBER", Nullable: true, Virtual: true, DefaultExpression: `"ID"*2`}
	counted  = &pb.Column{Name: "N", DataType: "NUMBER", Identity: true}
	uncount  = &pb.Column{Name: "N", DataType: "NUMBER"}
	plain    = &pb.Column{Name: "V", DataType: "NUMBER", Nullable: true}
	narrowID = &pb.Column{Name: "ID", DataType: "NUMBER", Precision: new(int32(5)), Scale: new(int32(0))}
)

// carrying is a plan that carries columns, virtual ones as the definition makes them.
func carrying(ddl pb.DdlMode, columns ...*pb.Column) *pb.TablePlan {
	p := &pb.TablePlan{TableId: "A.T", Options: &pb.TableOptions{Ddl: ddl}}
	if ddl != pb.DdlMode_DDL_MODE_NONE {
		p.Definition = &pb.TableDefinition{}
	}
	for _, c := range columns {
		p.Columns = append(p.Columns, &pb.ColumnPlan{Column: c})
	}
	return p
}

func TestShapesAreComparedAsFarAsTheModeWants(t *testing.T) {
	for name, tt := range map[string]struct {
		carried, existing []*pb.Column
		want, none        []string
	}{
		"the same":               {[]*pb.Column{id, twice, counted}, []*pb.Column{counted, id, twice}, nil, nil},
		"a virtual column plain": {[]*pb.Column{id, twice}, []*pb.Column{id, plain}, []string{"column V is not virtual"}, nil},
		"a virtual column less":  {[]*pb.Column{id, twice}, []*pb.Column{id}, []string{"column V is missing"}, nil},
		"a plain one virtual":    {[]*pb.Column{id, plain}, []*pb.Column{id, twice}, []string{"column V is virtual"}, []string{"column V is virtual"}},
		"an identity more":       {[]*pb.Column{uncount}, []*pb.Column{counted}, []string{"column N is an identity column"}, nil},
		"an identity less":       {[]*pb.Column{counted}, []*pb.Column{uncount}, []string{"column N is not an identity column"}, nil},
		"narrower":               {[]*pb.Column{id}, []*pb.Column{narrowID}, []string{"column ID is NUMBER(5,0) instead of NUMBER(10,0)"}, nil},
		"of another kind":        {[]*pb.Column{id}, []*pb.Column{{Name: "ID", DataType: "DATE"}}, []string{"column ID is DATE instead of NUMBER(10,0)"}, []string{"column ID is DATE instead of NUMBER"}},
		"more, with a default":   {[]*pb.Column{id}, []*pb.Column{id, {Name: "X", DataType: "DATE", DefaultExpression: "SYSDATE"}}, []string{"column X is only on the target"}, nil},
		"more, without":          {[]*pb.Column{id}, []*pb.Column{id, {Name: "X", DataType: "DATE"}}, []string{"column X is only on the target"}, []string{"column X is only on the target"}},
		"another precision of seconds": {
			[]*pb.Column{{Name: "T", DataType: "TIMESTAMP(6) WITH TIME ZONE", Scale: new(int32(6))}},
			[]*pb.Column{{Name: "T", DataType: "TIMESTAMP(9) WITH TIME ZONE", Scale: new(int32(9))}},
			[]string{"column T is TIMESTAMP(9) WITH TIME ZONE instead of TIMESTAMP(6) WITH TIME ZONE"},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			existing := &pb.Table{Columns: tt.existing}
			if diff := cmp.Diff(tt.want, differences(existing, carrying(pb.DdlMode_DDL_MODE_REQUIRE, tt.carried...), difference)); diff != "" {
				t.Errorf("require: %s", diff)
			}
			if diff := cmp.Diff(tt.none, differences(existing, carrying(pb.DdlMode_DDL_MODE_NONE, tt.carried...), obstruction)); diff != "" {
				t.Errorf("none: %s", diff)
			}
			for mode, want := range map[pb.DdlMode][]string{pb.DdlMode_DDL_MODE_CREATE: tt.want, pb.DdlMode_DDL_MODE_NONE: tt.none} {
				err := fits(target(t), existing, carrying(mode, tt.carried...))
				if (err == nil) != (want == nil) || err != nil && apierr.ReasonOf(err) != pb.Reason_REASON_TARGET_DIFFERS {
					t.Errorf("%s: fits says %v", mode, err)
				}
			}
		})
	}
}

func TestTablesOfOlderPlansHaveNoIdentities(t *testing.T) {
	old := carrying(pb.DdlMode_DDL_MODE_CREATE, counted)
	old.Definition = nil
	if err := fits(target(t), &pb.Table{Columns: []*pb.Column{uncount}}, old); err != nil {
		t.Error(err)
	}
}
