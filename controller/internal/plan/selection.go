package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/pkg/apierr"
	"github.com/adbferry/adbferry/pkg/quantity"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A Selection is what a spec asks for, once it is known what the source has.
type Selection struct {
	// Tables is every table to move, once, with its target and options resolved:
	// the named ones first, in their order, then those of schemas by name.
	Tables []*pb.TableSelection
	// LeftBehind is what matches a schema's globs and cannot be moved.
	LeftBehind []*pb.TableLeftBehind
	// Warnings are one line each.
	Warnings []string
}

// Select finds out which tables a checked spec asks for, among those that the
// source has. Tables in the recycle bin and adbferry's own are none of them.
//
// Everything that does not fit is in one error: tables and columns that do not
// exist, globs and schemas that match nothing, two tables that go into one, a
// table of two schema selections, and, unless the spec allows partial
// migrations, tables that match and cannot be moved.
func Select(spec *pb.MigrationSpec, found []*pb.Table) (*Selection, error) {
	s := selecting{spec: spec, found: slices.Clone(found), included: map[string]bool{}, excluded: map[string]bool{}}
	slices.SortFunc(s.found, func(a, b *pb.Table) int { return compareNames(a.GetName(), b.GetName()) })
	s.named()
	for _, schema := range spec.GetSchemas() {
		s.schema(schema)
	}
	s.unmatched()
	s.consent()
	seen := routes{within: spec.GetSource() == spec.GetTarget()}
	for _, t := range s.out.Tables {
		if err := seen.source(t.GetSource()); err != nil {
			s.wrong.add(err)
			continue
		}
		s.wrong.add(seen.target(t.GetSource(), t.GetTarget()))
	}
	return &s.out, s.wrong.err()
}

// selecting is a Select under way.
type selecting struct {
	spec               *pb.MigrationSpec
	found              []*pb.Table // by name
	included, excluded map[string]bool
	out                Selection
	wrong              problems
}

// named takes in the tables that are asked for by their names.
func (s *selecting) named() {
	for _, t := range s.spec.GetTables() {
		if err := CheckSelection(t, Find(s.found, t.GetSource())); err != nil {
			s.wrong.add(err)
			continue
		}
		s.out.Tables = append(s.out.Tables, Resolve(s.spec, t))
	}
}

// schema takes in the tables of one schema that match and are not named already.
func (s *selecting) schema(selection *pb.SchemaSelection) {
	matches := 0
	for _, t := range s.found {
		name := t.GetName()
		if name.GetSchema() != selection.GetSchema() || internal(name.GetName()) || !s.matches(selection, name.GetName()) {
			continue
		}
		matches++
		switch why := obstacle(t); {
		case IsNamed(s.spec, name):
		case why != "":
			s.out.LeftBehind = append(s.out.LeftBehind, &pb.TableLeftBehind{Table: proto.CloneOf(name), Why: why})
		default:
			s.out.Tables = append(s.out.Tables, Resolve(s.spec, &pb.TableSelection{Source: name}))
		}
	}
	if matches == 0 {
		s.wrong.add(apierr.New(codes.NotFound, pb.Reason_REASON_TABLE_NOT_FOUND,
			"schema %s has no table that is asked for, or the agent's user may not see it", selection.GetSchema()).
			WithHint("check the spelling and the letter case of the schema and its globs, and that the agent's user has SELECT on the tables").
			WithFact("schema", selection.GetSchema()))
	}
}

// matches looks at all globs, to know in the end which ones match nothing.
func (s *selecting) matches(selection *pb.SchemaSelection, name string) bool {
	in := matchAny(selection.GetInclude(), name, s.included)
	out := matchAny(selection.GetExclude(), name, s.excluded)
	return (in || len(selection.GetInclude()) == 0) && !out
}

// unmatched names the globs that match nothing in any schema. To include nothing
// is a mistake; to exclude nothing may be one.
func (s *selecting) unmatched() {
	var include, exclude []string
	for _, schema := range s.spec.GetSchemas() {
		include = append(include, schema.GetInclude()...)
		exclude = append(exclude, schema.GetExclude()...)
	}
	if globs := unused(include, s.included); len(globs) > 0 {
		s.wrong.add(apierr.New(codes.NotFound, pb.Reason_REASON_TABLE_NOT_FOUND, "no table matches %s", strings.Join(globs, ", ")).
			WithHint("* stands for any text and ? for any character; small letters are read as capitals unless the glob is in double quotes: --include '\"Mi*\"'"))
	}
	if globs := unused(exclude, s.excluded); len(globs) > 0 {
		s.out.Warnings = append(s.out.Warnings, "nothing is excluded by "+strings.Join(globs, ", ")+": no table matches")
	}
}

