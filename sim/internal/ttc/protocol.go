package ttc

// banner is what we call ourselves in the protocol reply. It ends with NUL and
// is shorter than the 48 bytes that one client has room for.
const banner = "x86_64/Linux 2.4.xx\x00"

// Capabilities is a list of feature bytes by index (wire notes, section 4.1).
type Capabilities []byte

// Indexes of the capabilities we look at.
const (
	capFieldVersion = 7  // compile time
	capOther        = 37 // compile time
	capZoneFile     = 0x02
	capZone         = 1 // run time
	capZoneExchange = 0x01
)

// at returns one capability, 0 when the list is too short.
func (c Capabilities) at(i int) byte {
	if i < len(c) {
		return c[i]
	}
	return 0
}

// compileCaps returns what we announce at compile time; what is not named in
// the wire notes, section 4.1, is off.
func compileCaps() Capabilities {
	caps := make(Capabilities, 45)
	for i, v := range map[int]byte{
		0: 0x06, 1: 0x01, 4: 0x6A, capFieldVersion: FieldVersion, 8: 0x01, 9: 0x01,
		15: 0x29, 16: 0x91, 17: 0x03, 18: 0x07, 19: 0x03, 21: 0x01,
		23: 0xCF, 26: 0x04, 27: 0x01, 34: 0x0C, capOther: 0xB0, 42: 0x05,
	} {
		caps[i] = v
	}
	return caps
}

// runtimeCaps returns what we announce at run time: time zone exchange and
// strings of 32K.
func runtimeCaps() Capabilities {
	return Capabilities{0x02, 0x01, 0, 0, 0, 0, 0x04, 0, 0, 0, 0}
}

// A ProtocolRequest opens the TTC conversation.
type ProtocolRequest struct {
	Versions string // accepted protocol versions, one byte each
	Driver   string // what the client calls itself
}

// Decode reads a protocol request, message code included.
func (m *ProtocolRequest) Decode(r *Reader) error {
	if code := r.U8(); code != codeProtocol {
		r.fail("message %#x where protocol negotiation is expected", code)
	}
	m.Versions = r.terminated()
	m.Driver = r.terminated()
	return r.Finish()
}

// terminated reads bytes up to a NUL.
func (r *Reader) terminated() string {
	var b []byte
	for c := r.U8(); c != 0; c = r.U8() {
		if b = append(b, c); len(b) > 256 {
			r.fail("unterminated text")
		}
	}
	return string(b)
}

// A ProtocolReply is the answer to a ProtocolRequest.
type ProtocolReply struct{}

// Encode writes the reply.
func (ProtocolReply) Encode(w *Writer) {
	w.U8(codeProtocol, 6, 0)
	w.Raw(banner)
	w.U16LE(CharsetAL32UTF8)
	w.U8(1)
	w.U16LE(0)
	fdo := []byte{0, 0, 0, 0, 0, 0, 0, 0x03, 0x69, 0x07, 0xD0} // ends with 873 and 2000
	w.U16(uint16(len(fdo)))
	w.U8(fdo...)
	for _, caps := range []Capabilities{compileCaps(), runtimeCaps()} {
		w.U8(byte(len(caps)))
		w.U8(caps...)
	}
}
