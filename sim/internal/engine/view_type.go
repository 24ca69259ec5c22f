package engine

import (
	"fmt"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// dataType is the DATA_TYPE of a column (reference, section 8.1).
func dataType(t datum.Type) string {
	switch t.Kind {
	case datum.Text:
		return textTypeName(t)
	case datum.Number:
		if t.Precision > 0 && t.Scale == -127 {
			return "FLOAT"
		}
		return "NUMBER"
	case datum.Date:
		return "DATE"
	case datum.Timestamp:
		return fmt.Sprintf("TIMESTAMP(%d)", t.Scale)
	case datum.TimestampTZ:
		return fmt.Sprintf("TIMESTAMP(%d) WITH TIME ZONE", t.Scale)
	case datum.TimestampLTZ:
		return fmt.Sprintf("TIMESTAMP(%d) WITH LOCAL TIME ZONE", t.Scale)
	case datum.IntervalYM:
		return fmt.Sprintf("INTERVAL YEAR(%d) TO MONTH", t.Precision)
	case datum.IntervalDS:
		return fmt.Sprintf("INTERVAL DAY(%d) TO SECOND(%d)", t.Precision, t.Scale)
	case datum.Raw:
		return oneOf(t.Long, "LONG RAW", "RAW")
	case datum.BinaryFloat:
		return "BINARY_FLOAT"
	case datum.BinaryDouble:
		return "BINARY_DOUBLE"
	case datum.Clob:
		if t.Document != datum.NoDocument {
			return oneOf(t.Document == datum.JSON, "JSON", "XMLTYPE")
		}
		return oneOf(t.National, "NCLOB", "CLOB")
	case datum.Blob:
		return "BLOB"
	case datum.Rowid:
		return oneOf(t.Size > datum.RowidLength, "UROWID", "ROWID")
	case datum.Boolean:
		return "BOOLEAN"
	default:
		return "UNDEFINED" // NULL, which no column is
	}
}

func textTypeName(t datum.Type) string {
	switch {
	case t.Long:
		return "LONG"
	case t.National && t.Fixed:
		return "NCHAR"
	case t.National:
		return "NVARCHAR2"
	case t.Fixed:
		return "CHAR"
	}
	return "VARCHAR2"
}

// dataLength is DATA_LENGTH: the bytes a value takes at most, in a row.
func dataLength(t datum.Type) int64 {
	switch t.Kind {
	case datum.Text, datum.Raw:
		if t.Long {
			return 0
		}
		return int64(t.Size)
	case datum.Number:
		return 22
	case datum.Date:
		return 7
	case datum.Timestamp, datum.TimestampLTZ:
		if t.Scale == 0 {
			return 7
		}
		return 11
	case datum.TimestampTZ:
		return 13
	case datum.IntervalYM:
		return 5
	case datum.IntervalDS:
		return 11
	case datum.BinaryFloat:
		return 4
	case datum.BinaryDouble:
		return 8
	case datum.Clob, datum.Blob:
		switch t.Document {
		case datum.JSON:
			return 8200
		case datum.XML:
			return 2000
		default:
			return 4000
		}
	case datum.Rowid:
		if t.Size > datum.RowidLength {
			return int64(t.Size)
		}
		return 10
	default:
		return 1 // BOOLEAN
	}
}

// dataPrecision is DATA_PRECISION: decimal digits of NUMBER, binary ones of
// FLOAT, those of the leading field of an interval.
func (c *column) dataPrecision() datum.Value {
	switch c.typ.Kind {
	case datum.Number:
		if c.typ.Precision == 0 || c.star {
			return datum.NULL
		}
		return datum.FromInt(int64(c.typ.Precision))
	case datum.IntervalYM, datum.IntervalDS:
		return datum.FromInt(int64(c.typ.Precision))
	default:
		return datum.NULL
	}
}

// dataScale is DATA_SCALE: of NUMBER, or the fraction digits of a time.
func (c *column) dataScale() datum.Value {
	switch c.typ.Kind {
	case datum.Number:
		if c.typ.Scale == -127 {
			return datum.NULL
		}
		return datum.FromInt(int64(c.typ.Scale))
	case datum.Timestamp, datum.TimestampTZ, datum.TimestampLTZ, datum.IntervalDS:
		return datum.FromInt(int64(c.typ.Scale))
	case datum.IntervalYM:
		return datum.FromInt(0)
	default:
		return datum.NULL
	}
}

// sizedText reports the types that have a length in characters.
func sizedText(t datum.Type) bool { return t.Kind == datum.Text && !t.Long }

// charLength is CHAR_LENGTH, which is 0 for what is not sized text.
func charLength(t datum.Type) int64 {
	if !sizedText(t) {
		return 0
	}
	return int64(t.Chars)
}

func charUsed(t datum.Type) string {
	switch {
	case !sizedText(t):
		return ""
	case t.CharSized || t.National:
		return "C"
	}
	return "B"
}

func characterSetName(t datum.Type) string {
	switch {
	case t.Kind != datum.Text && t.Kind != datum.Clob, t.Document != datum.NoDocument:
		return ""
	case t.National:
		return "NCHAR_CS"
	}
	return "CHAR_CS"
}
