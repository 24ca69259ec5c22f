package engine

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// partition gives a new table its partitions.
//
// Errors: ORA-00904, 14013, 14018, 14037, 14312, 14752.
func (b *tableBuilder) partition(ctx context.Context, st *sql.CreateTable) error {
	def := st.Partition
	if def == nil {
		return nil
	}
	p := &partitioning{kind: def.Kind, movement: st.Movement}
	for _, name := range def.Columns {
		col := b.t.column(name)
		switch {
		case col == nil:
			return at(def, invalidIdentifier([]string{name}))
		case isLOB(col.typ.Kind) || col.typ.Long:
			return at(def, datum.Errorf(14135, "a LOB column cannot serve as a partitioning column"))
		case col.virtual != nil || !partitionable(col.typ.Kind):
			return at(def, unimplemented("partition key "+name+" of this kind"))
		}
		p.slots = append(p.slots, col.slot)
	}
	if def.Kind == "LIST" && len(p.slots) > 1 {
		return at(def, unimplemented("PARTITION BY LIST of several columns"))
	}
	b.t.parts = p
	for i := range def.Partitions {
		if err := b.addPartition(ctx, p, &def.Partitions[i]); err != nil {
			return err
		}
	}
	if def.Count > maxPartitions || def.Count == 0 && len(def.Partitions) == 0 {
		return at(def, unimplemented("PARTITIONS "+strconv.Itoa(def.Count)))
	}
	for range def.Count {
		p.parts = append(p.parts, &partition{name: b.s.instance.catalog.partitionName()})
	}
	if def.Interval == nil {
		return nil
	}
	return b.partitionInterval(ctx, p, def)
}

// partitionInterval takes the INTERVAL clause.
//
// Errors: ORA-14751, 14752, 14761.
func (b *tableBuilder) partitionInterval(ctx context.Context, p *partitioning, def *sql.Partitioning) error {
	if len(p.slots) > 1 {
		return at(def, datum.Errorf(14751, "Invalid data type for partitioning column of an interval partitioned table"))
	}
	v, err := b.constant(ctx, def.Interval)
	if err != nil {
		return err
	}
	p.interval, err = newStride(def.IntervalText, v, b.keyColumn(p, 0).typ)
	if err == nil && slices.ContainsFunc(p.parts, func(x *partition) bool { return x.bounds[0].word != "" }) {
		err = datum.Errorf(14761, "MAXVALUE partition cannot be specified for Interval partitioned objects")
	}
	return err
}

// maxPartitions is how many partitions a table may be declared with.
const maxPartitions = 1<<20 - 1

// partitionable reports the kinds of values that are kept as partition keys.
func partitionable(k datum.Kind) bool {
	return k == datum.Number || k == datum.Text || k == datum.Date || k == datum.Timestamp || k == datum.Raw
}

// keyColumn returns the n-th column of the partition key.
func (b *tableBuilder) keyColumn(p *partitioning, n int) *column { return b.t.inSlot(p.slots[n]) }

// inSlot returns the column that is kept in a slot.
func (t *table) inSlot(slot int) *column {
	for _, c := range t.columns {
		if c.slot == slot {
			return c
		}
	}
	return nil
}

// constant evaluates an expression that reads no column.
func (b *tableBuilder) constant(ctx context.Context, x sql.Expr) (datum.Value, error) {
	v, err := (&compiler{s: b.s}).value(x, &scope{inCheck: true})
	if err != nil {
		return datum.NULL, err
	}
	return v.eval(&frame{run: b.s.newRun(ctx, nil)})
}

// addPartition adds one partition behind the others.
func (b *tableBuilder) addPartition(ctx context.Context, p *partitioning, def *sql.PartitionDef) error {
	x := &partition{name: def.Name}
	if x.name == "" {
		x.name = b.s.instance.catalog.partitionName()
	}
	if slices.ContainsFunc(p.parts, func(o *partition) bool { return o.name == x.name }) {
		return at(def, datum.Errorf(14013, "duplicate partition name"))
	}
	for i, d := range def.Bounds {
		one := partitionBound{word: d.Word}
		if d.Expr != nil {
			v, err := b.constant(ctx, d.Expr)
			if err != nil {
				return err
			}
			n := min(i, len(p.slots)-1)
			if one.value, err = b.s.fit(v, b.t, b.keyColumn(p, n)); err != nil {
				return at(def, err)
			}
		}
		x.bounds = append(x.bounds, one)
	}
	if err := p.fits(b.s, x); err != nil {
		return at(def, err)
	}
	p.parts = append(p.parts, x)
	return nil
}

