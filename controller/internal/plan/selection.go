package plan

import (
	"slices"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// CheckSpec refuses what can never work, whatever the databases have: no tables,
// a name that cannot be carried, one table twice, two tables into one.
func CheckSpec(spec *pb.MigrationSpec) error {
	switch {
	case spec.GetSource() == "":
		return invalidSpec("source", "a migration needs a source database")
	case spec.GetTarget() == "":
		return invalidSpec("target", "a migration needs a target database")
	case len(spec.GetTables()) == 0:
		return invalidSpec("tables", "a migration needs at least one table")
	}
	sources, targets := map[string]bool{}, map[string]bool{}
	for _, s := range spec.GetTables() {
		if err := checkSelectionNames(s); err != nil {
			return err
		}
		source, target := quoted(s.GetSource()), quoted(Target(s))
		switch {
		case sources[source]:
			return invalidSpec("tables", "table "+source+" is asked for twice")
		case targets[target]:
			return invalidSpec("tables", "more than one table would go into "+target)
		case spec.GetSource() == spec.GetTarget() && source == target:
			return invalidSpec("tables", "table "+source+" would be moved onto itself")
		}
		sources[source], targets[target] = true, true
	}
	return nil
}

// Target returns where a selected table goes.
func Target(s *pb.TableSelection) *pb.TableName {
	if s.GetTarget() == nil {
		return s.GetSource()
	}
	return s.GetTarget()
}

// CheckSelection compares what was asked for with the table of that name in the
// source's dictionary; found is nil when there is none.
func CheckSelection(s *pb.TableSelection, found *pb.Table) error {
	id := String(s.GetSource())
	if found == nil {
		return apierr.New(codes.NotFound, pb.Reason_REASON_TABLE_NOT_FOUND,
			"find table %s: it does not exist on the source, or its user may not see it", id).
			WithHint("check the spelling, and that the agent's user has SELECT on the table").
			WithFact("table", id)
	}
	if found.GetObstacle() != "" {
		return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TABLE_UNSUPPORTED,
			"table %s cannot be moved: %s", id, found.GetObstacle()).WithFact("table", id)
	}
	for _, name := range s.GetExcludeColumns() {
		if !slices.ContainsFunc(found.GetColumns(), func(c *pb.Column) bool { return c.GetName() == name }) {
			return apierr.New(codes.InvalidArgument, pb.Reason_REASON_REQUEST_INVALID,
				"exclude columns of %s: it has no column %s", id, name).
				WithHint("its columns are %s", strings.Join(columnNames(found), ", ")).
				WithFact("field", "exclude_columns").WithFact("table", id).WithFact("column", name)
		}
	}
	return nil
}

// Find returns the table with exactly this name, or nil. An agent's listing is
// by glob, and a name may contain the glob's special characters.
func Find(tables []*pb.Table, name *pb.TableName) *pb.Table {
	for _, t := range tables {
		if proto.Equal(t.GetName(), name) {
			return t
		}
	}
	return nil
}

func columnNames(t *pb.Table) []string {
	var names []string
	for _, c := range t.GetColumns() {
		names = append(names, c.GetName())
	}
	return names
}

// checkSelectionNames checks all names of a selection, whoever sent it.
func checkSelectionNames(s *pb.TableSelection) error {
	if err := CheckNames(s.GetSource(), Target(s)); err != nil {
		return err
	}
	return checkNames(s.GetExcludeColumns())
}

// CheckNames checks the names of tables; see CheckName.
//
// Error: REASON_NAME_INVALID.
func CheckNames(tables ...*pb.TableName) error {
	var names []string
	for _, t := range tables {
		names = append(names, t.GetSchema(), t.GetName())
	}
	return checkNames(names)
}

func checkNames(names []string) error {
	for _, n := range names {
		if err := CheckName(n); err != nil {
			return invalidName(n, err)
		}
	}
	return nil
}

// quoted tells "A.B"."C" and "A"."B.C" apart, which String does not.
func quoted(n *pb.TableName) string {
	if strings.Contains(n.GetSchema()+n.GetName(), ".") {
		return `"` + n.GetSchema() + `"."` + n.GetName() + `"`
	}
	return String(n)
}

func invalidSpec(field, text string) error {
	return apierr.New(codes.InvalidArgument, pb.Reason_REASON_REQUEST_INVALID, "%s", text).WithFact("field", field)
}
