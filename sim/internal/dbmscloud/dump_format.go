package dbmscloud

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// The container that stands for a Data Pump dump file is this simulator's own:
// no Oracle software reads it, and it reads no Oracle dump. It is
//
//	the line dumpMark
//	the columns as one line of JSON
//	rows: the byte 1, then per value its kind, its length as a varint, its bytes
//	the byte 0
//
// as one stream, gzipped when the compression option says so, and cut into the
// chunk objects of a file.
const dumpMark = "adbferry-sim dump 1\n"

// maxDumpValue bounds one value, so that a damaged length allocates little.
const maxDumpValue = 1 << 30

// errDump is a stream that is no dump, or a damaged one.
var errDump = errors.New("not a dump file")

// appendDumpHeader appends what precedes the rows.
func appendDumpHeader(dst []byte, columns []datum.Column) ([]byte, error) {
	line, err := json.Marshal(columns)
	if err != nil {
		return nil, fmt.Errorf("describe a dump: %w", err)
	}
	dst = append(append(dst, dumpMark...), line...)
	return append(dst, '\n'), nil
}

func appendDumpRow(dst []byte, row datum.Row) []byte {
	dst = append(dst, 1)
	for _, v := range row {
		dst = append(dst, byte(v.Kind()))
		dst = binary.AppendUvarint(dst, uint64(len(v.Bytes())))
		dst = append(dst, v.Bytes()...)
	}
	return dst
}

// dumpDecoder reads the container back.
type dumpDecoder struct {
	in      *bufio.Reader
	columns []datum.Column
	row     datum.Row
}

// newDumpDecoder reads the header.
//
// Errors: errDump, and those of in.
func newDumpDecoder(in io.Reader) (*dumpDecoder, error) {
	d := &dumpDecoder{in: bufio.NewReader(in)}
	mark, err := d.line(len(dumpMark))
	if err != nil || mark != dumpMark {
		return nil, damaged(err)
	}
	line, err := d.line(1 << 20)
	if err != nil {
		return nil, damaged(err)
	}
	if json.Unmarshal([]byte(line), &d.columns) != nil || len(d.columns) == 0 {
		return nil, errDump
	}
	d.row = make(datum.Row, len(d.columns))
	return d, nil
}

// damaged keeps errors of the object's transfer apart from a bad container.
func damaged(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return errDump
	}
	return err
}

func (d *dumpDecoder) line(limit int) (string, error) {
	var b strings.Builder
	for b.Len() < limit {
		c, err := d.in.ReadByte()
		if err != nil {
			return "", err
		}
		b.WriteByte(c)
		if c == '\n' {
			return b.String(), nil
		}
	}
	return "", errDump
}

// next returns the next row, which is valid until the following call, or io.EOF.
//
// Errors: errDump, and those of the stream.
func (d *dumpDecoder) next() (datum.Row, error) {
	mark, err := d.in.ReadByte()
	switch {
	case err != nil:
		return nil, damaged(err)
	case mark == 0:
		return nil, io.EOF
	case mark != 1:
		return nil, errDump
	}
	for i := range d.row {
		if d.row[i], err = d.value(); err != nil {
			return nil, damaged(err)
		}
	}
	return d.row, nil
}

func (d *dumpDecoder) value() (datum.Value, error) {
	kind, err := d.in.ReadByte()
	if err != nil {
		return datum.NULL, err
	}
	size, err := binary.ReadUvarint(d.in)
	if err != nil || size > maxDumpValue {
		return datum.NULL, damaged(err)
	}
	var b strings.Builder
	if _, err := io.CopyN(&b, d.in, int64(size)); err != nil {
		return datum.NULL, err
	}
	if !wellFormed(datum.Kind(kind), b.String()) {
		return datum.NULL, errDump
	}
	return datum.Of(datum.Kind(kind), b.String()), nil
}

// maxZone bounds the zone text of a timestamp.
const maxZone = 64

// wellFormed checks the stored form of a value, which the engine trusts.
func wellFormed(kind datum.Kind, s string) bool {
	if !datum.WellFormed(kind, len(s)) {
		return false
	}
	switch kind {
	case datum.Null, datum.Raw, datum.Blob, datum.IntervalYM, datum.IntervalDS, datum.BinaryFloat, datum.BinaryDouble:
		return true
	case datum.Text, datum.Rowid, datum.Clob:
		return utf8.ValidString(s)
	case datum.Number:
		return datum.ValidNumber(s)
	case datum.Date:
		return validClock(s)
	case datum.TimestampTZ:
		return len(s) > 11 && len(s) <= 11+maxZone && validClock(s) && datum.ValidNanos(s)
	case datum.Timestamp, datum.TimestampLTZ:
		return validClock(s) && datum.ValidNanos(s)
	default:
		return false
	}
}

// validClock checks the seven bytes of a DATE, the century and the year too.
func validClock(s string) bool {
	return s[0] >= 53 && s[0] <= 199 && s[1] >= 1 && s[1] <= 199 && datum.ValidDate(s)
}
