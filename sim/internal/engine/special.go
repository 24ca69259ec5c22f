package engine

import (
	"encoding/json"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/nls"
	"github.com/adbferry/adbferry/sim/internal/sql"
)

// cast compiles CAST(x AS type): a text that is too long is cut; a number that is
// too large, and what does not fit a text, is an error.
func (c *compiler) cast(x *sql.Cast, sc *scope) (compiled, error) {
	a, err := c.compile(x.X, sc)
	if err != nil {
		return a, err
	}
	t, err := c.s.columnType(&x.Type)
	if err != nil {
		return a, err
	}
	return compiled{typ: t, nullable: true, eval: func(f *frame) (datum.Value, error) {
		v, err := convertTo(f, a, t)
		if err != nil || v.IsNull() {
			return datum.NULL, err
		}
		v, broken := enforce(v, t)
		switch {
		case broken.code == 12899 && v.Kind() == datum.Text && a.typ.Kind != datum.Text && a.typ.Kind != datum.Clob:
			return datum.NULL, datum.Errorf(25137, "Data value out of range")
		case broken.code == 12899 && v.Kind() == datum.Text:
			return datum.FromText(cutText(v.Text(), t)), nil
		case broken.code == 12899:
			return datum.FromRaw([]byte(v.Bytes()[:t.Size])), nil
		case broken.code != 0:
			return datum.NULL, datum.Errorf(broken.code, "value larger than specified precision allowed for this column")
		}
		return v, nil
	}}, nil
}

// cutText cuts a text to the length of a type, between characters.
func cutText(s string, t datum.Type) string {
	n := 0
	for i, r := range s {
		if t.CharSized || t.National {
			n++
		} else {
			n = i + utf8.RuneLen(r)
		}
		limit := t.Size
		if t.CharSized || t.National {
			limit = t.Chars
		}
		if n > limit {
			return s[:i]
		}
	}
	return s
}

// extract compiles EXTRACT(field FROM x).
func (c *compiler) extract(x *sql.Extract, sc *scope) (compiled, error) {
	a, err := c.compile(x.X, sc)
	if err != nil {
		return a, err
	}
	typ := numberType()
	if x.Field == "TIMEZONE_REGION" || x.Field == "TIMEZONE_ABBR" {
		typ = datum.Type{Kind: datum.Text, Size: 64, Chars: 64}
	}
	return compiled{typ: typ, nullable: true, eval: func(f *frame) (datum.Value, error) {
		v, err := a.eval(f)
		if err != nil || v.IsNull() {
			return datum.NULL, err
		}
		return extractField(x.Field, v)
	}}, nil
}

// extractField reads a field. As in Oracle a DATE has no time of day here, and
// a zoned timestamp gives its UTC fields.
func extractField(field string, v datum.Value) (datum.Value, error) {
	invalid := datum.Errorf(30076, "invalid extract field for extract source")
	switch {
	case isInterval(v.Kind()):
		return intervalField(field, v)
	case !isTime(v.Kind()):
		return datum.NULL, invalid
	}
	t := v.Time()
	switch field {
	case "YEAR":
		return datum.FromInt(int64(t.Year())), nil
	case "MONTH":
		return datum.FromInt(int64(t.Month())), nil
	case "DAY":
		return datum.FromInt(int64(t.Day())), nil
	}
	if v.Kind() == datum.Date {
		return datum.NULL, invalid
	}
	switch field {
	case "HOUR":
		return datum.FromInt(int64(t.Hour())), nil
	case "MINUTE":
		return datum.FromInt(int64(t.Minute())), nil
	case "SECOND":
		return secondsOf(int64(t.Second()), int64(t.Nanosecond()))
	}
	if v.Kind() != datum.TimestampTZ {
		return datum.NULL, invalid
	}
	return zoneField(field, v, t)
}

