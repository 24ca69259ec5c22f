package engine

import (
	"slices"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/state"
)

// codeIndexOf carries which of the table's indexes enforces a constraint: its
// number from 1, 0 for none.
func codeIndexOf(c *state.Coder, t *table, k *constraint) {
	n := slices.Index(t.indexes, k.index) + 1
	if k.index != nil && n == 0 && !c.Loading() {
		c.Fail(unimplemented("constraint " + k.name + " with an index of another table"))
	}
	state.Int(c, &n)
	switch {
	case !c.Loading() || n == 0:
	case n < 0 || n > len(t.indexes):
		c.Damaged("constraint %s has no index %d", k.name, n)
	default:
		k.index = t.indexes[n-1]
	}
}

// sound makes sure that a table that was read holds together, so that its
// rows and indexes can be built.
func (t *table) sound(c *state.Coder) bool {
	if c.Err() != nil {
		return false
	}
	switch {
	case len(t.columns) == 0 || len(t.columns) > maxColumns || t.slots < 0:
		c.Damaged("table %s has %d columns, %d of them stored", t.name, len(t.columns), t.slots)
	case slices.ContainsFunc(t.columns, func(col *column) bool { return !t.soundColumn(col) }):
		c.Damaged("table %s has a column that is neither stored nor computed", t.name)
	case slices.ContainsFunc(t.indexes, func(x *index) bool { return !t.soundIndex(x) }):
		c.Damaged("table %s has an index over a column that it does not have", t.name)
	case slices.ContainsFunc(t.constraints, func(k *constraint) bool { return !t.hasColumns(k.columns) }):
		c.Damaged("table %s has a constraint over a column that it does not have", t.name)
	case t.parts != nil && !t.parts.sound(t.slots):
		c.Damaged("table %s has partitions that contradict each other", t.name)
	}
	return c.Err() == nil
}

func (t *table) soundColumn(col *column) bool {
	placed := col.slot >= 0 && col.slot < t.slots
	return placed != (col.virtual != nil) && col.typ.Kind <= datum.Boolean && (placed || col.slot == -1)
}

// hasColumns reports whether the table has all of these columns.
func (t *table) hasColumns(names []string) bool {
	return !slices.ContainsFunc(names, func(n string) bool { return t.column(n) == nil })
}

// soundIndex reports whether every key of an index is a column or computed.
func (t *table) soundIndex(x *index) bool {
	if len(x.columns) == 0 || x.computed != nil && len(x.computed) != len(x.columns) {
		return false
	}
	for i, name := range x.columns {
		if (x.computed == nil || x.computed[i].expr == nil) && t.column(name) == nil {
			return false
		}
	}
	return true
}

// buildIndexes makes the unique indexes, and those that enforce a key, over
// the rows that were read.
func (t *table) buildIndexes(c *state.Coder, i *Instance) {
	for _, x := range t.indexes {
		enforces := slices.ContainsFunc(t.constraints, func(k *constraint) bool { return k.index == x })
		if !x.unique && !enforces || c.Err() != nil {
			continue
		}
		var err error
		if x.heap, err = i.heapIndex(t, x); err == nil {
			err = t.rows.AddIndex(x.heap)
		}
		if err != nil {
			c.Damaged("index %s: %v", x.name, err)
		}
	}
}
