package ttc

// Parameters come back from every execute and fetch (wire notes, section 9).
type Parameters struct {
	SCN       uint64
	Cursor    uint32
	RowCounts []int64 // rows affected per execution, nil when not asked for
	Counted   bool    // they were asked for
}

// Encode writes the message.
func (m Parameters) Encode(w *Writer) {
	w.U8(codeParameters)
	w.UB(6)
	w.UB(m.SCN & 0xFFFFFFFF)
	w.UB(m.SCN >> 32)
	w.UB(uint64(m.Cursor))
	w.Zeros(3)
	w.Zeros(3)
	if !m.Counted {
		return
	}
	w.UB(uint64(len(m.RowCounts)))
	for _, n := range m.RowCounts {
		w.UB(uint64(n))
	}
}
