package tns

import (
	"encoding/binary"
	"fmt"
)

// maxConnectData bounds the descriptor a client may send.
const maxConnectData = 16 << 10

// connectFixed is the part of a CONNECT body that all served clients send.
const connectFixed = 26

// A Connect is what a client asks for in its first packet.
type Connect struct {
	Version    int // wanted protocol version
	MinVersion int // lowest version it would take
	SDU        int // bytes, header included
	TDU        int
	Length     int    // bytes of connect data
	Data       string // connect data; empty when it follows in DATA packets
}

// Follows reports whether the connect data comes in DATA packets of its own,
// which clients do when it is longer than 230 bytes.
func (c *Connect) Follows() bool { return c.Length > 0 && c.Data == "" }

// Decode reads the body of a CONNECT packet.
func (c *Connect) Decode(body []byte) error {
	if len(body) < connectFixed {
		return fmt.Errorf("%w: connect body of %d bytes", ErrMalformed, len(body))
	}
	u16 := func(at int) int { return int(binary.BigEndian.Uint16(body[at:])) }
	*c = Connect{
		Version:    u16(0),
		MinVersion: u16(2),
		SDU:        u16(6),
		TDU:        u16(8),
		Length:     u16(16),
	}
	if c.Version >= LongVersion && len(body) >= 58 {
		c.SDU = int(binary.BigEndian.Uint32(body[50:]))
		c.TDU = int(binary.BigEndian.Uint32(body[54:]))
	}
	if c.Length > maxConnectData {
		return fmt.Errorf("%w: connect data of %d bytes", ErrMalformed, c.Length)
	}
	from := u16(18) - headerSize
	if from < 0 {
		return fmt.Errorf("%w: connect data inside the header", ErrMalformed)
	}
	if from+c.Length <= len(body) {
		c.Data = string(body[from : from+c.Length])
	}
	return nil
}