// zoneField reads a TIMEZONE_ field.
func zoneField(field string, v datum.Value, t time.Time) (datum.Value, error) {
	place, err := nls.Location(v.Zone())
	if err != nil {
		return datum.NULL, err
	}
	abbreviation, offset := t.In(place).Zone()
	switch field {
	case "TIMEZONE_HOUR":
		return datum.FromInt(int64(offset / 3600)), nil
	case "TIMEZONE_MINUTE":
		return datum.FromInt(int64(offset / 60 % 60)), nil
	case "TIMEZONE_ABBR":
		if isOffset(v.Zone()) {
			return datum.FromText("UNK"), nil
		}
		return datum.FromText(abbreviation), nil
	}
	if isOffset(v.Zone()) {
		return datum.FromText("UNKNOWN"), nil
	}
	return datum.FromText(v.Zone()), nil
}

// isOffset reports whether a zone is an offset, and not a region.
func isOffset(zone string) bool { return strings.HasPrefix(zone, "+") || strings.HasPrefix(zone, "-") }

// secondsOf is seconds with their fraction as one NUMBER.
func secondsOf(seconds, nanos int64) (datum.Value, error) {
	fraction, err := datum.Div(datum.FromInt(nanos), datum.FromInt(1_000_000_000))
	if err != nil {
		return datum.NULL, err
	}
	return datum.Add(datum.FromInt(seconds), fraction)
}

// intervalField reads a field of an interval, with the interval's sign.
func intervalField(field string, v datum.Value) (datum.Value, error) {
	if v.Kind() == datum.IntervalYM {
		switch field {
		case "YEAR":
			return datum.FromInt(v.Months() / 12), nil
		case "MONTH":
			return datum.FromInt(v.Months() % 12), nil
		}
		return datum.NULL, datum.Errorf(30076, "invalid extract field for extract source")
	}
	seconds, nanos := v.Seconds()
	switch field {
	case "DAY":
		return datum.FromInt(seconds / 86400), nil
	case "HOUR":
		return datum.FromInt(seconds / 3600 % 24), nil
	case "MINUTE":
		return datum.FromInt(seconds / 60 % 60), nil
	case "SECOND":
		return secondsOf(seconds%60, nanos)
	}
	return datum.NULL, datum.Errorf(30076, "invalid extract field for extract source")
}

// trim compiles TRIM([side] [chars] FROM x).
func (c *compiler) trim(x *sql.Trim, sc *scope) (compiled, error) {
	a, err := c.compile(x.X, sc)
	if err != nil {
		return a, err
	}
	chars := constant(datum.FromText(" "), datum.Type{Kind: datum.Text})
	if x.Chars != nil {
		if chars, err = c.compile(x.Chars, sc); err != nil {
			return a, err
		}
	}
	return compiled{typ: returnsFirst(c.s, []compiled{a}), nullable: true, eval: func(f *frame) (datum.Value, error) {
		values, err := evaluate(f, []compiled{a, chars})
		if err != nil || values[0].IsNull() || values[1].IsNull() {
			return datum.NULL, err
		}
		text, err := f.run.s.text(values[0])
		if err != nil {
			return datum.NULL, err
		}
		set := values[1].Text()
		if utf8.RuneCountInString(set) != 1 {
			return datum.NULL, datum.Errorf(30001, "trim set should have only one character")
		}
		if x.Side != "TRAILING" {
			text = strings.TrimLeft(text, set)
		}
		if x.Side != "LEADING" {
			text = strings.TrimRight(text, set)
		}
		return like(values[0], text), nil
	}}, nil
}

// atZone compiles x AT TIME ZONE zone and x AT LOCAL.
func (c *compiler) atZone(x *sql.AtZone, sc *scope) (compiled, error) {
	a, err := c.compile(x.X, sc)
	if err != nil {
		return a, err
	}
	zone := compiled{eval: func(f *frame) (datum.Value, error) { return datum.FromText(f.run.s.nls.TimeZone), nil }}
	if x.Zone != nil {
		if zone, err = c.compile(x.Zone, sc); err != nil {
			return a, err
		}
	}
	t := datum.Type{Kind: datum.TimestampTZ, Precision: 9, Scale: 9}
	return compiled{typ: t, nullable: true, eval: func(f *frame) (datum.Value, error) {
		v, err := convertTo(f, a, t)
		if err != nil || v.IsNull() {
			return datum.NULL, err
		}
		z, err := zone.eval(f)
		if err != nil || z.IsNull() {
			return datum.NULL, err
		}
		if _, err := nls.Location(z.Text()); err != nil {
			return datum.NULL, err
		}
		return datum.FromTimestampTZ(v.Time(), z.Text()), nil
	}}, nil
}

