package codec

import (
	"fmt"
	"slices"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

const (
	// MaxFields is how many fields a file can have: the staging table has one
	// column for each, and a table at most 1000.
	MaxFields = 1000
	// Marker is the last field of a row. A row is never empty because of it,
	// which loaders skip or reject, and a row that was cut off lacks it.
	Marker = "1"
	// endMark ends the last field where the marker has none of its own. No
	// encoded value contains it.
	endMark = "!"
)

// Fields is how many fields of a file the carried columns need beside the
// marker. Where values overflow, one is the row's address.
func Fields(columns []*pb.ColumnPlan) int {
	n := 0
	for _, p := range columns {
		if p.GetLeftOut() == "" {
			n += int(p.GetPieces())
		}
	}
	if AnyOverflow(columns) {
		n++
	}
	return n
}

// A Mark is how the end of a row is marked.
type Mark int

const (
	// MarkField is a field of its own.
	MarkField Mark = iota
	// MarkEnd is a character at the end of the last field, for files of which
	// every field is taken.
	MarkEnd
	// MarkNone is for such files in formats that notice a cut row by themselves.
	MarkNone
)

// MarkOf decides how rows with so many fields are marked.
func MarkOf(f pb.Format, fields int) Mark {
	switch {
	case fields < MaxFields:
		return MarkField
	case f == pb.Format_FORMAT_CSV:
		return MarkEnd
	default:
		return MarkNone
	}
}

// Ended renders a last field with the mark at its end.
func Ended(written string) string { return fmt.Sprintf("%s || %s", written, literal(endMark)) }

// HasEnd renders the condition that a field has the mark at its end.
func HasEnd(field string) string { return fmt.Sprintf("SUBSTR(%s, -1) = %s", field, literal(endMark)) }

// WithoutEnd renders a last field without the mark.
func WithoutEnd(field string) string {
	return fmt.Sprintf("SUBSTR(%[1]s, 1, LENGTH(%[1]s) - 1)", field)
}

// Room says why rows of the carried columns do not fit into a file, empty when
// they do.
func Room(b Basis, columns []*pb.ColumnPlan) string {
	fields := Fields(columns)
	if fields > MaxFields {
		return fmt.Sprintf("its columns need %d fields, and a file has %d at most", fields, MaxFields)
	}
	if MarkOf(b.Format, fields) != MarkEnd || AnyOverflow(columns) {
		return ""
	}
	for _, p := range slices.Backward(columns) {
		if p.GetLeftOut() != "" {
			continue
		}
		if f, err := carrier(p); err == nil && f.width(p, int(p.GetPieces())-1) >= b.fieldLimit() {
			return fmt.Sprintf("its columns need all %d fields of a file, and the last has no room for the mark at its end", MaxFields)
		}
		break
	}
	return ""
}
