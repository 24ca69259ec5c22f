package dbmscloud

// Type json of EXPORT_DATA, by reference, section 1.7: one object per row with
// the columns' names as keys, parted by the record delimiter. Text is a string
// in which only what JSON demands is escaped; NUMBER and the binary floats are
// numbers; DATE and the timestamps are ISO 8601 texts, WITH TIME ZONE in UTC
// with a Z; RAW is hex. These forms of DATE, timestamps and RAW are UNCONFIRMED.
//
// Knobs: OmitJSONNulls; LOBLimit.
//
// Not simulated: nested JSON for columns of type JSON, which are text here. A
// NaN or infinity is refused, because JSON has no number for it.

import (
	"encoding/hex"
	"fmt"
	"math"
	"strconv"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/nls"
)

// jsonWriter renders rows as newline-delimited JSON objects.
type jsonWriter struct {
	nls       nls.Settings
	columns   []datum.Column
	keys      [][]byte // encoded name and colon
	end       string
	omitNulls bool
}

func newJSONWriter(f exportFormat, k Knobs, columns []datum.Column, settings nls.Settings) *jsonWriter {
	w := &jsonWriter{nls: settings, columns: columns, end: f.recordDelimiter, omitNulls: k.OmitJSONNulls}
	for _, column := range columns {
		w.keys = append(w.keys, append(appendJSONText(nil, column.Name), ':'))
	}
	return w
}

func (w *jsonWriter) appendHeader(dst []byte) []byte { return dst }

func (w *jsonWriter) appendFooter(dst []byte) []byte { return dst }

func (w *jsonWriter) appendRow(dst []byte, row datum.Row) ([]byte, error) {
	dst = append(dst, '{')
	first := true
	for i, v := range row {
		if v.IsNull() && w.omitNulls {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(dst, w.keys[i]...)
		var err error
		if dst, err = w.appendValue(dst, v); err != nil {
			return nil, fmt.Errorf("render column %s: %w", w.columns[i].Name, err)
		}
	}
	dst = append(dst, '}')
	return append(dst, w.end...), nil
}

// appendValue writes numbers and truth values bare and everything else as a text.
func (w *jsonWriter) appendValue(dst []byte, v datum.Value) ([]byte, error) {
	switch v.Kind() {
	case datum.Null:
		return append(dst, "null"...), nil
	case datum.Text, datum.Clob:
		return appendJSONText(dst, v.Text()), nil
	case datum.Number:
		return append(dst, v.Decimal()...), nil
	case datum.BinaryFloat:
		return appendJSONFloat(dst, float64(v.Single()), 32)
	case datum.BinaryDouble:
		return appendJSONFloat(dst, v.Double(), 64)
	case datum.Raw:
		return appendJSONText(dst, hex.EncodeToString([]byte(v.Bytes()))), nil
	case datum.Boolean:
		return strconv.AppendBool(dst, v.Bool()), nil
	default:
	}
	if text, ok := isoTime(v); ok {
		return appendJSONText(dst, text), nil
	}
	text, err := w.nls.Text(v)
	return appendJSONText(dst, text), err
}

func appendJSONFloat(dst []byte, f float64, bits int) ([]byte, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, datum.Errorf(40474, "invalid number for JSON: %s", strconv.FormatFloat(f, 'g', -1, bits))
	}
	return strconv.AppendFloat(dst, f, 'g', -1, bits), nil
}

// isoTime writes a date or timestamp in ISO 8601; ok is false for other kinds.
func isoTime(v datum.Value) (text string, ok bool) {
	const seconds = "2006-01-02T15:04:05"
	switch v.Kind() {
	case datum.Date:
		return v.Time().Format(seconds), true
	case datum.Timestamp:
		return v.Time().Format(seconds + ".000000000"), true
	case datum.TimestampTZ, datum.TimestampLTZ:
		return v.Time().Format(seconds + ".000000000Z"), true
	default:
		return "", false
	}
}

// appendJSONText appends a JSON string. It escapes the quote, the backslash and
// control characters, and nothing else.
func appendJSONText(dst []byte, text string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, text[from:i]...)
		from = i + 1
		dst = appendJSONEscape(dst, c)
	}
	dst = append(dst, text[from:]...)
	return append(dst, '"')
}

// appendJSONEscape writes a character that may not stand in a JSON text itself.
func appendJSONEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	case '\b':
		return append(dst, `\b`...)
	case '\f':
		return append(dst, `\f`...)
	}
	const digits = "0123456789abcdef"
	return append(dst, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
}
