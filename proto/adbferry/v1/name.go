package pb

import "regexp"

// ID returns SCHEMA.TABLE: a table's ID in plans, events, object names and facts.
func (x *TableName) ID() string { return x.GetSchema() + "." + x.GetName() }

// Text returns a table's name as people read and type it: SCHEMA.TABLE, with what
// Oracle would read otherwise in double quotes.
func (x *TableName) Text() string { return NameText(x.GetSchema()) + "." + NameText(x.GetName()) }

// plain names mean the same with and without quotes.
var plain = regexp.MustCompile(`^[A-Z][A-Z0-9_$#]*$`)

// NameText returns the name of a schema, table or column as people type it.
func NameText(name string) string {
	if plain.MatchString(name) {
		return name
	}
	return `"` + name + `"`
}
