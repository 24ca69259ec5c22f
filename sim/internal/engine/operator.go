package engine

import (
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// binary compiles arithmetic, concatenation and comparisons.
func (c *compiler) binary(x *sql.Binary, sc *scope) (compiled, error) {
	if row, ok := x.X.(*sql.Row); ok && x.Op == "=" {
		return c.rowEquality(row, x, sc)
	}
	a, err := c.compile(x.X, sc)
	if err != nil {
		return compiled{}, err
	}
	b, err := c.compile(x.Y, sc)
	if err != nil {
		return compiled{}, err
	}
	switch x.Op {
	case "||":
		return c.concat(a, b), nil
	case "+", "-", "*", "/":
		return c.arithmetic(x, a, b)
	}
	return c.comparison(x.Op, a, b), nil
}

// rowEquality compiles (a, b) = (c, d).
func (c *compiler) rowEquality(row *sql.Row, x *sql.Binary, sc *scope) (compiled, error) {
	other, ok := x.Y.(*sql.Row)
	if !ok || len(other.Items) != len(row.Items) {
		return compiled{}, at(x, datum.Errorf(920, "invalid relational operator"))
	}
	var all sql.Expr
	for i := range row.Items {
		eq := &sql.Binary{At: x.At, Op: "=", X: row.Items[i], Y: other.Items[i]}
		if all == nil {
			all = eq
		} else {
			all = &sql.Logical{At: x.At, Op: "AND", X: all, Y: eq}
		}
	}
	return c.compile(all, sc)
}

// concat joins texts; NULL counts as an empty string.
func (c *compiler) concat(a, b compiled) compiled {
	limit := c.s.instance.config.textLimit()
	if c.vars != nil {
		limit = 32767
	}
	if a.typ.Kind == datum.Clob || b.typ.Kind == datum.Clob {
		return compiled{typ: datum.Type{Kind: datum.Clob}, nullable: true, eval: func(f *frame) (datum.Value, error) {
			s, null, err := concatText(f, a, b)
			if err != nil || null {
				return datum.NULL, err
			}
			return datum.FromClob(s), nil
		}}
	}
	t := c.s.textType(displayWidth(a.typ) + displayWidth(b.typ))
	t.National = a.typ.National || b.typ.National
	parts := append(a.operands(), b)
	out := appended(t, joined(parts, limit))
	out.nullable, out.parts = a.nullable && b.nullable, parts
	return out
}

// operands are what a compiled concatenation joins, or the expression itself.
func (x compiled) operands() []compiled {
	if x.parts == nil {
		return []compiled{x}
	}
	return x.parts
}

// joined writes a whole chain of concatenations, which builds its text once
// rather than once per operator.
func joined(parts []compiled, limit int) appender {
	return func(f *frame, dst []byte) ([]byte, error) {
		out := dst
		for i := range parts {
			var err error
			if out, err = parts[i].appendText(f, out); err != nil {
				return dst, err
			}
		}
		if len(out)-len(dst) > limit {
			return dst, datum.Errorf(1489, "result of string concatenation is too long")
		}
		return out, nil
	}
}

// concatText joins two values by their texts; null reports that both were NULL.
func concatText(f *frame, a, b compiled) (s string, null bool, err error) {
	x, err := a.eval(f)
	if err != nil {
		return "", false, err
	}
	y, err := b.eval(f)
	if err != nil {
		return "", false, err
	}
	xs, err := f.run.s.text(x)
	if err != nil {
		return "", false, err
	}
	ys, err := f.run.s.text(y)
	return xs + ys, x.IsNull() && y.IsNull(), err
}

// displayWidth estimates the bytes of a value rendered as text.
func displayWidth(t datum.Type) int {
	switch t.Kind {
	case datum.Text, datum.Rowid:
		return max(t.Size, 1)
	case datum.Raw:
		return 2 * t.Size
	case datum.Null:
		return 0
	default:
		return 64
	}
}

// unary compiles a minus; a plus changes nothing.
func (c *compiler) unary(x *sql.Unary, sc *scope) (compiled, error) {
	a, err := c.compile(x.X, sc)
	if err != nil || x.Op == "+" {
		return a, err
	}
	return compiled{typ: arithmeticType("-", numberType(), a.typ), nullable: a.nullable, eval: func(f *frame) (datum.Value, error) {
		v, err := a.eval(f)
		if err != nil || v.IsNull() {
			return datum.NULL, err
		}
		return negate(f.run.s, v)
	}}, nil
}

func negate(s *Session, v datum.Value) (datum.Value, error) {
	switch v.Kind() {
	case datum.BinaryDouble:
		return datum.FromDouble(-v.Double()), nil
	case datum.BinaryFloat:
		return datum.FromFloat(-v.Single()), nil
	case datum.IntervalYM:
		return datum.FromIntervalYM(-v.Months()), nil
	case datum.IntervalDS:
		seconds, nanos := v.Seconds()
		return datum.FromIntervalDS(-seconds, -nanos), nil
	default:
		n, err := s.number(v)
		return datum.Neg(n), err
	}
}

// arithmetic compiles + - * /. Two NUMBERs, by far the most frequent, take a
// short way.
func (c *compiler) arithmetic(x *sql.Binary, a, b compiled) (compiled, error) {
	op := x.Op[0]
	if err := checkOperands(a.typ.Kind, b.typ.Kind); err != nil {
		return compiled{}, at(x, err)
	}
	return compiled{typ: arithmeticType(x.Op, a.typ, b.typ), nullable: a.nullable || b.nullable, eval: func(f *frame) (datum.Value, error) {
		v, err := a.eval(f)
		if err != nil {
			return datum.NULL, err
		}
		w, err := b.eval(f)
		if err != nil || v.IsNull() || w.IsNull() {
			return datum.NULL, err
		}
		if v.Kind() == datum.Number && w.Kind() == datum.Number {
			return numberOperation(op, v, w)
		}
		return mixedOperation(f.run.s, op, v, w)
	}}, nil
}

// checkOperands refuses kinds that never take part in arithmetic. Error:
// ORA-00932.
func checkOperands(kinds ...datum.Kind) error {
	for _, k := range kinds {
		if isLOB(k) || k == datum.Raw || k == datum.Rowid || k == datum.Boolean {
			return datum.Errorf(932, "inconsistent datatypes: expected NUMBER got %s", kindName(k))
		}
	}
	return nil
}

func numberOperation(op byte, a, b datum.Value) (datum.Value, error) {
	switch op {
	case '+':
		return datum.Add(a, b)
	case '-':
		return datum.Sub(a, b)
	case '*':
		return datum.Mul(a, b)
	default:
		return datum.Div(a, b)
	}
}

// isTime reports the kinds that are points in time.
func isTime(k datum.Kind) bool {
	return k == datum.Date || k == datum.Timestamp || k == datum.TimestampTZ || k == datum.TimestampLTZ
}

func isInterval(k datum.Kind) bool { return k == datum.IntervalYM || k == datum.IntervalDS }

func isLOB(k datum.Kind) bool { return k == datum.Clob || k == datum.Blob }

func isFloat(k datum.Kind) bool { return k == datum.BinaryFloat || k == datum.BinaryDouble }

// arithmeticType is the static type of an operation.
func arithmeticType(op string, a, b datum.Type) datum.Type {
	switch {
	case isTime(a.Kind) && isTime(b.Kind):
		if a.Kind == datum.Date && b.Kind == datum.Date {
			return numberType()
		}
		return datum.Type{Kind: datum.IntervalDS, Precision: 9, Scale: 9}
	case isTime(a.Kind) && isInterval(b.Kind):
		return a
	case isTime(b.Kind) && isInterval(a.Kind):
		return b
	case isTime(a.Kind), isTime(b.Kind):
		return datum.Type{Kind: datum.Date}
	case isInterval(a.Kind):
		return a
	case isInterval(b.Kind):
		return b
	case isFloat(a.Kind) || isFloat(b.Kind):
		if a.Kind != datum.BinaryFloat || b.Kind != datum.BinaryFloat {
			return datum.Type{Kind: datum.BinaryDouble}
		}
		return a
	}
	return numberType()
}

// mixedOperation is arithmetic on anything but two NUMBERs.
func mixedOperation(s *Session, op byte, a, b datum.Value) (datum.Value, error) {
	switch {
	case isTime(a.Kind()) || isTime(b.Kind()):
		return timeOperation(s, op, a, b)
	case isInterval(a.Kind()) || isInterval(b.Kind()):
		return intervalOperation(s, op, a, b)
	case isFloat(a.Kind()) || isFloat(b.Kind()):
		return floatOperation(s, op, a, b)
	}
	x, err := s.number(a)
	if err != nil {
		return datum.NULL, err
	}
	y, err := s.number(b)
	if err != nil {
		return datum.NULL, err
	}
	return numberOperation(op, x, y)
}

// floatOperation is IEEE arithmetic: division by zero is infinite, not an
// error.
func floatOperation(s *Session, op byte, a, b datum.Value) (datum.Value, error) {
	x, err := s.double(a)
	if err != nil {
		return datum.NULL, err
	}
	y, err := s.double(b)
	if err != nil {
		return datum.NULL, err
	}
	var z float64
	switch op {
	case '+':
		z = x + y
	case '-':
		z = x - y
	case '*':
		z = x * y
	default:
		z = x / y
	}
	if a.Kind() == datum.BinaryFloat && b.Kind() == datum.BinaryFloat {
		return datum.FromFloat(float32(z)), nil
	}
	return datum.FromDouble(z), nil
}
