package ttc

// Options of a re-execute call.
const reCommit = 0x01

// A ReExecute runs a cursor's statement again, with the binds and defines it
// has. Its bind rows follow, without metadata.
type ReExecute struct {
	Cursor  uint32
	Count   uint64 // executions, or rows to prefetch for a query
	Options uint64
	Flags   uint64
}

// Commit reports that the call commits when it succeeds.
func (m *ReExecute) Commit() bool { return m.Flags&reCommit != 0 }

// Decode reads what follows the call's head, up to the bind rows.
func (m *ReExecute) Decode(r *Reader) error {
	m.Cursor = uint32(r.UB())
	m.Count = min(r.UB(), maxFetch)
	m.Options = r.UB()
	m.Flags = r.UB()
	return r.err
}

// Executions returns how many bind rows follow for a statement with the given
// number of binds.
func (m *ReExecute) Executions(r *Reader, binds int) int {
	if m.Count > maxExecutions || m.Count*uint64(binds) > maxValues {
		r.fail("%d executions with %d binds", m.Count, binds)
		return 0
	}
	return int(max(m.Count, 1))
}
