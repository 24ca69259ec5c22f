package ttc

import "github.com/adbferry/adbferry/sim/internal/datum"

// Value writes a scalar (wire notes, section 14). LOBs and cursors have forms
// of their own.
func (w *Writer) Value(v datum.Value) {
	switch v.Kind() {
	case datum.TimestampTZ:
		w.timestampTZ(v)
	case datum.Boolean:
		w.boolean(v)
	default:
		w.CLR(v.Bytes())
	}
}

// National writes text in the national character set.
func (w *Writer) National(v datum.Value) { w.CLR(datum.ToUTF16(v.Text())) }

// Long writes a value of a column defined as LONG or LONG RAW: the data, a
// NULL indicator and a return code.
func (w *Writer) Long(v datum.Value, national bool) {
	data := v.Bytes()
	if national {
		data = datum.ToUTF16(data)
	}
	w.CLR(data)
	if data == "" {
		w.SB(-1)
		w.UB(1405)
		return
	}
	w.U8(0, 0)
}

// boolean writes a truth value; NULL never comes here.
func (w *Writer) boolean(v datum.Value) {
	if v.Bool() {
		w.U8(2, 1, 1)
		return
	}
	w.U8(1, 0)
}

// NullBoolean writes the NULL of type BOOLEAN.
func (w *Writer) NullBoolean() { w.U8(0xFD, 1) }

// Locator writes a LOB locator; "" is NULL.
func (w *Writer) Locator(locator string) {
	w.UB(uint64(len(locator)))
	if locator != "" {
		w.CLR(locator)
	}
}

// SizedLocator writes a LOB locator with its size (characters or bytes) and
// chunk size, for columns defined so; "" is NULL.
func (w *Writer) SizedLocator(locator string, size uint64) {
	w.UB(uint64(len(locator)))
	if locator != "" {
		w.UB(size)
		w.UB(LobChunk)
		w.CLR(locator)
	}
}

// value reads one scalar of kind k. A value that is not well formed is
// reported through invalid and read as NULL; the stream stays readable.
func (r *Reader) value(b *Bind, k datum.Kind, invalid *bool) datum.Value {
	if k == datum.Boolean {
		return r.booleanValue()
	}
	s := r.CLR()
	if s == "" {
		return datum.NULL
	}
	switch k {
	case datum.Text:
		if b.Form == FormNational {
			s = datum.FromUTF16(s)
		}
		return datum.FromText(s)
	case datum.Raw:
		return datum.Of(datum.Raw, s)
	case datum.TimestampTZ:
		s = decodeZone(s)
	case datum.Timestamp, datum.TimestampLTZ:
		s = padTimestamp(s)
	default:
	}
	if !wellFormed(k, s) {
		*invalid = true
		return datum.NULL
	}
	return datum.Of(k, s)
}

// booleanValue reads a truth value, whose NULL has an escape of its own.
func (r *Reader) booleanValue() datum.Value {
	switch n := r.U8(); n {
	case 0:
		return datum.NULL
	case 0xFD:
		r.U8()
		return datum.NULL
	default:
		s := r.Raw(int(n))
		return datum.FromBool(s != "" && s[len(s)-1] != 0)
	}
}

// wellFormed reports whether s may be stored as a value of kind k.
func wellFormed(k datum.Kind, s string) bool {
	switch k {
	case datum.Number:
		return datum.ValidNumber(s)
	case datum.Date:
		return len(s) == 7 && datum.ValidDate(s)
	case datum.Timestamp, datum.TimestampLTZ:
		return len(s) == 11 && datum.ValidDate(s) && datum.ValidNanos(s)
	case datum.TimestampTZ:
		return len(s) > 11 && datum.ValidDate(s) && datum.ValidNanos(s)
	case datum.IntervalYM:
		return len(s) == 5
	case datum.IntervalDS:
		return len(s) == 11
	case datum.BinaryFloat:
		return len(s) == 4
	case datum.BinaryDouble:
		return len(s) == 8
	default:
		return false
	}
}

// padTimestamp restores the fraction that is left out when it is zero.
func padTimestamp(s string) string {
	if len(s) == 7 {
		return s + "\x00\x00\x00\x00"
	}
	return s
}
