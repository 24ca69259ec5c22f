package engine

import (
	"context"
	"errors"
	"io"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine/heap"
)

// chunkTable finds the table that a call is about.
//
// Error: ORA-29491 when the session sees no such table or may not read it.
func (s *Session) chunkTable(args *Args) (*table, error) {
	t, err := s.lookup(dictionaryName(args.Value("TABLE_OWNER").Text()), dictionaryName(args.Value("TABLE_NAME").Text()))
	if err == nil {
		err = s.allowed(t, "SELECT", "READ")
	}
	if err != nil {
		return nil, errChunkTable()
	}
	return t, nil
}

func errChunkTable() *datum.Error { return datum.Errorf(29491, "invalid table for chunking") }

// positive returns an argument that has to be a whole number above 0.
func positive(v datum.Value) (int64, error) {
	n, ok := v.Int()
	if v.IsNull() || !ok || n < 1 {
		return 0, errNumericOrValue()
	}
	return n, nil
}

// byRowid is CREATE_CHUNKS_BY_ROWID. Together the chunks cover every row there
// is when it returns, and what comes to lie in the same blocks. BY_ROW counts
// places for rows, deleted ones included; otherwise the size is in blocks.
func (c *chunking) byRowid(_ context.Context, s *Session, args *Args) error {
	size, err := positive(args.Value("CHUNK_SIZE"))
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	task, err := c.chunkable(s, args.Value("TASK_NAME").Text())
	if err != nil {
		return err
	}
	t, err := s.chunkTable(args)
	if err == nil && t.external != nil {
		err = errChunkTable()
	}
	if err != nil {
		return err
	}
	task.kind, task.status, task.table = chunkRowids, "CHUNKED", objectName{t.schema, t.name}
	_, step := heap.BlockOf(0)
	if step = (step + 1) * heap.Position(size); args.Value("BY_ROW").Bool() {
		step = heap.Position(size)
	}
	for first, total := heap.Position(0), t.rows.Size(); first < total; first += step {
		last := first + step - 1
		if last >= total-1 {
			_, last = heap.BlockOf(total - 1)
		}
		c.add(task, rowidOf(t, first), rowidOf(t, last))
	}
	return nil
}

// chunkColumn finds the numeric column that ranges are made of, and its table.
func (s *Session) chunkColumn(args *Args) (object objectName, column string, err error) {
	t, err := s.chunkTable(args)
	if err != nil {
		return objectName{}, "", err
	}
	name := args.Value("TABLE_COLUMN").Text()
	col := t.column(dictionaryName(name))
	switch {
	case col == nil:
		return objectName{}, "", invalidIdentifier([]string{name})
	case col.typ.Kind != datum.Number:
		return objectName{}, "", errChunkTable()
	}
	return objectName{t.schema, t.name}, col.name, nil
}

// byNumber is CREATE_CHUNKS_BY_NUMBER_COL: ranges of equal width from the
// least number to the greatest. Rows without a number are in none.
func (c *chunking) byNumber(ctx context.Context, s *Session, args *Args) error {
	size, err := positive(args.Value("CHUNK_SIZE"))
	if err != nil {
		return err
	}
	object, column, err := s.chunkColumn(args)
	if err != nil {
		return err
	}
	name := quotedName(column)
	rows, err := s.pairs(ctx, "SELECT FLOOR(MIN("+name+")), FLOOR(MAX("+name+")) FROM "+object.String())
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	task, err := c.chunkable(s, args.Value("TASK_NAME").Text())
	if err != nil {
		return err
	}
	least, whole := rows[0][0].Int()
	greatest, alsoWhole := rows[0][1].Int()
	if !rows[0][0].IsNull() && (!whole || !alsoWhole) {
		return unimplemented("chunks of numbers beyond 64 bits")
	}
	task.kind, task.status, task.table, task.column = chunkNumbers, "CHUNKED", object, column
	if rows[0][0].IsNull() {
		return nil
	}
	if (greatest-least)/size > maxChunks {
		return unimplemented("more than a million chunks")
	}
	for from := least; from <= greatest; from += size {
		c.add(task, datum.FromInt(from), datum.FromInt(from+size-1))
	}
	return nil
}

// maxChunks bounds the memory that a call may take.
const maxChunks = 1_000_000

// bySQL is CREATE_CHUNKS_BY_SQL: a query of two columns gives the chunks.
//
// Error: ORA-01007 when it has another number of columns.
func (c *chunking) bySQL(ctx context.Context, s *Session, args *Args) error {
	text, rowids := args.Value("SQL_STMT").Text(), args.Value("BY_ROWID").Bool()
	rows, err := s.pairs(ctx, text)
	if err != nil {
		return err
	}
	typ := numberType()
	if rowids {
		typ = datum.Type{Kind: datum.Rowid, Size: datum.RowidLength}
	}
	for _, row := range rows {
		for i := range row {
			if row[i], err = s.convert(row[i], typ); err != nil {
				return err
			}
			if rowids && !validRowid(row[i].Bytes()) {
				return errInvalidRowid()
			}
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	task, err := c.chunkable(s, args.Value("TASK_NAME").Text())
	if err != nil {
		return err
	}
	task.kind, task.status, task.query = oneOf(rowids, chunkRowids, chunkNumbers), "CHUNKED", text
	for _, row := range rows {
		c.add(task, row[0], row[1])
	}
	return nil
}

// pairs runs a query of two columns as the session and returns its rows.
func (s *Session) pairs(ctx context.Context, text string) ([]datum.Row, error) {
	cursor, err := s.Query(ctx, text)
	if err != nil {
		return nil, err
	}
	defer cursor.Rows.Close()
	if len(cursor.Columns) != 2 {
		return nil, datum.Errorf(1007, "variable not in select list")
	}
	var rows []datum.Row
	for {
		row, err := cursor.Rows.Next(ctx)
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		if rows = append(rows, datum.Row{row[0], row[1]}); len(rows) > maxChunks {
			return nil, unimplemented("more than a million chunks")
		}
	}
}