// consent refuses to leave tables behind that nobody agreed to.
func (s *selecting) consent() {
	if s.spec.GetAllowPartial() || len(s.out.LeftBehind) == 0 {
		return
	}
	s.wrong.add(leftBehind(s.out.LeftBehind))
}

// leftBehind says which tables cannot be moved.
func leftBehind(tables []*pb.TableLeftBehind) error {
	var lines, ids []string
	for _, t := range tables {
		lines = append(lines, fmt.Sprintf("%s (%s)", t.GetTable().Text(), t.GetWhy()))
		ids = append(ids, t.GetTable().ID())
	}
	return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TABLE_UNSUPPORTED, "%s cannot be moved: %s", quantity.Of(len(tables), "table"), strings.Join(lines, ", ")).
		WithHint("agree with --allow-partial, or leave them out with --exclude").
		WithFact("table", strings.Join(ids, ","))
}

// Resolve returns a selection with its target and options: its own, else those
// of its schema's selection, else the spec's.
func Resolve(spec *pb.MigrationSpec, s *pb.TableSelection) *pb.TableSelection {
	schema := &pb.SchemaSelection{}
	if i := slices.IndexFunc(spec.GetSchemas(), func(c *pb.SchemaSelection) bool {
		return c.GetSchema() == s.GetSource().GetSchema()
	}); i >= 0 {
		schema = spec.GetSchemas()[i]
	}
	out := proto.CloneOf(s)
	if out.GetTarget() == nil {
		out.Target = &pb.TableName{Schema: cmp.Or(schema.GetTargetSchema(), s.GetSource().GetSchema()), Name: s.GetSource().GetName()}
	}
	out.Options = Options(s.GetOptions(), schema.GetOptions(), spec.GetOptions())
	return out
}

// IsNamed reports whether a spec asks for a table by its name.
func IsNamed(spec *pb.MigrationSpec, table *pb.TableName) bool {
	return slices.ContainsFunc(spec.GetTables(), func(s *pb.TableSelection) bool { return compareNames(s.GetSource(), table) == 0 })
}

// internal reports whether a table is in the recycle bin, or adbferry's own.
func internal(name string) bool {
	return strings.HasPrefix(name, "BIN$") || strings.HasPrefix(name, "ADBFERRY$")
}

// obstacle says why a table cannot be moved; it is empty when it can.
func obstacle(t *pb.Table) string {
	if err := CheckNames(t.GetName()); err != nil {
		return err.Error()
	}
	return t.GetObstacle()
}

func compareNames(a, b *pb.TableName) int {
	return cmp.Or(cmp.Compare(a.GetSchema(), b.GetSchema()), cmp.Compare(a.GetName(), b.GetName()))
}

// CheckSelection compares what was asked for with the table of that name in the
// source's dictionary; found is nil when there is none.
func CheckSelection(s *pb.TableSelection, found *pb.Table) error {
	id, name := s.GetSource().ID(), s.GetSource().Text()
	if found == nil {
		return apierr.New(codes.NotFound, pb.Reason_REASON_TABLE_NOT_FOUND,
			"find table %s: it does not exist on the source, or its user may not see it", name).
			WithHint("check the spelling, and that the agent's user has SELECT on the table").
			WithFact("table", id)
	}
	if found.GetObstacle() != "" {
		return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TABLE_UNSUPPORTED,
			"table %s cannot be moved: %s", name, found.GetObstacle()).WithHint("leave it out of the migration").WithFact("table", id)
	}
	if err := checkColumns(found, "exclude_columns", "exclude columns", s.GetExcludeColumns()); err != nil {
		return err
	}
	return checkColumns(found, "columns", "choose columns", s.GetColumns())
}

// checkColumns names all columns that a table does not have.
func checkColumns(found *pb.Table, field, doing string, columns []string) error {
	var has, unknown []string
	for _, c := range found.GetColumns() {
		has = append(has, pb.NameText(c.GetName()))
	}
	for _, name := range columns {
		if text := pb.NameText(name); !slices.Contains(has, text) {
			unknown = append(unknown, text)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	id := found.GetName().ID()
	return invalid(field, "%s of %s: it has no column %s", doing, found.GetName().Text(), strings.Join(unknown, ", ")).
		WithHint("its columns are %s", strings.Join(has, ", ")).
		WithFact("table", id).WithFact("column", strings.Join(unknown, ","))
}

// Find returns the table with exactly this name, or nil. An agent's listing is
// by glob, and a name may contain the glob's special characters.
func Find(tables []*pb.Table, name *pb.TableName) *pb.Table {
	for _, t := range tables {
		if compareNames(t.GetName(), name) == 0 {
			return t
		}
	}
	return nil
}
