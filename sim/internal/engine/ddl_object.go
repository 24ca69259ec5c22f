package engine

import (
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// drop dispatches DROP by the kind of object.
func (s *Session) drop(st *sql.Drop) error {
	switch st.Kind {
	case "TABLE":
		return s.dropTable(st)
	case "INDEX":
		return s.dropIndex(st)
	case "USER":
		return s.dropUser(st)
	}
	return at(st, unimplemented("DROP "+st.Kind))
}

// dropTable forgets a table. There is no recycle bin: every drop is a PURGE.
func (s *Session) dropTable(st *sql.Drop) error {
	t, err := s.lookup(st.Object.Schema, st.Object.Name)
	if err != nil {
		return at(st.Object, err)
	}
	if t.schema != s.user.name && s.user.role != Administrator {
		return at(st.Object, errNoPrivilege())
	}
	if err := s.fence(t); err != nil {
		return err
	}
	for _, k := range t.constraints {
		if !st.Cascade && s.referencedFromOutside(t, k) {
			return at(st.Object, datum.Errorf(2449, "unique/primary keys in table referenced by foreign keys"))
		}
		if err := s.unreferenced(t, k, true); err != nil {
			return err
		}
	}
	s.instance.store.Advance()
	s.instance.catalog.remove(t)
	return nil
}

// referencedFromOutside reports foreign keys of other tables on a key.
func (s *Session) referencedFromOutside(t *table, k *constraint) bool {
	for _, ref := range s.references(t) {
		if ref.constraint.refName == k.name && ref.child.id != t.id {
			return true
		}
	}
	return false
}

// remove forgets a table and what was granted on it.
func (c *catalog) remove(t *table) {
	c.mu.Lock()
	defer c.mu.Unlock()
	name := objectName{t.schema, t.name}
	delete(c.tables, name)
	for key := range c.grants {
		if key.object == name {
			delete(c.grants, key)
		}
	}
}

// truncate gives the table new, empty rows. Older snapshots of it end with
// ORA-01466, as after any DDL.
func (s *Session) truncate(st *sql.Truncate) error {
	old, err := s.alterable(st.Table, "DELETE")
	if err != nil {
		return err
	}
	if old.schema != s.user.name && s.user.role != Administrator {
		return at(st.Table, errNoPrivilege())
	}
	if old.external != nil {
		return at(st.Table, errExternal())
	}
	for _, ref := range s.references(old) {
		if ref.child.id != old.id {
			return at(st.Table, datum.Errorf(2266, "unique/primary keys in table referenced by enabled foreign keys"))
		}
	}
	t := old.clone()
	t.rows = s.instance.store.NewTable()
	t.indexes = nil
	b := &tableBuilder{s: s, t: t}
	for _, x := range old.indexes {
		fresh := *x
		if err := b.build(&fresh, x.heap != nil); err != nil {
			return err
		}
		for _, k := range t.constraints {
			if k.index == x {
				k.index = &fresh
			}
		}
	}
	s.replace(t)
	return nil
}

// renameTable gives a table a new name; grants and foreign keys follow it.
func (s *Session) renameTable(st *sql.RenameTable) error {
	old, err := s.alterable(st.Table, "ALTER")
	if err != nil {
		return err
	}
	to := objectName{old.schema, st.To}
	if s.instance.catalog.table(to) != nil {
		return at(st.Table, errNameUsed())
	}
	refs := s.references(old)
	t := old.clone()
	t.name = st.To
	for _, k := range t.constraints {
		if k.kind == "R" && k.refSchema == old.schema && k.refTable == old.name {
			k.refTable = st.To
		}
	}
	t.altered, t.changed = s.instance.config.Now(), s.instance.store.Advance()
	var children []*table
	for _, ref := range refs {
		if ref.child.id == old.id {
			continue
		}
		child := ref.child.clone()
		child.constraint(ref.constraint.name).refTable = st.To
		children = append(children, child)
	}
	s.instance.catalog.rename(old, t, children)
	return nil
}

// rename puts a table in the place of what it was under its old name, takes
// the grants along, and puts the tables that refer to it. All of it happens at
// once: nobody finds the table under no name.
func (c *catalog) rename(old, t *table, children []*table) {
	c.mu.Lock()
	defer c.mu.Unlock()
	from, to := objectName{old.schema, old.name}, objectName{t.schema, t.name}
	delete(c.tables, from)
	c.tables[to] = t
	for _, child := range children {
		c.tables[objectName{child.schema, child.name}] = child
	}
	for key := range c.grants {
		if key.object == from {
			delete(c.grants, key)
			key.object = to
			c.grants[key] = true
		}
	}
}

// comment sets the comment of a table or column; an empty text removes it.
func (s *Session) comment(st *sql.Comment) error {
	old, err := s.alterable(st.Table, "ALTER")
	if err != nil {
		return err
	}
	t := old.clone()
	if st.Column == "" {
		t.comment = st.Text
	} else {
		col := t.column(st.Column)
		if col == nil {
			return at(st.Table, invalidIdentifier([]string{st.Column}))
		}
		col.comment = st.Text
	}
	s.instance.catalog.put(t) // no change of definition: old snapshots stay readable
	return nil
}
