package tns

import (
	"encoding/binary"
	"fmt"
	"io"
)

// dataHead is the size of what precedes the payload in a DATA packet: the
// header and the data flags.
const dataHead = headerSize + 2

// A Writer sends packets. It is for one goroutine.
type Writer struct {
	dst  io.Writer
	long bool
	sdu  int
	buf  []byte // reused; holds the packets of one Write call
}

// NewWriter returns a Writer that sends two-byte lengths.
func NewWriter(dst io.Writer) *Writer {
	return &Writer{dst: dst, sdu: MinSDU}
}

// Accepted switches to four-byte lengths and to packets of up to sdu bytes.
func (w *Writer) Accepted(sdu int) {
	w.long, w.sdu = true, sdu
}

// Packet sends one packet of any type in one write.
func (w *Writer) Packet(t Type, body []byte) error {
	w.buf = append(w.header(w.buf[:0], t, len(body)), body...)
	return w.flush()
}

// Data sends a payload as as many DATA packets as the SDU asks for, in one
// write. An empty payload sends nothing.
func (w *Writer) Data(payload []byte) error {
	w.buf = w.buf[:0]
	for len(payload) > 0 {
		n := min(len(payload), w.sdu-dataHead)
		w.buf = append(w.header(w.buf, TypeData, n+2), 0, 0)
		w.buf = append(w.buf, payload[:n]...)
		payload = payload[n:]
	}
	if len(w.buf) == 0 {
		return nil
	}
	return w.flush()
}

func (w *Writer) header(dst []byte, t Type, body int) []byte {
	length := headerSize + body
	if w.long {
		dst = binary.BigEndian.AppendUint32(dst, uint32(length))
	} else {
		dst = append(dst, byte(length>>8), byte(length), 0, 0)
	}
	return append(dst, byte(t), 0, 0, 0)
}

// keepBuffer is how large a buffer is kept for the next write, in bytes.
const keepBuffer = 4 << 20

func (w *Writer) flush() error {
	defer func() {
		if cap(w.buf) > keepBuffer {
			w.buf = nil
		}
	}()
	if _, err := w.dst.Write(w.buf); err != nil {
		return fmt.Errorf("write packet: %w", err)
	}
	return nil
}

// DataPayload splits the body of a DATA packet into its flags and its bytes,
// which share memory with body.
func DataPayload(body []byte) (flags uint16, payload []byte, err error) {
	if len(body) < 2 {
		return 0, nil, fmt.Errorf("%w: data packet of %d bytes", ErrMalformed, len(body))
	}
	return binary.BigEndian.Uint16(body), body[2:], nil
}
