package engine

import (
	"cmp"
	"slices"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// A tableIndex is an index with its table. The index that belongs to a LOB
// segment has no definition of its own.
type tableIndex struct {
	*index
	table *table
	lob   bool
}

// An indexColumn is one column of an index; position is from 1.
type indexColumn struct {
	tableIndex
	column   tableColumn
	position int
}

func registerIndexViews(i *Instance) {
	family[tableIndex]{name: "INDEXES", fields: indexFields(), subjects: reach.indexes}.register(i)
	family[indexColumn]{name: "IND_COLUMNS", fields: indexColumnFields(), subjects: reach.indexColumns}.register(i)
	family[indexColumn]{name: "IND_EXPRESSIONS", fields: indexExpressionFields(), subjects: reach.indexExpressions}.register(i)
}

// indexes returns the indexes within reach, those of LOB segments included, as
// Oracle lists them.
func (r reach) indexes() []tableIndex {
	var list []tableIndex
	for _, t := range r.tables() {
		for _, x := range t.indexes {
			list = append(list, tableIndex{index: x, table: t})
		}
		for _, l := range t.lobs() {
			x := &index{name: l.indexName(), generated: true, unique: true, created: t.created}
			list = append(list, tableIndex{index: x, table: t, lob: true})
		}
	}
	return list
}

func (r reach) indexColumns() []indexColumn {
	var list []indexColumn
	for _, t := range r.tables() {
		columns := map[string]tableColumn{}
		for _, c := range append(t.numbered(), t.systemColumns()...) {
			columns[c.name] = c
		}
		for _, x := range t.indexes {
			for i, name := range x.columns {
				list = append(list, indexColumn{tableIndex{index: x, table: t}, columns[name], i + 1})
			}
		}
	}
	return list
}

// indexExpressions are the keys that are no plain columns.
func (r reach) indexExpressions() []indexColumn {
	return slices.DeleteFunc(r.indexColumns(), func(c indexColumn) bool { return !c.column.system })
}

// keyFields name the index and the table of a key.
func keyFields() []field[indexColumn] {
	type row = indexColumn
	return []field[row]{
		ownerField("INDEX_OWNER", func(c row) string { return c.table.schema }),
		nameField("INDEX_NAME", func(c row) string { return c.name }),
		ownerField("TABLE_OWNER", func(c row) string { return c.table.schema }),
		nameField("TABLE_NAME", func(c row) string { return c.table.name }),
	}
}

func indexExpressionFields() []field[indexColumn] {
	type row = indexColumn
	return append(keyFields(),
		longField("COLUMN_EXPRESSION", func(c row) string { return c.column.virtual.text }),
		numberField("COLUMN_POSITION", func(c row) int64 { return int64(c.position) }),
	)
}

// kind is the INDEX_TYPE.
func (x tableIndex) kind() string {
	kind := oneOf(x.bitmap, "BITMAP", oneOf(x.reverse, "NORMAL/REV", "NORMAL"))
	switch {
	case x.lob:
		return "LOB"
	case x.computed != nil:
		return "FUNCTION-BASED " + kind
	}
	return kind
}

func indexFields() []field[tableIndex] {
	type row = tableIndex
	return []field[row]{
		ownerField("OWNER", func(x row) string { return x.table.schema }),
		nameField("INDEX_NAME", func(x row) string { return x.name }),
		textField("INDEX_TYPE", 27, row.kind),
		nameField("TABLE_OWNER", func(x row) string { return x.table.schema }),
		nameField("TABLE_NAME", func(x row) string { return x.table.name }),
		constantField[row]("TABLE_TYPE", 11, "TABLE"),
		textField("UNIQUENESS", 9, func(x row) string { return oneOf(x.unique, "UNIQUE", "NONUNIQUE") }),
		textField("COMPRESSION", 13, func(x row) string { return oneOf(x.compress > 0, "ENABLED", "DISABLED") }),
		valueField("PREFIX_LENGTH", numberType(), func(x row) datum.Value {
			if x.compress == 0 {
				return datum.NULL
			}
			return datum.FromInt(int64(x.compress))
		}),
		textField("TABLESPACE_NAME", 30, func(x row) string { return oneOf(x.local, "", defaultTablespace) }),
		numberField[row]("BLEVEL", nil),
		numberField[row]("LEAF_BLOCKS", nil),
		numberField[row]("DISTINCT_KEYS", nil),
		textField("STATUS", 8, func(x row) string { return oneOf(x.local, "N/A", "VALID") }),
		numberField[row]("NUM_ROWS", nil),
		numberField[row]("SAMPLE_SIZE", nil),
		dateField[row]("LAST_ANALYZED", nil),
		flagField("PARTITIONED", func(x row) bool { return x.local }),
		constantField[row]("TEMPORARY", 1, "N"),
		textField("GENERATED", 1, func(x row) string { return letter(x.systemNamed()) }),
		constantField[row]("SECONDARY", 1, "N"),
		nameField[row]("ITYP_OWNER", nil),
		nameField[row]("ITYP_NAME", nil),
		textField("FUNCIDX_STATUS", 8, func(x row) string { return oneOf(x.computed != nil, "ENABLED", "") }),
		constantField[row]("JOIN_INDEX", 3, "NO"),
		constantField[row]("DROPPED", 3, "NO"),
		textField("VISIBILITY", 9, func(x row) string { return oneOf(x.invisible, "INVISIBLE", "VISIBLE") }),
		flagField("SEGMENT_CREATED", func(x row) bool { return x.table.stored() }),
		constantField[row]("INDEXING", 7, "FULL"),
		flagField("CONSTRAINT_INDEX", func(x row) bool { return x.constraint() != nil }),
	}
}

func indexColumnFields() []field[indexColumn] {
	type row = indexColumn
	return append(keyFields(),
		textField("COLUMN_NAME", 4000, func(c row) string { return c.column.name }),
		numberField("COLUMN_POSITION", func(c row) int64 { return int64(c.position) }),
		numberField("COLUMN_LENGTH", func(c row) int64 { return dataLength(c.column.typ) }),
		numberField("CHAR_LENGTH", func(c row) int64 { return charLength(c.column.typ) }),
		textField("DESCEND", 4, func(c row) string { return oneOf(c.descends(c.position-1), "DESC", "ASC") }),
		valueField("COLLATED_COLUMN_ID", numberType(), func(row) datum.Value { return datum.NULL }),
	)
}

// constraint returns the key that the index enforces, or nil.
func (x tableIndex) constraint() *constraint {
	for _, k := range x.table.constraints {
		if k.index != nil && k.index == x.index {
			return k
		}
	}
	return nil
}

// systemNamed reports whether the database made up the index's name: its own doing
// for a LOB, its constraint's name for a key without one.
func (x tableIndex) systemNamed() bool {
	k := cmp.Or(x.constraint(), &constraint{})
	return x.generated || k.generated && k.name == x.name
}
