package ttc

// Directions of a bind.
const (
	DirIn    = 0x20
	DirOut   = 0x10
	DirInOut = DirIn | DirOut
)

// An IOVector tells which way each bind goes (wire notes, section 11). A
// client fails when an IN bind is called IN OUT, and leaves a variable alone
// when an OUT bind is called IN.
type IOVector struct {
	Directions []uint8
}

// Encode writes the message.
func (m IOVector) Encode(w *Writer) {
	n := uint64(len(m.Directions))
	w.U8(codeIOVector, 5)
	w.UB(n & 0xFF)
	w.UB(n >> 8)
	w.UB(1)
	w.Zeros(3)
	w.U8(m.Directions...)
}
