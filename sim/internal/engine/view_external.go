package engine

// An externalLocation is a row of the EXTERNAL_LOCATIONS views.
type externalLocation struct {
	table *table
	uri   string
}

// registerExternalViews makes the views of external tables. What the access
// parameters of an Autonomous Database read like is not documented; they are
// NULL. A location shows the PAR it was given, as the real one does.
func registerExternalViews(i *Instance) {
	family[*table]{name: "EXTERNAL_TABLES", subjects: reach.externals, fields: []field[*table]{
		ownerField("OWNER", func(t *table) string { return t.schema }),
		nameField("TABLE_NAME", func(t *table) string { return t.name }),
		constantField[*table]("TYPE_OWNER", 128, "SYS"),
		nameField("TYPE_NAME", func(t *table) string { return t.external.Driver }),
		constantField[*table]("DEFAULT_DIRECTORY_OWNER", 128, "SYS"),
		constantField[*table]("DEFAULT_DIRECTORY_NAME", 128, "DATA_PUMP_DIR"),
		textField("REJECT_LIMIT", 40, func(t *table) string { return t.external.RejectLimit }),
		constantField[*table]("ACCESS_TYPE", 7, "CLOB"),
		textField[*table]("ACCESS_PARAMETERS", 4000, nil),
		constantField[*table]("PROPERTY", 10, "ALL"),
	}}.register(i)
	family[externalLocation]{name: "EXTERNAL_LOCATIONS", subjects: reach.locations, fields: []field[externalLocation]{
		ownerField("OWNER", func(l externalLocation) string { return l.table.schema }),
		nameField("TABLE_NAME", func(l externalLocation) string { return l.table.name }),
		textField("LOCATION", 4000, func(l externalLocation) string { return prefixOf(l.uri, 4000) }),
		constantField[externalLocation]("DIRECTORY_OWNER", 3, "SYS"),
		nameField[externalLocation]("DIRECTORY_NAME", nil),
	}}.register(i)
}

// externals returns the external tables within reach.
func (r reach) externals() []*table {
	var list []*table
	for _, t := range r.tables() {
		if t.external != nil {
			list = append(list, t)
		}
	}
	return list
}

func (r reach) locations() []externalLocation {
	var list []externalLocation
	for _, t := range r.externals() {
		for _, uri := range t.external.Locations {
			list = append(list, externalLocation{t, uri})
		}
	}
	return list
}
