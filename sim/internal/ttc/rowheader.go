package ttc

// A RowHeader comes before the first row of a reply.
type RowHeader struct {
	Columns int
}

// Encode writes the message.
func (m RowHeader) Encode(w *Writer) {
	w.U8(codeRowHeader, 0x22)
	w.UB(uint64(m.Columns & 0xFF))
	w.UB(uint64(m.Columns >> 8))
	w.UB(0)
	w.UB(0)
	w.DLC("")
	w.DLC("")
}

// Row starts a row; its values have to follow, one per column.
func (w *Writer) Row() { w.U8(codeRow) }
