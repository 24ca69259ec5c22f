package datum

import (
	"math"
	"strconv"

	"github.com/cockroachdb/apd/v3"
)

// arithmetic is the precision of NUMBER arithmetic beyond 18 digits.
var arithmetic = apd.Context{
	Precision: 2 * maxDigitPairs, Rounding: apd.RoundHalfUp,
	MaxExponent: 1000, MinExponent: -1000, Traps: apd.DivisionByZero | apd.InvalidOperation,
}

func (v Value) apd() *apd.Decimal {
	d, _, err := apd.NewFromString(v.Decimal())
	if err != nil {
		return new(apd.Decimal)
	}
	return d
}

func fromAPD(d *apd.Decimal) (Value, error) { return ParseNumber(d.Text('E')) }

type operation func(c *apd.Context, d, x, y *apd.Decimal) (apd.Condition, error)

func exact(a, b Value, op operation) (Value, error) {
	c := arithmetic
	var d apd.Decimal
	if _, err := op(&c, &d, a.apd(), b.apd()); err != nil {
		return NULL, Errorf(1426, "numeric overflow")
	}
	return fromAPD(&d)
}

// Add returns a + b of two NUMBERs. Error: ORA-01426.
func Add(a, b Value) (Value, error) {
	if x, y, scale, ok := aligned(a, b); ok {
		return fromScaled(x+y, scale), nil
	}
	return exact(a, b, (*apd.Context).Add)
}

// Sub returns a - b of two NUMBERs. Error: ORA-01426.
func Sub(a, b Value) (Value, error) {
	if x, y, scale, ok := aligned(a, b); ok {
		return fromScaled(x-y, scale), nil
	}
	return exact(a, b, (*apd.Context).Sub)
}

// Mul returns a × b of two NUMBERs. Error: ORA-01426.
func Mul(a, b Value) (Value, error) {
	x, sx, okx := a.scaled()
	y, sy, oky := b.scaled()
	const limit = 600_000_000 // the product stays below 4 × 10^17
	if okx && oky && x < limit && x > -limit && y < limit && y > -limit && sx+sy <= maxScaled {
		return fromScaled(x*y, sx+sy), nil
	}
	return exact(a, b, (*apd.Context).Mul)
}

// Div returns a ÷ b of two NUMBERs. Errors: ORA-01476, ORA-01426.
func Div(a, b Value) (Value, error) {
	if b.data == "\x80" {
		return NULL, Errorf(1476, "divisor is equal to zero")
	}
	return exact(a, b, (*apd.Context).Quo)
}

// Mod returns the remainder of a ÷ b with the sign of a, and a when b is 0.
func Mod(a, b Value) (Value, error) {
	if b.data == "\x80" {
		return a, nil
	}
	if x, y, scale, ok := aligned(a, b); ok && y != 0 {
		return fromScaled(x%y, scale), nil
	}
	q, err := exact(a, b, func(_ *apd.Context, d, x, y *apd.Decimal) (apd.Condition, error) {
		wide := arithmetic
		wide.Precision = 300
		return wide.Rem(d, x, y)
	})
	return q, err
}

// Power returns a to the power of b. Errors: ORA-01428 when there is none in
// the real numbers, ORA-01426.
func Power(a, b Value) (Value, error) {
	c := arithmetic
	var d apd.Decimal
	_, err := c.Pow(&d, a.apd(), b.apd())
	switch {
	case err == nil && d.Form == apd.Finite:
		return fromAPD(&d)
	case a.Sign() < 0 && Round(b, 0, Truncate) != b:
		return NULL, Errorf(1428, "argument '%s' is out of range", a.Decimal())
	case a.Sign() != 0 && (a.Digits() > 0) != (b.Sign() > 0):
		return FromInt(0), nil // too small to tell from zero
	}
	return NULL, Errorf(1426, "numeric overflow")
}

// Neg returns -a.
func Neg(a Value) Value {
	if a.kind != Number || a.data == "\x80" {
		return a
	}
	v, err := ParseNumber("-" + a.Decimal())
	if err != nil || a.Sign() < 0 {
		v, _ = ParseNumber(a.Decimal()[1:]) // a is negative: its text begins with "-"
	}
	return v
}

// Sign returns -1, 0 or 1.
func (v Value) Sign() int {
	switch {
	case v.kind != Number || v.data == "\x80":
		return 0
	case v.data[0]&0x80 != 0:
		return 1
	}
	return -1
}

