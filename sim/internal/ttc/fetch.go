package ttc

// maxFetch caps the rows of one fetch: some clients ask for 2^32-1, "as many
// as you like".
const maxFetch = 1 << 31

// A Fetch asks for more rows of an open cursor.
type Fetch struct {
	Cursor uint32
	Rows   uint64
}

// Decode reads what follows the call's head.
func (m *Fetch) Decode(r *Reader) error {
	m.Cursor = uint32(r.UB())
	m.Rows = min(r.UB(), maxFetch)
	return r.Finish()
}
