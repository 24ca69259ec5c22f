package codec

import (
	"fmt"
	"slices"
	"strings"
)

// blob is BLOB, as its hex.
var blob = large{dataType: "BLOB", value: "%s", restore: "%s", empty: "EMPTY_BLOB()", pieces: octets}

// octets are pieces of BLOBs. Nothing in SQL joins BLOBs, so what stands in a
// row has to fit in one RAW.
var octets = pieces{
	variable:   "BLOB",
	units:      func(limit int) int { return limit / 2 },
	most:       func(limit int) int { return rawLimit(limit) / (limit / 2) },
	hexPerUnit: 2,
	typicalHex: 2,
	write: func(value, units, offset string) string {
		return fmt.Sprintf("RAWTOHEX(DBMS_LOB.SUBSTR(%s, %s, %s))", value, units, offset)
	},
	join: func(fields []string) string { return "TO_BLOB(" + joinedRaw(fields) + ")" },
}

// mostRaws is how many arguments UTL_RAW.CONCAT takes.
const mostRaws = 12

// joinedRaw puts decoded bytes together again, in groups where they are many.
func joinedRaw(fields []string) string {
	parts := make([]string, len(fields))
	for i, f := range fields {
		parts[i] = fmt.Sprintf("HEXTORAW(%s)", f)
	}
	for len(parts) > 1 {
		var groups []string
		for group := range slices.Chunk(parts, mostRaws) {
			if len(group) == 1 {
				groups = append(groups, group[0])
				continue
			}
			groups = append(groups, fmt.Sprintf("UTL_RAW.CONCAT(%s)", strings.Join(group, ", ")))
		}
		parts = groups
	}
	return parts[0]
}