// fits checks a partition against those before it.
func (p *partitioning) fits(s *Session, x *partition) error {
	wrong := map[string]string{"RANGE": "DEFAULT", "LIST": "MAXVALUE"}[p.kind]
	for _, b := range x.bounds {
		if b.word != "" && b.word == wrong {
			return datum.Errorf(14019, "partition bound element must be one of: string, datetime or interval literal, number, or %s",
				map[string]string{"RANGE": "MAXVALUE", "LIST": "NULL"}[p.kind])
		}
	}
	if p.kind == "LIST" {
		return p.distinct(s, x)
	}
	if p.kind == "RANGE" && len(x.bounds) != len(p.slots) {
		return datum.Errorf(14018, "partition bound list contains too few elements")
	}
	if p.kind == "HASH" || len(p.parts) == 0 {
		return nil
	}
	last := p.parts[len(p.parts)-1]
	for i, b := range last.bounds {
		switch {
		case b.word != "" && x.bounds[i].word == "":
			return datum.Errorf(14037, "partition bound of partition %q is too high", last.name)
		case b.word != "":
			continue
		case x.bounds[i].word != "":
			return nil
		}
		n, err := s.compare(b.value, x.bounds[i].value, false)
		if err != nil || n < 0 {
			return err
		}
		if n > 0 {
			break
		}
	}
	return datum.Errorf(14037, "partition bound of partition %q is too high", last.name)
}

// distinct makes sure that no value of a list is in an earlier one.
func (p *partitioning) distinct(s *Session, x *partition) error {
	for _, other := range p.parts {
		for _, a := range other.bounds {
			for i, b := range x.bounds {
				same, err := sameKey(s, a.value, b.value)
				if err != nil {
					return err
				}
				if a.word == b.word && (a.word != "" || same) {
					return datum.Errorf(14312, "Value %s already exists in partition %s", fmt.Sprint(i+1), other.name)
				}
			}
		}
	}
	return nil
}

// partitionPart is ALTER TABLE … ADD, DROP or TRUNCATE PARTITION on the clone.
//
// Errors: ORA-14501, 02149, 02266, 14255, 14083; of appendPartition.
func (b *tableBuilder) partitionPart(ctx context.Context, st *sql.AlterTable) error {
	old, part := b.t.parts, st.Partition
	if old == nil {
		return at(st.Table, datum.Errorf(14501, "object is not partitioned"))
	}
	p := &partitioning{kind: old.kind, slots: old.slots, interval: old.interval, movement: old.movement, parts: old.all()}
	b.t.parts = p
	if part.Action == "ADD" {
		return b.appendPartition(ctx, p, st)
	}
	x := old.named(part.Def.Name)
	switch {
	case x == nil:
		return at(&part.Def, datum.Errorf(2149, "Specified partition does not exist"))
	case len(b.s.references(b.t)) > 0:
		return at(st.Table, datum.Errorf(2266, "unique/primary keys in table referenced by enabled foreign keys"))
	case part.Action == "DROP" && p.kind == "HASH":
		return at(st.Table, datum.Errorf(14255, "table is not partitioned by Range, List, Composite Range or Composite List method"))
	case part.Action == "DROP" && len(p.parts) == 1:
		return at(st.Table, datum.Errorf(14083, "cannot drop the only partition of a partitioned table"))
	}
	// The rows go first, while their partition can still be named.
	table := objectName{b.t.schema, b.t.name}
	if err := b.s.Exec(ctx, "DELETE FROM "+table.String()+" PARTITION ("+quotedName(x.name)+")"); err != nil {
		return err
	}
	if part.Action == "DROP" {
		p.parts = slices.DeleteFunc(p.parts, func(o *partition) bool { return o == x })
	}
	return b.s.Commit(ctx)
}

// appendPartition is ALTER TABLE … ADD PARTITION.
//
// Errors: ORA-14323, 14074.
func (b *tableBuilder) appendPartition(ctx context.Context, p *partitioning, st *sql.AlterTable) error {
	if p.kind == "HASH" || p.interval != nil {
		return at(st.Table, unimplemented("ADD PARTITION to a hash or interval partitioned table"))
	}
	if p.kind == "LIST" && slices.ContainsFunc(p.parts, func(x *partition) bool { return x.bounds[0].word != "" }) {
		return at(st.Table, datum.Errorf(14323, "cannot add partition when DEFAULT partition exists"))
	}
	err := b.addPartition(ctx, p, &st.Partition.Def)
	if err != nil && datum.AsError(err).Code == 14037 {
		return at(st.Table, datum.Errorf(14074, "partition bound must collate higher than that of the last partition"))
	}
	return err
}
