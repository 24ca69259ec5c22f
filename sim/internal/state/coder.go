package state

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// A Coder carries values between a part and its section, one way or the other:
// the same calls write a value that is there and read it into its place. So
// what is saved is what is loaded, by construction.
//
// The first error stays; from then on nothing is written, and what is read is
// zero. Saving writes to nothing that it is given, so that others may read it
// meanwhile. A Coder serves one goroutine.
type Coder struct {
	out   *frameWriter // nil when loading
	in    *frameReader // nil when saving
	skims bool
	err   error
}

// Loading reports whether values are read.
func (c *Coder) Loading() bool { return c.in != nil }

// Skims reports whether the section is written only to see if anything has
// changed (Picture.Save).
func (c *Coder) Skims() bool { return c.skims }

// Err returns the first error.
func (c *Coder) Err() error {
	if c.err == nil && c.out != nil {
		return c.out.err
	}
	return c.err
}

// Fail sets the error, unless there is one. A part calls it for what it cannot
// save, and for what it has read and cannot make sense of.
func (c *Coder) Fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

// Damaged is Fail for a section that contradicts itself.
func (c *Coder) Damaged(format string, args ...any) {
	c.Fail(fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, args...)))
}

// unsigned carries a number of 1 to 10 bytes.
func (c *Coder) unsigned(n *uint64) {
	if c.out != nil {
		if c.out.room() < binary.MaxVarintLen64 {
			c.out.flush(dataFrame)
		}
		c.out.buf = binary.AppendUvarint(c.out.buf, *n)
		return
	}
	*n = 0
	for shift := 0; shift < 64; shift += 7 {
		b := c.byte()
		*n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return
		}
	}
	c.Damaged("a number takes more than 10 bytes")
}

// byte reads one byte.
func (c *Coder) byte() byte {
	if c.err != nil {
		return 0
	}
	b, err := c.in.take(1)
	if err != nil {
		c.Fail(err)
		return 0
	}
	return b[0]
}

// Int carries a whole number of any kind.
func Int[T ~int | ~int64 | ~uint8 | ~uint64](c *Coder, n *T) {
	// Negative numbers are rare and get 10 bytes, as long as none is lost.
	u := uint64(*n)
	c.unsigned(&u)
	if !c.Loading() {
		return
	}
	if *n = T(u); uint64(*n) != u {
		c.Damaged("the number %d is too large", u)
	}
}

// Bool carries a truth value.
func (c *Coder) Bool(b *bool) {
	var n uint64
	if *b {
		n = 1
	}
	c.unsigned(&n)
	if !c.Loading() {
		return
	}
	if *b = n == 1; n > 1 {
		c.Damaged("a truth value is %d, neither 0 nor 1", n)
	}
}

// Text carries a string of any bytes and length.
func (c *Coder) Text(s *string) {
	n := uint64(len(*s))
	c.unsigned(&n)
	if c.out != nil {
		c.out.write(*s)
		return
	}
	*s = ""
	if c.err != nil || n == 0 {
		return
	}
	if n <= uint64(len(c.in.rest)) { // nearly always: one copy
		*s, c.in.rest = string(c.in.rest[:n]), c.in.rest[n:]
		return
	}
	*s = string(c.read(n))
}

// Append reads what Text wrote and appends it to b, for whoever reads many
// texts into one piece of memory.
func (c *Coder) Append(b []byte) []byte {
	var n uint64
	c.unsigned(&n)
	for n > 0 && c.err == nil {
		part, err := c.in.take(int(min(n, frameSize)))
		if err != nil {
			c.Fail(err)
			break
		}
		b = append(b, part...)
		n -= uint64(len(part))
	}
	return b
}

// Bytes carries bytes. What is read is never nil.
func (c *Coder) Bytes(b *[]byte) {
	n := uint64(len(*b))
	c.unsigned(&n)
	if c.out != nil {
		for rest := *b; len(rest) > 0; {
			k := min(len(rest), c.out.room())
			c.out.buf = append(c.out.buf, rest[:k]...)
			rest = rest[k:]
		}
		return
	}
	*b = c.read(n)
}

// read returns the next n bytes. Memory grows with what is there, not with
// what was announced.
func (c *Coder) read(n uint64) []byte {
	data := make([]byte, 0, min(n, frameSize))
	for n > 0 && c.err == nil {
		part, err := c.in.take(int(min(n, frameSize)))
		if err != nil {
			c.Fail(err)
			return nil
		}
		if cap(data)-len(data) < len(part) {
			grown := make([]byte, len(data), min(uint64(4*cap(data)), uint64(len(data))+n))
			copy(grown, data)
			data = grown
		}
		data = append(data, part...)
		n -= uint64(len(part))
	}
	return data
}

// Fixed carries bytes whose number both sides know.
func (c *Coder) Fixed(b []byte) {
	if c.out != nil {
		c.out.write(string(b))
		return
	}
	for at := 0; at < len(b) && c.err == nil; {
		part, err := c.in.take(len(b) - at)
		if err != nil {
			c.Fail(err)
			return
		}
		at += copy(b[at:], part)
	}
}

// Time carries an instant to the nanosecond; what is read is in UTC. The zero
// time stays it.
func (c *Coder) Time(t *time.Time) {
	set := !t.IsZero()
	c.Bool(&set)
	seconds, nanos := t.Unix(), int64(t.Nanosecond())
	if set {
		Int(c, &seconds)
		Int(c, &nanos)
	}
	switch {
	case !c.Loading():
	case set:
		*t = time.Unix(seconds, nanos).UTC()
	default:
		*t = time.Time{}
	}
}

// Value carries an Oracle value.
func (c *Coder) Value(v *datum.Value) {
	kind, data := v.Kind(), v.Bytes()
	Int(c, &kind)
	if kind != datum.Null {
		c.Text(&data)
	}
	if !c.Loading() {
		return
	}
	if *v = datum.NULL; kind == datum.Null || c.err != nil {
		return
	}
	if !datum.WellFormed(kind, len(data)) {
		c.Damaged("%d bytes cannot be a value of kind %d", len(data), kind)
		return
	}
	*v = datum.Of(kind, data)
}
