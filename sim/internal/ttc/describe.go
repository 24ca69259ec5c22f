package ttc

import "github.com/adbferry/adbferry/sim/internal/datum"

// describeHead stands for a hash and a date that no client looks at.
const describeHead = "adbferry simulator.\x00\x00\x00\x00"

// A Describe tells the columns of a result (wire notes, section 8).
type Describe struct {
	Columns []datum.Column
}

// Encode writes the message.
func (m Describe) Encode(w *Writer) {
	w.U8(codeDescribe)
	w.CLR(describeHead)
	m.Body(w)
}

// Body writes what a describe message and a REF CURSOR value have in common.
func (m Describe) Body(w *Writer) {
	total := 0
	for _, c := range m.Columns {
		_, size := numberOf(c.Type)
		total += size
	}
	w.UB(uint64(total))
	w.UB(uint64(len(m.Columns)))
	if len(m.Columns) > 0 {
		w.U8(0x82)
	}
	for i, c := range m.Columns {
		w.column(i, c)
	}
	w.DLC("\x78\x7E\x01\x01\x01\x01\x01")
	w.Zeros(4)
	w.DLC("")
}

// column describes one column. Precision and scale are as datum has them, which
// is as on the wire.
func (w *Writer) column(position int, c datum.Column) {
	number, size := numberOf(c.Type)
	w.U8(number, 0x80, byte(int8(c.Type.Precision)))
	w.scale(number, c.Type.Scale)
	w.UB(uint64(size))
	w.UB(0)
	w.UB(0)
	w.DLC("")
	w.UB(0)
	w.charset(number, c.Type, size)
	if w.Dialect.Field >= 8 {
		w.UB(0)
	}
	w.U8(bit(c.Nullable), byte(len(c.Name)))
	w.DLC(c.Name)
	w.DLC("")
	w.DLC("")
	w.UB(uint64(position))
	w.UB(0)
}

// scale writes a column's scale, which is no single byte for some types and
// some clients (wire notes, section 4.3).
func (w *Writer) scale(number uint8, scale int) {
	switch number {
	case TypeNumber, TypeTimestamp, TypeTimestampTZ, TypeTimestampLTZ, TypeIntervalDS:
		if !w.Dialect.RawScale {
			w.SB(int64(scale))
			return
		}
	}
	w.U8(byte(int8(scale)))
}

// charset writes character set, form and size in characters. The last must
// not be zero for text: one client would then read no value at all.
func (w *Writer) charset(number uint8, t datum.Type, size int) {
	switch number {
	case TypeText, TypeChar, TypeLong, TypeClob:
	default:
		w.UB(0)
		w.U8(0)
		w.UB(0)
		return
	}
	chars := max(t.Chars, 1)
	if t.Chars == 0 {
		chars = max(size, 1)
	}
	if t.National {
		w.UB(CharsetAL16UTF16)
		w.U8(FormNational)
	} else {
		w.UB(CharsetAL32UTF8)
		w.U8(FormImplicit)
	}
	w.UB(uint64(chars))
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}
