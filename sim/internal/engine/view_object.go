package engine

import (
	"strings"
	"time"
)

// An object is one row of the OBJECTS views.
type object struct {
	owner, name, kind string
	id                int64
	created, altered  time.Time
	generated         bool
}

// Name spaces of object kinds: two objects of one schema may share a name only
// across them.
const (
	tableNamespace = 1
	indexNamespace = 4
)

func registerObjectViews(i *Instance) {
	family[object]{name: "OBJECTS", subjects: reach.objects, fields: []field[object]{
		ownerField("OWNER", func(o object) string { return o.owner }),
		nameField("OBJECT_NAME", func(o object) string { return o.name }),
		nameField[object]("SUBOBJECT_NAME", nil),
		numberField("OBJECT_ID", func(o object) int64 { return o.id }),
		textField("OBJECT_TYPE", 23, func(o object) string { return o.kind }),
		dateField("CREATED", func(o object) time.Time { return o.created }),
		dateField("LAST_DDL_TIME", func(o object) time.Time { return o.altered }),
		textField("TIMESTAMP", 19, func(o object) string { return o.created.UTC().Format("2006-01-02:15:04:05") }),
		constantField[object]("STATUS", 7, "VALID"),
		constantField[object]("TEMPORARY", 1, "N"),
		textField("GENERATED", 1, func(o object) string { return letter(o.generated) }),
		constantField[object]("SECONDARY", 1, "N"),
		numberField("NAMESPACE", func(o object) int64 {
			if o.kind == "INDEX" {
				return indexNamespace
			}
			return tableNamespace
		}),
		nameField[object]("EDITION_NAME", nil),
		constantField[object]("ORACLE_MAINTAINED", 1, "N"),
	}}.register(i)
}

// objects returns the tables, indexes and sequences within reach. What comes
// with the database (its packages and views) has no object number here and is
// left out.
func (r reach) objects() []object {
	var list []object
	for _, t := range r.tables() {
		list = append(list, object{owner: t.schema, name: t.name, kind: "TABLE", id: int64(t.id), created: t.created, altered: t.altered})
		for _, x := range t.indexes {
			list = append(list, object{
				owner: t.schema, name: x.name, kind: "INDEX", id: int64(x.id), created: x.created, altered: x.created,
				generated: tableIndex{index: x, table: t}.systemNamed(),
			})
		}
		for _, c := range t.columns {
			if c.identity != nil {
				list = append(list, object{
					owner: t.schema, name: c.identity.sequence, kind: "SEQUENCE", id: c.identity.objectID(), created: t.created, altered: t.created,
				})
			}
		}
	}
	return list
}

// objectID is the number that the sequence was named after.
func (i *identity) objectID() int64 {
	n, _ := decimalLiteral(strings.TrimPrefix(i.sequence, "ISEQ$$_")).Int()
	return n
}
