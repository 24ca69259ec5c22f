package tns

import (
	"encoding/binary"
	"fmt"
	"io"
)

// shortLimit bounds packets before the connection is accepted.
const shortLimit = 32 << 10

// A Reader cuts a byte stream into packets.
type Reader struct {
	src   io.Reader
	long  bool
	limit int
	head  [headerSize]byte
}

// NewReader returns a Reader that expects two-byte lengths.
func NewReader(src io.Reader) *Reader {
	return &Reader{src: src, limit: shortLimit}
}

// Accepted switches to four-byte lengths, as both sides do after ACCEPT, and
// to packets of up to sdu bytes.
func (r *Reader) Accepted(sdu int) {
	r.long, r.limit = true, sdu
}

// Next reads one packet. Its body is freshly allocated and belongs to the
// caller. At the end of the stream the error is io.EOF; in the middle of a
// packet it is io.ErrUnexpectedEOF. Lengths are checked before memory is taken.
func (r *Reader) Next() (Packet, error) {
	if _, err := io.ReadFull(r.src, r.head[:]); err != nil {
		return Packet{}, err
	}
	length := int(binary.BigEndian.Uint16(r.head[:]))
	if r.long {
		length = int(binary.BigEndian.Uint32(r.head[:]))
	}
	if length < headerSize || length > r.limit {
		return Packet{}, fmt.Errorf("%w: length %d, limit %d", ErrMalformed, length, r.limit)
	}
	p := Packet{Type: Type(r.head[4]), Body: make([]byte, length-headerSize)}
	if _, err := io.ReadFull(r.src, p.Body); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return Packet{}, fmt.Errorf("read packet body: %w", err)
	}
	return p, nil
}
