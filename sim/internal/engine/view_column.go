package engine

import (
	"fmt"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// A tableColumn is a column with its places in its table, all from 1: id among
// the visible ones, internal among all, segment among the stored ones. What
// has no such place has 0.
type tableColumn struct {
	*column
	table                 *table
	id, internal, segment int
	system                bool // made up for an index
}

// numbered returns the columns of a table with their places.
func (t *table) numbered() []tableColumn {
	var list []tableColumn
	id, segment := 0, 0
	for i, c := range t.columns {
		tc := tableColumn{column: c, table: t, internal: i + 1}
		if !c.invisible {
			id++
			tc.id = id
		}
		if c.slot >= 0 {
			segment++
			tc.segment = segment
		}
		list = append(list, tc)
	}
	return list
}

func registerColumnViews(i *Instance) {
	family[tableColumn]{name: "TAB_COLS", fields: append(columnFields(), hiddenFields()...), subjects: func(r reach) []tableColumn {
		return r.allColumns()
	}}.register(i)
	family[tableColumn]{name: "TAB_COLUMNS", fields: columnFields(), subjects: func(r reach) []tableColumn {
		return r.columns(true)
	}}.register(i)
}

// columns returns the columns within reach. TAB_COLUMNS leaves out the invisible ones.
func (r reach) columns(visible bool) []tableColumn {
	var list []tableColumn
	for _, t := range r.tables() {
		for _, c := range t.numbered() {
			if !visible || !c.invisible {
				list = append(list, c)
			}
		}
	}
	return list
}

// allColumns are the columns of TAB_COLS: behind a table's own ones those that
// its indexes keep expressions in.
func (r reach) allColumns() []tableColumn {
	var list []tableColumn
	for _, t := range r.tables() {
		list = append(list, t.numbered()...)
		list = append(list, t.systemColumns()...)
	}
	return list
}

// columnFields are those of TAB_COLUMNS and TAB_COLS (reference, section 8.1).
func columnFields() []field[tableColumn] {
	type row = tableColumn
	return []field[row]{
		ownerField("OWNER", func(c row) string { return c.table.schema }),
		nameField("TABLE_NAME", func(c row) string { return c.table.name }),
		nameField("COLUMN_NAME", func(c row) string { return c.name }),
		nameField("DATA_TYPE", func(c row) string { return dataType(c.typ) }),
		textField[row]("DATA_TYPE_MOD", 3, nil),
		nameField("DATA_TYPE_OWNER", func(c row) string { return oneOf(c.typ.Document == datum.XML, "PUBLIC", "") }),
		numberField("DATA_LENGTH", func(c row) int64 { return dataLength(c.typ) }),
		valueField("DATA_PRECISION", numberType(), func(c row) datum.Value { return c.dataPrecision() }),
		valueField("DATA_SCALE", numberType(), func(c row) datum.Value { return c.dataScale() }),
		textField("NULLABLE", 1, func(c row) string { return letter(!c.notNull) }),
		placeField("COLUMN_ID", func(c row) int { return c.id }),
		placeField("DEFAULT_LENGTH", func(c row) int { return len(c.dataDefault()) }),
		longField("DATA_DEFAULT", row.dataDefault),
		textField("CHARACTER_SET_NAME", 44, func(c row) string { return characterSetName(c.typ) }),
		numberField("CHAR_LENGTH", func(c row) int64 { return charLength(c.typ) }),
		textField("CHAR_USED", 1, func(c row) string { return charUsed(c.typ) }),
		constantField[row]("V80_FMT_IMAGE", 3, "NO"),
		constantField[row]("DATA_UPGRADED", 3, "YES"),
		flagField("DEFAULT_ON_NULL", func(c row) bool { return c.onNull || c.identity != nil && c.identity.onNull }),
		flagField("IDENTITY_COLUMN", func(c row) bool { return c.identity != nil }),
		textField("COLLATION", 100, func(c row) string {
			if c.typ.Kind == datum.Text || c.typ.Kind == datum.Clob {
				return "USING_NLS_COMP"
			}
			return ""
		}),
	}
}

// hiddenFields are those of TAB_COLS alone.
func hiddenFields() []field[tableColumn] {
	type row = tableColumn
	return []field[row]{
		flagField("HIDDEN_COLUMN", func(c row) bool { return c.invisible }),
		flagField("VIRTUAL_COLUMN", func(c row) bool { return c.virtual != nil }),
		placeField("SEGMENT_COLUMN_ID", func(c row) int { return c.segment }),
		placeField("INTERNAL_COLUMN_ID", func(c row) int { return c.internal }),
		textField("QUALIFIED_COL_NAME", 4000, func(c row) string { return c.name }),
		flagField("USER_GENERATED", func(c row) bool { return !c.system && (c.name != sql.ArchiveState || !c.invisible) }),
	}
}

// placeField is a number from 1; 0 is NULL.
func placeField(name string, place func(tableColumn) int) field[tableColumn] {
	return valueField(name, numberType(), func(c tableColumn) datum.Value {
		if n := place(c); n > 0 {
			return datum.FromInt(int64(n))
		}
		return datum.NULL
	})
}

// dataDefault is the text of what gives the column its value: a virtual
// column's expression is kept in the same place as a default.
func (c tableColumn) dataDefault() string {
	switch {
	case c.virtual != nil:
		return c.virtual.text
	case c.identity != nil:
		return fmt.Sprintf("%q.%q.nextval", c.table.schema, c.identity.sequence)
	case c.byDefault != nil:
		return c.byDefault.text
	}
	return ""
}
