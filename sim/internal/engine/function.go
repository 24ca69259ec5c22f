package engine

import (
	"maps"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// A function is a built-in SQL function.
type function struct {
	min, max int // number of arguments; max -1 is unlimited
	// typ is the static result type.
	typ func(s *Session, args []compiled) datum.Type
	// call computes a result from evaluated arguments, which it may not keep.
	call func(f *frame, args []datum.Value) (datum.Value, error)
	// appends makes an appender for calls whose result is a text or RAW, nil
	// where the arguments do not allow it.
	appends func(c *compiler, args []compiled) appender
	// prepare makes a call that has looked at constant arguments once, nil where
	// they are not constant.
	prepare func(args []compiled) func(f *frame, args []datum.Value) (datum.Value, error)
	// strict functions are NULL when one of their arguments is.
	strict bool
	// lazy replaces call where arguments are evaluated only on demand.
	lazy func(c *compiler, args []compiled) (evaluator, error)
	// bare functions may be written without parentheses.
	bare bool
	// restricted names the package whose EXECUTE the session needs.
	restricted string
	// plsql functions exist in PL/SQL only.
	plsql bool
}

// functions are the built-in functions by name, those of packages with their
// package's name.
var functions = map[string]*function{}

// define adds functions to the table; the files of the families call it from
// their init.
func define(family map[string]*function) {
	maps.Copy(functions, family)
}

// builtin looks a path up as a built-in: NAME, PACKAGE.NAME, or either with
// SYS before it.
func builtin(path []string) *function {
	if len(path) > 1 && path[0] == "SYS" || len(path) == 2 && path[0] == "STANDARD" {
		path = path[1:]
	}
	return functions[strings.Join(path, ".")]
}

// bareFunction compiles SYSDATE and its like.
func (c *compiler) bareFunction(x *sql.Ref, sc *scope) (compiled, bool, error) {
	fn := builtin(x.Path)
	if fn != nil && (fn.bare || fn.min == 0 && len(x.Path) > 1) {
		out, err := c.call(&sql.Call{At: x.At, Path: x.Path}, sc)
		return out, true, err
	}
	if len(x.Path) > 1 {
		if p := c.s.instance.procedures(x.Path); len(p) > 0 {
			out, err := c.packageFunction(&sql.Call{At: x.At, Path: x.Path}, sc)
			return out, true, err
		}
	}
	return compiled{}, false, nil
}

// call compiles a call of a built-in or a package function.
func (c *compiler) call(x *sql.Call, sc *scope) (compiled, error) {
	if isAggregate(x) && sc.groups == nil {
		return compiled{}, at(x, datum.Errorf(934, "group function is not allowed here"))
	}
	fn := builtin(x.Path)
	if fn == nil || fn.plsql && c.vars == nil {
		return c.packageFunction(x, sc)
	}
	if fn.restricted != "" {
		if err := c.s.mayExecute(fn.restricted); err != nil {
			return compiled{}, at(x, invalidIdentifier(x.Path))
		}
	}
	items, err := positional(x)
	if err != nil {
		return compiled{}, err
	}
	switch {
	case len(items) < fn.min:
		return compiled{}, at(x, datum.Errorf(938, "not enough arguments for function"))
	case fn.max >= 0 && len(items) > fn.max:
		return compiled{}, at(x, datum.Errorf(939, "too many arguments for function"))
	case x.Star || x.Distinct:
		return compiled{}, at(x, datum.Errorf(936, "missing expression"))
	}
	args, err := c.list(items, sc)
	if err != nil {
		return compiled{}, err
	}
	return c.apply(x, fn, args)
}

// positional returns the arguments of a call that knows no names.
func positional(x *sql.Call) ([]sql.Expr, error) {
	items := make([]sql.Expr, len(x.Args))
	for i, a := range x.Args {
		if a.Name != "" {
			return nil, at(x, unimplemented("named argument of a built-in function"))
		}
		items[i] = a.Value
	}
	return items, nil
}

// apply makes the evaluator of a call.
func (c *compiler) apply(x *sql.Call, fn *function, args []compiled) (compiled, error) {
	out := compiled{typ: fn.typ(c.s, args), nullable: true}
	if fn.appends != nil {
		if a := fn.appends(c, args); a != nil {
			return appended(out.typ, a), nil
		}
	}
	if fn.lazy != nil {
		eval, err := fn.lazy(c, args)
		if err != nil {
			return out, at(x, err)
		}
		out.eval = eval
		return out, nil
	}
	call := fn.call
	if fn.prepare != nil {
		if prepared := fn.prepare(args); prepared != nil {
			call = prepared
		}
	}
	// The buffer is this call's own: a compiled expression serves one
	// execution, and its arguments are read before the call runs again.
	values := make([]datum.Value, len(args))
	out.eval = func(f *frame) (datum.Value, error) {
		for i := range args {
			v, err := args[i].eval(f)
			if err != nil {
				return datum.NULL, err
			}
			if fn.strict && v.IsNull() {
				return datum.NULL, nil
			}
			values[i] = v
		}
		return call(f, values)
	}
	return out, nil
}

// The result types that functions share.

func returnsNumber(*Session, []compiled) datum.Type { return numberType() }

func returnsDate(*Session, []compiled) datum.Type { return datum.Type{Kind: datum.Date} }

// returnsKind is a fixed type; timestamps get all nine fraction digits.
func returnsKind(k datum.Kind) func(*Session, []compiled) datum.Type {
	t := datum.Type{Kind: k}
	if isTime(k) && k != datum.Date || k == datum.IntervalDS {
		t.Precision, t.Scale = 9, 9
	}
	return func(*Session, []compiled) datum.Type { return t }
}

// returnsText is VARCHAR2(n).
func returnsText(n int) func(*Session, []compiled) datum.Type {
	return func(s *Session, _ []compiled) datum.Type { return s.textType(n) }
}

// returnsFirst is the text type of the first argument, without CHAR's padding,
// or CLOB.
func returnsFirst(s *Session, args []compiled) datum.Type {
	t := args[0].typ
	if t.Kind == datum.Clob {
		return t
	}
	if t.Kind != datum.Text {
		return s.textType(displayWidth(t))
	}
	t.Fixed = false
	return t
}

// returnsRaw is RAW(n); 0 is as long as RAW gets.
func returnsRaw(n int) func(*Session, []compiled) datum.Type {
	return func(s *Session, _ []compiled) datum.Type {
		size := n
		if size == 0 {
			size = s.instance.config.rawLimit()
		}
		return datum.Type{Kind: datum.Raw, Size: size}
	}
}

// like keeps a text function's result of the kind of its argument: CLOB in,
// CLOB out.
func like(arg datum.Value, text string) datum.Value {
	if arg.Kind() == datum.Clob {
		return datum.FromClob(text)
	}
	return datum.FromText(text)
}
