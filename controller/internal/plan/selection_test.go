package plan

import (
	"testing"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

func TestCheckSpec(t *testing.T) {
	tests := map[string]struct {
		change func(*pb.MigrationSpec)
		want   pb.Reason
	}{
		"two tables":   {func(*pb.MigrationSpec) {}, pb.Reason_REASON_UNSPECIFIED},
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
		"dots that only look alike": {func(s *pb.MigrationSpec) {
			s.Tables[0].Source = &pb.TableName{Schema: "A.B", Name: "C"}
			s.Tables[1].Source = &pb.TableName{Schema: "A", Name: "B.C"}
		}, pb.Reason_REASON_UNSPECIFIED},
		"a quote in a name":   {func(s *pb.MigrationSpec) { s.Tables[0].Source.Name = `A"B` }, pb.Reason_REASON_NAME_INVALID},
		"a quote in a target": {func(s *pb.MigrationSpec) { s.Tables[0].Target = tableName(`A"`) }, pb.Reason_REASON_NAME_INVALID},
		"a quote in a column": {func(s *pb.MigrationSpec) { s.Tables[0].ExcludeColumns = []string{`"`} }, pb.Reason_REASON_NAME_INVALID},
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

func TestCheckSelection(t *testing.T) {
	found := &pb.Table{Name: tableName("A"), Columns: []*pb.Column{{Name: "ID"}, {Name: "NOTE"}}}
	tests := map[string]struct {
		found   *pb.Table
		exclude []string
		want    pb.Reason
	}{
		"as it is":         {found, nil, pb.Reason_REASON_UNSPECIFIED},
		"without a column": {found, []string{"NOTE"}, pb.Reason_REASON_UNSPECIFIED},
		"unknown column":   {found, []string{"note"}, pb.Reason_REASON_REQUEST_INVALID},
		"unknown table":    {nil, nil, pb.Reason_REASON_TABLE_NOT_FOUND},
		"unmovable table":  {&pb.Table{Obstacle: "external table"}, nil, pb.Reason_REASON_TABLE_UNSUPPORTED},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := &pb.TableSelection{Source: tableName("A"), ExcludeColumns: tt.exclude}
			if err := CheckSelection(s, tt.found); apierr.ReasonOf(err) != tt.want {
				t.Errorf("CheckSelection: %v, want %s", err, tt.want)
			}
		})
	}
}

func TestFindComparesWholeNames(t *testing.T) {
	tables := []*pb.Table{{Name: tableName("AB")}, {Name: tableName("A*")}}
	if got := Find(tables, tableName("A*")); got != tables[1] {
		t.Errorf("Find returned %v", got)
	}
	if got := Find(tables, tableName("A")); got != nil {
		t.Errorf("Find returned %v, want nil", got)
	}
}
