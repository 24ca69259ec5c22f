package engine

import (
	"context"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// A TableFunction is a pipelined function of a Package: it is called in a FROM
// clause, with or without TABLE(…), and gives rows. Rows is called once each
// time the clause is run.
type TableFunction struct {
	Name    string
	Params  []Param
	Columns []datum.Column
	Rows    func(ctx context.Context, s *Session, args *Args) ([]datum.Row, error)
}

// tableFunctionItem registers a call of a table function.
//
// Errors: ORA-00904 when there is no such function, or the session may not call
// it; ORA-06553 when the arguments do not fit.
func (c *compiler) tableFunctionItem(f *sql.TableFunction, sc *scope) (*item, error) {
	fn, err := c.s.tableFunction(f.Call.Path)
	if err != nil {
		return nil, at(f, err)
	}
	proc := &Procedure{Name: fn.Name, Params: fn.Params}
	exprs, ok := match(proc, f.Call.Args)
	if !ok {
		return nil, at(f, datum.Errorf(6553, "PLS-306: wrong number or types of arguments in call to '%s'", fn.Name))
	}
	values := make([]compiled, len(exprs))
	for i, x := range exprs {
		if x == nil {
			continue
		}
		if values[i], err = c.compile(x, &scope{outer: sc.outer}); err != nil {
			return nil, err
		}
	}
	src := &source{alias: f.Alias}
	for _, column := range fn.Columns {
		src.columns = append(src.columns, sourceColumn{Column: column})
	}
	sc.add(src)
	op := &rowsOp{src: src, rows: func(f *frame) ([]datum.Row, error) { return callTable(f, fn, proc, values) }}
	return &item{sources: []*source{src}, leaf: c.filteredLeaf(op, sc)}, nil
}

// tableFunction finds the function that a path names.
func (s *Session) tableFunction(path []string) (*TableFunction, error) {
	p := s.instance.packageOf(path)
	if p != nil && (!p.Restricted || s.mayExecute(p.Name) == nil) {
		for i := range p.TableFunctions {
			if p.TableFunctions[i].Name == path[len(path)-1] {
				return &p.TableFunctions[i], nil
			}
		}
	}
	return nil, invalidIdentifier(path)
}

func callTable(f *frame, fn *TableFunction, proc *Procedure, values []compiled) ([]datum.Row, error) {
	args := newArgs(proc)
	for i := range values {
		if values[i].eval == nil {
			continue
		}
		v, err := convertTo(f, values[i], proc.Params[i].Type)
		if err != nil {
			return nil, err
		}
		args.values[i], args.given[i] = v, true
	}
	return fn.Rows(f.run.ctx, f.run.s, args)
}
