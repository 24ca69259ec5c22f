package engine

import (
	"context"
	"iter"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine/heap"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// insertion is a compiled INSERT.
type insertion struct {
	writer    *writer
	values    []compiled
	defaults  useDefault
	query     *plan
	returning []compiled
	places    *places
	batch     *batch
	batched   bool
	buffer    []datum.Value
}

// writable resolves the target of DML.
func (c *compiler) writable(name sql.Name, privilege string) (*table, error) {
	t, err := c.s.lookup(name.Schema, name.Name)
	if err != nil {
		if c.s.view(name.Schema, name.Name) != nil {
			err = errNoPrivilege()
		}
		return nil, at(name, err)
	}
	if err := c.s.allowed(t, privilege); err != nil {
		return nil, at(name, err)
	}
	if t.external != nil {
		return nil, at(name, errExternal())
	}
	return t, nil
}

// insert compiles an INSERT. Without a column list the visible columns are
// meant, in order.
func (c *compiler) insert(st *sql.Insert, batched bool) (modification, error) {
	t, err := c.writable(st.Table, "INSERT")
	if err != nil {
		return nil, err
	}
	columns := st.Columns
	if columns == nil {
		for _, col := range t.visible() {
			columns = append(columns, sql.ColumnRef{At: st.Table.At, Name: col.name})
		}
	}
	in := &insertion{batched: batched && st.Returning == nil && !t.hasForeignKey()}
	if st.Query != nil {
		if in.query, err = c.query(st.Query, nil); err != nil {
			return nil, err
		}
		if err := checkCount(st, len(in.query.columns), len(columns)); err != nil {
			return nil, err
		}
	} else if err := c.insertValues(in, st, len(columns)); err != nil {
		return nil, err
	}
	if in.writer, err = c.writer(t, columns, in.defaults); err != nil {
		return nil, err
	}
	if st.Partition != nil {
		if in.writer.only, err = c.partition(t, st.Partition); err != nil {
			return nil, err
		}
	}
	alias := st.Alias
	if alias == "" {
		alias = t.name
	}
	sc := &scope{}
	sc.add(c.tableSource(t, alias))
	in.returning, in.places, err = c.returning(st.Returning, sc)
	in.buffer = make([]datum.Value, len(columns))
	return in, err
}

// checkCount compares the number of values with the number of columns. Errors:
// ORA-00947, ORA-00913.
func checkCount(st *sql.Insert, have, want int) error {
	switch {
	case have < want:
		return at(st.Table, datum.Errorf(947, "not enough values"))
	case have > want:
		return at(st.Table, datum.Errorf(913, "too many values"))
	}
	return nil
}

// insertValues compiles the expressions of VALUES, which see no columns.
func (c *compiler) insertValues(in *insertion, st *sql.Insert, want int) error {
	if err := checkCount(st, len(st.Values), want); err != nil {
		return err
	}
	in.values = make([]compiled, len(st.Values))
	for i, x := range st.Values {
		if x == nil {
			if in.defaults == nil {
				in.defaults = make(useDefault, len(st.Values))
			}
			in.defaults[i] = true
			in.values[i] = constant(datum.NULL, datum.Type{})
			continue
		}
		var err error
		if in.values[i], err = c.value(x, &scope{}); err != nil {
			return err
		}
	}
	return nil
}

// deferred reports whether rows of several executions are written together.
func (in *insertion) deferred() bool { return in.batched && in.query == nil }

// execute inserts the rows of one execution.
func (in *insertion) execute(r *run, txn *heap.Txn) (int64, []datum.Row, error) {
	if in.batch == nil {
		in.batch = &batch{s: r.s, table: in.writer.table, txn: txn}
	}
	if in.query != nil {
		return in.fromQuery(r)
	}
	f := &frame{run: r}
	for i := range in.values {
		v, err := in.values[i].eval(f)
		if err != nil {
			return 0, nil, err
		}
		in.buffer[i] = v
	}
	row, err := in.writer.insert(r, in.buffer, in.defaults)
	if err != nil {
		return 0, nil, err
	}
	if in.deferred() {
		return 1, nil, in.batch.add(r.ctx, row)
	}
	returned, err := in.one(r, string(row))
	return 1, returned, err
}

// one writes a single row and evaluates RETURNING for it.
func (in *insertion) one(r *run, row string) ([]datum.Row, error) {
	t := in.writer.table
	p, err := t.rows.InsertOne(r.ctx, in.batch.txn, row)
	if err != nil {
		return nil, r.s.translate(t, err)
	}
	in.batch.last = p
	if err := r.s.checkParents(t, []string{row}); err != nil || in.returning == nil {
		return nil, err
	}
	f := in.writer.frame
	f.row[len(f.row)-1] = rowidOf(t, p)
	values, err := evaluate(f, in.returning)
	return []datum.Row{values}, err
}

// fromQuery inserts what the query yields. Its snapshot does not cover the rows
// being inserted, so that a table can be copied into itself.
func (in *insertion) fromQuery(r *run) (int64, []datum.Row, error) {
	it, err := in.query.open(&frame{run: r})
	if err != nil {
		return 0, nil, err
	}
	defer it.close()
	var n int64
	var returned []datum.Row
	for {
		values, ok, err := it.next()
		if err != nil {
			return 0, nil, err
		}
		if !ok {
			return n, returned, in.batch.flush(r.ctx)
		}
		row, err := in.writer.insert(r, values, nil)
		if err != nil {
			return 0, nil, err
		}
		n++
		if in.returning == nil {
			err = in.batch.add(r.ctx, row)
		} else {
			var one []datum.Row
			one, err = in.one(r, string(row))
			returned = append(returned, one...)
		}
		if err != nil {
			return 0, nil, err
		}
	}
}

func (in *insertion) placed() *places { return in.places }

func (in *insertion) last() datum.Value { return rowidOf(in.writer.table, in.batch.last) }

func (in *insertion) targets() []*table { return []*table{in.writer.table} }

func (in *insertion) flush(ctx context.Context) error {
	if in.batch == nil || in.query != nil {
		return nil
	}
	return in.batch.flush(ctx)
}

// Append inserts rows as one INSERT statement of the session's transaction: on
// an error nothing of it stays. The values of a row belong to columns, which
// are names as stored, and are of the columns' kinds or NULL. It does not commit.
//
// Errors: what rows yields; ORA-00942, 00904, and what constraints and lengths
// say (ORA-00001, 01400, 01438, 02290, 02291, 12899).
func (s *Session) Append(ctx context.Context, schema, name string, columns []string, rows iter.Seq2[datum.Row, error]) (int64, error) {
	return s.Load(ctx, schema, name, columns, rows, nil)
}

// Load is Append for rows that may be rejected: misfit is told of a value that
// does not fit its column, while the row it came from is the last one that rows
// has yielded. Without an error from it that row is left out.
func (s *Session) Load(
	ctx context.Context, schema, name string, columns []string, rows iter.Seq2[datum.Row, error], misfit func(column string, err error) error,
) (int64, error) {
	var w *writer
	txn, err := s.ready(ctx, func() (_ []*table, err error) {
		w, err = s.appender(schema, name, columns)
		if err != nil {
			return nil, err
		}
		return []*table{w.table}, nil
	})
	if err != nil {
		return 0, err
	}
	defer s.settle()
	mark := txn.Mark()
	n, err := s.appendRows(s.newRun(ctx, nil), w, &batch{s: s, table: w.table, txn: txn, misfit: misfit}, rows)
	if err != nil {
		txn.RollbackTo(mark)
		return 0, err
	}
	return n, nil
}

// appender compiles the writer of Append.
func (s *Session) appender(schema, name string, columns []string) (*writer, error) {
	c := &compiler{s: s}
	t, err := c.writable(sql.Name{Schema: schema, Name: name}, "INSERT")
	if err != nil {
		return nil, err
	}
	refs := make([]sql.ColumnRef, len(columns))
	for i, column := range columns {
		refs[i].Name = column
	}
	return c.writer(t, refs, nil)
}

// appendRows writes rows through a batch and looks at the context from time to
// time.
func (s *Session) appendRows(r *run, w *writer, b *batch, rows iter.Seq2[datum.Row, error]) (n int64, err error) {
	for values, err := range rows {
		if err != nil {
			return 0, err
		}
		row, err := w.insert(r, values, nil)
		if err != nil && w.misfit != "" && b.misfit != nil {
			if err = b.misfit(w.misfit, err); err == nil {
				continue
			}
		}
		if err != nil {
			return 0, err
		}
		if err := b.add(r.ctx, row); err != nil {
			return 0, err
		}
		if n++; n%checkEvery == 0 {
			if err := r.cancelled(); err != nil {
				return 0, err
			}
		}
	}
	return n, b.flush(r.ctx)
}
