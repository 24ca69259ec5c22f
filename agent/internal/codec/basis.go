package codec

import (
	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A Basis is what the decision how a column is carried rests on, beside its type.
type Basis struct {
	// Format is the file format that carries the table.
	Format pb.Format
	// MaxStringBytes is the longest SQL text of the stricter of both databases, 0 when unknown.
	MaxStringBytes int
	// Inline is how many pieces of a large object may stand in its row; 0 for as many as make sense.
	Inline int
	// Hex forbids texts as they are, whatever the format bears: the safest way of all.
	Hex bool
	// Found is what the column holds.
	Found Found
}

// fieldLimit is the longest text of a field in bytes. What a Parquet string
// becomes on the way into a table has 4000 bytes, unless an option says
// otherwise that nobody has to know (reference, section 2.6).
func (b Basis) fieldLimit() int {
	if b.Format == pb.Format_FORMAT_PARQUET {
		return standardBytes
	}
	return textLimit(b.MaxStringBytes)
}

// encoding decides how values of a family are written. JSON escapes what it
// does not bear, and Parquet has no special characters; but text of the national
// character set may have characters that the database character set lacks.
func (b Basis) encoding(f family) pb.Encoding {
	switch {
	case b.Hex:
	case b.Format == pb.Format_FORMAT_DATAPUMP:
		if dumpable(f) {
			return pb.Encoding_ENCODING_NATIVE
		}
	case mayBePlain(f) && b.Found.Harmless:
		return pb.Encoding_ENCODING_PLAIN
	case b.Format == pb.Format_FORMAT_JSON, b.Format == pb.Format_FORMAT_PARQUET:
		if _, ok := f.(text); ok {
			return pb.Encoding_ENCODING_PLAIN
		}
	}
	return pb.Encoding_ENCODING_UNSPECIFIED
}

// encoded is the family that carries values in that encoding; nil when none does.
func encoded(f family, e pb.Encoding) family {
	switch {
	case e == pb.Encoding_ENCODING_UNSPECIFIED, e == pb.Encoding_ENCODING_PLAIN && mayBePlain(f):
		return f
	case e == pb.Encoding_ENCODING_NATIVE && dumpable(f):
		return native{f}
	default:
		return nil
	}
}

// Found is what a scan found in a column. The zero Found is a column without
// values.
type Found struct {
	// Longest is the length of the longest large object, in DBMS_LOB's characters or bytes.
	Longest int64
	// Average is the mean length of a large object, in the same units, or of a text in bytes, over all rows.
	Average int64
	// Harmless is set when every text is known to have nothing but bytes that a csv file bears as they are.
	Harmless bool
}

// A Measure is what a scan computes of a column, row by row. Empty expressions
// are not of interest.
type Measure struct {
	// Length is the length of a large object.
	Length string
	// Size is what a value adds to the average.
	Size string
	// Harmful is 1 for a value that a csv file does not bear as it is, else NULL.
	Harmful string
}

// measured families look at their data before they decide.
type measured interface {
	measure(c *pb.Column, ref string) Measure
}

// MeasureOf returns what has to be known of a column's values before Plan is
// called; ok is false when the type says it all. ref is the quoted column.
func MeasureOf(c *pb.Column, ref string) (m Measure, ok bool) {
	f, ok := familyOf(c).(measured)
	if !ok || c.GetVirtual() {
		return Measure{}, false
	}
	return f.measure(c, ref), true
}
