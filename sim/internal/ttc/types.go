package ttc

import "github.com/adbferry/adbferry/sim/internal/datum"

// Data type numbers on the wire (wire notes, sections 8 and 10.2).
const (
	TypeText         = 1
	TypeNumber       = 2
	TypeLong         = 8
	TypeRowid        = 11
	TypeDate         = 12
	TypeRaw          = 23
	TypeLongRaw      = 24
	TypeLongText     = 94
	typeLongVarRaw   = 95
	TypeChar         = 96
	TypeFloat        = 100
	TypeDouble       = 101
	TypeCursor       = 102
	TypeClob         = 112
	TypeBlob         = 113
	TypeTimestamp    = 180
	TypeTimestampTZ  = 181
	TypeIntervalYM   = 182
	TypeIntervalDS   = 183
	typeTimestamp2   = 187
	typeTimestampTZ2 = 188
	typeIntervalYM2  = 189
	typeIntervalDS2  = 190
	TypeTimestampLTZ = 231
	typeTimestampLT2 = 232
	TypeBoolean      = 252
)

var kinds = map[uint8]datum.Kind{
	TypeText: datum.Text, TypeChar: datum.Text, TypeLong: datum.Text, TypeLongText: datum.Text,
	TypeNumber: datum.Number, TypeDate: datum.Date, TypeRowid: datum.Rowid,
	TypeRaw: datum.Raw, TypeLongRaw: datum.Raw, typeLongVarRaw: datum.Raw,
	TypeFloat: datum.BinaryFloat, TypeDouble: datum.BinaryDouble,
	TypeClob: datum.Clob, TypeBlob: datum.Blob,
	TypeTimestamp: datum.Timestamp, typeTimestamp2: datum.Timestamp,
	TypeTimestampTZ: datum.TimestampTZ, typeTimestampTZ2: datum.TimestampTZ,
	TypeTimestampLTZ: datum.TimestampLTZ, typeTimestampLT2: datum.TimestampLTZ,
	TypeIntervalYM: datum.IntervalYM, typeIntervalYM2: datum.IntervalYM,
	TypeIntervalDS: datum.IntervalDS, typeIntervalDS2: datum.IntervalDS,
	TypeBoolean: datum.Boolean,
	TypeCursor:  datum.Null, // a cursor is no value
}

// kindOf returns the kind of value that travels under a type number.
func kindOf(number uint8) (datum.Kind, bool) {
	k, ok := kinds[number]
	return k, ok
}

// numberOf returns the type number and the buffer size, in bytes, under which
// a column of type t is described.
func numberOf(t datum.Type) (number uint8, size int) {
	switch t.Kind {
	case datum.Number:
		return TypeNumber, 22
	case datum.Date:
		return TypeDate, 7
	case datum.Timestamp:
		return TypeTimestamp, 11
	case datum.TimestampTZ:
		return TypeTimestampTZ, 13
	case datum.TimestampLTZ:
		return TypeTimestampLTZ, 11
	case datum.IntervalYM:
		return TypeIntervalYM, 5
	case datum.IntervalDS:
		return TypeIntervalDS, 11
	case datum.BinaryFloat:
		return TypeFloat, 4
	case datum.BinaryDouble:
		return TypeDouble, 8
	case datum.Clob:
		return TypeClob, 4000
	case datum.Blob:
		return TypeBlob, 4000
	case datum.Boolean:
		return TypeBoolean, 4
	case datum.Rowid:
		return rowidNumber(t)
	case datum.Raw:
		if t.Long {
			return TypeLongRaw, 0
		}
		return TypeRaw, max(t.Size, 1)
	default:
		return textNumber(t)
	}
}

// rowidNumber is ROWID for the addresses of rows. Other UROWIDs are long and
// have an encoding of their own, in place of which their text is sent.
func rowidNumber(t datum.Type) (number uint8, size int) {
	if t.Size > datum.RowidLength {
		return TypeText, t.Size
	}
	return TypeRowid, 10
}

// textNumber covers character types, and the literal NULL, which has no type of
// its own on the wire.
func textNumber(t datum.Type) (number uint8, size int) {
	switch {
	case t.Long:
		return TypeLong, 0
	case t.Fixed:
		return TypeChar, max(t.Size, 1)
	default:
		return TypeText, max(t.Size, 1)
	}
}
