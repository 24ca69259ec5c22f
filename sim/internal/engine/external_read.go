package engine

import (
	"context"
	"errors"
	"io"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// maxAhead is how many rows of an external table are read at a time, once a
// query has shown that it wants many.
const maxAhead = 128

// externalItem registers an external table as a source. It has no ROWID, and no
// history.
//
// Errors: ORA-30657 for AS OF, ORA-14501 for PARTITION.
func (c *compiler) externalItem(t *table, f *sql.Table, alias string, sc *scope) (*item, error) {
	switch {
	case f.AsOf != nil:
		return nil, at(f, errExternal())
	case f.Partition != nil:
		return nil, at(f, datum.Errorf(14501, "object is not partitioned"))
	}
	src := &source{alias: alias, schema: t.schema, table: t}
	for _, col := range t.columns {
		src.columns = append(src.columns, sourceColumn{Column: col.described()})
	}
	sc.add(src)
	return &item{sources: []*source{src}, leaf: c.filteredLeaf(&externalOp{src: src}, sc)}, nil
}

// externalOp reads the rows of an external table. It outlives the call that
// opened it, and reads some rows ahead so that following a call's cancellation
// costs little.
type externalOp struct {
	src    *source
	s      *Session
	rows   ExternalRows
	cancel context.CancelCauseFunc // of everything the scan reads
	ahead  []datum.Row
	at     int
	err    error // behind the rows of ahead
}

// open starts the operator again from its first row.
func (o *externalOp) open(f *frame) error {
	o.close()
	o.s = f.run.s
	t := o.src.table
	driver, err := o.s.instance.accessDriver(t.external.Driver)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(f.run.ctx))
	o.cancel = cancel
	o.s.scans[o] = true
	err = o.during(f, func() error {
		rows, err := driver(ctx, o.s, o.s.scanOf(t))
		if err == nil {
			o.rows = rows
		}
		return err
	})
	if err != nil {
		o.close()
	}
	return err
}

func (i *Instance) accessDriver(name string) (AccessDriver, error) {
	i.mu.RLock()
	defer i.mu.RUnlock()
	if d := i.drivers[name]; d != nil {
		return d, nil
	}
	return nil, unimplemented("access driver " + name)
}

// during lets the cancellation of the running call end the scan.
func (o *externalOp) during(f *frame, read func() error) error {
	if err := f.run.cancelled(); err != nil {
		return err
	}
	call, cancel := f.run.ctx, o.cancel
	stop := context.AfterFunc(call, func() { cancel(context.Cause(call)) })
	defer stop()
	if err := read(); err != nil {
		if cancelled := f.run.cancelled(); cancelled != nil {
			return cancelled
		}
		return err
	}
	return nil
}

func (o *externalOp) next(f *frame) (bool, error) {
	if o.at == len(o.ahead) {
		if err := o.fill(f); errors.Is(err, io.EOF) {
			return false, nil
		} else if err != nil {
			return false, err
		}
	}
	copy(f.row[o.src.offset:], o.ahead[o.at])
	o.at++
	return true, nil
}

// fill reads rows ahead, more of them each time. An error waits until the rows
// before it have been taken: a query that ends before it never meets it.
func (o *externalOp) fill(f *frame) error {
	switch {
	case o.err != nil:
		return o.err
	case o.rows == nil: // the session has ended
		return database.Cancelled()
	}
	size := min(max(1, 2*len(o.ahead)), maxAhead)
	o.ahead, o.at = o.ahead[:0], 0
	o.err = o.during(f, func() error {
		for len(o.ahead) < size {
			row, err := o.rows.Next()
			if err != nil {
				return err
			}
			o.keep(row)
		}
		return nil
	})
	if len(o.ahead) == 0 {
		return o.err
	}
	return nil
}

// keep copies a row behind those read ahead.
func (o *externalOp) keep(row datum.Row) {
	n := len(o.ahead)
	if n < cap(o.ahead) {
		if o.ahead = o.ahead[:n+1]; o.ahead[n] != nil {
			copy(o.ahead[n], row)
			return
		}
		o.ahead = o.ahead[:n]
	}
	o.ahead = append(o.ahead, append(datum.Row(nil), row...))
}

func (o *externalOp) close() {
	if o.rows != nil {
		o.rows.Close()
	}
	if o.cancel != nil {
		o.cancel(nil)
		delete(o.s.scans, o)
	}
	o.rows, o.cancel, o.err, o.ahead, o.at = nil, nil, nil, nil, 0
}
