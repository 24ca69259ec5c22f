package engine

import (
	"slices"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine/heap"
)

// cascades adds to a list the tables that a DELETE from t may change: t itself
// and, over ON DELETE, its children and theirs.
func (s *Session) cascades(list []*table, t *table) []*table {
	if slices.Contains(list, t) {
		return list
	}
	list = append(list, t)
	for _, ref := range s.references(t) {
		switch ref.constraint.onDelete {
		case "CASCADE":
			list = s.cascades(list, ref.child)
		case "SET NULL":
			if !slices.Contains(list, ref.child) {
				list = append(list, ref.child)
			}
		}
	}
	return list
}

// deleted does what foreign keys ask for when a row of t has gone: child rows
// go too, lose the key, or forbid it.
//
// Errors: ORA-02292; what changing a child row gives.
func (r *run) deleted(txn *heap.Txn, t *table, refs []reference, before string) error {
	for _, ref := range refs {
		slots := t.slotsOf(t.constraint(ref.constraint.refName).columns)
		key, complete := keyValues(before, slots, make(datum.Row, slices.Max(slots)+1))
		if !complete {
			continue
		}
		var err error
		switch ref.constraint.onDelete {
		case "CASCADE":
			err = r.deleteChildren(txn, ref, key)
		case "SET NULL":
			err = r.clearChildren(txn, ref, key)
		default:
			err = r.s.childless(ref, key)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// deleteChildren is ON DELETE CASCADE.
func (r *run) deleteChildren(txn *heap.Txn, ref reference, key datum.Row) error {
	refs := r.s.references(ref.child)
	return r.eachChild(txn, ref, key, func(p heap.Position, data string) error {
		ref.child.rows.Delete(p)
		return r.deleted(txn, ref.child, refs, data)
	})
}

// clearChildren is ON DELETE SET NULL: an UPDATE of the child, with its
// virtual columns, checks and children.
func (r *run) clearChildren(txn *heap.Txn, ref reference, key datum.Row) error {
	child := ref.child
	w, err := (&compiler{s: r.s}).writer(child, nil, nil)
	if err != nil {
		return err
	}
	rows := &tableRows{src: (&compiler{s: r.s}).tableSource(child, child.name), table: child}
	for i := range rows.src.columns {
		rows.src.columns[i].used = true
	}
	rows.prepare()
	refs := r.s.references(child)
	return r.eachChild(txn, ref, key, func(p heap.Position, data string) error {
		if err := rows.place(w.frame, p, data); err != nil {
			return err
		}
		for _, name := range ref.constraint.columns {
			w.frame.row[child.columnIndex(name)] = datum.NULL
		}
		packed, err := w.finish(r)
		if err != nil {
			return err
		}
		after := string(packed)
		if err := child.stays(r.s, data, after); err != nil {
			return err
		}
		if err := child.rows.Update(r.ctx, txn, p, after); err != nil {
			return r.s.translate(child, err)
		}
		return r.s.checkChildren(child, refs, data, after)
	})
}

// eachChild calls change for every row, locked, that refers to a key now.
func (r *run) eachChild(txn *heap.Txn, ref reference, key datum.Row, change func(p heap.Position, data string) error) error {
	slots := ref.child.slotsOf(ref.constraint.columns)
	buffer := make(datum.Row, slices.Max(slots)+1)
	snap := r.s.snapshot()
	scan := ref.child.rows.Scan(snap)
	for {
		p, data, ok, err := scan.Next()
		if !ok || err != nil {
			return r.s.translate(ref.child, err)
		}
		if found, _ := keyValues(data, slots, buffer); !slices.Equal(found, key) {
			continue
		}
		now, _, gone, err := ref.child.rows.Lock(r.ctx, txn, p, snap, true)
		if err != nil {
			return r.s.translate(ref.child, err)
		}
		if found, _ := keyValues(now, slots, buffer); gone || !slices.Equal(found, key) {
			continue
		}
		if err := change(p, now); err != nil {
			return err
		}
	}
}
