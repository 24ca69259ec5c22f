package codec

import "fmt"

// clob is CLOB, as the hex of its characters' bytes in the database character
// set.
var clob = large{dataType: "CLOB", value: "%s", restore: "%s", empty: "EMPTY_CLOB()", pieces: characters}

// characters are pieces of CLOBs.
var characters = pieces{
	variable:   "CLOB",
	units:      charUnits,
	most:       func(int) int { return MaxInline },
	hexPerUnit: 2 * maxCharBytes,
	typicalHex: 2,
	split:      true,
	write: func(value, units, offset string) string {
		return fmt.Sprintf("RAWTOHEX(UTL_RAW.CAST_TO_RAW(DBMS_LOB.SUBSTR(%s, %s, %s)))", value, units, offset)
	},
	join: func(fields []string) string {
		return "TO_CLOB(UTL_RAW.CAST_TO_VARCHAR2(HEXTORAW(" + fields[0] + ")))" + joinedAfter("UTL_RAW.CAST_TO_VARCHAR2", fields[1:])
	},
}

// charUnits is how many characters surely fit: each piece has at most half of
// limit in bytes, because its hex is twice as long.
func charUnits(limit int) int { return limit / 2 / maxCharBytes }

// joinedAfter continues a concatenation.
func joinedAfter(function string, fields []string) string {
	if len(fields) == 0 {
		return ""
	}
	return " || " + joined(function, fields)
}
