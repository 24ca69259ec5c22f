package pb

// ID returns SCHEMA.TABLE: a table's name as people read it, and its ID in plans,
// events and object names.
func (x *TableName) ID() string { return x.GetSchema() + "." + x.GetName() }
