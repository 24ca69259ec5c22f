package session

import (
	"encoding/binary"

	"github.com/adbferry/adbferry/sim/internal/database"
	"github.com/adbferry/adbferry/sim/internal/datum"
)

// locatorSize is the length of our LOB locators in bytes. All but a few bits
// of a locator are opaque to clients (wire notes, section 12).
const locatorSize = 40

const (
	locatorBlob = 0x01
	locatorClob = 0x02
	locatorTemp = 0x01 // of byte 7: the client has to free it
)

// newLocator makes a locator. The bit for a character set of variable width is
// left clear: with it, text would travel as UTF-16.
func newLocator(id uint64, blob, temp bool) string {
	var b [locatorSize]byte
	b[1], b[3] = locatorSize-2, 4
	b[4] = locatorClob
	if blob {
		b[4] = locatorBlob
	}
	b[5] = 0x08
	b[7] = 0x40
	if temp {
		b[7] |= locatorTemp
	}
	binary.BigEndian.PutUint64(b[10:], id)
	return string(b[:])
}

// maxRetired is how many LOBs stay readable after their result set is gone.
const maxRetired = 1024

// lobs are the LOBs a client holds locators of. Those of result sets live as
// long as the result set, and a while longer; temporary ones until freed.
type lobs struct {
	open    map[uint64]*lob
	last    uint64
	retired []uint64 // oldest first
}

func (s *lobs) add(l *lob) (id uint64, locator string) {
	s.last++
	s.open[s.last] = l
	return s.last, newLocator(s.last, l.blob, l.temp)
}

// handOut returns a locator for a value that a cursor gave, which place says is
// stored somewhere or nowhere, and its size in characters or bytes; "" for NULL.
func (s *lobs) handOut(cur *cursor, v datum.Value, national bool, place *database.LOBPlace) (locator string, size uint64) {
	if v.IsNull() {
		return "", 0
	}
	l := &lob{blob: v.Kind() == datum.Blob, national: national, text: v.Bytes(), place: place}
	id, locator := s.add(l)
	cur.locators = append(cur.locators, id)
	return locator, l.length()
}

// temporary returns a locator for a value of its own, and its size; "" for
// NULL.
func (s *lobs) temporary(v datum.Value, national bool) (locator string, size uint64) {
	if v.IsNull() {
		return "", 0
	}
	l := &lob{blob: v.Kind() == datum.Blob, national: national, text: v.Bytes(), temp: true}
	_, locator = s.add(l)
	return locator, l.length()
}

// retire lets the LOBs of a result set go.
func (s *lobs) retire(cur *cursor) {
	s.retired = append(s.retired, cur.locators...)
	cur.locators = nil
	for len(s.retired) > maxRetired {
		delete(s.open, s.retired[0])
		s.retired = s.retired[1:]
	}
}

// find returns the LOB behind a locator, or ORA-22922.
func (s *lobs) find(locator string) (*lob, error) {
	if len(locator) == locatorSize {
		if l, ok := s.open[binary.BigEndian.Uint64([]byte(locator[10:18]))]; ok {
			return l, nil
		}
	}
	return nil, datum.Errorf(22922, "nonexistent LOB value")
}

// free forgets a temporary LOB; an unknown one may have been freed already.
func (s *lobs) free(locator string) {
	if l, err := s.find(locator); err == nil && l.temp {
		delete(s.open, binary.BigEndian.Uint64([]byte(locator[10:18])))
	}
}

// value returns what a LOB holds, as a bind value.
func (s *lobs) value(locator string) (datum.Value, error) {
	l, err := s.find(locator)
	if err != nil {
		return datum.NULL, err
	}
	return l.value(), nil
}
