package ttc

// A Pair is one entry of a logon message.
type Pair struct {
	Key   string
	Value string
	Flags uint64
}

// An AuthRequest is either phase of a logon: the same layout with other pairs
// (wire notes, section 5).
type AuthRequest struct {
	User  string // as typed
	Mode  uint64
	Pairs map[string]string
}

// Decode reads what follows the call's head.
func (m *AuthRequest) Decode(r *Reader) error {
	r.U8()
	user := r.Count(1024, "bytes in a user name")
	m.Mode = r.UB()
	r.U8()
	pairs := r.Count(maxPairs, "pairs")
	r.Skip(2)
	m.User = r.CHR(user)
	m.Pairs = make(map[string]string, min(pairs, 64))
	for range pairs {
		key, value := r.DLC(), r.DLC()
		r.UB()
		if r.err != nil {
			break
		}
		m.Pairs[key] = value
	}
	return r.Finish()
}

// An AuthReply is the answer to either phase. An EndOfCall has to follow.
type AuthReply struct {
	Pairs []Pair
}

// Encode writes the reply.
func (m AuthReply) Encode(w *Writer) {
	w.U8(codeParameters)
	w.UB(uint64(len(m.Pairs)))
	for _, p := range m.Pairs {
		w.KV(p.Key, p.Value, p.Flags)
	}
}
