package engine

// registerPartIndexViews makes the views of indexes that are partitioned: all
// of them like their tables.
func registerPartIndexViews(i *Instance) {
	type row = tableIndex
	family[row]{name: "PART_INDEXES", subjects: reach.localIndexes, fields: []field[row]{
		ownerField("OWNER", func(x row) string { return x.table.schema }),
		nameField("INDEX_NAME", func(x row) string { return x.name }),
		nameField("TABLE_NAME", func(x row) string { return x.table.name }),
		textField("PARTITIONING_TYPE", 9, func(x row) string { return x.table.parts.kind }),
		constantField[row]("SUBPARTITIONING_TYPE", 9, "NONE"),
		numberField("PARTITION_COUNT", func(x row) int64 { return int64(len(x.table.parts.all())) }),
		numberField("PARTITIONING_KEY_COUNT", func(x row) int64 { return int64(len(x.table.parts.slots)) }),
		constantField[row]("LOCALITY", 6, "LOCAL"),
		textField[row]("ALIGNMENT", 12, nil),
		constantField[row]("DEF_TABLESPACE_NAME", 30, defaultTablespace),
	}}.register(i)
}

func (r reach) localIndexes() []tableIndex {
	var list []tableIndex
	for _, x := range r.indexes() {
		if x.local && x.table.parts != nil {
			list = append(list, x)
		}
	}
	return list
}
