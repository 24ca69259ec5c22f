package engine

import (
	"math"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// The constants of the binary floating point types, which are written like
// functions without parentheses.
func init() {
	define(map[string]*function{
		"BINARY_FLOAT_NAN":       constantOf(datum.FromFloat(float32(math.NaN()))),
		"BINARY_FLOAT_INFINITY":  constantOf(datum.FromFloat(float32(math.Inf(1)))),
		"BINARY_DOUBLE_NAN":      constantOf(datum.FromDouble(math.NaN())),
		"BINARY_DOUBLE_INFINITY": constantOf(datum.FromDouble(math.Inf(1))),
	})
}

func constantOf(v datum.Value) *function {
	return &function{typ: returnsKind(v.Kind()), bare: true, call: func(*frame, []datum.Value) (datum.Value, error) {
		return v, nil
	}}
}
