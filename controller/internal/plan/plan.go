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
	"github.com/adbferry/adbferry/pkg/quantity"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// Parts is what a plan is made from.
type Parts struct {
	Spec      *pb.MigrationSpec
	Selection *Selection
	// Source and Target are what the agents say of their databases.
	Source, Target *pb.DatabaseDescription
	// SCN is the one that the table plans were made for.
	SCN int64
	// Tables has the plan of each table of the selection, in its order, and nil
	// for those of a schema that turned out to be unmovable and are left behind.
	Tables []*pb.TablePlan
}

// Build makes the plan of a migration from its parts. It names the databases as
// the spec does. Tables come out largest first, so that the longest one does not
// start last.
//
// A column that cannot be carried and was not excluded on purpose is
// REASON_COLUMNS_NOT_CARRIED unless the spec allows partial migrations. Carried
// text between different character sets is REASON_CHARACTER_SETS_DIFFER. With these
// two the plan is returned beside the error, to be looked at. A plan that would move
// other rows or columns than were asked for is REASON_INTERNAL.
func Build(parts Parts) (*pb.MigrationPlan, error) {
	p := &pb.MigrationPlan{
		Spec:   proto.CloneOf(parts.Spec),
		Source: named(parts.Source, parts.Spec.GetSource()),
		Target: named(parts.Target, parts.Spec.GetTarget()),
		Scn:    parts.SCN,
	}
	for _, t := range parts.Selection.LeftBehind {
		p.TablesLeftBehind = append(p.TablesLeftBehind, proto.CloneOf(t))
	}
	slices.SortFunc(p.GetTablesLeftBehind(), func(a, b *pb.TableLeftBehind) int { return compareNames(a.GetTable(), b.GetTable()) })
	unasked, err := parts.into(p)
	if err != nil {
		return nil, err
	}
	var wrong problems
	if !parts.Spec.GetAllowPartial() {
		wrong.add(checkCarried(unasked))
		needConsent(p, unasked)
	}
	wrong.add(checkCharacterSets(parts.Source, parts.Target, p.GetTables()))
	point(parts.Spec, p.GetTables())
	slices.SortStableFunc(p.GetTables(), largestFirst)
	return p, wrong.err()
}

// needConsent marks the tables that would not arrive whole.
func needConsent(p *pb.MigrationPlan, unasked []undesired) {
	for n, t := range p.GetTables() { // still in the order of unasked
		if len(unasked[n].columns) > 0 {
			t.Warnings = append(t.Warnings, "NEEDS --allow-partial, or --exclude-columns: "+quantity.Of(len(unasked[n].columns), "column")+" cannot be carried")
		}
	}
}

// into puts the tables into the plan, as the agent planned them and with the
// options that were asked for, and returns the columns that nobody agreed to
// leave behind.
func (parts Parts) into(p *pb.MigrationPlan) ([]undesired, error) {
	var unasked []undesired
	for n, t := range parts.Tables {
		if t == nil {
			continue
		}
		asked := parts.Selection.Tables[n]
		if err := checkTable(t, asked, parts.SCN); err != nil {
			return nil, err
		}
		unasked = append(unasked, undesired{table: t, columns: notAgreed(t, asked)})
		t = proto.CloneOf(t)
		t.Options = Options(t.GetOptions(), asked.GetOptions())
		p.Tables = append(p.Tables, t)
	}
	if len(p.GetTables()) == 0 {
		return nil, apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TABLE_UNSUPPORTED, "there is no table left to move")
	}
	return unasked, nil
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
func checkTable(t *pb.TablePlan, asked *pb.TableSelection, scn int64) error {
	if len(t.Carried()) == 0 {
		return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_TABLE_UNSUPPORTED,
			"plan table %s: none of its columns can be carried", t.GetTableId()).
			WithFact("table", t.GetTableId())
	}
	if wrong := cmp.Or(otherThanAsked(t, asked), wrongChunks(t, scn)); wrong != "" {
		return apierr.New(codes.Internal, pb.Reason_REASON_INTERNAL, "plan table %s: the agent's plan %s", t.GetTableId(), wrong).
			WithHint("the agents may be of an older version than the controller")
	}
	return nil
}

