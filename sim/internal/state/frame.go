package state

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// The kinds of frames.
const (
	sectionFrame = 'S' // begins a section; its payload is the name
	dataFrame    = 'D' // continues a section
	endFrame     = 'E' // the last one; its payload is empty
)

const (
	headerSize = 1 + 4 + 4 // kind, length, checksum
	frameSize  = 64 << 10  // largest payload in bytes
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksum is that of the frame at a place: its kind and payload, and how many
// frames there are before it.
func checksum(place uint64, kind byte, payload []byte) uint32 {
	var b [9]byte
	binary.LittleEndian.PutUint64(b[:], place)
	b[8] = kind
	return crc32.Update(crc32.Checksum(b[:], castagnoli), castagnoli, payload)
}

// A frameWriter cuts what is written to it into frames.
type frameWriter struct {
	to    io.Writer
	place uint64
	buf   []byte // room for a header, then the payload so far
	err   error
}

func newFrameWriter(to io.Writer) *frameWriter {
	return &frameWriter{to: to, buf: make([]byte, headerSize, headerSize+frameSize)}
}

// room returns how many bytes the frame can take before it is sent; never 0.
func (w *frameWriter) room() int {
	if len(w.buf) == cap(w.buf) {
		w.flush(dataFrame)
	}
	return cap(w.buf) - len(w.buf)
}

func (w *frameWriter) write(data string) {
	for len(data) > 0 {
		n := min(len(data), w.room())
		w.buf = append(w.buf, data[:n]...)
		data = data[n:]
	}
}

// begin starts a section.
func (w *frameWriter) begin(name string) {
	w.end()
	w.buf = append(w.buf, name...)
	w.flush(sectionFrame)
}

// end sends what there is of a section.
func (w *frameWriter) end() {
	if len(w.buf) > headerSize {
		w.flush(dataFrame)
	}
}

// flush sends one frame. After an error it only forgets.
func (w *frameWriter) flush(kind byte) {
	payload := w.buf[headerSize:]
	w.buf[0] = kind
	binary.LittleEndian.PutUint32(w.buf[1:], uint32(len(payload)))
	binary.LittleEndian.PutUint32(w.buf[5:], checksum(w.place, kind, payload))
	if w.err == nil {
		_, w.err = w.to.Write(w.buf)
	}
	w.place++
	w.buf = w.buf[:headerSize]
}

// A frameReader reads frames and gives out the bytes of one section after the
// other. Every byte that it gives out has passed its checksum.
type frameReader struct {
	from  io.Reader
	place uint64 // of the next frame
	kind  byte   // of the frame that was read last
	room  [frameSize]byte
	rest  []byte // of its payload
}

// next reads a frame.
func (r *frameReader) next() error {
	var header [headerSize]byte
	if _, err := io.ReadFull(r.from, header[:]); err != nil {
		return r.damaged("it ends before frame %d", err)
	}
	n := binary.LittleEndian.Uint32(header[1:])
	if n > frameSize {
		return r.damaged("frame %d is longer than a frame can be", nil)
	}
	r.rest = r.room[:n]
	if _, err := io.ReadFull(r.from, r.rest); err != nil {
		return r.damaged("it ends in frame %d", err)
	}
	if checksum(r.place, header[0], r.rest) != binary.LittleEndian.Uint32(header[5:]) {
		return r.damaged("the checksum of frame %d does not match", nil)
	}
	r.kind = header[0]
	r.place++
	return nil
}

// damaged says what is wrong with the next frame. An error of the disk is no
// damage of the file and is passed on.
func (r *frameReader) damaged(format string, err error) error {
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	return fmt.Errorf("%w: "+format, ErrDamaged, r.place)
}

// begin goes on to the next section and returns its name.
func (r *frameReader) begin() (string, error) {
	if err := r.next(); err != nil {
		return "", err
	}
	if r.kind != sectionFrame {
		return "", fmt.Errorf("%w: no section begins at frame %d", ErrDamaged, r.place-1)
	}
	name := string(r.rest)
	r.rest = nil
	return name, nil
}

// take returns the next bytes of the section, 1 to n of them. They are valid
// until the next call.
func (r *frameReader) take(n int) ([]byte, error) {
	for len(r.rest) == 0 {
		if err := r.next(); err != nil {
			return nil, err
		}
		if r.kind != dataFrame {
			return nil, fmt.Errorf("%w: a section ends early, at frame %d", ErrDamaged, r.place-1)
		}
	}
	n = min(n, len(r.rest))
	data := r.rest[:n]
	r.rest = r.rest[n:]
	return data, nil
}
