package engine

import (
	"fmt"
	"strings"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// A tablePartition is a partition with its table; position is from 1.
type tablePartition struct {
	*partition
	table    *table
	position int
}

// A partitionKey is one column of a partition key; position is from 1.
type partitionKey struct {
	table    *table
	column   *column
	position int
}

func registerPartitionViews(i *Instance) {
	family[*table]{name: "PART_TABLES", fields: partitionedTableFields(), subjects: reach.partitioned}.register(i)
	family[tablePartition]{name: "TAB_PARTITIONS", fields: partitionFields(), subjects: reach.partitions}.register(i)
	family[partitionKey]{name: "PART_KEY_COLUMNS", fields: partitionKeyFields(), subjects: reach.partitionKeys}.register(i)
}

// partitioned returns the tables within reach that have partitions.
func (r reach) partitioned() []*table {
	var list []*table
	for _, t := range r.tables() {
		if t.parts != nil {
			list = append(list, t)
		}
	}
	return list
}

func (r reach) partitions() []tablePartition {
	var list []tablePartition
	for _, t := range r.partitioned() {
		for n, p := range t.parts.all() {
			list = append(list, tablePartition{p, t, n + 1})
		}
	}
	return list
}

func (r reach) partitionKeys() []partitionKey {
	var list []partitionKey
	for _, t := range r.partitioned() {
		for n, slot := range t.parts.slots {
			list = append(list, partitionKey{t, t.inSlot(slot), n + 1})
		}
	}
	return list
}

// highValue is the text of a partition's bounds, as HIGH_VALUE and DDL show it.
func (p *partition) highValue() string {
	parts := make([]string, len(p.bounds))
	for i, b := range p.bounds {
		parts[i] = b.text()
	}
	return strings.Join(parts, ", ")
}

func (b partitionBound) text() string {
	v := b.value
	switch {
	case b.word != "":
		return b.word
	case v.IsNull():
		return "NULL"
	}
	switch v.Kind() {
	case datum.Number:
		return v.Decimal()
	case datum.Date:
		return "TO_DATE('" + v.Time().Format(" 2006-01-02 15:04:05") + "', 'SYYYY-MM-DD HH24:MI:SS', 'NLS_CALENDAR=GREGORIAN')"
	case datum.Timestamp:
		return "TIMESTAMP'" + v.Time().Format(" 2006-01-02 15:04:05.999999999") + "'"
	case datum.Raw:
		return "HEXTORAW('" + fmt.Sprintf("%X", v.Bytes()) + "')"
	default:
		return "'" + strings.ReplaceAll(v.Text(), "'", "''") + "'"
	}
}

func partitionedTableFields() []field[*table] {
	type row = *table
	return []field[row]{
		ownerField("OWNER", func(t row) string { return t.schema }),
		nameField("TABLE_NAME", func(t row) string { return t.name }),
		textField("PARTITIONING_TYPE", 9, func(t row) string { return t.parts.kind }),
		constantField[row]("SUBPARTITIONING_TYPE", 9, "NONE"),
		// An interval could go on to the greatest number of partitions there is.
		numberField("PARTITION_COUNT", func(t row) int64 {
			if t.parts.interval != nil {
				return maxPartitions
			}
			return int64(len(t.parts.all()))
		}),
		numberField("DEF_SUBPARTITION_COUNT", func(row) int64 { return 0 }),
		numberField("PARTITIONING_KEY_COUNT", func(t row) int64 { return int64(len(t.parts.slots)) }),
		numberField("SUBPARTITIONING_KEY_COUNT", func(row) int64 { return 0 }),
		constantField[row]("STATUS", 8, "VALID"),
		constantField[row]("DEF_TABLESPACE_NAME", 30, defaultTablespace),
		nameField[row]("REF_PTN_CONSTRAINT_NAME", nil),
		textField("INTERVAL", 1000, func(t row) string {
			if t.parts.interval == nil {
				return ""
			}
			return t.parts.interval.text
		}),
		constantField[row]("AUTOLIST", 3, "NO"),
		constantField[row]("IS_NESTED", 3, "NO"),
	}
}

func partitionFields() []field[tablePartition] {
	type row = tablePartition
	return []field[row]{
		ownerField("TABLE_OWNER", func(p row) string { return p.table.schema }),
		nameField("TABLE_NAME", func(p row) string { return p.table.name }),
		constantField[row]("COMPOSITE", 3, "NO"),
		nameField("PARTITION_NAME", func(p row) string { return p.name }),
		numberField("SUBPARTITION_COUNT", func(row) int64 { return 0 }),
		longField("HIGH_VALUE", func(p row) string { return p.highValue() }),
		numberField("HIGH_VALUE_LENGTH", func(p row) int64 { return int64(len(p.highValue())) }),
		numberField("PARTITION_POSITION", func(p row) int64 { return int64(p.position) }),
		constantField[row]("TABLESPACE_NAME", 30, defaultTablespace),
		// Statistics are gathered for whole tables only.
		numberField[row]("NUM_ROWS", nil),
		numberField[row]("BLOCKS", nil),
		numberField[row]("AVG_ROW_LEN", nil),
		numberField[row]("SAMPLE_SIZE", nil),
		dateField("LAST_ANALYZED", func(row) time.Time { return time.Time{} }),
		flagField("INTERVAL", func(p row) bool { return p.made }),
		constantField[row]("SEGMENT_CREATED", 4, "YES"),
	}
}

func partitionKeyFields() []field[partitionKey] {
	type row = partitionKey
	return []field[row]{
		ownerField("OWNER", func(k row) string { return k.table.schema }),
		nameField("NAME", func(k row) string { return k.table.name }),
		constantField[row]("OBJECT_TYPE", 5, "TABLE"),
		textField("COLUMN_NAME", 4000, func(k row) string { return k.column.name }),
		numberField("COLUMN_POSITION", func(k row) int64 { return int64(k.position) }),
	}
}
