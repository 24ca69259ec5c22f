package plan

import (
	"slices"

	"github.com/adbferry/adbferry/pkg/condition"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// CheckSpec refuses what can never work, whatever the databases have: nothing to
// move, a name, glob or condition that cannot be carried, one table twice, two
// tables into one. All problems are in one error.
func CheckSpec(spec *pb.MigrationSpec) error {
	var all problems
	if spec.GetSource() == "" {
		all.add(invalid("source", "a migration needs a source database"))
	}
	if spec.GetTarget() == "" {
		all.add(invalid("target", "a migration needs a target database"))
	}
	if len(spec.GetTables()) == 0 && len(spec.GetSchemas()) == 0 {
		all.add(invalid("tables", "a migration needs at least one table or schema"))
	}
	if spec.GetSourceLanes() < 0 || spec.GetTargetLanes() < 0 {
		all.add(invalid("source_lanes", "the number of lanes cannot be negative").
			WithHint("--source-lanes and --target-lanes say how many exports and imports run at a time; without them the service level decides"))
	}
	all.add(checkOptions("defaults", spec.GetOptions()))
	seen := routes{within: spec.GetSource() == spec.GetTarget()}
	for _, s := range spec.GetTables() {
		named := checkSelection(s)
		all.add(named)
		all.add(checkOptions(s.GetSource().Text(), Options(s.GetOptions(), spec.GetOptions())))
		if named == nil {
			all.add(seen.source(s.GetSource()))
		}
	}
	for _, s := range spec.GetSchemas() {
		all.add(checkNames(slices.Concat([]string{s.GetSchema()}, targetSchema(s))))
		all.add(checkGlobs(s.GetSchema(), slices.Concat(s.GetInclude(), s.GetExclude())))
		all.add(checkOptions("schema "+s.GetSchema(), Options(s.GetOptions(), spec.GetOptions())))
	}
	if len(all) == 0 {
		for _, s := range spec.GetTables() {
			all.add(seen.target(s.GetSource(), Resolve(spec, s).GetTarget()))
		}
	}
	return all.err()
}

func targetSchema(s *pb.SchemaSelection) []string {
	if s.GetTargetSchema() == "" {
		return nil
	}
	return []string{s.GetTargetSchema()}
}

// checkSelection checks all names of a selection, whoever sent it, and its condition.
func checkSelection(s *pb.TableSelection) error {
	tables := []*pb.TableName{s.GetSource()}
	if s.GetTarget() != nil {
		tables = append(tables, s.GetTarget())
	}
	if err := CheckNames(tables...); err != nil {
		return err
	}
	if err := checkNames(slices.Concat(s.GetColumns(), s.GetExcludeColumns())); err != nil {
		return err
	}
	if len(s.GetColumns()) > 0 && len(s.GetExcludeColumns()) > 0 {
		return invalid("columns", "table %s: columns are either chosen or excluded, not both", s.GetSource().Text())
	}
	return CheckWhere("where", s.GetSource(), s.GetWhere())
}

// CheckWhere refuses a condition on a table's rows that cannot be sent to a
// database; an empty one is none. The field is the request's.
//
// Error: REASON_REQUEST_INVALID.
func CheckWhere(field string, table *pb.TableName, where string) error {
	if err := condition.Check(where); err != nil {
		return invalid(field, "condition of table %s: %v", table.Text(), err).
			WithHint("write what stands behind WHERE, with texts in single quotes and a quote in a text doubled: NAME = 'O''Brien'").
			WithFact("table", table.ID())
	}
	return nil
}

// routes is where tables come from and go to.
type routes struct {
	sources, targets map[string]bool
	within           bool // one database
}

// source notes a table, and refuses it the second time.
func (r *routes) source(name *pb.TableName) error {
	key := name.Text()
	if r.sources[key] {
		return invalid("tables", "table %s is asked for twice", key).WithFact("table", name.ID())
	}
	if r.sources == nil {
		r.sources = map[string]bool{}
	}
	r.sources[key] = true
	return nil
}

// target notes where a table goes, and refuses a second one that goes there.
func (r *routes) target(from, to *pb.TableName) error {
	key := to.Text()
	switch {
	case r.targets[key]:
		return invalid("tables", "more than one table would go into %s, also %s", key, from.Text()).WithFact("table", from.ID())
	case r.within && key == from.Text():
		return invalid("tables", "table %s would be moved onto itself", key).
			WithHint("name another database as the target, or give the table another name there (--target-table, --remap-schema)").
			WithFact("table", from.ID())
	}
	if r.targets == nil {
		r.targets = map[string]bool{}
	}
	r.targets[key] = true
	return nil
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
