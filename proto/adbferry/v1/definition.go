package pb

import "strings"

// ForeignKey is how what could not be made is called, before its name, when it is a
// foreign key.
const ForeignKey = "foreign key"

// IsForeignKey reports whether what could not be made is a foreign key, or all of
// a table's. Journals have no more than the text that says so.
func (x *DefinitionFailure) IsForeignKey() bool { return strings.HasPrefix(x.GetWhat(), ForeignKey) }
