package datum

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

// WellFormed reports whether n bytes can be the stored form of a value of kind
// k, so that every method of a Value of them may be called. It is for what
// comes from a file; that the fields inside make sense is not looked at.
func WellFormed(k Kind, n int) bool {
	return int(k) < len(lengths) && n >= lengths[k].least && n <= lengths[k].most
}