// A Rounding says what to do with the digits that are cut.
type Rounding int

// The roundings of NUMBER functions.
const (
	HalfUp   Rounding = iota // ROUND and NUMBER(p,s): away from zero at a half
	Truncate                 // TRUNC: towards zero
	Up                       // CEIL
	Down                     // FLOOR
)

// Round rounds a NUMBER to places digits after the point (before it, when
// negative).
func Round(v Value, places int, how Rounding) Value {
	if n, scale, ok := v.scaled(); ok && scale-places <= maxScaled {
		if scale <= places {
			return v
		}
		return fromScaled(roundScaled(n, powersOfTen[scale-places], how), places)
	}
	if places > 130 {
		return v
	}
	modes := [...]apd.Rounder{apd.RoundHalfUp, apd.RoundDown, apd.RoundCeiling, apd.RoundFloor}
	c := apd.Context{Precision: 300, Rounding: modes[how], MaxExponent: 1000, MinExponent: -1000}
	var d apd.Decimal
	if _, err := c.Quantize(&d, v.apd(), -int32(max(places, -200))); err != nil {
		return v
	}
	out, err := fromAPD(&d)
	if err != nil {
		return v
	}
	return out
}

func roundScaled(n, unit int64, how Rounding) int64 {
	q, r := n/unit, n%unit
	switch {
	case r == 0:
	case how == HalfUp && r >= unit-unit/2, how == Up && r > 0:
		q++
	case how == HalfUp && r <= unit/2-unit, how == Down && r < 0:
		q--
	}
	return q
}

// Digits returns the number of significant digits before the decimal point of
// a NUMBER; it is 0 or negative for values below 1.
func (v Value) Digits() int {
	d := v.decode()
	if d.stored == "" {
		return 0
	}
	if d.at(0) >= 10 {
		return 2 * (d.exp + 1)
	}
	return 2*(d.exp+1) - 1
}

// FromFloat64 makes the NUMBER nearest to f with the digits a float64 carries.
//
// Error: ORA-01426 for infinities and NaN.
func FromFloat64(f float64) (Value, error) {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return NULL, Errorf(1426, "numeric overflow")
	}
	return ParseNumber(strconv.FormatFloat(f, 'g', -1, 64))
}

// A Sum adds up NUMBERs exactly. The zero Sum is the sum of nothing, NULL.
//
// Numbers of at most 18 digits and one scale, which is what a column has, are
// added as integers: part and, in units of 10^18, carried. Only others, and the
// end, cost an addition of NUMBERs.
type Sum struct {
	any     bool
	part    int64 // of what is not in total yet, at scale: below 10^18
	carried int64
	scale   int
	total   Value
}

// Add adds a NUMBER. Error: ORA-01426.
func (s *Sum) Add(v Value) error {
	s.any = true
	n, scale, ok := v.scaled()
	if ok && s.part == 0 && s.carried == 0 {
		s.scale = scale
	}
	if ok && scale < s.scale {
		if n, ok = widen(n, s.scale-scale); ok {
			scale = s.scale
		}
	}
	if ok && scale == s.scale {
		s.part += n
		if unit := powersOfTen[maxScaled]; s.part >= unit || s.part <= -unit {
			s.carried += s.part / unit
			s.part %= unit
		}
		return nil
	}
	if err := s.flush(); err != nil {
		return err
	}
	var err error
	s.total, err = Add(s.total, v)
	return err
}

// flush moves the parts into the total.
func (s *Sum) flush() (err error) {
	if s.total.IsNull() {
		s.total = FromInt(0)
	}
	if s.carried != 0 {
		if s.total, err = exactScaled(s.total, s.carried, s.scale-maxScaled); err != nil {
			return err
		}
	}
	if s.part != 0 {
		s.total, err = exactScaled(s.total, s.part, s.scale)
	}
	s.part, s.carried = 0, 0
	return err
}

// exactScaled adds n × 10^-scale.
func exactScaled(total Value, n int64, scale int) (Value, error) {
	part, err := ParseNumber(strconv.FormatInt(n, 10) + "e" + strconv.Itoa(-scale))
	if err != nil {
		return NULL, err
	}
	return Add(total, part)
}

// Value returns the sum so far, NULL when nothing was added.
func (s *Sum) Value() (Value, error) {
	if !s.any {
		return NULL, nil
	}
	err := s.flush()
	return s.total, err
}
