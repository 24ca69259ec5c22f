package engine

import (
	"context"
	"fmt"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine/heap"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// places tells where the LOBs of a result are stored. The ROWIDs that it takes
// stand behind the columns of each row.
type places struct{ columns []placed }

// A placed column is a LOB of a table; the zero value is anything else.
type placed struct {
	table *table
	name  string
	rowid int // where in the row the ROWID is
}

// placesOf finds the plain LOB columns among expressions and compiles the ROWIDs
// that are needed for them; nil when there is no such column.
func (c *compiler) placesOf(list []sql.Expr, sc *scope) (*places, []compiled, error) {
	p := &places{columns: make([]placed, len(list))}
	var rowids []compiled
	at := map[*source]int{}
	for i, x := range list {
		ref, ok := x.(*sql.Ref)
		if !ok {
			continue
		}
		src, n, err := sc.find(ref.Path)
		if err != nil || src == nil || src.table == nil || src.table.external != nil || !isLOB(src.columns[n].Type.Kind) {
			continue // the name means a variable, or no LOB of a table
		}
		if _, known := at[src]; !known {
			last := len(src.columns) - 1
			src.columns[last].used = true
			at[src] = len(list) + len(rowids)
			rowids = append(rowids, compiled{typ: src.columns[last].Type, eval: columnEvaluator(0, src.offset+last)})
		}
		p.columns[i] = placed{table: src.table, name: src.columns[n].Name, rowid: at[src]}
	}
	if rowids == nil {
		return nil, nil, nil
	}
	return p, rowids, nil
}

// place makes a block give the ROWIDs of its LOBs behind its columns.
func (c *compiler) place(r *blockRun, sc *scope) (*places, error) {
	list := make([]sql.Expr, len(r.outputs))
	for i, o := range r.outputs {
		list[i] = o.expr
	}
	p, rowids, err := c.placesOf(list, sc)
	for _, x := range rowids {
		r.outputs = append(r.outputs, output{compiled: x})
	}
	return p, err
}

// of returns where a column of a row is stored, nil for what is no LOB.
func (p *places) of(row datum.Row, column int) *database.LOBPlace {
	if p == nil || column >= len(p.columns) || p.columns[column].table == nil || row[column].IsNull() {
		return nil
	}
	c := p.columns[column]
	if row[c.rowid].IsNull() {
		return nil // of an outer join
	}
	return &database.LOBPlace{Schema: c.table.schema, Table: c.table.name, Column: c.name, Rowid: row[c.rowid]}
}

// LockedLOB returns what a stored LOB holds now, if the open transaction has
// locked its row.
//
// Errors: ORA-22920, ORA-22922.
func (s *Session) LockedLOB(_ context.Context, at database.LOBPlace) (datum.Value, error) {
	t := s.instance.catalog.table(objectName{at.Schema, at.Table})
	if t == nil || t.column(at.Column) == nil || !validRowid(at.Rowid.Text()) {
		return datum.NULL, errNoLOB()
	}
	p := positionOf(at.Rowid)
	if rowidOf(t, p) != at.Rowid {
		return datum.NULL, errNoLOB() // of before a TRUNCATE
	}
	if s.txn == nil || !t.rows.Holds(s.txn, p) {
		return datum.NULL, datum.Errorf(22920, "row containing the LOB value is not locked")
	}
	data, ok, err := t.rows.Get(p, s.snapshot())
	if err != nil || !ok {
		return datum.NULL, s.translate(t, err)
	}
	row := make(datum.Row, t.slots)
	v := t.column(at.Column).missing
	if slot := t.column(at.Column).slot; slot < heap.Unpack(data, row) {
		v = row[slot]
	}
	if v.IsNull() {
		return v, errNoLOB()
	}
	return v, nil
}

func errNoLOB() *datum.Error { return datum.Errorf(22922, "nonexistent LOB value") }

// StoreLOB gives a stored LOB a new value.
func (s *Session) StoreLOB(ctx context.Context, at database.LOBPlace, v datum.Value) error {
	st, err := s.prepare(fmt.Sprintf(`UPDATE "%s"."%s" SET "%s" = :1 WHERE ROWID = :2`, at.Schema, at.Table, at.Column))
	if err != nil {
		return err
	}
	_, err = s.modify(ctx, st.parsed.Statement, database.Execution{
		Values: [][]datum.Value{{v, at.Rowid}},
		Types:  []datum.Type{{Kind: v.Kind()}, {Kind: datum.Rowid, Size: datum.RowidLength}},
	})
	return err
}
