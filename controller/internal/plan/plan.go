// Package plan turns what an operator asked for and what the agents found into
// a migration plan. It checks that everything asked for exists, that nothing is
// left behind without consent, and fixes the order of the tables. It is pure: no
// clock, no I/O, and it changes none of its arguments. How one table travels is
// not decided here but by the source agent's PlanTable.
package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/adbferry/adbferry/pkg/apierr"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Build makes the plan of a migration from its parts: the descriptions of both
// databases, whose names it sets from the spec, and one table plan for each
// selection. The SCN is the one the table plans were made for. Tables come out
// largest first, so that the longest one does not start last.
//
// A column that cannot be carried and was not excluded on purpose is
// REASON_COLUMNS_NOT_CARRIED unless the spec allows partial tables. Carried text
// between different character sets is REASON_CHARACTER_SETS_DIFFER.
func Build(spec *pb.MigrationSpec, source, target *pb.DatabaseDescription, scn int64, tables []*pb.TablePlan) (*pb.MigrationPlan, error) {
	for _, t := range tables {
		if err := checkTable(t, scn); err != nil {
			return nil, err
		}
	}
	if !spec.GetAllowPartial() {
		if err := checkCarried(spec, tables); err != nil {
			return nil, err
		}
	}
	if err := checkCharacterSets(source, target, tables); err != nil {
		return nil, err
	}
	p := &pb.MigrationPlan{
		Spec:   proto.CloneOf(spec),
		Source: named(source, spec.GetSource()),
		Target: named(target, spec.GetTarget()),
		Scn:    scn,
	}
	for _, t := range tables {
		p.Tables = append(p.Tables, proto.CloneOf(t))
	}
	slices.SortStableFunc(p.GetTables(), largestFirst)
	return p, nil
}

// named returns a description under the controller's name for the database.
func named(d *pb.DatabaseDescription, name string) *pb.DatabaseDescription {
	d = proto.CloneOf(d)
	d.Name = name
	return d
}

// largestFirst is a total order, so that the same tables always come out the same.
func largestFirst(a, b *pb.TablePlan) int {
	return cmp.Or(
		cmp.Compare(b.GetEstimatedBytes(), a.GetEstimatedBytes()),
		cmp.Compare(b.GetRows(), a.GetRows()),
		cmp.Compare(a.GetTableId(), b.GetTableId()),
	)
}

// checkTable refuses a plan that no agent of ours makes: carrying it out would
// move the wrong rows or none.
func checkTable(t *pb.TablePlan, scn int64) error {
	wrong := func(format string, args ...any) error {
		return apierr.New(codes.Internal, pb.Reason_REASON_INTERNAL,
			"plan table %s: the agent's plan %s", t.GetTableId(), fmt.Sprintf(format, args...))
	}
	if len(Carried(t)) == 0 {
		return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TABLE_UNSUPPORTED,
			"plan table %s: none of its columns can be carried", t.GetTableId()).
			WithFact("table", t.GetTableId())
	}
	if len(t.GetChunks()) == 0 {
		return wrong("has no chunks")
	}
	seen := map[string]bool{}
	for _, c := range t.GetChunks() {
		switch {
		case c.GetScn() != scn:
			return wrong("reads chunk %s as of SCN %d instead of %d", c.GetChunkId(), c.GetScn(), scn)
		case !strings.HasPrefix(c.GetChunkId(), t.GetTableId()+"/"):
			return wrong("has a chunk of another table, %q", c.GetChunkId())
		case seen[c.GetChunkId()]:
			return wrong("has chunk %s twice", c.GetChunkId())
		}
		seen[c.GetChunkId()] = true
	}
	return nil
}

// Carried returns the names of the columns that travel, in column order.
func Carried(t *pb.TablePlan) []string {
	var names []string
	for _, c := range t.GetColumns() {
		if c.GetLeftOut() == "" {
			names = append(names, c.GetColumn().GetName())
		}
	}
	return names
}

// LeftOut returns the columns that stay behind and why, in column order.
func LeftOut(t *pb.TablePlan) []*pb.ColumnLeftOut {
	var out []*pb.ColumnLeftOut
	for _, c := range t.GetColumns() {
		if c.GetLeftOut() != "" {
			out = append(out, &pb.ColumnLeftOut{Name: c.GetColumn().GetName(), Why: c.GetLeftOut()})
		}
	}
	return out
}

// checkCarried collects every column of every table that nobody agreed to leave
// behind, so that one answer settles them all.
func checkCarried(spec *pb.MigrationSpec, tables []*pb.TablePlan) error {
	var lines, ids, names []string
	for _, t := range tables {
		var reasons []string
		for _, c := range LeftOut(t) {
			if excluded(spec, t.GetSource(), c.GetName()) {
				continue
			}
			reasons = append(reasons, fmt.Sprintf("%s (%s)", c.GetName(), c.GetWhy()))
			names = append(names, c.GetName())
		}
		if len(reasons) > 0 {
			lines = append(lines, fmt.Sprintf("%s: %s", t.GetTableId(), strings.Join(reasons, ", ")))
			ids = append(ids, t.GetTableId())
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_COLUMNS_NOT_CARRIED,
		"%d columns cannot be carried: %s", len(names), strings.Join(lines, "; ")).
		WithHint("agree with --allow-partial, or name the columns with --exclude-columns").
		WithFact("table", strings.Join(ids, ",")).
		WithFact("columns", strings.Join(names, ","))
}

// excluded reports whether the operator named a column to be left behind.
func excluded(spec *pb.MigrationSpec, table *pb.TableName, column string) bool {
	for _, s := range spec.GetTables() {
		if proto.Equal(s.GetSource(), table) {
			return slices.Contains(s.GetExcludeColumns(), column)
		}
	}
	return false
}
