package plan

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestCheckSpec(t *testing.T) {
	tests := map[string]struct {
		change func(*pb.MigrationSpec)
		want   pb.Reason
	}{
		"two tables":   {func(*pb.MigrationSpec) {}, pb.Reason_REASON_UNSPECIFIED},
		"a schema":     {func(s *pb.MigrationSpec) { s.Tables, s.Schemas = nil, []*pb.SchemaSelection{{Schema: "HR"}} }, pb.Reason_REASON_UNSPECIFIED},
		"no source":    {func(s *pb.MigrationSpec) { s.Source = "" }, pb.Reason_REASON_REQUEST_INVALID},
		"no target":    {func(s *pb.MigrationSpec) { s.Target = "" }, pb.Reason_REASON_REQUEST_INVALID},
		"no tables":    {func(s *pb.MigrationSpec) { s.Tables = nil }, pb.Reason_REASON_REQUEST_INVALID},
		"source twice": {func(s *pb.MigrationSpec) { s.Tables[1].Source = tableName("A") }, pb.Reason_REASON_REQUEST_INVALID},
		"target twice": {func(s *pb.MigrationSpec) { s.Tables[1].Target = tableName("A") }, pb.Reason_REASON_REQUEST_INVALID},
		"onto itself":  {func(s *pb.MigrationSpec) { s.Target = s.GetSource() }, pb.Reason_REASON_REQUEST_INVALID},
		"renamed in one database": {func(s *pb.MigrationSpec) {
			s.Target, s.Tables = s.GetSource(), s.GetTables()[:1]
			s.Tables[0].Target = tableName("A2")
		}, pb.Reason_REASON_UNSPECIFIED},
		"into another schema of one database": {func(s *pb.MigrationSpec) {
			s.Target, s.Schemas = s.GetSource(), []*pb.SchemaSelection{{Schema: "ADMIN", TargetSchema: "COPY"}}
		}, pb.Reason_REASON_UNSPECIFIED},
		"dots that only look alike": {func(s *pb.MigrationSpec) {
			s.Tables[0].Source = &pb.TableName{Schema: "A.B", Name: "C"}
			s.Tables[1].Source = &pb.TableName{Schema: "A", Name: "B.C"}
		}, pb.Reason_REASON_UNSPECIFIED},
		"a quote in a name":   {func(s *pb.MigrationSpec) { s.Tables[0].Source.Name = `A"B` }, pb.Reason_REASON_NAME_INVALID},
		"a quote in a target": {func(s *pb.MigrationSpec) { s.Tables[0].Target = tableName(`A"`) }, pb.Reason_REASON_NAME_INVALID},
		"a quote in a column": {func(s *pb.MigrationSpec) { s.Tables[0].ExcludeColumns = []string{`"`} }, pb.Reason_REASON_NAME_INVALID},
		"a quote in a schema": {func(s *pb.MigrationSpec) { s.Schemas = []*pb.SchemaSelection{{Schema: `"`}} }, pb.Reason_REASON_NAME_INVALID},
		"an empty glob":       {func(s *pb.MigrationSpec) { s.Schemas = []*pb.SchemaSelection{{Schema: "A", Include: []string{""}}} }, pb.Reason_REASON_REQUEST_INVALID},
		"both kinds of columns": {func(s *pb.MigrationSpec) {
			s.Tables[0].Columns, s.Tables[0].ExcludeColumns = []string{"A"}, []string{"B"}
		}, pb.Reason_REASON_REQUEST_INVALID},
		"an open quote":       {func(s *pb.MigrationSpec) { s.Tables[0].Where = "NAME = 'O'Brien'" }, pb.Reason_REASON_REQUEST_INVALID},
		"negative lanes":      {func(s *pb.MigrationSpec) { s.TargetLanes = -1 }, pb.Reason_REASON_REQUEST_INVALID},
		"an unknown format":   {func(s *pb.MigrationSpec) { s.Options = &pb.TableOptions{Format: 99} }, pb.Reason_REASON_REQUEST_INVALID},
		"an unknown ddl mode": {func(s *pb.MigrationSpec) { s.Options = &pb.TableOptions{Ddl: 99} }, pb.Reason_REASON_REQUEST_INVALID},
		"an unknown mode":     {func(s *pb.MigrationSpec) { s.Options = &pb.TableOptions{IfExists: 99} }, pb.Reason_REASON_REQUEST_INVALID},
		"a negative chunk":    {func(s *pb.MigrationSpec) { s.Tables[0].Options = &pb.TableOptions{ChunkBytes: -1} }, pb.Reason_REASON_REQUEST_INVALID},
		"replaced, never made": {func(s *pb.MigrationSpec) {
			s.Options = &pb.TableOptions{Ddl: pb.DdlMode_DDL_MODE_REQUIRE}
			s.Tables[1].Options = &pb.TableOptions{IfExists: pb.IfExists_IF_EXISTS_REPLACE}
		}, pb.Reason_REASON_REQUEST_INVALID},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			spec := specOf("A", "B")
			tt.change(spec)
			if err := CheckSpec(spec); apierr.ReasonOf(err) != tt.want {
				t.Errorf("CheckSpec: %v, want %s", err, tt.want)
			}
		})
	}
}

func TestCheckSpecNamesEverythingAtOnce(t *testing.T) {
	spec := specOf("A", "A", "B")
	spec.Target = ""
	spec.Tables[2].Where = "(X"
	f := apierr.FailureOf(CheckSpec(spec))
	for _, want := range []string{
		"3 problems:\n- a migration needs a target database\n- table ADMIN.A is asked for twice\n- ",
		"condition of table ADMIN.B: a parenthesis is not closed\n  hint: write what stands behind WHERE",
	} {
		if !strings.Contains(f.GetText(), want) {
			t.Errorf("%q does not say %q", f.GetText(), want)
		}
	}
	if f.GetFacts()["table"] != "ADMIN.A,ADMIN.B" {
		t.Errorf("facts %v", f.GetFacts())
	}
}

func TestOptionsOfATableComeFirst(t *testing.T) {
	table := &pb.TableOptions{Format: pb.Format_FORMAT_JSON}
	schema := &pb.TableOptions{Format: pb.Format_FORMAT_CSV, Ddl: pb.DdlMode_DDL_MODE_NONE}
	all := &pb.TableOptions{Ddl: pb.DdlMode_DDL_MODE_REQUIRE, IfExists: pb.IfExists_IF_EXISTS_APPEND, ChunkBytes: 9}
	want := &pb.TableOptions{
		Format: pb.Format_FORMAT_JSON, Ddl: pb.DdlMode_DDL_MODE_NONE, IfExists: pb.IfExists_IF_EXISTS_APPEND, ChunkBytes: 9,
	}
	if diff := cmp.Diff(want, Options(table, schema, nil, all), protocmp.Transform()); diff != "" {
		t.Errorf("options (-want +got):\n%s", diff)
	}
}
