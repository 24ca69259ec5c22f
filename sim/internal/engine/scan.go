package engine

import (
	"fmt"
	"slices"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine/heap"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// tableRows reads rows of a heap table into the slots of a source.
type tableRows struct {
	src   *source
	table *table
	// virtual computes the virtual columns that are used.
	virtual []virtualColumn
	buffer  datum.Row // for tables whose columns are not in slot order
	direct  int       // number of leading slots to unpack straight into the row
	rowid   bool
}

type virtualColumn struct {
	at   int
	eval evaluator
}

// heapItem registers a heap table as a source.
func (c *compiler) heapItem(t *table, f *sql.Table, alias string, sc *scope) (*item, error) {
	src := c.tableSource(t, alias)
	sc.add(src)
	var asOf compiled
	if f.AsOf != nil {
		if err := c.s.allowed(t, "FLASHBACK"); err != nil {
			return nil, at(f, err)
		}
		var err error
		if asOf, err = c.value(f.AsOf, &scope{outer: sc.outer}); err != nil {
			return nil, err
		}
	}
	snapshot := func(f *frame) (heap.Snapshot, error) {
		switch {
		case asOf.eval != nil:
			return f.run.asOf(t, asOf)
		case f.run.s.flashback != 0:
			return f.run.asOfSCN(t, f.run.s.flashback)
		}
		return f.run.snap, nil
	}
	return c.partitioned(&item{sources: []*source{src}, leaf: c.heapLeaf(src, snapshot, sc)}, f)
}

// tableSource describes a table's columns, with ROWID as a hidden last one.
func (c *compiler) tableSource(t *table, alias string) *source {
	src := &source{alias: alias, schema: t.schema, table: t}
	for _, col := range t.columns {
		src.columns = append(src.columns, sourceColumn{Column: col.described(), hidden: col.invisible})
	}
	rowid := datum.Column{Name: rowidColumn, Type: datum.Type{Kind: datum.Rowid, Size: 18}}
	src.columns = append(src.columns, sourceColumn{Column: rowid, hidden: true})
	return src
}

// asOf makes the snapshot of AS OF SCN n.
//
// Errors: ORA-08181, ORA-01466 after DDL, ORA-01555 beyond the undo retention
// and for what was before a restart, which no undo outlives.
func (r *run) asOf(t *table, x compiled) (heap.Snapshot, error) {
	v, err := x.eval(&frame{run: r})
	if err != nil {
		return heap.Snapshot{}, err
	}
	if v, err = r.s.number(v); err != nil {
		return heap.Snapshot{}, err
	}
	n, err := r.s.changeNumber(v)
	if err != nil {
		return heap.Snapshot{}, err
	}
	return r.asOfSCN(t, n)
}

// changeNumber checks an SCN that a client gives. Error: ORA-08181.
func (s *Session) changeNumber(v datum.Value) (uint64, error) {
	n, ok := v.Int()
	if !ok || n <= 0 || uint64(n) > s.instance.store.SCN() {
		return 0, datum.Errorf(8181, "specified number is not a valid system change number")
	}
	return uint64(n), nil
}

// asOfSCN makes the snapshot of a table at an SCN.
func (r *run) asOfSCN(t *table, n uint64) (heap.Snapshot, error) {
	store := r.s.instance.store
	switch {
	case n < t.changed:
		return heap.Snapshot{}, datum.Errorf(1466, "unable to read data - table definition has changed")
	case n < store.Resumed(), t.rows.Changed() > n && !store.Retained(n):
		return heap.Snapshot{}, r.s.translate(t, heap.ErrTooOld)
	}
	return heap.Snapshot{SCN: n}, nil
}

// heapLeaf chooses how a table is read: by a unique index when the conditions
// fix all its columns, by a scan otherwise.
func (c *compiler) heapLeaf(src *source, snapshot func(*frame) (heap.Snapshot, error), sc *scope) leaf {
	return func(conditions []sql.Expr) (operator, []sql.Expr, error) {
		rows := &tableRows{src: src, table: src.table}
		if src.table.archival() {
			active, err := sql.ParseExpr(fmt.Sprintf(`"%s"."%s" = '0'`, src.alias, sql.ArchiveState))
			if err != nil {
				return nil, nil, err
			}
			conditions = append(slices.Clip(conditions), active)
		}
		if err := c.virtuals(rows, sc); err != nil {
			return nil, nil, err
		}
		index, key, err := c.uniqueAccess(src, conditions, sc)
		if err != nil {
			return nil, nil, err
		}
		if index != nil {
			return &lookupOp{tableRows: rows, index: index, key: key, snapshot: snapshot}, conditions, nil
		}
		bounds, err := c.rowidBounds(src, conditions, sc)
		return &scanOp{tableRows: rows, snapshot: snapshot, bounds: bounds}, conditions, err
	}
}

// virtuals compiles the expressions of a table's virtual columns, which read
// the table's own row.
func (c *compiler) virtuals(rows *tableRows, sc *scope) error {
	only := &scope{sources: []*source{rows.src}, width: sc.width, inCheck: true}
	for i, col := range rows.table.columns {
		if col.virtual == nil {
			continue
		}
		x, err := c.compile(col.virtual.expr, only)
		if err != nil {
			return err
		}
		t := col.typ
		rows.virtual = append(rows.virtual, virtualColumn{at: rows.src.offset + i, eval: func(f *frame) (datum.Value, error) {
			return convertTo(f, x, t)
		}})
	}
	return nil
}

// prepare looks at which columns are used; it runs when the operator opens, by
// when everything that reads the source has been compiled.
func (r *tableRows) prepare() {
	last, ordered := 0, true
	for i, col := range r.table.columns {
		ordered = ordered && col.slot == i
		if (r.src.columns[i].used || len(r.virtual) > 0) && col.slot >= 0 {
			last = max(last, col.slot+1)
		}
	}
	r.rowid = r.src.columns[len(r.src.columns)-1].used
	r.direct, r.buffer = last, nil
	if !ordered {
		r.direct, r.buffer = 0, make(datum.Row, last)
	}
}

// place unpacks a stored row into the frame.
func (r *tableRows) place(f *frame, p heap.Position, data string) error {
	row := f.row[r.src.offset : r.src.offset+len(r.src.columns)]
	if r.buffer != nil {
		n := heap.Unpack(data, r.buffer)
		for i, col := range r.table.columns {
			switch {
			case col.slot < 0 || col.slot >= len(r.buffer):
			case col.slot < n:
				row[i] = r.buffer[col.slot]
			default:
				row[i] = col.missing
			}
		}
	} else {
		for i := heap.Unpack(data, row[:r.direct]); i < r.direct; i++ {
			row[i] = r.table.columns[i].missing
		}
	}
	if r.rowid {
		row[len(row)-1] = rowidOf(r.table, p)
	}
	for _, v := range r.virtual {
		value, err := v.eval(f)
		if err != nil {
			return err
		}
		f.row[v.at] = value
	}
	return nil
}

// rowidOf renders a position as OOOOOOFFFBBBBBBRRR: object, file, block, row.
func rowidOf(t *table, p heap.Position) datum.Value {
	var b [datum.RowidLength]byte
	put := func(from, to int, n uint64) {
		for i := to - 1; i >= from; i-- {
			b[i] = datum.RowidDigits[n&63]
			n >>= 6
		}
	}
	put(0, 6, uint64(t.id))
	put(6, 9, 1)
	put(9, 15, uint64(p)>>8)
	put(15, 18, uint64(p)&255)
	return datum.Of(datum.Rowid, string(b[:]))
}

// scanOp reads all rows of a table, or those of a range of ROWIDs.
type scanOp struct {
	*tableRows
	bounds   []rowidBound
	snapshot func(*frame) (heap.Snapshot, error)
	scan     *heap.Scan
	count    int
}

func (o *scanOp) open(f *frame) error {
	snap, err := o.snapshot(f)
	if err != nil {
		return err
	}
	o.prepare()
	o.scan = o.table.rows.Scan(snap)
	if len(o.bounds) > 0 {
		return narrow(f, o.table, o.scan, o.bounds)
	}
	return nil
}

func (o *scanOp) next(f *frame) (bool, error) {
	if o.count++; o.count%checkEvery == 0 {
		if err := f.run.cancelled(); err != nil {
			return false, err
		}
	}
	p, data, ok, err := o.scan.Next()
	if err != nil {
		return false, f.run.s.translate(o.table, err)
	}
	if !ok {
		return false, nil
	}
	return true, o.place(f, p, data)
}

func (o *scanOp) close() { o.scan = nil }

// lookupOp reads the rows that may have a key of a unique index; the
// conditions it was chosen for are tested again by the filter above it.
type lookupOp struct {
	*tableRows
	index    *index
	key      []compiled
	snapshot func(*frame) (heap.Snapshot, error)
	snap     heap.Snapshot
	found    []heap.Position
}

func (o *lookupOp) open(f *frame) error {
	var err error
	if o.snap, err = o.snapshot(f); err != nil {
		return err
	}
	o.prepare()
	values := make(datum.Row, len(o.key))
	for i := range o.key {
		col := o.table.column(o.index.columns[i])
		if values[i], err = convertTo(f, o.key[i], col.typ); err != nil {
			return err
		}
		values[i] = padded(values[i], col.typ)
	}
	o.found = nil
	if key, ok := o.index.heap.Key(values); ok {
		o.found = o.table.rows.Lookup(o.index.heap, key)
	}
	return nil
}

func (o *lookupOp) next(f *frame) (bool, error) {
	for len(o.found) > 0 {
		p := o.found[0]
		o.found = o.found[1:]
		data, ok, err := o.table.rows.Get(p, o.snap)
		if err != nil {
			return false, f.run.s.translate(o.table, err)
		}
		if ok {
			return true, o.place(f, p, data)
		}
	}
	return false, nil
}

func (*lookupOp) close() {}

// uniqueAccess looks for a unique index all of whose columns the conditions
// equate with something that does not depend on the table.
func (c *compiler) uniqueAccess(src *source, conditions []sql.Expr, sc *scope) (*index, []compiled, error) {
	fixed := map[string]sql.Expr{}
	for _, x := range conditions {
		eq, ok := x.(*sql.Binary)
		if !ok || eq.Op != "=" {
			continue
		}
		for _, sides := range [][2]sql.Expr{{eq.X, eq.Y}, {eq.Y, eq.X}} {
			ref, ok := sides[0].(*sql.Ref)
			if !ok {
				continue
			}
			found, i, err := sc.find(ref.Path)
			if n := sc.needsOf(sides[1]); err == nil && found == src && !n.late && len(n.sources) == 0 {
				fixed[src.columns[i].Name] = sides[1]
			}
		}
	}
	for _, index := range src.table.indexes {
		if !index.unique || index.heap == nil {
			continue
		}
		key, err := c.indexKey(src.table, index, fixed, sc)
		if key != nil || err != nil {
			return index, key, err
		}
	}
	return nil, nil, nil
}

// indexKey compiles the values of an index's columns; nil when one is missing
// or could not be looked up by its bytes.
func (c *compiler) indexKey(t *table, x *index, fixed map[string]sql.Expr, sc *scope) ([]compiled, error) {
	key := make([]compiled, len(x.columns))
	for i, name := range x.columns {
		value, ok := fixed[name]
		if !ok {
			return nil, nil
		}
		var err error
		if key[i], err = c.compile(value, sc); err != nil {
			return nil, err
		}
		// A text compared with a number column is converted to a number, which
		// the key lookup does as well; the other way round it is the column
		// that is converted, which an index cannot follow.
		kind, column := key[i].typ.Kind, t.column(name).typ.Kind
		if kind != column && (kind != datum.Text || column != datum.Number) {
			return nil, nil
		}
	}
	return key, nil
}

// padded fills a CHAR value up to its length.
func padded(v datum.Value, t datum.Type) datum.Value {
	if !t.Fixed || v.Kind() != datum.Text {
		return v
	}
	n := t.Size - len(v.Text())
	if t.CharSized {
		n = t.Chars - len([]rune(v.Text()))
	}
	if n <= 0 {
		return v
	}
	return datum.FromText(v.Text() + fmt.Sprintf("%*s", n, ""))
}
