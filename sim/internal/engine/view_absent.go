package engine

// absent is a field of a view about what the simulator does not have.
type absent = field[struct{}]

func absentNames(names ...string) []absent {
	var list []absent
	for _, n := range names {
		list = append(list, nameField[struct{}](n, nil))
	}
	return list
}

func absentFlags(size int, names ...string) []absent {
	var list []absent
	for _, n := range names {
		list = append(list, textField[struct{}](n, size, nil))
	}
	return list
}

func absentOwner(name string) []absent { return []absent{ownerField[struct{}](name, nil)} }

func absentLong(name string) []absent { return []absent{longField[struct{}](name, nil)} }

// registerAbsentViews makes the views that are always empty, with the columns
// that somebody who looks for such objects reads (reference, section 8.2).
func registerAbsentViews(i *Instance) {
	for name, groups := range map[string][][]absent{
		"MVIEW_LOGS": {
			absentNames("LOG_OWNER", "MASTER", "LOG_TABLE", "LOG_TRIGGER"), absentFlags(3, "ROWIDS", "PRIMARY_KEY", "OBJECT_ID"),
		},
		"VIEWS": {absentOwner("OWNER"), absentNames("VIEW_NAME"), absentFlags(22, "TEXT_LENGTH"), absentLong("TEXT"), absentFlags(1, "READ_ONLY")},
		"SYNONYMS": {
			absentOwner("OWNER"), absentNames("SYNONYM_NAME", "TABLE_OWNER", "TABLE_NAME", "DB_LINK"),
		},
		"TRIGGERS": {
			absentOwner("OWNER"), absentNames("TRIGGER_NAME"), absentFlags(16, "TRIGGER_TYPE"), absentFlags(246, "TRIGGERING_EVENT"),
			absentNames("TABLE_OWNER"), absentFlags(18, "BASE_OBJECT_TYPE"), absentNames("TABLE_NAME"), absentFlags(4000, "COLUMN_NAME"),
			absentFlags(422, "REFERENCING_NAMES"), absentFlags(4000, "WHEN_CLAUSE"), absentFlags(8, "STATUS"), absentFlags(4000, "DESCRIPTION"),
			absentFlags(11, "ACTION_TYPE"), absentLong("TRIGGER_BODY"),
		},
	} {
		var fields []absent
		for _, g := range groups {
			fields = append(fields, g...)
		}
		family[struct{}]{name: name, fields: fields, subjects: none}.register(i)
	}
}
