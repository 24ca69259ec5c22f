package ttc

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
)

// Bounds on what one request may hold. All lengths in it come from the client.
const (
	maxRequest    = 512 << 20 // bytes, over all packets
	maxBinds      = 65535     // as in Oracle
	maxExecutions = 1 << 20   // rows of array DML
	maxValues     = 1 << 24   // bind values, over all executions
	maxPairs      = 1024      // key/value pairs of one message
	maxCursors    = 65535     // cursor ids of one piggyback
	maxLocator    = 4096      // bytes
)

// A Reader decodes the primitives of a request (wire notes, section 1). It
// pulls further packets when it runs dry. The first error sticks: after it
// every method returns a zero value, so that a decoder checks Err once.
//
// Strings it returns share memory with the packet they came in.
type Reader struct {
	Dialect Dialect
	Limit   int // longest request in bytes, over all packets; 0 for 512 MiB

	src    string
	pos    int
	more   func() (string, error)
	err    error
	pulled int // bytes since Begin
}

// NewReader returns a Reader that gets the payload of the next DATA packet
// from more; more may be nil when there is only what Begin is given.
func NewReader(more func() (string, error)) *Reader {
	return &Reader{more: more}
}

// Begin starts a new request with the payload of its first packet.
func (r *Reader) Begin(payload string) {
	r.src, r.pos, r.err, r.pulled = payload, 0, nil, len(payload)
}

// Err returns the first error. It wraps ErrProtocol unless it came from more.
func (r *Reader) Err() error { return r.err }

// Rest reports how many bytes of the current packet have not been read.
func (r *Reader) Rest() int { return len(r.src) - r.pos }

// Finish reports the first error, or that bytes are left over, which means
// that what was read so far was misunderstood.
func (r *Reader) Finish() error {
	if r.err == nil && r.Rest() > 0 {
		r.fail("%d bytes left over", r.Rest())
	}
	return r.err
}

// fail notes the first violation and empties the reader.
func (r *Reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: "+format, append([]any{ErrProtocol}, args...)...)
	}
	r.src, r.pos = "", 0
}

// pull replaces the spent packet by the next one.
func (r *Reader) pull() bool {
	if r.err != nil {
		return false
	}
	if r.more == nil {
		r.fail("%w", io.ErrUnexpectedEOF)
		return false
	}
	payload, err := r.more()
	if err != nil {
		r.err, r.src, r.pos = err, "", 0
		return false
	}
	r.pulled += len(payload)
	if limit := cmp.Or(r.Limit, maxRequest); r.pulled > limit {
		r.fail("request longer than %d bytes", limit)
		return false
	}
	r.src, r.pos = payload, 0
	return true
}

// U8 reads one byte.
func (r *Reader) U8() uint8 {
	for r.pos == len(r.src) {
		if !r.pull() {
			return 0
		}
	}
	b := r.src[r.pos]
	r.pos++
	return b
}

// Peek returns the next byte without taking it.
func (r *Reader) Peek() uint8 {
	b := r.U8()
	if r.err == nil {
		r.pos--
	}
	return b
}

// Raw reads n bytes.
func (r *Reader) Raw(n int) string {
	if n <= len(r.src)-r.pos {
		s := r.src[r.pos : r.pos+n]
		r.pos += n
		return s
	}
	return r.gather(n)
}

// gather reads n bytes that are spread over packets. It takes memory for what
// has arrived, never for what is announced.
func (r *Reader) gather(n int) string {
	if n > maxRequest {
		r.fail("%d bytes announced", n)
		return ""
	}
	var b strings.Builder
	for n > 0 {
		if r.pos == len(r.src) && !r.pull() {
			return ""
		}
		part := r.src[r.pos:min(r.pos+n, len(r.src))]
		b.WriteString(part)
		r.pos += len(part)
		n -= len(part)
	}
	return b.String()
}

// Skip reads n single bytes that carry nothing we use.
func (r *Reader) Skip(n int) {
	for range n {
		r.U8()
	}
}

// U16 reads a big-endian u16.
func (r *Reader) U16() uint16 {
	if s := r.Raw(2); len(s) == 2 {
		return uint16(s[0])<<8 | uint16(s[1])
	}
	return 0
}

// U16LE reads a little-endian u16.
func (r *Reader) U16LE() uint16 {
	v := r.U16()
	return v<<8 | v>>8
}

// U32 reads a big-endian u32.
func (r *Reader) U32() uint32 {
	if s := r.Raw(4); len(s) == 4 {
		return binary.BigEndian.Uint32([]byte(s))
	}
	return 0
}

// UB reads a variable-length unsigned integer of at most 8 bytes.
func (r *Reader) UB() uint64 {
	n := r.U8()
	if n > 8 {
		r.fail("integer of %d bytes", n)
		return 0
	}
	return r.magnitude(int(n))
}

func (r *Reader) magnitude(n int) uint64 {
	var v uint64
	for _, b := range []byte(r.Raw(n)) {
		v = v<<8 | uint64(b)
	}
	return v
}

// SB reads a variable-length signed integer.
func (r *Reader) SB() int64 {
	n := r.U8()
	if n&0x7F > 8 {
		r.fail("integer of %d bytes", n&0x7F)
		return 0
	}
	v := int64(r.magnitude(int(n & 0x7F)))
	if n&0x80 != 0 {
		return -v
	}
	return v
}

// Count reads an integer and checks it against a limit.
func (r *Reader) Count(limit int, what string) int {
	n := r.UB()
	if n > uint64(limit) {
		r.fail("%d %s, limit %d", n, what, limit)
		return 0
	}
	return int(n)
}

// CLR reads a byte string with an embedded length; null and empty are "".
func (r *Reader) CLR() string {
	switch n := r.U8(); n {
	case 0, 0xFF:
		return ""
	case 0xFD:
		r.fail("escape %#x where a string is expected", n)
		return ""
	case 0xFE:
		return r.chunks()
	default:
		return r.Raw(int(n))
	}
}

// chunks reads a string in pieces. A string of one piece, the usual case, shares
// memory with its packet.
func (r *Reader) chunks() string {
	first := r.Raw(r.Count(maxRequest, "bytes in a chunk"))
	if first == "" {
		return ""
	}
	var b strings.Builder
	for {
		n := r.Count(maxRequest, "bytes in a chunk")
		if r.err != nil {
			return ""
		}
		if n == 0 {
			break
		}
		if b.Len() == 0 {
			b.WriteString(first)
		}
		b.WriteString(r.Raw(n))
	}
	if b.Len() == 0 {
		return first
	}
	return b.String()
}

// DLC reads a byte string with its length in front.
func (r *Reader) DLC() string {
	if n := r.Count(maxRequest, "bytes in a string"); n == 0 {
		return ""
	}
	return r.CLR()
}

// CHR reads a character array whose length was announced earlier.
func (r *Reader) CHR(n int) string {
	if n == 0 {
		return ""
	}
	if r.Dialect.Counted {
		return r.CLR()
	}
	return r.Raw(n)
}

// Drop throws away the rest of the current packet, for a request whose layout
// cannot be known any more.
func (r *Reader) Drop() { r.src, r.pos = "", 0 }
