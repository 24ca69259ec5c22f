package codec

import "strings"

// uncarried says why no family claims a type. The words are those a plan shows
// beside the column's name.
func uncarried(dataType string) string {
	switch strings.ToUpper(dataType) {
	case "BFILE":
		return "BFILE: the file it points to is outside of the database"
	case "LONG", "LONG RAW":
		return dataType + ": csv carries no LONG values"
	case "JSON":
		return "JSON: csv carries no documents"
	case "XMLTYPE":
		return "XMLTYPE: csv carries no documents"
	case "ROWID", "UROWID":
		return dataType + ": row addresses mean nothing in another database"
	case "VECTOR":
		return "VECTOR: csv carries no vectors"
	default:
		return dataType + ": csv carries no values of this type"
	}
}
