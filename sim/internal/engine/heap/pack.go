package heap

import (
	"encoding/binary"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// Pack appends the stored form of a row to b: per value its kind and, unless
// it is NULL, its length and bytes.
func Pack(b []byte, row datum.Row) []byte {
	for _, v := range row {
		b = append(b, byte(v.Kind()))
		if v.IsNull() {
			continue
		}
		data := v.Bytes()
		if len(data) < 0x80 {
			b = append(b, byte(len(data)))
		} else {
			b = binary.AppendUvarint(b, uint64(len(data)))
		}
		b = append(b, data...)
	}
	return b
}

// Unpack fills row with the leading values of a packed row, sharing its
// memory, and returns how many there were.
func Unpack(packed string, row datum.Row) int {
	at := 0
	for i := range row {
		if at >= len(packed) {
			return i
		}
		kind := datum.Kind(packed[at])
		at++
		if kind == datum.Null {
			row[i] = datum.NULL
			continue
		}
		n := int(packed[at])
		at++
		if n >= 0x80 {
			n, at = longLength(packed, at-1)
		}
		row[i] = datum.Of(kind, packed[at:at+n])
		at += n
	}
	return len(row)
}

func longLength(packed string, at int) (n, next int) {
	for shift := 0; ; shift += 7 {
		c := packed[at]
		at++
		n |= int(c&0x7f) << shift
		if c < 0x80 {
			return n, at
		}
	}
}