// jsonObject compiles JSON_OBJECT.
func (c *compiler) jsonObject(x *sql.JSONObject, sc *scope) (compiled, error) {
	keys, values := make([]compiled, len(x.Pairs)), make([]compiled, len(x.Pairs))
	for i, p := range x.Pairs {
		var err error
		if keys[i], err = c.compile(p.Key, sc); err != nil {
			return compiled{}, err
		}
		if values[i], err = c.compile(p.Value, sc); err != nil {
			return compiled{}, err
		}
	}
	t := c.s.textType(4000)
	if x.Returning != nil {
		t = x.Returning.Type
	}
	return compiled{typ: t, eval: func(f *frame) (datum.Value, error) {
		text, err := objectText(f, x, keys, values)
		if err != nil {
			return datum.NULL, err
		}
		if t.Kind == datum.Clob {
			return datum.FromClob(text), nil
		}
		if limit := max(t.Size, 4000); len(text) > limit {
			return datum.NULL, datum.Errorf(40478, "output value too large (maximum: %d)", limit)
		}
		return datum.FromText(text), nil
	}}, nil
}

// objectText writes the object that a row makes of the pairs.
func objectText(f *frame, x *sql.JSONObject, keys, values []compiled) (string, error) {
	var b strings.Builder
	b.WriteByte('{')
	for i, pair := range x.Pairs {
		k, err := keys[i].eval(f)
		if err != nil {
			return "", err
		}
		v, err := values[i].eval(f)
		if err != nil {
			return "", err
		}
		if k.IsNull() {
			return "", datum.Errorf(40664, "invalid key for JSON_OBJECT")
		}
		if v.IsNull() && x.Absent {
			continue
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		_, nested := pair.Value.(*sql.JSONObject)
		if err := writeMember(&b, f.run.s, k, v, nested || pair.JSON); err != nil {
			return "", err
		}
	}
	b.WriteByte('}')
	return b.String(), nil
}

// writeMember writes "key":value; a value that is JSON already is copied.
func writeMember(b *strings.Builder, s *Session, key, v datum.Value, isJSON bool) error {
	k, err := s.text(key)
	if err != nil {
		return err
	}
	writeJSONString(b, k)
	b.WriteByte(':')
	switch {
	case v.IsNull():
		b.WriteString("null")
	case v.Kind() == datum.Number:
		b.WriteString(v.Decimal())
	case v.Kind() == datum.Boolean:
		if v.Bool() {
			b.WriteString("true")
		} else {
			b.WriteString("false")
		}
	case isJSON:
		text, err := s.text(v)
		if err != nil {
			return err
		}
		b.WriteString(text)
	case isFloat(v.Kind()):
		f := floatOf(v)
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return datum.Errorf(40654, "Input to JSON generation function has unsupported data type.")
		}
		return json.NewEncoder(trimmed{b}).Encode(f)
	case isTime(v.Kind()):
		writeJSONString(b, isoTime(v))
	default:
		text, err := s.text(v)
		if err != nil {
			return err
		}
		writeJSONString(b, text)
	}
	return nil
}

// trimmed drops the line feed that an encoder ends with.
type trimmed struct{ b *strings.Builder }

func (t trimmed) Write(p []byte) (int, error) {
	t.b.WriteString(strings.TrimSuffix(string(p), "\n"))
	return len(p), nil
}

// writeJSONString writes a JSON string without escaping what JSON does not
// require.
func writeJSONString(b *strings.Builder, s string) {
	e := json.NewEncoder(trimmed{b})
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string and a Builder: neither can fail
}

// isoTime is how JSON generation writes a point in time.
func isoTime(v datum.Value) string {
	t := v.Time()
	switch v.Kind() {
	case datum.Date:
		return t.Format("2006-01-02T15:04:05")
	case datum.TimestampTZ, datum.TimestampLTZ:
		return t.Format("2006-01-02T15:04:05.000000Z")
	default:
		return t.Format("2006-01-02T15:04:05.000000")
	}
}
