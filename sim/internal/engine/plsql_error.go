package engine

import (
	"errors"
	"fmt"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// An exception is a named exception; code is its ORA number, 0 for one that
// only has a name.
type exception struct {
	name string
	code int
}

// predefined are the exceptions PL/SQL names itself.
var predefined = map[string]int{
	"NO_DATA_FOUND": 1403, "TOO_MANY_ROWS": 1422, "DUP_VAL_ON_INDEX": 1, "VALUE_ERROR": 6502,
	"ZERO_DIVIDE": 1476, "INVALID_NUMBER": 1722, "PROGRAM_ERROR": 6501, "LOGIN_DENIED": 1017,
	"TIMEOUT_ON_RESOURCE": 51, "CURSOR_ALREADY_OPEN": 6511, "INVALID_CURSOR": 1001, "CASE_NOT_FOUND": 6592,
}

// raised is an error on its way through a block.
type raised struct {
	err       *datum.Error
	exception *exception // for a user-defined one
	line      int        // of the statement that raised it
}

func (r *raised) Error() string { return r.err.Error() }

// finalError is what leaves the block: the stack with the line below it.
func finalError(err error) error {
	r, ok := errors.AsType[*raised](err)
	if !ok {
		return err
	}
	e := *r.err
	e.Pos = 0
	return e.With(fmt.Sprintf("ORA-06512: at line %d", r.line))
}

// raise turns an error of a step at a node into one on its way.
func (c *blockCompiler) raise(node interface{ Pos() int }, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*raised](err); ok {
		return err
	}
	line, _ := sql.Position(c.text, node.Pos())
	return &raised{err: datum.AsError(err), line: line}
}

// guarded makes a step whose errors know their line.
func (c *blockCompiler) guarded(node interface{ Pos() int }, do func(x *execution) error) step {
	return func(x *execution) (flow, error) {
		if x.ctx.Err() != nil {
			return goOn, c.raise(node, database.Cancelled())
		}
		return goOn, c.raise(node, do(x))
	}
}

// plsCodes are the errors that are PL/SQL's own, PLS-nnnnn.
var plsCodes = map[int]bool{201: true, 306: true, 307: true, 222: true, 363: true, 382: true, 403: true, 49: true, 221: true, 371: true}

// compileError wraps an error of the compilation as ORA-06550.
func (c *blockCompiler) compileError(err error) error {
	e := datum.AsError(err)
	if e.Code == 6550 || e.Code == 3001 {
		return e
	}
	line, column := sql.Position(c.text, e.Pos)
	text := strings.Replace(e.Text, "ORA-", "PLS-", 1)
	ignored := "PL/SQL: Statement ignored"
	if !plsCodes[e.Code] {
		text, ignored = "PL/SQL: "+e.Text, "PL/SQL: SQL Statement ignored"
		if e.Code == 904 {
			if name := strings.SplitN(e.Text, `"`, 3); len(name) == 3 && c.isPLSQL(e.Pos) {
				text, ignored = "PLS-00201: identifier '"+strings.ReplaceAll(name[1], `"`, "")+"' must be declared", "PL/SQL: Statement ignored"
			}
		}
	}
	out := datum.Errorf(6550, "line %d, column %d:\n%s\nORA-06550: line %d, column %d:\n%s", line, column, text, line, column, ignored)
	return out.At(e.Pos)
}

// isPLSQL guesses from the statement's first word whether an offset is in
// PL/SQL or in a static SQL statement.
func (c *blockCompiler) isPLSQL(pos int) bool {
	before := c.text[:min(pos, len(c.text))]
	start := strings.LastIndexByte(before, ';') + 1
	for w := range strings.FieldsSeq(before[start:]) {
		switch strings.ToUpper(w) {
		case "SELECT", "INSERT", "UPDATE", "DELETE":
			return false
		}
	}
	return true
}

