package engine

import (
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// A violation says how a value breaks the limits of a type.
type violation struct {
	code        int // 12899, 1438, 1873; 0 when there is none
	actual, max int // for 12899
}

// enforce brings a value of the type's kind within its limits where Oracle
// does so silently: CHAR is padded, numbers and fractions are rounded. What
// cannot be brought within them is a violation.
func enforce(v datum.Value, t datum.Type) (datum.Value, violation) {
	switch v.Kind() {
	case datum.Text:
		return enforceText(v, t)
	case datum.Raw:
		if n := len(v.Bytes()); !t.Long && n > t.Size {
			return v, violation{code: 12899, actual: n, max: t.Size}
		}
	case datum.Number:
		return enforceNumber(v, t)
	case datum.Timestamp, datum.TimestampTZ, datum.TimestampLTZ:
		return roundFraction(v, t.Scale), violation{}
	case datum.IntervalYM:
		if years := v.Months() / 12; float64(max(years, -years)) >= math.Pow10(t.Precision) {
			return v, violation{code: 1873}
		}
	case datum.IntervalDS:
		return enforceInterval(v, t)
	default:
	}
	return v, violation{}
}

// enforceText measures in bytes, in characters or in UTF-16 units, as the type
// says, and pads CHAR.
func enforceText(v datum.Value, t datum.Type) (datum.Value, violation) {
	text := v.Text()
	n, limit := len(text), t.Size
	switch {
	case t.Long:
		return v, violation{}
	case t.National:
		n, limit = datum.UTF16Len(text), t.Chars
	case t.CharSized:
		n, limit = utf8.RuneCountInString(text), t.Chars
	}
	if n > limit {
		return v, violation{code: 12899, actual: n, max: limit}
	}
	if t.Fixed && n < limit {
		return datum.FromText(text + strings.Repeat(" ", limit-n)), violation{}
	}
	return v, violation{}
}

// enforceNumber rounds to the scale; digits that are then too many in front of
// the point are a violation.
func enforceNumber(v datum.Value, t datum.Type) (datum.Value, violation) {
	switch {
	case t.Precision == 0:
		return v, violation{}
	case t.Scale == -127: // FLOAT(p): p binary digits
		digits := int(math.Ceil(float64(t.Precision) * math.Log10(2)))
		return datum.Round(v, digits-v.Digits(), datum.HalfUp), violation{}
	}
	v = datum.Round(v, t.Scale, datum.HalfUp)
	if v.Digits() > t.Precision-t.Scale && v.Sign() != 0 {
		return v, violation{code: 1438}
	}
	return v, violation{}
}

// roundFraction rounds the seconds of a timestamp to scale digits.
func roundFraction(v datum.Value, scale int) datum.Value {
	if scale >= 9 {
		return v
	}
	t := v.Time()
	unit := time.Duration(math.Pow10(9 - scale))
	if time.Duration(t.Nanosecond())%unit == 0 {
		return v
	}
	out, err := withTime(v, t.Round(unit))
	if err != nil {
		return v
	}
	return out
}

// enforceInterval rounds the fraction and checks the leading digits.
func enforceInterval(v datum.Value, t datum.Type) (datum.Value, violation) {
	seconds, nanos := v.Seconds()
	unit := int64(math.Pow10(9 - min(t.Scale, 9)))
	half := unit / 2
	if nanos < 0 {
		half = -half
	}
	nanos = (nanos + half) / unit * unit
	if days := seconds / 86400; float64(max(days, -days)) >= math.Pow10(t.Precision) {
		return v, violation{code: 1873}
	}
	return datum.FromIntervalDS(seconds, nanos), violation{}
}

// fit makes a value storable in a column.
//
// Errors: of the conversion; ORA-12899, 01438, 01873.
func (s *Session) fit(v datum.Value, t *table, c *column) (datum.Value, error) {
	if v.IsNull() {
		return v, nil
	}
	var err error
	if v.Kind() != c.typ.Kind {
		if v, err = s.convert(v, c.typ); err != nil {
			return v, err
		}
	}
	if c.typ.Document != datum.NoDocument {
		return parsed(v, c.typ.Document)
	}
	v, broken := enforce(v, c.typ)
	switch broken.code {
	case 0:
		return v, nil
	case 12899:
		return v, datum.Errorf(12899, "value too large for column %q.%q.%q (actual: %d, maximum: %d)", t.schema, t.name, c.name, broken.actual, broken.max)
	case 1438:
		return v, datum.Errorf(1438, "value larger than specified precision allowed for this column")
	default:
		return v, datum.Errorf(1873, "the leading precision of the interval is too small")
	}
}
