package heap

import "context"

// Insert adds rows for the running statement of txn, all or up to the one that
// fails: the caller undoes the statement then. It waits for transactions that
// hold a key of a row.
//
// Errors: *Duplicate, ErrDeadlock, the cause of ctx.
func (t *Table) Insert(ctx context.Context, txn *Txn, rows []string) error {
	_, err := t.insert(ctx, txn, rows, "")
	return err
}

// InsertPieces is Insert of rows that are pieces of shared, one behind the other.
// It saves copying them when they are one block. It returns the position of the last.
func (t *Table) InsertPieces(ctx context.Context, txn *Txn, rows []string, shared string) (Position, error) {
	return t.insert(ctx, txn, rows, shared)
}

// InsertOne is Insert of one row; it returns the row's position.
func (t *Table) InsertOne(ctx context.Context, txn *Txn, row string) (Position, error) {
	return t.insert(ctx, txn, []string{row}, "")
}

// insert adds rows and returns the position of the last one.
func (t *Table) insert(ctx context.Context, txn *Txn, rows []string, shared string) (Position, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var last Position
	for _, data := range rows {
		if err := t.claim(ctx, txn, data, noPosition); err != nil {
			return 0, err
		}
		last = t.push(version{data: data, txn: txn, seq: txn.seq}, shared)
		for _, x := range t.indexes {
			x.add(data, last)
		}
		txn.noteInsert(t, last)
	}
	return last, nil
}

// claim makes sure that no unique index holds a key of data in another row
// than self. It gives up the lock while it waits.
func (t *Table) claim(ctx context.Context, txn *Txn, data string, self Position) error {
	for i := 0; i < len(t.indexes); i++ {
		x := t.indexes[i]
		if !x.Unique {
			continue
		}
		holder, err := t.holder(x, txn, data, self)
		if err != nil {
			return err
		}
		if holder == nil {
			continue
		}
		if err := t.unlockedWait(ctx, txn, holder); err != nil {
			return err
		}
		i = -1 // anything may have changed meanwhile
	}
	return nil
}

// unlockedWait waits for a transaction without the table's lock, which that
// transaction may need.
func (t *Table) unlockedWait(ctx context.Context, txn, other *Txn) error {
	t.mu.Unlock()
	defer t.mu.Lock()
	return txn.wait(ctx, other)
}

// holder looks for a row with the key that data has in x. It reports a
// duplicate, or the open transaction on which it depends.
func (t *Table) holder(x *Index, txn *Txn, data string, self Position) (*Txn, error) {
	key, ok := x.keyOf(data)
	if !ok {
		return nil, nil
	}
	var holder *Txn
	for _, p := range x.lookup(key) {
		if p == self {
			continue
		}
		newest := t.at(p)
		v := &newest
		open := v.txn != nil && v.txn != txn && v.txn.scn.Load() == 0
		if !open {
			if !v.deleted && x.matches(v.data, key) {
				return nil, &Duplicate{Index: x}
			}
			continue
		}
		// Its writer may commit or roll back: what either leaves counts.
		for ; v != nil && v != forgotten && v.txn != nil; v = v.prev {
			if !v.deleted && x.matches(v.data, key) {
				holder = newest.txn
				break
			}
			if v.txn.scn.Load() != 0 {
				break
			}
		}
	}
	return holder, nil
}

// Lock takes the row lock for the running statement of txn and returns the
// row's current data. moved reports that the row was changed after the
// snapshot, gone that it no longer exists. Without wait a row locked by someone
// else is ErrBusy.
func (t *Table) Lock(ctx context.Context, txn *Txn, p Position, snap Snapshot, wait bool) (data string, moved, gone bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for {
		owner := t.at(p).txn
		if owner == nil || owner == txn {
			break
		}
		scn := owner.scn.Load()
		if scn != 0 {
			moved = scn > snap.SCN
			break
		}
		if !wait {
			return "", false, false, ErrBusy
		}
		if err := t.unlockedWait(ctx, txn, owner); err != nil {
			return "", false, false, err
		}
	}
	v := t.at(p)
	if v.deleted {
		return "", moved, true, nil
	}
	if v.txn != txn || v.seq != txn.seq {
		t.stack(txn, p)
	}
	return v.data, moved, false, nil
}

// Holds reports whether txn has locked or changed a row that still exists.
func (t *Table) Holds(txn *Txn, p Position) bool {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if p >= t.size() {
		return false
	}
	v := t.at(p)
	return v.txn == txn && !v.deleted
}

// stack puts a new version with the same data on a row; the caller holds the lock.
func (t *Table) stack(txn *Txn, p Position) {
	v := t.row(p)
	old := *v
	if old.prev != nil && old.prev != forgotten && old.txn != nil {
		// What old replaced is needed by no snapshot from the horizon on.
		if scn := old.txn.scn.Load(); scn != 0 && !t.store.needs(scn-1) {
			old.prev = forgotten
		}
	}
	*v = version{data: old.data, txn: txn, prev: &old, seq: txn.seq}
	txn.touch(t)
	txn.undo = append(txn.undo, undo{table: t, first: p})
}

// Update gives a row that the running statement has locked new data, and
// brings it back if the statement has deleted it.
//
// Errors: *Duplicate, ErrDeadlock, the cause of ctx.
func (t *Table) Update(ctx context.Context, txn *Txn, p Position, data string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.claim(ctx, txn, data, p); err != nil {
		return err
	}
	v := t.row(p)
	v.data, v.deleted = data, false
	for _, x := range t.indexes {
		x.add(data, p)
	}
	return nil
}

// Delete removes a row that the running statement has locked.
func (t *Table) Delete(p Position) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.row(p).deleted = true
}
