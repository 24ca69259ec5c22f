package engine

import (
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// condition compiles what yields true, false or unknown.
func (c *compiler) condition(x sql.Expr, sc *scope) (compiled, error) {
	switch x := x.(type) {
	case *sql.Logical:
		return c.logical(x, sc)
	case *sql.Not:
		a, err := c.predicate(x.X, sc)
		return negated(a, true), err
	case *sql.IsNull:
		return c.isNull(x, sc)
	case *sql.Between:
		return c.between(x, sc)
	case *sql.Like:
		return c.like(x, sc)
	case *sql.In:
		return c.in(x, sc)
	case *sql.Exists:
		return c.exists(x, sc)
	}
	return compiled{}, at(x, unimplemented("this expression"))
}

// truth makes a condition from an evaluator.
func truth(eval evaluator) compiled {
	return compiled{typ: booleanType(), nullable: true, eval: eval}
}

// negated turns a condition around when not is set; unknown stays unknown.
func negated(a compiled, not bool) compiled {
	if !not || a.eval == nil {
		return a
	}
	return truth(func(f *frame) (datum.Value, error) {
		v, err := a.eval(f)
		if err != nil || v.IsNull() {
			return datum.NULL, err
		}
		return datum.FromBool(!v.Bool()), nil
	})
}

// logical evaluates its right side only when the left does not decide.
func (c *compiler) logical(x *sql.Logical, sc *scope) (compiled, error) {
	a, err := c.predicate(x.X, sc)
	if err != nil {
		return a, err
	}
	b, err := c.predicate(x.Y, sc)
	decides := x.Op == "OR"
	return truth(func(f *frame) (datum.Value, error) {
		v, err := a.eval(f)
		if err != nil || !v.IsNull() && v.Bool() == decides {
			return v, err
		}
		w, err := b.eval(f)
		if err != nil || w.IsNull() || w.Bool() == decides {
			return w, err
		}
		return v, nil
	}), err
}

// isNull compiles IS [NOT] NULL. An empty CLOB is not NULL.
func (c *compiler) isNull(x *sql.IsNull, sc *scope) (compiled, error) {
	a, err := c.compile(x.X, sc)
	return truth(func(f *frame) (datum.Value, error) {
		v, err := a.eval(f)
		return datum.FromBool(v.IsNull() != x.Not), err
	}), err
}

// between is two comparisons, as SQL defines it.
func (c *compiler) between(x *sql.Between, sc *scope) (compiled, error) {
	both := &sql.Logical{
		At: x.At, Op: "AND",
		X: &sql.Binary{At: x.At, Op: ">=", X: x.X, Y: x.Low},
		Y: &sql.Binary{At: x.At, Op: "<=", X: x.X, Y: x.High},
	}
	out, err := c.logical(both, sc)
	return negated(out, x.Not), err
}

// in compiles X IN (list): true on the first match, unknown when there is none
// but a NULL was met.
func (c *compiler) in(x *sql.In, sc *scope) (compiled, error) {
	left, err := c.operands(x.X, sc)
	if err != nil {
		return compiled{}, err
	}
	if x.Query != nil {
		return c.inQuery(x, left, sc)
	}
	list := make([][]compiled, len(x.List))
	for i, item := range x.List {
		if list[i], err = c.operands(item, sc); err != nil {
			return compiled{}, err
		}
		if len(list[i]) != len(left) {
			return compiled{}, at(item, datum.Errorf(907, "missing right parenthesis"))
		}
	}
	return negated(truth(func(f *frame) (datum.Value, error) {
		values, err := evaluate(f, left)
		if err != nil {
			return datum.NULL, err
		}
		answer := isFalse
		for _, item := range list {
			others, err := evaluate(f, item)
			if err != nil {
				return datum.NULL, err
			}
			eq, err := equalRows(f.run.s, left, item, values, others)
			if err != nil || eq.Bool() {
				return eq, err
			}
			if eq.IsNull() {
				answer = datum.NULL
			}
		}
		return answer, nil
	}), x.Not), nil
}

// operands compiles a row or a single expression.
func (c *compiler) operands(x sql.Expr, sc *scope) ([]compiled, error) {
	items := []sql.Expr{x}
	if row, ok := x.(*sql.Row); ok {
		items = row.Items
	}
	return c.list(items, sc)
}

// list compiles expressions in order.
func (c *compiler) list(items []sql.Expr, sc *scope) ([]compiled, error) {
	out := make([]compiled, len(items))
	for i, item := range items {
		var err error
		if out[i], err = c.compile(item, sc); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// evaluate computes expressions in order.
func evaluate(f *frame, list []compiled) ([]datum.Value, error) {
	values := make([]datum.Value, len(list))
	for i := range list {
		var err error
		if values[i], err = list[i].eval(f); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// equalRows compares two rows value by value: false when one pair differs,
// unknown when none does but one is NULL.
func equalRows(s *Session, left, right []compiled, a, b []datum.Value) (datum.Value, error) {
	answer := isTrue
	for i := range a {
		if a[i].IsNull() || b[i].IsNull() {
			answer = datum.NULL
			continue
		}
		padded := left[i].typ.Fixed && (right == nil || right[i].typ.Fixed)
		n, err := s.compare(a[i], b[i], padded)
		if err != nil || n != 0 {
			return isFalse, err
		}
	}
	return answer, nil
}

// caseExpr compiles both forms of CASE; branches are evaluated lazily.
func (c *compiler) caseExpr(x *sql.Case, sc *scope) (compiled, error) {
	choice, err := c.choice(x, sc)
	if err != nil {
		return compiled{}, err
	}
	t, err := c.s.unify(choice.then)
	if err != nil {
		return compiled{}, at(x, err)
	}
	if t.Kind == datum.Text || t.Kind == datum.Raw {
		return appended(t, func(f *frame, dst []byte) ([]byte, error) {
			x, err := choice.take(f)
			if err != nil {
				return dst, err
			}
			return x.appendAs(f, dst, t)
		}), nil
	}
	return compiled{typ: t, nullable: true, eval: func(f *frame) (datum.Value, error) {
		x, err := choice.take(f)
		if err != nil {
			return datum.NULL, err
		}
		return convertTo(f, *x, t)
	}}, nil
}

// A choice is the branches of CASE: then has one more than when, for ELSE.
type choice struct{ when, then []compiled }

// choice compiles the branches. An operand is compared with each of them.
func (c *compiler) choice(x *sql.Case, sc *scope) (*choice, error) {
	var all choice
	for _, w := range x.Whens {
		test := w.If
		if x.Operand != nil {
			test = &sql.Binary{At: x.At, Op: "=", X: x.Operand, Y: w.If}
		}
		when, err := c.predicate(test, sc)
		if err != nil {
			return nil, err
		}
		then, err := c.compile(w.Then, sc)
		if err != nil {
			return nil, err
		}
		all.when, all.then = append(all.when, when), append(all.then, then)
	}
	otherwise := constant(datum.NULL, datum.Type{})
	if x.Else != nil {
		var err error
		if otherwise, err = c.compile(x.Else, sc); err != nil {
			return nil, err
		}
	}
	all.then = append(all.then, otherwise)
	return &all, nil
}

// take returns the result of the first branch whose condition is true for a row.
func (b *choice) take(f *frame) (*compiled, error) {
	for i := range b.when {
		v, err := b.when[i].eval(f)
		if err != nil || v.Bool() {
			return &b.then[i], err
		}
	}
	return &b.then[len(b.when)], nil
}

// convertTo computes an expression and brings it to a type's kind.
func convertTo(f *frame, x compiled, t datum.Type) (datum.Value, error) {
	v, err := x.eval(f)
	if err != nil || v.Kind() == t.Kind {
		return v, err
	}
	return f.run.s.convert(v, t)
}

// unify returns the type that can hold the results of several branches.
//
// Error: ORA-00932 when they do not go together.
func (s *Session) unify(list []compiled) (datum.Type, error) {
	var t datum.Type
	for _, x := range list {
		var err error
		if t, err = unifyTypes(t, x.typ); err != nil {
			return t, err
		}
	}
	return t, nil
}

// unifyTypes returns the type that two results can share. Error: ORA-00932.
func unifyTypes(a, b datum.Type) (datum.Type, error) {
	switch {
	case a.Kind == datum.Null:
		return b, nil
	case b.Kind == datum.Null || a == b:
		return a, nil
	case a.Kind == datum.Text && b.Kind == datum.Text:
		a.Fixed = a.Fixed && b.Fixed && a.Size == b.Size
		a.Size, a.Chars = max(a.Size, b.Size), max(a.Chars, b.Chars)
		a.CharSized = a.CharSized || b.CharSized
		return a, nil
	case a.Kind == datum.Number && b.Kind == datum.Number:
		return numberType(), nil
	case a.Kind == b.Kind:
		a.Size, a.Scale, a.Precision = max(a.Size, b.Size), max(a.Scale, b.Scale), max(a.Precision, b.Precision)
		return a, nil
	case compatible(a.Kind, b.Kind):
		if precedence(b.Kind) > precedence(a.Kind) || b.Kind == datum.Clob {
			return b, nil
		}
		return a, nil
	}
	return a, datum.Errorf(932, "inconsistent datatypes: expected %s got %s", kindName(a.Kind), kindName(b.Kind))
}

// compatible reports kinds that one result column may mix.
func compatible(a, b datum.Kind) bool {
	numeric := func(k datum.Kind) bool { return k == datum.Number || isFloat(k) }
	textual := func(k datum.Kind) bool { return k == datum.Text || k == datum.Clob }
	return numeric(a) && numeric(b) || isTime(a) && isTime(b) || textual(a) && textual(b)
}
