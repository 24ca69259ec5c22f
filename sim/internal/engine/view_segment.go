package engine

import (
	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine/heap"
)

// How the rows of a table would lie on disk: in blocks of 8 KiB, of which a
// tenth stays free, in extents of 64 KiB. A LOB value of up to 3,964 bytes
// lies in its row, a longer one in the LOB segment, with a locator in the row.
const (
	blockSize     = 8192
	blockUsable   = blockSize * 9 / 10
	extentSize    = 64 << 10
	lobInRow      = 3964
	lobLocator    = 40
	rowOverhead   = 3
	longValueFrom = 251 // bytes; longer values have a length of 3 bytes
)

// A footprint is what a table's rows take.
type footprint struct {
	rows  int64
	bytes int64         // in the table segment, without what blocks leave free
	lobs  map[int]int64 // bytes outside the rows, by slot
}

func (f footprint) blocks() int64 { return (f.bytes + blockUsable - 1) / blockUsable }

// measure adds up the rows that a snapshot sees.
//
// Error: heap.ErrTooOld.
func (t *table) measure(snap heap.Snapshot) (footprint, error) {
	f := footprint{lobs: map[int]int64{}}
	row := make(datum.Row, t.slots)
	scan := t.rows.Scan(snap)
	for {
		_, data, ok, err := scan.Next()
		if !ok || err != nil {
			return f, err
		}
		clear(row)
		heap.Unpack(data, row)
		f.rows++
		f.bytes += rowOverhead
		for slot, v := range row {
			f.bytes += f.inRow(slot, v)
		}
	}
}

// inRow returns what a value takes in its row and notes what it takes outside.
func (f footprint) inRow(slot int, v datum.Value) int64 {
	n := int64(len(v.Bytes()))
	switch lob := v.Kind() == datum.Clob || v.Kind() == datum.Blob; {
	case lob && n > lobInRow:
		f.lobs[slot] += (n + blockSize - 1) / blockSize * blockSize
		n = lobLocator
	case lob:
		n += lobLocator
	}
	if n >= longValueFrom {
		return n + 3
	}
	return n + 1
}

// A segment is one row of the SEGMENTS views.
type segment struct {
	owner, name, kind string
	bytes             int64
}

func registerSegmentViews(i *Instance) {
	family[segment]{name: "SEGMENTS", noAll: true, subjects: reach.segments, fields: []field[segment]{
		ownerField("OWNER", func(g segment) string { return g.owner }),
		nameField("SEGMENT_NAME", func(g segment) string { return g.name }),
		nameField[segment]("PARTITION_NAME", nil),
		textField("SEGMENT_TYPE", 18, func(g segment) string { return g.kind }),
		textField("SEGMENT_SUBTYPE", 10, func(g segment) string { return oneOf(g.kind == "LOBSEGMENT", "SECUREFILE", "ASSM") }),
		constantField[segment]("TABLESPACE_NAME", 30, defaultTablespace),
		numberField("BYTES", func(g segment) int64 { return g.bytes }),
		numberField("BLOCKS", func(g segment) int64 { return g.bytes / blockSize }),
	}}.register(i)
}

// segments measures the tables within reach that have had rows, and their
// LOBs. Index segments are left out: the simulator's indexes have no blocks.
func (r reach) segments() []segment {
	var list []segment
	for _, t := range r.tables() {
		if !t.stored() {
			continue
		}
		f, err := t.measure(r.s.snapshot())
		if err != nil {
			continue // cannot be: a fresh snapshot is never too old
		}
		list = append(list, segment{t.schema, t.name, "TABLE", extents(f.blocks() * blockSize)})
		for _, l := range t.lobs() {
			list = append(list, segment{t.schema, l.segmentName(), "LOBSEGMENT", extents(f.lobs[l.slot])})
		}
	}
	return list
}

// extents rounds up to whole extents, of which a segment has at least one.
func extents(bytes int64) int64 {
	return max(1, (bytes+extentSize-1)/extentSize) * extentSize
}
