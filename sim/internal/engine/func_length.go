package engine

import (
	"unicode/utf8"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// lengthUnits is LENGTH2, the length in UCS-2 code units.
func lengthUnits(f *frame, args []datum.Value) (datum.Value, error) {
	text, err := lengthArg(f, args)
	return datum.FromInt(int64(newUCS2Index(text).units)), err
}

// lengthPoints is LENGTH4, the length in code points.
func lengthPoints(f *frame, args []datum.Value) (datum.Value, error) {
	text, err := lengthArg(f, args)
	return datum.FromInt(int64(utf8.RuneCountInString(text))), err
}

// lengthArg refuses LOBs, which these functions do not take.
func lengthArg(f *frame, args []datum.Value) (string, error) {
	if k := args[0].Kind(); k == datum.Clob || k == datum.Blob {
		return "", datum.Errorf(932, "inconsistent datatypes: expected CHAR got %s", kindName(k))
	}
	return f.run.s.text(args[0])
}
