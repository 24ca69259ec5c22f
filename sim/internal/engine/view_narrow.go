package engine

import (
	"slices"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// A nameRange is the names of tables that a query of a dictionary view can be
// about, both ends included. The zero range is all names.
type nameRange struct {
	low, high string
	bounded   bool
}

func (n nameRange) has(name string) bool {
	return !n.bounded || n.low <= name && name <= n.high
}

// tableNameColumn is the column that narrows a view. Every row of a family's
// view that has it is about the table of that name.
const tableNameColumn = "TABLE_NAME"

// narrowed reads a view whose conditions say which tables it is about without
// making the rows of all others, as a schema may have thousands. The conditions
// are tested all the same.
func (c *compiler) narrowed(v *View, conditions []sql.Expr, sc *scope) (func(*frame) ([]datum.Row, error), error) {
	all := func(f *frame) ([]datum.Row, error) { return v.Rows(f.run.s), nil }
	low, high := namesIn(conditions)
	if v.narrow == nil || low == nil {
		return all, nil
	}
	from, err := c.value(low, sc)
	if err != nil {
		return nil, err
	}
	to, err := c.value(high, sc)
	if err != nil {
		return nil, err
	}
	return func(f *frame) ([]datum.Row, error) {
		a, err := from.eval(f)
		if err != nil {
			return nil, err
		}
		b, err := to.eval(f)
		if err != nil || a.Kind() != datum.Text || b.Kind() != datum.Text {
			return v.Rows(f.run.s), err
		}
		return v.narrow(f.run.s, nameRange{a.Text(), b.Text(), true}), nil
	}, nil
}

// namesIn finds TABLE_NAME = x or TABLE_NAME BETWEEN x AND y, where x and y are
// the same for all rows.
func namesIn(conditions []sql.Expr) (low, high sql.Expr) {
	for _, x := range conditions {
		switch x := x.(type) {
		case *sql.Binary:
			if x.Op == "=" && isTableName(x.X) && isConstant(x.Y) {
				return x.Y, x.Y
			}
		case *sql.Between:
			if !x.Not && isTableName(x.X) && isConstant(x.Low) && isConstant(x.High) {
				return x.Low, x.High
			}
		}
	}
	return nil, nil
}

func isTableName(x sql.Expr) bool {
	ref, ok := x.(*sql.Ref)
	return ok && !ref.Outer && ref.Path[len(ref.Path)-1] == tableNameColumn
}

func isConstant(x sql.Expr) bool {
	switch x.(type) {
	case *sql.Literal, *sql.Bind:
		return true
	}
	return false
}

// narrowable reports whether rows of a family belong to tables by name.
func narrowable[T any](fields []field[T]) bool {
	return slices.ContainsFunc(fields, func(f field[T]) bool { return f.column.Name == tableNameColumn })
}
