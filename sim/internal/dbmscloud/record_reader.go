package dbmscloud

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// recordReader cuts a text into records (reference, sections 2.3 and 2.4).
// A record is valid until the following call.
type recordReader struct {
	in    *bufio.Reader
	shape textShape
	end   []byte // record delimiter; nil while newline is undetected
	buf   []byte
	state quoteState
	field []byte // of the field so far, as far as it matters for its delimiter
}

// quoteState follows the enclosures of a text whose records may hold newlines.
type quoteState int

const (
	fieldStart quoteState = iota
	bare
	enclosed
	closing // behind an end quote: the end of the enclosure or half of a doubled one
)

// errRecordTooLong is a record that does not fit the read buffer.
var errRecordTooLong = errors.New("record longer than the read buffer")

func newRecordReader(in io.Reader, shape textShape) *recordReader {
	r := &recordReader{in: bufio.NewReaderSize(in, 64<<10), shape: shape}
	if shape.recordDelimiter != "" {
		r.end = []byte(shape.recordDelimiter)
	}
	return r
}

// next returns the next record without its delimiter, or io.EOF. The last
// record need not be delimited.
func (r *recordReader) next() ([]byte, error) {
	if r.shape.embedded {
		return r.nextEmbedded()
	}
	return r.nextPlain()
}

// nextPlain ends records at every delimiter, whatever surrounds it.
func (r *recordReader) nextPlain() ([]byte, error) {
	r.buf = r.buf[:0]
	for {
		piece, err := r.in.ReadSlice(r.lastByte())
		r.buf = append(r.buf, piece...)
		switch {
		case len(r.buf) > r.shape.readSize:
			return nil, errRecordTooLong
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF):
			return r.rest()
		case err != nil:
			return nil, err
		}
		if record, ok := r.cut(); ok {
			return record, nil
		}
	}
}

// lastByte is what the record delimiter ends in.
func (r *recordReader) lastByte() byte {
	if r.end == nil {
		return '\n'
	}
	return r.end[len(r.end)-1]
}

// cut takes the delimiter off a complete record. The first newline of a text
// decides whether a carriage return belongs to it.
func (r *recordReader) cut() ([]byte, bool) {
	if r.end == nil {
		r.end = []byte("\n")
		if bytes.HasSuffix(r.buf, []byte("\r\n")) {
			r.end = []byte("\r\n")
		}
	}
	return bytes.CutSuffix(r.buf, r.end)
}

// rest returns what stands behind the last delimiter.
func (r *recordReader) rest() ([]byte, error) {
	if len(r.buf) == 0 {
		return nil, io.EOF
	}
	return r.buf, nil
}

// nextEmbedded ends records at delimiters outside enclosures.
func (r *recordReader) nextEmbedded() ([]byte, error) {
	r.buf, r.state, r.field = r.buf[:0], fieldStart, r.field[:0]
	for {
		b, err := r.in.ReadByte()
		if errors.Is(err, io.EOF) {
			return r.rest()
		}
		if err != nil {
			return nil, err
		}
		if r.buf = append(r.buf, b); len(r.buf) > r.shape.readSize {
			return nil, errRecordTooLong
		}
		if r.shape.escape && b == '\\' && r.state != closing {
			if err := r.takeEscaped(); err != nil {
				return r.rest()
			}
			continue
		}
		r.step(b)
		if r.state != enclosed && b == r.lastByte() {
			if record, ok := r.cut(); ok {
				return record, nil
			}
		}
	}
}

// takeEscaped copies the byte behind an escape character.
func (r *recordReader) takeEscaped() error {
	b, err := r.in.ReadByte()
	if err != nil {
		return err
	}
	r.buf = append(r.buf, b)
	if r.state == fieldStart {
		r.state = bare
	}
	r.field = r.field[:0]
	return nil
}

// step follows one byte. Multi-byte quotes and delimiters are recognised by
// their last byte once the bytes before it are there.
func (r *recordReader) step(b byte) {
	r.field = append(r.field, b)
	switch r.state {
	case fieldStart:
		switch {
		case string(r.field) == r.shape.quote:
			r.enter(enclosed)
		case len(r.field) >= len(r.shape.quote):
			r.state = bare
			r.endOfField()
		}
	case bare:
		r.endOfField()
	case enclosed:
		if bytes.HasSuffix(r.field, []byte(r.shape.endquote)) {
			r.enter(closing)
		}
	case closing:
		switch {
		case string(r.field) == r.shape.endquote:
			r.enter(enclosed)
		case len(r.field) >= len(r.shape.endquote):
			r.state = bare
			r.endOfField()
		}
	}
}

func (r *recordReader) enter(s quoteState) {
	r.state, r.field = s, r.field[:0]
}

func (r *recordReader) endOfField() {
	if bytes.HasSuffix(r.field, []byte(r.shape.delimiter)) {
		r.enter(fieldStart)
	}
}
