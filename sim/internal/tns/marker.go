package tns

import "fmt"

// A Marker is an out-of-order signal between the two sides.
type Marker uint8

// The kinds of marker (wire notes, section 13).
const (
	Break     Marker = 1
	Reset     Marker = 2
	Interrupt Marker = 3
)

// Encode appends the body of the MARKER packet to dst.
func (m Marker) Encode(dst []byte) []byte { return append(dst, 1, 0, byte(m)) }

// DecodeMarker reads the body of a MARKER packet.
func DecodeMarker(body []byte) (Marker, error) {
	if len(body) != 3 || body[0] != 1 {
		return 0, fmt.Errorf("%w: marker % x", ErrMalformed, body)
	}
	m := Marker(body[2])
	if m < Break || m > Interrupt {
		return 0, fmt.Errorf("%w: marker kind %d", ErrMalformed, m)
	}
	return m, nil
}
