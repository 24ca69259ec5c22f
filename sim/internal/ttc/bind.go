package ttc

import "github.com/adbferry/adbferry/sim/internal/datum"

// Bind flags.
const (
	bindTable    = 0x40 // PL/SQL index-by table
	bindRepeated = 0x80 // same name as an earlier bind: no value is sent
)

// contPrefetch asks for a LOB's size in front of its locator.
const contPrefetch = 0x02000000

// maxInline is the largest size of a bind whose value comes in its place;
// outside PL/SQL, larger ones come last (wire notes, section 10.2).
const maxInline = 32767

// A Bind describes one bind, or one column a client defines (wire notes,
// section 10.1).
type Bind struct {
	Type     uint8
	Flags    uint8
	Size     uint64 // bytes
	Elements uint64
	Cont     uint64
	Charset  uint64
	Form     uint8
	Chars    uint64 // characters; for defines of LOBs the size to prefetch
}

func (m *Bind) decode(r *Reader) {
	m.Type = r.U8()
	m.Flags = r.U8()
	r.Skip(2)
	m.Size = r.UB()
	m.Elements = r.UB()
	m.Cont = r.UB()
	r.DLC()
	r.UB()
	m.Charset = r.UB()
	m.Form = r.U8()
	m.Chars = r.UB()
	if r.Dialect.Field >= 8 {
		r.UB()
	}
}

// binds reads descriptions one by one, so that an announced count costs nothing
// until its bytes are there.
func (r *Reader) binds(n int) []Bind {
	var binds []Bind
	for range n {
		var b Bind
		b.decode(r)
		if r.err != nil {
			return nil
		}
		binds = append(binds, b)
	}
	return binds
}

// Repeated reports that the client sends no value for m, because an earlier
// bind of the same name has it.
func (m Bind) Repeated() bool { return m.Flags&bindRepeated != 0 }

// Table reports that m is a PL/SQL index-by table.
func (m Bind) Table() bool { return m.Flags&bindTable != 0 }

// Prefetch reports that m is a LOB column whose locators are wanted with size
// and chunk size.
func (m Bind) Prefetch() bool { return m.Cont&contPrefetch != 0 }

// Last reports that the value of m comes after all others of its row.
func (m Bind) Last(block bool) bool {
	switch m.Type {
	case TypeLong, TypeLongRaw, TypeLongText, typeLongVarRaw:
		return true
	default:
		return !block && m.Size > maxInline
	}
}

// Datum returns the declared type of a bind in the database's own terms. It is
// false for types that we do not carry.
func (m Bind) Datum() (datum.Type, bool) {
	kind, ok := kindOf(m.Type)
	t := datum.Type{
		Kind:     kind,
		Fixed:    m.Type == TypeChar,
		National: m.Form == FormNational,
		Long:     m.Type == TypeLong || m.Type == TypeLongRaw || m.Type == TypeLongText || m.Type == typeLongVarRaw,
	}
	switch kind {
	case datum.Text, datum.Raw:
		t.Size, t.Chars = int(min(m.Size, 1<<30)), int(min(m.Chars, 1<<30))
	case datum.Number:
		t.Scale = -127
	case datum.Timestamp, datum.TimestampTZ, datum.TimestampLTZ:
		t.Scale = 9
	case datum.IntervalDS:
		t.Precision, t.Scale = 9, 9
	case datum.IntervalYM:
		t.Precision = 9
	default:
	}
	return t, ok && !m.Table()
}
