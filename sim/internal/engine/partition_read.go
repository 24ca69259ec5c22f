package engine

import (
	"context"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// partitionOp keeps the rows of one partition.
type partitionOp struct {
	operator

	parts *partitioning
	want  *partition
	at    []int // of the key columns in the row
	key   []datum.Value
}

func (o *partitionOp) next(f *frame) (bool, error) {
	for {
		ok, err := o.operator.next(f)
		if !ok || err != nil {
			return false, err
		}
		for i, at := range o.at {
			o.key[i] = f.row[at]
		}
		x, err := o.parts.find(f.run.s, o.key)
		if x == o.want || err != nil {
			return err == nil, err
		}
	}
}

// partitioned narrows an item to the partition that FROM names.
//
// Errors: ORA-14501, ORA-02149.
func (c *compiler) partitioned(it *item, f *sql.Table) (*item, error) {
	if f.Partition == nil {
		return it, nil
	}
	src := it.sources[0]
	parts := src.table.parts
	want, err := c.partition(src.table, f.Partition)
	if err != nil {
		return nil, err
	}
	columns := make([]int, len(parts.slots))
	for n, slot := range parts.slots {
		for i, col := range src.table.columns {
			if col.slot == slot {
				src.columns[i].used = true
				columns[n] = src.offset + i
			}
		}
	}
	all := it.leaf
	it.leaf = func(conditions []sql.Expr) (operator, []sql.Expr, error) {
		op, rest, err := all(conditions)
		if err != nil {
			return nil, nil, err
		}
		return &partitionOp{operator: op, parts: parts, want: want, at: columns, key: make([]datum.Value, len(columns))}, rest, nil
	}
	return it, nil
}

// partition finds the partition that a statement names, or that a row with the
// values of PARTITION FOR is in.
//
// Errors: ORA-14501, ORA-02149, ORA-14763 for another number of values.
func (c *compiler) partition(t *table, ref *sql.PartitionRef) (*partition, error) {
	if t.parts == nil {
		return nil, at(ref, datum.Errorf(14501, "object is not partitioned"))
	}
	want := t.parts.named(ref.Name)
	if ref.For != nil {
		if len(ref.For) != len(t.parts.slots) {
			return nil, at(ref, datum.Errorf(14763, "Unable to resolve FOR VALUES clause to a partition number"))
		}
		b := &tableBuilder{s: c.s, t: t}
		key := make([]datum.Value, len(ref.For))
		for i, x := range ref.For {
			v, err := b.constant(context.Background(), x)
			if err != nil {
				return nil, err
			}
			if key[i], err = c.s.fit(v, t, t.inSlot(t.parts.slots[i])); err != nil {
				return nil, err
			}
		}
		var err error
		if want, err = t.parts.find(c.s, key); err != nil {
			return nil, err
		}
	}
	if want == nil {
		return nil, at(ref, datum.Errorf(2149, "Specified partition does not exist"))
	}
	return want, nil
}
