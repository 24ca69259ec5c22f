package plan_test

import (
	"strings"
	"testing"

	"github.com/adbferry/adbferry/controller/internal/plan"
	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestTextIsNotCarriedBetweenCharacterSets(t *testing.T) {
	sets := func(database, national string) *pb.DatabaseDescription {
		return &pb.DatabaseDescription{CharacterSet: database, NationalCharacterSet: national}
	}
	carried := func(types ...string) []*pb.TablePlan {
		p := &pb.TablePlan{TableId: "A.T", Source: &pb.TableName{Schema: "A", Name: "T"}, Chunks: []*pb.Chunk{{ChunkId: "A.T/000001", Scn: 7}}}
		for _, dataType := range types {
			p.Columns = append(p.Columns, &pb.ColumnPlan{Column: &pb.Column{Name: strings.ReplaceAll(dataType, " ", "_"), DataType: dataType}, Pieces: 1})
		}
		return []*pb.TablePlan{p}
	}
	left := carried("NUMBER", "VARCHAR2")
	left[0].Columns[1].LeftOut = "excluded on request"
	for name, tt := range map[string]struct {
		target *pb.DatabaseDescription
		tables []*pb.TablePlan
		names  string // of the columns refused
	}{
		"the same":                {sets("AL32UTF8", "AL16UTF16"), carried("VARCHAR2", "NVARCHAR2"), ""},
		"text, another set":       {sets("WE8ISO8859P1", "AL16UTF16"), carried("NUMBER", "CHAR", "VARCHAR2", "NCHAR"), "A.T.CHAR,A.T.VARCHAR2"},
		"large text, another set": {sets("WE8ISO8859P1", "UTF8"), carried("CLOB", "NCLOB", "BLOB"), "A.T.CLOB,A.T.NCLOB"},
		"national, another set":   {sets("AL32UTF8", "UTF8"), carried("VARCHAR2", "NVARCHAR2", "NCHAR"), "A.T.NVARCHAR2,A.T.NCHAR"},
		"no text is carried":      {sets("WE8ISO8859P1", "UTF8"), carried("NUMBER", "DATE", "RAW", "TIMESTAMP(6)"), ""},
		"the text is left behind": {sets("WE8ISO8859P1", "UTF8"), left, ""},
		"a set is not known":      {sets("", ""), carried("VARCHAR2", "NVARCHAR2"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			spec := &pb.MigrationSpec{AllowPartial: true}
			_, err := plan.Build(plan.Parts{
				Spec: spec, Selection: &plan.Selection{Tables: []*pb.TableSelection{{}}}, SCN: 7, Tables: tt.tables,
				Source: sets("AL32UTF8", "AL16UTF16"), Target: tt.target,
			})
			if tt.names == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			f := apierr.FailureOf(err)
			if f.GetReason() != pb.Reason_REASON_CHARACTER_SETS_DIFFER || f.GetFacts()["columns"] != tt.names || f.GetHint() == "" {
				t.Errorf("failure %v", f)
			}
		})
	}
}
