package session

import (
	"context"
	"errors"
	"io"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/ttc"
)

// fetch serves the call for more rows of an open cursor.
func (c *connection) fetch(ctx context.Context) error {
	var m ttc.Fetch
	if err := m.Decode(c.r); err != nil {
		return err
	}
	cur, err := c.cursors.find(m.Cursor)
	text := ""
	if err == nil {
		text = cur.text
	}
	if denied := c.admit(ctx, ttc.FuncFetch, text); denied != nil {
		return denied
	}
	if err != nil {
		return err
	}
	return c.rows(ctx, cur, m.Rows)
}

// rows sends up to limit rows and then the end of the call, which is also the
// end of the result set when there are no more. The reply goes out in pieces,
// so that memory does not grow with it.
func (c *connection) rows(ctx context.Context, cur *cursor, limit uint64) error {
	end, err := c.stream(ctx, cur, limit)
	if err != nil {
		return err
	}
	ttc.Parameters{Cursor: cur.id}.Encode(&c.w)
	end.Rows = cur.fetched
	c.end(cur, end)
	return nil
}

// stream sends up to limit rows. The error it returns ends the connection;
// one of the result set is in the end of the call.
func (c *connection) stream(ctx context.Context, cur *cursor, limit uint64) (ttc.EndOfCall, error) {
	for sent := range limit {
		row, err := cur.next(ctx)
		if err != nil {
			e := visible(err)
			return ttc.EndOfCall{Code: e.Code, Text: e.Text, Pos: e.Pos}, nil
		}
		if sent == 0 {
			ttc.RowHeader{Columns: len(cur.columns)}.Encode(&c.w)
		}
		c.row(cur, row)
		cur.fetched++
		if c.w.Len() < maxReply {
			continue
		}
		if c.in.broken() { // a started reply has to be completed
			e := visible(context.Canceled)
			return ttc.EndOfCall{Code: e.Code, Text: e.Text}, nil
		}
		if err := c.flush(); err != nil {
			return ttc.EndOfCall{}, err
		}
	}
	return ttc.EndOfCall{}, nil
}

// next returns the next row. The end of the result set is an Oracle error, as
// it is for the client, and stays one.
func (cur *cursor) next(ctx context.Context) (datum.Row, error) {
	if cur.rows == nil {
		return nil, noData()
	}
	row, err := cur.rows.Next(ctx)
	if err == nil && len(row) != len(cur.columns) {
		err = errors.New("row and columns differ in number")
	}
	if err == nil {
		return row, nil
	}
	cur.end()
	if errors.Is(err, io.EOF) {
		return nil, noData()
	}
	return nil, err
}

// codeNoData is the ORA- number by which a client learns of the last row.
const codeNoData = 1403

// noData is the end of a result set. A fetch after the end gets it again.
func noData() error { return datum.Errorf(codeNoData, "no data found") }

// row writes one row in the forms of its cursor.
func (c *connection) row(cur *cursor, row datum.Row) {
	c.w.Row()
	if cur.plain {
		for _, v := range row {
			c.w.Value(v)
		}
		return
	}
	for i, v := range row {
		c.value(cur, i, v)
	}
}

// value writes one column. LOBs become locators here, tied to the result set.
func (c *connection) value(cur *cursor, column int, v datum.Value) {
	switch f := cur.forms[column]; f {
	case formNational:
		c.w.National(v)
	case formDecimal:
		if v.IsNull() {
			c.w.CLR("")
			return
		}
		c.w.CLR(v.Decimal())
	case formLong, formLongNational:
		c.w.Long(v, f == formLongNational)
	case formLocator:
		locator, _ := c.lobs.handOut(cur, v, cur.columns[column].Type.National, cur.place(column))
		c.w.Locator(locator)
	case formSized:
		locator, size := c.lobs.handOut(cur, v, cur.columns[column].Type.National, cur.place(column))
		c.w.SizedLocator(locator, size)
	case formRowid:
		c.w.Rowid(v)
	case formBoolean:
		if v.IsNull() {
			c.w.NullBoolean()
			return
		}
		c.w.Value(v)
	default:
		c.w.Value(v)
	}
}
