package engine

import (
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// A tableConstraint is a constraint with its table.
type tableConstraint struct {
	*constraint
	table *table
}

// A constraintColumn is one column of a constraint; position is from 1.
type constraintColumn struct {
	tableConstraint
	column   string
	position int
}

func registerConstraintViews(i *Instance) {
	family[tableConstraint]{name: "CONSTRAINTS", fields: constraintFields(), subjects: reach.constraints}.register(i)
	family[constraintColumn]{name: "CONS_COLUMNS", fields: constraintColumnFields(), subjects: reach.constraintColumns}.register(i)
}

func (r reach) constraints() []tableConstraint {
	var list []tableConstraint
	for _, t := range r.tables() {
		for _, k := range t.constraints {
			list = append(list, tableConstraint{k, t})
		}
	}
	return list
}

func (r reach) constraintColumns() []constraintColumn {
	var list []constraintColumn
	for _, k := range r.constraints() {
		for i, name := range k.columns {
			list = append(list, constraintColumn{k, name, i + 1})
		}
	}
	return list
}

// constraintFields: USER_CONSTRAINTS, unlike its siblings, has OWNER too.
func constraintFields() []field[tableConstraint] {
	type row = tableConstraint
	return []field[row]{
		nameField("OWNER", func(k row) string { return k.table.schema }),
		nameField("CONSTRAINT_NAME", func(k row) string { return k.name }),
		textField("CONSTRAINT_TYPE", 1, func(k row) string { return k.kind }),
		nameField("TABLE_NAME", func(k row) string { return k.table.name }),
		longField("SEARCH_CONDITION", row.condition),
		textField("SEARCH_CONDITION_VC", 4000, func(k row) string { return prefixOf(k.condition(), 4000) }),
		nameField("R_OWNER", func(k row) string { return k.refSchema }),
		nameField("R_CONSTRAINT_NAME", func(k row) string { return k.refName }),
		textField("DELETE_RULE", 9, row.deleteRule),
		textField("STATUS", 8, func(k row) string { return oneOf(k.disabled, "DISABLED", "ENABLED") }),
		constantField[row]("DEFERRABLE", 14, "NOT DEFERRABLE"),
		constantField[row]("DEFERRED", 9, "IMMEDIATE"),
		textField("VALIDATED", 13, func(k row) string { return oneOf(k.disabled, "NOT VALIDATED", "VALIDATED") }),
		textField("GENERATED", 14, func(k row) string { return oneOf(k.generated, "GENERATED NAME", "USER NAME") }),
		textField[row]("BAD", 3, nil),
		textField[row]("RELY", 4, nil),
		dateField("LAST_CHANGE", func(k row) time.Time { return k.altered }),
		nameField("INDEX_OWNER", func(k row) string { return oneOf(k.index != nil, k.table.schema, "") }),
		nameField("INDEX_NAME", row.indexName),
		textField[row]("INVALID", 7, nil),
		textField[row]("VIEW_RELATED", 14, nil),
	}
}

func constraintColumnFields() []field[constraintColumn] {
	type row = constraintColumn
	return []field[row]{
		nameField("OWNER", func(c row) string { return c.table.schema }),
		nameField("CONSTRAINT_NAME", func(c row) string { return c.name }),
		nameField("TABLE_NAME", func(c row) string { return c.table.name }),
		textField("COLUMN_NAME", 4000, func(c row) string { return c.column }),
		valueField("POSITION", numberType(), func(c row) datum.Value {
			if c.kind == "C" {
				return datum.NULL // a condition has no order
			}
			return datum.FromInt(int64(c.position))
		}),
	}
}

func (k tableConstraint) condition() string {
	switch {
	case k.check != nil:
		return k.check.text
	case k.notNull:
		return `"` + k.columns[0] + `" IS NOT NULL`
	}
	return ""
}

func (k tableConstraint) deleteRule() string {
	switch {
	case k.kind != "R":
		return ""
	case k.onDelete == "":
		return "NO ACTION"
	}
	return k.onDelete
}

func (k tableConstraint) indexName() string {
	if k.index == nil {
		return ""
	}
	return k.index.name
}

// oneOf picks a word.
func oneOf(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}
