package session

import (
	"strings"
	"unicode/utf8"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
)

// A lob is the content behind a locator. Positions and lengths are bytes in a
// BLOB and UTF-16 units in a CLOB, as in Oracle, although the text is UTF-8.
type lob struct {
	blob     bool
	national bool // an NCLOB, whose text travels as AL16UTF16
	temp     bool
	open     bool
	place    *database.LOBPlace // where it is stored, nil for one of its own
	unstored bool               // written to, and its row not yet

	text    string // content, unless written to
	written []byte // content once written to
	dirty   bool   // written is newer than text

	// Where an earlier call left off, so that reading a CLOB piece by piece
	// does not count its characters from the start each time.
	markUnit, markByte int
	units              int // length of a CLOB, valid when counted
	counted            bool
}

// content returns all of it.
func (l *lob) content() string {
	if l.dirty {
		l.text, l.dirty = string(l.written), false
	}
	return l.text
}

// value returns it as a value.
func (l *lob) value() datum.Value {
	if l.blob {
		return datum.Of(datum.Blob, l.content())
	}
	return datum.FromClob(l.content())
}

// renew replaces the content.
func (l *lob) renew(v datum.Value) {
	l.text, l.dirty, l.counted = v.Bytes(), false, false
	l.markUnit, l.markByte = 0, 0
}

// length is in characters or bytes.
func (l *lob) length() uint64 {
	switch {
	case l.blob && l.dirty:
		return uint64(len(l.written))
	case l.blob:
		return uint64(len(l.text))
	case !l.counted:
		l.units, l.counted = datum.UTF16Len(l.content()), true
	}
	return uint64(l.units)
}

// read returns up to amount characters or bytes from offset, which counts
// from 1, and how many these are. An amount of 0 means all.
func (l *lob) read(offset, amount uint64) (data string, read uint64) {
	size := l.length()
	if offset == 0 || offset > size {
		return "", 0
	}
	left := size - offset + 1
	if amount == 0 || amount > left {
		amount = left
	}
	from := l.byteAt(int(offset - 1))
	to := l.byteAt(int(offset - 1 + amount))
	return l.content()[from:to], amount
}

// write puts data at offset, over what is there or after the end. A gap is
// filled with blanks or zeros.
func (l *lob) write(offset uint64, data string) {
	at := int(max(offset, 1) - 1)
	size, n := int(l.length()), len(data)
	if !l.blob {
		n = datum.UTF16Len(data)
	}
	switch {
	case at == size && l.dirty: // a client writes piece after piece
		l.written = append(l.written, data...)
	case at >= size:
		l.written = append([]byte(l.content()), strings.Repeat(l.filler(), at-size)+data...)
	default:
		from, to := l.byteAt(at), l.byteAt(min(at+n, size))
		l.written = []byte(l.content()[:from] + data + l.content()[to:])
	}
	l.changed()
	if !l.blob {
		l.units, l.counted = max(size, at+n), true
	}
}

// trim shortens the content.
func (l *lob) trim(size uint64) {
	if size < l.length() {
		l.written = []byte(l.content()[:l.byteAt(int(size))])
		l.changed()
	}
}

// changed drops what was known about the content.
func (l *lob) changed() {
	l.dirty, l.counted = true, false
	l.markUnit, l.markByte = 0, 0
}

// filler is what Oracle puts between the end of a LOB and a write behind it.
func (l *lob) filler() string {
	if l.blob {
		return "\x00"
	}
	return " "
}

// byteAt returns the byte position of a character. A position inside a
// surrogate pair is the one after it.
func (l *lob) byteAt(unit int) int {
	content := l.content()
	if l.blob || unit == 0 {
		return unit
	}
	if l.length() == uint64(len(content)) {
		return unit
	}
	if unit < l.markUnit {
		l.markUnit, l.markByte = 0, 0
	}
	for l.markUnit < unit && l.markByte < len(content) {
		r, n := utf8.DecodeRuneInString(content[l.markByte:])
		l.markByte += n
		l.markUnit += datum.UTF16Units(r)
	}
	return l.markByte
}
