package service

import (
	"context"
	"slices"

	"github.com/adbferry/adbferry/controller/internal/plan"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// manyTables of one schema are not looked up one by one: its list is shorter.
const manyTables = 10

// A listing is one call for tables: of a whole schema, or by a glob.
type listing struct{ schema, pattern string }

// find lists what the source has of what was asked for, and selects from it.
func (q *planning) find(ctx context.Context) (err error) {
	wanted := listings(q.req.GetSpec())
	found := make([][]*pb.Table, len(wanted))
	if err := each(ctx, len(wanted), func(ctx context.Context, n int) (err error) {
		found[n], err = q.source.ListDefined(ctx, wanted[n].schema, wanted[n].pattern)
		return err
	}); err != nil {
		return err
	}
	q.found = once(slices.Concat(found...))
	q.selection, err = plan.Select(q.req.GetSpec(), q.found)
	if len(q.selection.Tables) == 0 {
		return err
	}
	return q.bear(err)
}

// described returns a table as it was found, nil when its definition is not known:
// then the agent reads it again.
func (q *planning) described(name *pb.TableName) *pb.Table {
	t := plan.Find(q.found, name)
	if t.GetDefinition() == nil {
		return nil
	}
	return t
}

// listings returns the listings that a spec needs, each once.
func listings(spec *pb.MigrationSpec) []listing {
	var out []listing
	whole := map[string]bool{}
	add := func(l listing) {
		if !slices.Contains(out, l) && !whole[l.schema] {
			out = append(out, l)
			whole[l.schema] = l.pattern == ""
		}
	}
	for _, s := range spec.GetSchemas() {
		add(listing{schema: s.GetSchema()})
	}
	named := map[string]int{}
	for _, t := range spec.GetTables() {
		if named[t.GetSource().GetSchema()]++; named[t.GetSource().GetSchema()] == manyTables+1 {
			add(listing{schema: t.GetSource().GetSchema()})
		}
	}
	for _, t := range spec.GetTables() {
		add(listing{schema: t.GetSource().GetSchema(), pattern: t.GetSource().GetName()})
	}
	return out
}

// once drops tables that more than one listing had.
func once(tables []*pb.Table) []*pb.Table {
	seen := map[listing]bool{}
	return slices.DeleteFunc(tables, func(t *pb.Table) bool {
		key := listing{t.GetName().GetSchema(), t.GetName().GetName()}
		again := seen[key]
		seen[key] = true
		return again
	})
}
