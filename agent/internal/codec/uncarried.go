package codec

import (
	"strings"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// virtual is why a virtual column has no field in any file. Where the target's
// table is made like the source's, it has the column all the same.
const virtual = "virtual column: the database computes it, its expression is not copied"

// LeftToTheTarget reports whether a column has no field for no other reason than
// that it is virtual. One that was excluded on request has another reason.
func LeftToTheTarget(p *pb.ColumnPlan) bool {
	return p.GetColumn().GetVirtual() && p.GetLeftOut() == virtual
}

// uncarried says why no family claims a type. The words are those a plan shows
// beside the column's name.
func uncarried(dataType string) string {
	switch {
	case dataType == "BFILE":
		return "BFILE: the file it points to is outside of the database"
	case dataType == "LONG", dataType == "LONG RAW":
		return dataType + ": no function of SQL reads it; convert the column to a LOB first (ALTER TABLE … MODIFY)"
	case dataType == "VECTOR", strings.HasPrefix(dataType, "VECTOR("):
		return "VECTOR: its text form does not keep the number format"
	case strings.Contains(dataType, "."):
		return dataType + ": an object type has no text form that makes its values again"
	default:
		return dataType + ": no documented function writes and reads values of this type"
	}
}