// otherThanAsked says which of the operator's choices a plan passes over, as an
// older agent would.
func otherThanAsked(t *pb.TablePlan, asked *pb.TableSelection) string {
	carried := t.Carried()
	for _, name := range carried {
		if excluded(asked, name) {
			return "carries column " + name + ", which was excluded"
		}
	}
	switch format := asked.GetOptions().GetFormat(); {
	case t.GetWhere() != asked.GetWhere():
		return "ignores the condition on its rows"
	case format != pb.Format_FORMAT_UNSPECIFIED && t.GetFormat() != format:
		return "ignores the format that was asked for"
	}
	return ""
}

// wrongChunks says what is wrong with the chunks of a plan.
func wrongChunks(t *pb.TablePlan, scn int64) string {
	if len(t.GetChunks()) == 0 {
		return "has no chunks"
	}
	seen := map[string]bool{}
	for _, c := range t.GetChunks() {
		switch {
		case c.GetScn() != scn:
			return fmt.Sprintf("reads chunk %s as of SCN %d instead of %d", c.GetChunkId(), c.GetScn(), scn)
		case !strings.HasPrefix(c.GetChunkId(), t.GetTableId()+"/"):
			return fmt.Sprintf("has a chunk of another table, %q", c.GetChunkId())
		case seen[c.GetChunkId()]:
			return fmt.Sprintf("has chunk %s twice", c.GetChunkId())
		}
		seen[c.GetChunkId()] = true
	}
	return ""
}

// undesired is the columns of a table that would stay behind without consent.
type undesired struct {
	table   *pb.TablePlan
	columns []*pb.ColumnLeftOut
}

// notAgreed returns the columns that stay behind and were not excluded. Virtual
// columns are no loss where the target is made like the source: it computes them.
func notAgreed(t *pb.TablePlan, asked *pb.TableSelection) []*pb.ColumnLeftOut {
	computed := map[string]bool{}
	for _, c := range t.GetColumns() {
		computed[c.GetColumn().GetName()] = c.GetColumn().GetVirtual() && t.GetDefinition() != nil
	}
	return slices.DeleteFunc(t.LeftOut(), func(c *pb.ColumnLeftOut) bool {
		return computed[c.GetName()] || excluded(asked, c.GetName())
	})
}

// excluded reports whether the operator wants a column left behind.
func excluded(asked *pb.TableSelection, column string) bool {
	if chosen := asked.GetColumns(); len(chosen) > 0 {
		return !slices.Contains(chosen, column)
	}
	return slices.Contains(asked.GetExcludeColumns(), column)
}

// checkCarried names every column of every table that nobody agreed to leave
// behind, so that one answer settles them all.
func checkCarried(tables []undesired) error {
	var lines, ids, names []string
	for _, t := range tables {
		var reasons []string
		for _, c := range t.columns {
			reasons = append(reasons, fmt.Sprintf("%s (%s)", pb.NameText(c.GetName()), c.GetWhy()))
			names = append(names, c.GetName())
		}
		if len(reasons) > 0 {
			lines = append(lines, fmt.Sprintf("%s: %s", t.table.GetTableId(), strings.Join(reasons, ", ")))
			ids = append(ids, t.table.GetTableId())
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return apierr.New(codes.FailedPrecondition, pb.Reason_REASON_COLUMNS_NOT_CARRIED,
		"%s cannot be carried: %s", quantity.Of(len(names), "column"), strings.Join(lines, "; ")).
		WithHint("agree with --allow-partial, or name the columns with --exclude-columns").
		WithFact("table", strings.Join(ids, ",")).
		WithFact("columns", strings.Join(names, ","))
}
