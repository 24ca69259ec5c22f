package ttc

import "encoding/binary"

// maxShort is the longest string that goes out with a one-byte length, and
// maxChunk the longest piece of a longer one.
const (
	maxShort = 0xFC
	maxChunk = 32767
)

// A Writer appends the primitives of a reply (wire notes, section 1) to one
// buffer that is reused from reply to reply.
type Writer struct {
	Dialect Dialect

	buf []byte
}

// Bytes returns what was written since Reset. It is valid until the next one.
func (w *Writer) Bytes() []byte { return w.buf }

// Len returns the number of bytes written since Reset.
func (w *Writer) Len() int { return len(w.buf) }

// Reset empties the buffer and keeps its memory.
func (w *Writer) Reset() { w.buf = w.buf[:0] }

// Truncate takes back everything after the first n bytes.
func (w *Writer) Truncate(n int) { w.buf = w.buf[:n] }

// U8 writes single bytes.
func (w *Writer) U8(b ...byte) { w.buf = append(w.buf, b...) }

// U16 writes a big-endian u16.
func (w *Writer) U16(v uint16) { w.buf = binary.BigEndian.AppendUint16(w.buf, v) }

// U16LE writes a little-endian u16.
func (w *Writer) U16LE(v uint16) { w.buf = binary.LittleEndian.AppendUint16(w.buf, v) }

// U32 writes a big-endian u32.
func (w *Writer) U32(v uint32) { w.buf = binary.BigEndian.AppendUint32(w.buf, v) }

// Raw writes bytes as they are.
func (w *Writer) Raw(s string) { w.buf = append(w.buf, s...) }

// Zeros writes n zero bytes.
func (w *Writer) Zeros(n int) {
	for range n {
		w.buf = append(w.buf, 0)
	}
}

// UB writes a variable-length unsigned integer.
func (w *Writer) UB(v uint64) {
	switch {
	case v == 0:
		w.buf = append(w.buf, 0)
	case v < 1<<8:
		w.buf = append(w.buf, 1, byte(v))
	case v < 1<<16:
		w.buf = append(w.buf, 2, byte(v>>8), byte(v))
	default:
		w.wide(0, v)
	}
}

// SB writes a variable-length signed integer.
func (w *Writer) SB(v int64) {
	if v >= 0 {
		w.UB(uint64(v))
		return
	}
	w.wide(0x80, uint64(-v))
}

func (w *Writer) wide(sign byte, v uint64) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], v)
	from := 0
	for from < 7 && b[from] == 0 {
		from++
	}
	w.buf = append(append(w.buf, sign|byte(8-from)), b[from:]...)
}

// CLR writes a byte string with an embedded length; "" is null.
func (w *Writer) CLR(s string) {
	if len(s) <= maxShort {
		w.buf = append(append(w.buf, byte(len(s))), s...)
		return
	}
	w.buf = append(w.buf, 0xFE)
	for len(s) > 0 {
		n := min(len(s), maxChunk)
		w.UB(uint64(n))
		w.buf = append(w.buf, s[:n]...)
		s = s[n:]
	}
	w.buf = append(w.buf, 0)
}

// DLC writes a byte string with its length in front.
func (w *Writer) DLC(s string) {
	w.UB(uint64(len(s)))
	if s != "" {
		w.CLR(s)
	}
}

// KV writes a key, a value and flags.
func (w *Writer) KV(key, value string, flags uint64) {
	w.DLC(key)
	w.DLC(value)
	w.UB(flags)
}
