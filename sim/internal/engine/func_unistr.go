package engine

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

func init() {
	define(map[string]*function{"UNISTR": {min: 1, max: 1, typ: nationalText, strict: true, call: unistr}})
}

// unistr reads \XXXX as a UTF-16 code unit, two of them as one character beyond
// the basic plane, and \\ as a backslash.
//
// Error: ORA-30186.
func unistr(f *frame, args []datum.Value) (datum.Value, error) {
	text, err := f.run.s.text(args[0])
	if err != nil {
		return datum.NULL, err
	}
	var units []uint16
	for rest := text; rest != ""; {
		switch {
		case !strings.HasPrefix(rest, `\`):
			r, size := utf8.DecodeRuneInString(rest)
			units = utf16.AppendRune(units, r)
			rest = rest[size:]
		case strings.HasPrefix(rest, `\\`):
			units = append(units, '\\')
			rest = rest[2:]
		default:
			unit, err := strconv.ParseUint(rest[1:min(len(rest), 5)], 16, 16)
			if err != nil || len(rest) < 5 {
				return datum.NULL, datum.Errorf(30186, `'\' must be followed by four hexadecimal characters or another '\'`)
			}
			units = append(units, uint16(unit))
			rest = rest[5:]
		}
	}
	return f.run.s.limited(datum.FromText(string(utf16.Decode(units))))
}
