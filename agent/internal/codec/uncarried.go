package codec

import "strings"

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
