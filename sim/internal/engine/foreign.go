package engine

import (
	"slices"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine/heap"
)

// checkParents makes sure that each foreign key of stored rows has its parent.
//
// Error: ORA-02291.
func (s *Session) checkParents(t *table, rows []string) error {
	for _, k := range t.constraints {
		if k.kind != "R" || k.disabled {
			continue
		}
		parent := s.instance.catalog.table(objectName{k.refSchema, k.refTable})
		if parent == nil {
			continue
		}
		target := parent.constraint(k.refName)
		slots := t.slotsOf(k.columns)
		buffer := make(datum.Row, slices.Max(slots)+1)
		for _, data := range rows {
			key, complete := keyValues(data, slots, buffer)
			if complete && !s.present(parent, target.index, key) {
				return datum.Errorf(2291, "integrity constraint (%s.%s) violated - parent key not found", t.schema, k.name)
			}
		}
	}
	return nil
}

// keyValues reads the values at slots; complete is false when one is NULL.
func keyValues(data string, slots []int, buffer datum.Row) (key datum.Row, complete bool) {
	clear(buffer)
	heap.Unpack(data, buffer)
	key, complete = make(datum.Row, len(slots)), true
	for i, slot := range slots {
		key[i] = buffer[slot]
		complete = complete && !key[i].IsNull()
	}
	return key, complete
}

// present reports whether a row with the key exists now.
func (s *Session) present(t *table, x *index, key datum.Row) bool {
	packed, _ := x.heap.Key(key)
	slots := t.slotsOf(x.columns)
	buffer := make(datum.Row, slices.Max(slots)+1)
	for _, p := range t.rows.Lookup(x.heap, packed) {
		data, ok, err := t.rows.Get(p, s.snapshot())
		if !ok || err != nil {
			continue
		}
		if found, _ := keyValues(data, slots, buffer); slices.Equal(found, key) {
			return true
		}
	}
	return false
}

// reference is a foreign key that points at a table.
type reference struct {
	child      *table
	constraint *constraint
}

// references lists the enabled foreign keys that point at a table.
func (s *Session) references(t *table) []reference {
	var list []reference
	for _, child := range s.instance.catalog.all() {
		for _, k := range child.constraints {
			if k.kind == "R" && !k.disabled && k.refSchema == t.schema && k.refTable == t.name {
				list = append(list, reference{child, k})
			}
		}
	}
	return list
}

// checkChildren makes sure that no row refers to a key that an UPDATE takes
// away. Error: ORA-02292.
func (s *Session) checkChildren(t *table, refs []reference, before, after string) error {
	for _, ref := range refs {
		slots := t.slotsOf(t.constraint(ref.constraint.refName).columns)
		buffer := make(datum.Row, slices.Max(slots)+1)
		key, complete := keyValues(before, slots, buffer)
		if !complete {
			continue
		}
		if now, _ := keyValues(after, slots, buffer); slices.Equal(now, key) {
			continue
		}
		if err := s.childless(ref, key); err != nil {
			return err
		}
	}
	return nil
}

// childless makes sure that no child row has a key.
//
// Error: ORA-02292.
func (s *Session) childless(ref reference, key datum.Row) error {
	found, err := s.refers(ref, key)
	if err == nil && found {
		err = datum.Errorf(2292, "integrity constraint (%s.%s) violated - child record found", ref.child.schema, ref.constraint.name)
	}
	return err
}

// refers looks for a child row with a key by reading the child table.
func (s *Session) refers(ref reference, key datum.Row) (bool, error) {
	slots := ref.child.slotsOf(ref.constraint.columns)
	buffer := make(datum.Row, slices.Max(slots)+1)
	scan := ref.child.rows.Scan(s.snapshot())
	for {
		_, data, ok, err := scan.Next()
		if !ok || err != nil {
			return false, s.translate(ref.child, err)
		}
		if found, _ := keyValues(data, slots, buffer); slices.Equal(found, key) {
			return true, nil
		}
	}
}
