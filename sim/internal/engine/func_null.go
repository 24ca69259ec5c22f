package engine

import "github.com/adbferry/adbferry/sim/internal/datum"

// The functions that deal with NULL and choose between values. They evaluate
// only what they need.
func init() {
	define(map[string]*function{
		"NVL":      {min: 2, max: 2, typ: unifiedType, lazy: coalesce},
		"COALESCE": {min: 2, max: -1, typ: unifiedType, lazy: coalesce},
		"NVL2":     {min: 3, max: 3, typ: nvl2Type, lazy: nvl2},
		"NULLIF":   {min: 2, max: 2, typ: func(_ *Session, args []compiled) datum.Type { return args[0].typ }, lazy: nullif},
		"DECODE":   {min: 3, max: -1, typ: decodeType, lazy: decode},
		"GREATEST": {min: 1, max: -1, typ: unifiedType, strict: true, call: extremeOf(1)},
		"LEAST":    {min: 1, max: -1, typ: unifiedType, strict: true, call: extremeOf(-1)},
	})
}

// unifiedType is the type of the first argument as far as the others allow.
func unifiedType(_ *Session, args []compiled) datum.Type {
	t := args[0].typ
	for _, a := range args[1:] {
		if u, err := unifyTypes(t, a.typ); err == nil {
			t = u
		}
	}
	t.Fixed = t.Fixed && t.Kind == datum.Text && len(args) == 1
	return t
}

// coalesce is COALESCE, and NVL, whose result has the type of the first
// argument that gives one.
func coalesce(c *compiler, args []compiled) (evaluator, error) {
	t := unifiedType(c.s, args)
	return func(f *frame) (datum.Value, error) {
		for _, a := range args {
			v, err := a.eval(f)
			if err != nil {
				return datum.NULL, err
			}
			if !v.IsNull() {
				return f.run.s.convert(v, t)
			}
		}
		return datum.NULL, nil
	}, nil
}

func nvl2Type(s *Session, args []compiled) datum.Type { return unifiedType(s, args[1:]) }

// nvl2 is NVL2(x, if not null, if null).
func nvl2(c *compiler, args []compiled) (evaluator, error) {
	t := nvl2Type(c.s, args)
	return func(f *frame) (datum.Value, error) {
		v, err := args[0].eval(f)
		if err != nil {
			return datum.NULL, err
		}
		if v.IsNull() {
			return convertTo(f, args[2], t)
		}
		return convertTo(f, args[1], t)
	}, nil
}

// nullif is NULLIF(a, b): a unless it equals b.
func nullif(_ *compiler, args []compiled) (evaluator, error) {
	return func(f *frame) (datum.Value, error) {
		values, err := evaluate(f, args)
		if err != nil || values[0].IsNull() || values[1].IsNull() {
			if err == nil {
				return values[0], nil
			}
			return datum.NULL, err
		}
		n, err := f.run.s.compare(values[0], values[1], args[0].typ.Fixed && args[1].typ.Fixed)
		if n == 0 {
			return datum.NULL, err
		}
		return values[0], err
	}, nil
}

// decodeResults are the arguments of DECODE that can be its result.
func decodeResults(args []compiled) []compiled {
	var list []compiled
	for i := 2; i < len(args); i += 2 {
		list = append(list, args[i])
	}
	if len(args)%2 == 0 {
		list = append(list, args[len(args)-1])
	}
	return list
}

// decodeType is the type of the first result: the others are converted to it.
func decodeType(s *Session, args []compiled) datum.Type { return unifiedType(s, decodeResults(args)) }

// decode compares with its search values in turn; NULL equals NULL.
func decode(c *compiler, args []compiled) (evaluator, error) {
	t := decodeType(c.s, args)
	return func(f *frame) (datum.Value, error) {
		v, err := args[0].eval(f)
		if err != nil {
			return datum.NULL, err
		}
		for i := 1; i+1 < len(args); i += 2 {
			w, err := args[i].eval(f)
			if err != nil {
				return datum.NULL, err
			}
			equal := v.IsNull() && w.IsNull()
			if !v.IsNull() && !w.IsNull() {
				n, err := f.run.s.compare(v, w, args[0].typ.Fixed && args[i].typ.Fixed)
				if err != nil {
					return datum.NULL, err
				}
				equal = n == 0
			}
			if equal {
				return convertTo(f, args[i+1], t)
			}
		}
		if len(args)%2 == 0 {
			return convertTo(f, args[len(args)-1], t)
		}
		return datum.NULL, nil
	}, nil
}

// extremeOf is GREATEST (1) and LEAST (-1); the first argument's kind decides
// how the others are compared.
func extremeOf(want int) func(*frame, []datum.Value) (datum.Value, error) {
	return func(f *frame, args []datum.Value) (datum.Value, error) {
		best := args[0]
		for _, v := range args[1:] {
			v, err := f.run.s.convert(v, datum.Type{Kind: args[0].Kind(), Scale: -127})
			if err != nil {
				return datum.NULL, err
			}
			n, err := f.run.s.compare(v, best, false)
			if err != nil {
				return datum.NULL, err
			}
			if n*want > 0 {
				best = v
			}
		}
		return best, nil
	}
}
