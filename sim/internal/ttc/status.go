package ttc

// A Status ends the reply to commit, rollback, ping, logoff and version, and
// never anything else.
type Status struct {
	InTransaction bool
}

// Encode writes the message.
func (m Status) Encode(w *Writer) {
	w.U8(codeStatus)
	w.UB(callStatus(m.InTransaction))
	w.UB(0)
}
