package engine

func registerCommentViews(i *Instance) {
	family[*table]{name: "TAB_COMMENTS", subjects: reach.tables, fields: []field[*table]{
		ownerField("OWNER", func(t *table) string { return t.schema }),
		nameField("TABLE_NAME", func(t *table) string { return t.name }),
		constantField[*table]("TABLE_TYPE", 11, "TABLE"),
		textField("COMMENTS", 4000, func(t *table) string { return t.comment }),
	}}.register(i)
	family[tableColumn]{name: "COL_COMMENTS", subjects: func(r reach) []tableColumn { return r.columns(false) }, fields: []field[tableColumn]{
		ownerField("OWNER", func(c tableColumn) string { return c.table.schema }),
		nameField("TABLE_NAME", func(c tableColumn) string { return c.table.name }),
		nameField("COLUMN_NAME", func(c tableColumn) string { return c.name }),
		textField("COMMENTS", 4000, func(c tableColumn) string { return c.comment }),
	}}.register(i)
}
