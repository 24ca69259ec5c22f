package ttc

// magic opens a native network services message.
const magic = 0xDEADBEEF

// networkVersion is the version both sides put into every service.
const networkVersion = 0x13000000

// Numbers of the services.
const (
	supervisor     = 4
	authentication = 1
	encryption     = 2
	integrity      = 3
)

// Types of sub-packets.
const (
	netRaw     = 1
	netU8      = 2
	netVersion = 5
	netStatus  = 6
)

// A NetworkRequest asks for native network encryption and the like. One client
// sends it although ACCEPT switched it off.
type NetworkRequest struct {
	Services []uint16
}

// IsNetwork reports whether code opens a native network services request.
func IsNetwork(code uint8) bool { return code == codeNetwork }

// Decode reads a request, its first byte included.
func (m *NetworkRequest) Decode(r *Reader) error {
	if got := r.U32(); got != magic {
		r.fail("magic number %#x", got)
	}
	r.U16()
	r.U32()
	services := r.U16()
	r.U8()
	for range services {
		if r.err != nil {
			return r.err
		}
		m.Services = append(m.Services, r.U16())
		parts := r.U16()
		r.U32()
		for range parts {
			size := r.U16()
			r.U16()
			r.Raw(int(size))
		}
	}
	return r.Finish()
}

// A NetworkReply says that nothing of it is wanted.
type NetworkReply struct{}

// Encode writes the reply.
func (NetworkReply) Encode(w *Writer) {
	start := w.Len()
	w.U32(magic)
	w.U16(0) // total length, known at the end
	w.U32(networkVersion)
	w.U16(4)
	w.U8(0)
	w.service(supervisor, netPart{netStatus, "\x00\x1F"},
		netPart{netRaw, "\xDE\xAD\xBE\xEF\x00\x03\x00\x00\x00\x04\x00\x04\x00\x01\x00\x02\x00\x03"})
	w.service(authentication, netPart{netStatus, "\xFB\xFF"})
	w.service(encryption, netPart{netU8, "\x00"})
	w.service(integrity, netPart{netU8, "\x00"})
	total := w.Len() - start
	w.buf[start+4], w.buf[start+5] = byte(total>>8), byte(total)
}

type netPart struct {
	kind uint16
	data string
}

// service writes one service; its first part is always the version.
func (w *Writer) service(number uint16, parts ...netPart) {
	const version = "\x13\x00\x00\x00"
	parts = append([]netPart{{netVersion, version}}, parts...)
	w.U16(number)
	w.U16(uint16(len(parts)))
	w.U32(0)
	for _, p := range parts {
		w.U16(uint16(len(p.data)))
		w.U16(p.kind)
		w.Raw(p.data)
	}
}
