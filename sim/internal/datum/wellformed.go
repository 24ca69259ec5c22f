package datum

import "encoding/binary"

// lengths are those of the stored forms, by kind; least 0 is that of a kind
// that can be empty without being NULL.
var lengths = [...]struct{ least, most int }{
	Null:         {0, 0},
	Text:         {1, anyLength},
	Number:       {1, 21},
	Date:         {7, 7},
	Timestamp:    {11, 11},
	TimestampTZ:  {11, anyLength},
	TimestampLTZ: {11, 11},
	IntervalYM:   {5, 5},
	IntervalDS:   {11, 11},
	Raw:          {1, anyLength},
	BinaryFloat:  {4, 4},
	BinaryDouble: {8, 8},
	Clob:         {0, anyLength},
	Blob:         {0, anyLength},
	Rowid:        {1, anyLength},
	Boolean:      {1, 1},
}

const anyLength = int(^uint(0) >> 1)

// ValidDate reports whether the fields of a stored DATE, or of the DATE that a
// timestamp begins with, are in range, but for the year and for the length of
// the month.
func ValidDate(s string) bool {
	within := func(b byte, low, high byte) bool { return b >= low && b <= high }
	return within(s[2], 1, 12) && within(s[3], 1, 31) &&
		within(s[4], 1, 24) && within(s[5], 1, 60) && within(s[6], 1, 60)
}

// ValidNanos reports whether the fraction of a stored timestamp is less than a
// second.
func ValidNanos(s string) bool {
	return binary.BigEndian.Uint32([]byte(s[7:11])) < 1e9
}

// WellFormed reports whether n bytes can be the stored form of a value of kind
// k, so that every method of a Value of them may be called. It is for what
// comes from a file; that the fields inside make sense is not looked at.
func WellFormed(k Kind, n int) bool {
	return int(k) < len(lengths) && n >= lengths[k].least && n <= lengths[k].most
}