// handlers compiles the exception part of a block.
func (c *blockCompiler) handlers(list []sql.Handler) (func(x *execution, err error) (flow, error), error) {
	type handler struct {
		others     bool
		exceptions []*exception
		body       step
	}
	var compiled []handler
	for _, h := range list {
		var out handler
		for _, name := range h.Names {
			if name == "OTHERS" {
				out.others = true
				continue
			}
			e := c.names.exception(name)
			if e == nil {
				return nil, datum.Errorf(201, "identifier '%s' must be declared", name)
			}
			out.exceptions = append(out.exceptions, e)
		}
		var err error
		if out.body, err = c.sequence(h.Body); err != nil {
			return nil, err
		}
		compiled = append(compiled, out)
	}
	return func(x *execution, err error) (flow, error) {
		r, ok := errors.AsType[*raised](err)
		if !ok || r.err.Code == 1013 {
			return goOn, err // a cancelled call is not for the program to handle
		}
		for _, h := range compiled {
			if h.others || catches(h.exceptions, r) {
				return c.handle(x, r, h.body)
			}
		}
		return goOn, err
	}, nil
}

// catches matches a handler by exception or by number.
func catches(list []*exception, r *raised) bool {
	for _, e := range list {
		if e == r.exception || e.code != 0 && e.code == r.err.Code {
			return true
		}
	}
	return false
}

// handle runs a handler with SQLCODE and SQLERRM set.
func (c *blockCompiler) handle(x *execution, r *raised, body step) (flow, error) {
	code, text, current := c.status.sqlcode.value, c.status.sqlerrm.value, x.current
	c.status.sqlcode.value, c.status.sqlerrm.value = datum.FromInt(int64(sqlcode(r))), datum.FromText(r.err.Text)
	stack, backtrace := x.run.errorStack, x.run.backtrace
	x.run.errorStack, x.run.backtrace = r.err.Text, fmt.Sprintf("ORA-06512: at line %d", r.line)
	x.current = r
	f, err := body(x)
	c.status.sqlcode.value, c.status.sqlerrm.value, x.current = code, text, current
	x.run.errorStack, x.run.backtrace = stack, backtrace
	return f, err
}

// sqlcode is the number a program sees.
func sqlcode(r *raised) int {
	switch {
	case r.exception != nil && r.exception.code == 0:
		return 1
	case r.err.Code == 1403:
		return 100
	}
	return -r.err.Code
}

func (n *names) exception(name string) *exception {
	for ; n != nil; n = n.outer {
		if e := n.exceptions[name]; e != nil {
			return e
		}
	}
	return nil
}

// raiseStep compiles RAISE.
func (c *blockCompiler) raiseStep(st *sql.Raise) (step, error) {
	if st.Name == "" {
		return func(x *execution) (flow, error) {
			if x.current == nil {
				return goOn, c.raise(st, datum.Errorf(6550, "PLS-00367: a RAISE statement with no exception name must be inside an exception handler"))
			}
			return goOn, x.current
		}, nil
	}
	e := c.names.exception(st.Name)
	if e == nil {
		return nil, at(st, datum.Errorf(201, "identifier '%s' must be declared", st.Name))
	}
	line, _ := sql.Position(c.text, st.Pos())
	err := datum.Errorf(6510, "PL/SQL: unhandled user-defined exception")
	if e.code != 0 {
		err = datum.Errorf(e.code, "%s", oracleText(e.code))
	}
	return func(*execution) (flow, error) {
		return goOn, &raised{err: err, exception: e, line: line}
	}, nil
}

// oracleText is the message of a number that a program raises itself.
func oracleText(code int) string {
	switch code {
	case 1403:
		return "no data found"
	case 1422:
		return "exact fetch returns more than requested number of rows"
	case 6502:
		return "PL/SQL: numeric or value error"
	case 1476:
		return "divisor is equal to zero"
	case 1:
		return "unique constraint violated"
	case 1722:
		return "invalid number"
	}
	return " "
}
