package tns

import "encoding/binary"

// acceptSize is the length of an ACCEPT packet, header included. It is also
// announced inside, as the offset of accept data that is not there.
const acceptSize = 45

// An Accept is the answer to a CONNECT that is served.
type Accept struct {
	Version int
	SDU     int
	TDU     int
}

// Answer returns the ACCEPT that suits what c asked for: the older of both
// versions and the client's own sizes, kept within our bounds.
func (c *Connect) Answer() Accept {
	sdu := min(max(c.SDU, MinSDU), MaxSDU)
	return Accept{
		Version: min(c.Version, Version),
		SDU:     sdu,
		TDU:     min(max(c.TDU, sdu), MaxSDU),
	}
}

// Encode appends the body of the ACCEPT packet to dst.
func (a Accept) Encode(dst []byte) []byte {
	u16 := binary.BigEndian.AppendUint16
	dst = u16(dst, uint16(a.Version))
	dst = u16(dst, 1) // service options: no out-of-band breaks
	dst = u16(dst, uint16(min(a.SDU, 0xFFFF)))
	dst = u16(dst, uint16(min(a.TDU, 0xFFFF)))
	dst = u16(dst, 1)
	dst = u16(dst, 0)
	dst = u16(dst, acceptSize)
	dst = append(dst, 4, 4) // native network services are disabled
	dst = append(dst, make([]byte, 8)...)
	dst = binary.BigEndian.AppendUint32(dst, uint32(a.SDU))
	dst = binary.BigEndian.AppendUint32(dst, uint32(a.TDU))
	return append(dst, 0, 0, 0, 0, 0) // compression, second flags
}
