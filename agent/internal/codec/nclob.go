package codec

import "fmt"

// nclob is NCLOB, as the hex of its AL16UTF16 form.
var nclob = large{dataType: "NCLOB", value: "%s", restore: "%s", empty: "TO_NCLOB(EMPTY_CLOB())", pieces: nationalCharacters}

// nationalCharacters are pieces of NCLOBs.
var nationalCharacters = pieces{
	variable:   "NCLOB",
	units:      charUnits,
	most:       func(int) int { return MaxInline },
	hexPerUnit: 2 * maxCharBytes,
	typicalHex: 4,
	split:      true,
	write:      characters.write,
	join: func(fields []string) string {
		return fmt.Sprintf("TO_NCLOB(UTL_RAW.CAST_TO_NVARCHAR2(HEXTORAW(%s)))", fields[0]) + joinedAfter("UTL_RAW.CAST_TO_NVARCHAR2", fields[1:])
	},
}
