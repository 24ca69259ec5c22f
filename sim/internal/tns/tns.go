// Package tns reads and writes the packets of Oracle's network layer as a
// server sees them: CONNECT in, ACCEPT, REFUSE or REDIRECT out, then DATA and
// MARKER both ways (wire notes, sections 2, 3 and 13).
//
// It works on an io.Reader and an io.Writer and knows neither sockets nor what
// the bytes inside DATA packets mean; package ttc does.
package tns

import "errors"

// Type is the kind of a packet.
type Type uint8

// The packet types that a server meets or sends.
const (
	TypeConnect Type = 1
	TypeAccept  Type = 2
	TypeRefuse  Type = 4
	TypeData    Type = 6
	TypeMarker  Type = 12
)

// Version is the newest protocol version we answer with. From 319 on, clients
// expect features that are off here (wire notes, section 15).
const Version = 318

// LongVersion is the oldest version whose packets carry a four-byte length
// once the connection is accepted. Older clients are not served.
const LongVersion = 315

// MinSDU and MaxSDU bound the session data unit, in bytes: the longest packet,
// header included, that either side may send.
const (
	MinSDU = 512
	MaxSDU = 2 << 20
)

// FlagEnd is the data flag of the empty packet that a client sends before it
// closes the connection.
const FlagEnd uint16 = 0x0040

const headerSize = 8

// ErrMalformed is what every error about the shape of a packet wraps.
var ErrMalformed = errors.New("malformed packet")

// A Packet is one packet without its header.
type Packet struct {
	Type Type
	Body []byte
}
