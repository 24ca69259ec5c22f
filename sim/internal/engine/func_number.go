package engine

import (
	"math"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// The functions on numbers. ROUND and TRUNC take dates as well.
func init() {
	define(map[string]*function{
		"ROUND": {min: 1, max: 2, typ: roundType, strict: true, call: rounder(datum.HalfUp)},
		"TRUNC": {min: 1, max: 2, typ: roundType, strict: true, call: rounder(datum.Truncate)},
		"CEIL":  {min: 1, max: 1, typ: numericType, strict: true, call: toInteger(datum.Up, math.Ceil)},
		"FLOOR": {min: 1, max: 1, typ: numericType, strict: true, call: toInteger(datum.Down, math.Floor)},
		"MOD":   {min: 2, max: 2, typ: numericType, strict: true, call: pair(datum.Mod)},
		"POWER": {min: 2, max: 2, typ: numericType, strict: true, call: pair(datum.Power)},
		"ABS":   {min: 1, max: 1, typ: numericType, strict: true, call: absolute},
		"SIGN":  {min: 1, max: 1, typ: returnsNumber, strict: true, call: sign},
		"SQRT":  {min: 1, max: 1, typ: numericType, strict: true, call: squareRoot},
		"BITAND": {min: 2, max: 2, typ: returnsNumber, strict: true, call: func(f *frame, args []datum.Value) (datum.Value, error) {
			a, err := f.run.s.number(args[0])
			if err != nil {
				return datum.NULL, err
			}
			b, err := f.run.s.number(args[1])
			if err != nil {
				return datum.NULL, err
			}
			x, okx := datum.Round(a, 0, datum.Truncate).Int()
			y, oky := datum.Round(b, 0, datum.Truncate).Int()
			if !okx || !oky {
				return datum.NULL, datum.Errorf(1426, "numeric overflow")
			}
			return datum.FromInt(x & y), nil
		}},
	})
}

// numericType is the argument's type if it is a float and NUMBER otherwise.
func numericType(_ *Session, args []compiled) datum.Type {
	if isFloat(args[0].typ.Kind) {
		return args[0].typ
	}
	return numberType()
}

// roundType is DATE for dates and a number otherwise.
func roundType(s *Session, args []compiled) datum.Type {
	if isTime(args[0].typ.Kind) {
		return datum.Type{Kind: datum.Date}
	}
	return numericType(s, args)
}

// rounder is ROUND and TRUNC.
func rounder(how datum.Rounding) func(*frame, []datum.Value) (datum.Value, error) {
	return func(f *frame, args []datum.Value) (datum.Value, error) {
		if isTime(args[0].Kind()) {
			return roundDate(f, args, how)
		}
		places := 0
		if len(args) == 2 {
			var err error
			if places, err = f.run.s.integer(args[1]); err != nil {
				return datum.NULL, err
			}
		}
		if isFloat(args[0].Kind()) && len(args) == 1 {
			if how == datum.Truncate {
				return mapFloat(args[0], math.Trunc), nil
			}
			return mapFloat(args[0], math.RoundToEven), nil
		}
		n, err := f.run.s.number(args[0])
		return datum.Round(n, places, how), err
	}
}

// mapFloat changes a binary float and keeps its kind.
func mapFloat(v datum.Value, change func(float64) float64) datum.Value {
	if v.Kind() == datum.BinaryFloat {
		return datum.FromFloat(float32(change(float64(v.Single()))))
	}
	return datum.FromDouble(change(v.Double()))
}

// toInteger is CEIL and FLOOR.
func toInteger(how datum.Rounding, float func(float64) float64) func(*frame, []datum.Value) (datum.Value, error) {
	return func(f *frame, args []datum.Value) (datum.Value, error) {
		if isFloat(args[0].Kind()) {
			return mapFloat(args[0], float), nil
		}
		n, err := f.run.s.number(args[0])
		return datum.Round(n, 0, how), err
	}
}

// pair is a function of two NUMBERs.
func pair(op func(a, b datum.Value) (datum.Value, error)) func(*frame, []datum.Value) (datum.Value, error) {
	return func(f *frame, args []datum.Value) (datum.Value, error) {
		a, err := f.run.s.number(args[0])
		if err != nil {
			return datum.NULL, err
		}
		b, err := f.run.s.number(args[1])
		if err != nil {
			return datum.NULL, err
		}
		return op(a, b)
	}
}

func absolute(f *frame, args []datum.Value) (datum.Value, error) {
	if isFloat(args[0].Kind()) {
		return mapFloat(args[0], math.Abs), nil
	}
	n, err := f.run.s.number(args[0])
	if n.Sign() < 0 {
		n = datum.Neg(n)
	}
	return n, err
}

func sign(f *frame, args []datum.Value) (datum.Value, error) {
	n, err := f.run.s.number(args[0])
	return datum.FromInt(int64(n.Sign())), err
}

// squareRoot is SQRT to the precision of NUMBER. Error: ORA-01428.
func squareRoot(f *frame, args []datum.Value) (datum.Value, error) {
	n, err := f.run.s.number(args[0])
	if err != nil {
		return datum.NULL, err
	}
	if n.Sign() < 0 {
		return datum.NULL, datum.Errorf(1428, "argument '%s' is out of range", n.Decimal())
	}
	half, err := datum.ParseNumber("0.5")
	if err != nil {
		return datum.NULL, err
	}
	return datum.Power(n, half)
}
