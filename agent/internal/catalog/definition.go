package catalog

import (
	"context"
	"slices"
	"strings"

	"github.com/adbferry/adbferry/agent/internal/oracle"
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// define adds columns, primary keys and definitions. What only some tables
// have is asked for only when one of the batch has it: most tables need eight queries.
func define(ctx context.Context, s *oracle.Session, schema string, tables []*listed) error {
	b := newBatch(schema, tables)
	for _, l := range tables {
		l.table.Definition, l.ofKeys = &pb.TableDefinition{}, make(map[string]bool)
	}
	if err := addColumns(ctx, s, b.byName, b.args()); err != nil {
		return err
	}
	for _, add := range []func(context.Context, *oracle.Session, batch) error{
		addPolicies, addConstraints, addIndexes, addComments, addIdentities, addPartitioning, addOthers,
	} {
		if err := add(ctx, s, b); err != nil {
			return err
		}
	}
	for _, l := range tables {
		d := l.table.GetDefinition()
		slices.SortStableFunc(d.GetConstraints(), byKindAndName)
		slices.SortStableFunc(d.GetIndexes(), func(a, b *pb.Index) int { return strings.Compare(a.GetName(), b.GetName()) })
		d.NotMade = l.notes
	}
	return nil
}

// any reports whether one of the tables has a property.
func (b batch) any(property func(*listed) bool) bool {
	for _, l := range b.byName {
		if property(l) {
			return true
		}
	}
	return false
}

// definition returns the definition of a table of the batch, and nil for
// others that lie between its first and last name.
func (b batch) definition(table string) *pb.TableDefinition {
	if l := b.byName[table]; l != nil {
		return l.table.GetDefinition()
	}
	return nil
}
