package session

import (
	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/ttc"
)

// valuesBack writes what an execution gives back through its binds: OUT
// values of a block, or the rows of a RETURNING clause (wire notes, section
// 11). Nothing is written when it fails.
func (c *connection) valuesBack(cur *cursor, out *database.Outcome, vector bool) error {
	binds := cur.stmt.Binds()
	if cur.stmt.Kind() != database.Block && !returns(binds) {
		return nil
	}
	start := c.w.Len()
	if vector {
		ttc.IOVector{Directions: directions(binds)}.Encode(&c.w)
	}
	err := c.outValues(cur, binds, out)
	if err == nil {
		err = c.returned(cur, binds, out)
	}
	if err != nil {
		c.w.Truncate(start)
	}
	return err
}

// returns reports whether the statement has a RETURNING clause.
func returns(binds []database.Bind) bool {
	for _, b := range binds {
		if b.Mode == database.Return {
			return true
		}
	}
	return false
}

// directions tells the way of each bind. A client leaves the variable of an OUT
// bind alone when it is called IN, and one fails when an IN bind is called IN
// OUT; hence the engine has to know the modes of the parameters it calls.
func directions(binds []database.Bind) []uint8 {
	d := make([]uint8, len(binds))
	for i, b := range binds {
		switch b.Mode {
		case database.Out, database.Return:
			d[i] = ttc.DirOut
		case database.InOut:
			d[i] = ttc.DirInOut
		default:
			d[i] = ttc.DirIn
		}
	}
	return d
}

// outValues writes the one row that holds the OUT and IN OUT values, and
// nothing when no value comes back: clients do not expect an empty row.
func (c *connection) outValues(cur *cursor, binds []database.Bind, out *database.Outcome) error {
	started := false
	for i, b := range binds {
		if b.Mode != database.Out && b.Mode != database.InOut {
			continue
		}
		if !started {
			c.w.Row()
			started = true
		}
		var v database.OutValue
		if i < len(out.Out) {
			v = out.Out[i]
		}
		if err := c.outValue(cur, cur.binds[i], v); err != nil {
			return err
		}
	}
	return nil
}

// returned writes one row per execution: for each bind the number of rows and
// their values.
func (c *connection) returned(cur *cursor, binds []database.Bind, out *database.Outcome) error {
	if !returns(binds) {
		return nil
	}
	for n, execution := range out.Returned {
		c.w.Row()
		nth := 0
		for i, b := range binds {
			if b.Mode != database.Return {
				continue
			}
			at := nth
			if len(execution) == len(binds) { // one entry per bind, not per Return bind
				at = i
			}
			nth++
			if err := c.returnedRows(cur, cur.binds[i], execution, at, func(row int) *database.LOBPlace {
				if out.Place == nil {
					return nil
				}
				return out.Place(n, at, row)
			}); err != nil {
				return err
			}
		}
	}
	return nil
}

// returnedRows writes what one RETURNING bind collected in one execution.
func (c *connection) returnedRows(cur *cursor, b ttc.Bind, execution [][]datum.Value, at int, place func(row int) *database.LOBPlace) error {
	if at >= len(execution) {
		c.w.UB(0)
		return nil
	}
	c.w.UB(uint64(len(execution[at])))
	for row, v := range execution[at] {
		if err := c.outScalar(cur, b, v, place(row)); err != nil {
			return err
		}
	}
	return nil
}

// outValue writes the value of an OUT bind and the length indicator.
func (c *connection) outValue(cur *cursor, b ttc.Bind, v database.OutValue) error {
	if b.Type != ttc.TypeCursor {
		return c.outScalar(cur, b, v.Value, v.Place)
	}
	ref := &cursor{}
	if v.Cursor != nil {
		ref.rows = v.Cursor.Rows
		ref.describe(v.Cursor.Columns)
	}
	if err := c.cursors.add(ref); err != nil {
		return err
	}
	ref.text = cur.text
	c.w.U8(1)
	ttc.Describe{Columns: ref.columns}.Body(&c.w)
	c.w.UB(uint64(ref.id))
	c.w.SB(0)
	return nil
}

// outScalar writes a value in the type its bind declares, and an indicator that
// says it is complete: what does not fit is an error here, never cut.
func (c *connection) outScalar(cur *cursor, b ttc.Bind, v datum.Value, place *database.LOBPlace) error {
	wanted, ok := b.Datum()
	if !ok {
		return datum.Errorf(3115, "unsupported network datatype or representation: %d", b.Type)
	}
	v, err := convert(v, wanted)
	if err != nil {
		return err
	}
	switch {
	case wanted.Kind == datum.Clob || wanted.Kind == datum.Blob:
		c.outLOB(cur, b, v, wanted.National, place)
	case wanted.Kind == datum.Boolean && v.IsNull():
		c.w.NullBoolean()
	case wanted.Kind == datum.Text && b.Size == 0 && v.IsNull():
		// such a bind has no room for any byte: only the indicator is read
	case wanted.National:
		c.w.National(v)
	default:
		c.w.Value(v)
	}
	c.w.SB(0)
	return nil
}

// outLOB writes an OUT value as the locator of a stored LOB or of a temporary one,
// with its size if the bind was described so.
func (c *connection) outLOB(cur *cursor, b ttc.Bind, v datum.Value, national bool, place *database.LOBPlace) {
	var locator string
	var size uint64
	if place != nil {
		locator, size = c.lobs.handOut(cur, v, national, place)
	} else {
		locator, size = c.lobs.temporary(v, national)
	}
	if b.Prefetch() {
		c.w.SizedLocator(locator, size)
		return
	}
	c.w.Locator(locator)
}
