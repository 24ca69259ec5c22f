package ttc

// Release is the database version we are, and Banner how it introduces itself.
const (
	Release = "19.25.0.0.0"
	Banner  = "Oracle Database 19c Enterprise Edition Release 19.0.0.0.0 - Production"

	// ReleaseNumber is Release in the packed form of field version 11 and up.
	ReleaseNumber = 19<<24 | 25<<16
)

// A VersionRequest asks for the text of the server's version.
type VersionRequest struct{}

// Decode reads what follows the call's head.
func (VersionRequest) Decode(r *Reader) error {
	r.U8()
	r.UB()
	r.Skip(2)
	if r.Dialect.Field >= 11 {
		r.UB()
	}
	return r.Finish()
}

// A VersionReply is the answer; a Status has to follow.
type VersionReply struct{}

// Encode writes the reply.
func (VersionReply) Encode(w *Writer) {
	w.U8(codeParameters)
	w.UB(uint64(len(Banner)))
	w.CLR(Banner)
	w.UB(ReleaseNumber)
}
