package journal

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"google.golang.org/protobuf/encoding/protojson"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// sumDigits is the length of the checksum that starts a line, in hexadecimal digits.
const sumDigits = 8

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// A CorruptError is damage that is not the torn end of the last append: the
// journal lost an event that somebody acted on. It is not repaired.
type CorruptError struct {
	Path    string // "" when read from something else than a file
	Line    int    // from 1
	Offset  int64  // of the line, in bytes
	Problem string
}

func (e *CorruptError) Error() string {
	return fmt.Sprintf("journal %s is damaged in line %d, byte %d: %s", e.Path, e.Line, e.Offset, e.Problem)
}

// encode renders an event as a line.
func encode(e *pb.Event) ([]byte, error) {
	text, err := protojson.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("encode event %d: %w", e.GetSequence(), err)
	}
	return fmt.Appendf(make([]byte, 0, sumDigits+len(text)+2), "%s %s\n", checksum(text), text), nil
}

// checksum is fixed in length and letter case: a line has one right form.
func checksum(text []byte) string {
	return fmt.Sprintf("%0*x", sumDigits, crc32.Checksum(text, castagnoli))
}

// errGarbled is a line that is not what was written.
var errGarbled = errors.New("its checksum does not match")

// decode reads a line, which must hold the event numbered want. errGarbled means
// that the line is not what was written; any other error that it was written so.
func decode(line []byte, want int64) (*pb.Event, error) {
	if len(line) < sumDigits+2 || line[sumDigits] != ' ' || line[len(line)-1] != '\n' {
		return nil, errGarbled
	}
	text := line[sumDigits+1 : len(line)-1]
	if string(line[:sumDigits]) != checksum(text) {
		return nil, errGarbled
	}
	e := &pb.Event{}
	if err := protojson.Unmarshal(text, e); err != nil {
		return nil, errors.New("it is not an event that this version of adbferry knows")
	}
	if e.GetSequence() != want {
		return nil, fmt.Errorf("it has sequence %d instead of %d", e.GetSequence(), want)
	}
	return e, nil
}

// A position is how far a journal has been read: the end of its last good line.
type position struct {
	offset   int64
	line     int
	sequence int64
}

// scan reads the lines that follow from, calls yield for each event and returns
// where the good ones end. A torn last line is left unread, without an error: one
// without its end, or one with NUL bytes, which a file system leaves that wrote the
// length before the data. The same earlier is a *CorruptError, and so is, anywhere,
// any other line that is not what was written: dropping it would lose a fact.
func scan(src io.Reader, from position, yield func(*pb.Event) error) (position, error) {
	r := bufio.NewReader(src)
	for {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return from, nil // nothing, or a line without its end
		}
		if err != nil {
			return from, fmt.Errorf("read journal: %w", err)
		}
		event, bad := decode(line, from.sequence+1)
		if bad != nil {
			if _, err := r.Peek(1); errors.Is(err, io.EOF) && bytes.IndexByte(line, 0) >= 0 {
				return from, nil
			}
			return from, &CorruptError{Line: from.line + 1, Offset: from.offset, Problem: bad.Error()}
		}
		if err := yield(event); err != nil {
			return from, err
		}
		from = position{offset: from.offset + int64(len(line)), line: from.line + 1, sequence: event.GetSequence()}
	}
}
