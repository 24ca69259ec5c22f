package ttc

// CloseCursors is the piggyback that closes cursors, and the one that cancels
// them, which keeps the cursor.
type CloseCursors struct {
	Cursors []uint32
}

// Decode reads what follows the piggyback's head.
func (m *CloseCursors) Decode(r *Reader) error {
	r.U8()
	for range r.Count(maxCursors, "cursors") {
		m.Cursors = append(m.Cursors, uint32(r.UB()))
		if r.err != nil {
			break
		}
	}
	return r.err
}

// DecodePiggyback reads a LOB request that stands in front of another call:
// the one that frees temporary LOBs.
func (m *LobRequest) DecodePiggyback(r *Reader) error {
	m.decode(r)
	return r.err
}

// An EndToEndItem is one attribute: sent or not.
type EndToEndItem struct {
	Sent  bool
	Value string
}

// EndToEnd is the piggyback that sets session attributes for tracing.
type EndToEnd struct {
	ClientID, Module, Action, ClientInfo, Operation EndToEndItem
}

// Decode reads what follows the piggyback's head.
func (m *EndToEnd) Decode(r *Reader) error {
	r.Skip(2)
	r.UB()
	items := []*EndToEndItem{&m.ClientID, &m.Module, &m.Action, &m.ClientInfo, &m.Operation}
	lengths := make([]int, len(items))
	for i, item := range items {
		if i >= 3 { // what stands between the strings is of no use to us
			for range 2 {
				r.U8()
				r.UB()
			}
		}
		item.Sent = r.U8() != 0
		lengths[i] = r.Count(32767, "bytes in an attribute")
	}
	for i, item := range items {
		if item.Sent && lengths[i] > 0 {
			item.Value = r.CHR(lengths[i])
		}
	}
	return r.err
}

// SetSchema is the piggyback that changes the current schema.
type SetSchema struct {
	Schema string
}

// Decode reads what follows the piggyback's head.
func (m *SetSchema) Decode(r *Reader) error {
	r.U8()
	m.Schema = r.CHR(r.Count(1024, "bytes in a schema name"))
	return r.err
}

// AppContext is the piggyback that sets entries of an application context.
type AppContext struct {
	Namespace string
	Entries   []Pair
}

// Decode reads what follows the piggyback's head.
func (m *AppContext) Decode(r *Reader) error {
	r.U8()
	namespace := r.Count(1024, "bytes in a namespace")
	r.U8()
	entries := r.Count(maxPairs, "context entries")
	r.UB()
	r.U8()
	m.Namespace = r.CHR(namespace)
	for range entries {
		m.Entries = append(m.Entries, Pair{Key: r.DLC(), Value: r.DLC(), Flags: r.UB()})
		if r.err != nil {
			break
		}
	}
	return r.err
}

// SessionState is the piggyback that marks request boundaries.
type SessionState struct {
	State uint64
}

// Decode reads what follows the piggyback's head.
func (m *SessionState) Decode(r *Reader) error {
	m.State = r.UB()
	return r.err
}
