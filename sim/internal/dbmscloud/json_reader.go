package dbmscloud

// Type json of COPY_DATA, by reference, section 2.5: one document per line, and
// columnpath with one path per column of the table, in column order. Values are
// taken as text and converted to the column's type; null and what a path does
// not find are NULL; an object or array is its JSON text. What UNCONFIRMED
// leaves open is read generously: a number is read with a point whatever the
// session's NLS, and a date or timestamp without a mask in ISO 8601 or by the
// session's mask.
//
// Knobs: JSONValueLimit, ReadSize.
//
// Not simulated, and refused: loads without columnpath, field lists, documents
// that span lines, unpackarrays and the other keys of the collection loaders.

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// maxNesting bounds the depth of a document; decoding recurses.
const maxNesting = 1000

// jsonReader reads newline-delimited documents.
type jsonReader struct {
	load    *load
	uri     string
	records *recordReader
	number  int
	row     datum.Row
}

func newJSONReader(l *load, in io.Reader, uri string) *jsonReader {
	shape := textShape{readSize: l.format.text.readSize}
	return &jsonReader{load: l, uri: uri, records: newRecordReader(in, shape), row: make(datum.Row, len(l.fields))}
}

func (r *jsonReader) next() (record, error) {
	for {
		line, err := r.records.next()
		if err != nil {
			return record{}, err
		}
		r.number++
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		out := record{raw: string(line), number: r.number, row: r.row}
		return out, r.fill(line)
	}
}

// fill sets the row from a document.
//
// Errors: a *rejection for a record that is not JSON or has a value that does not
// convert.
func (r *jsonReader) fill(line []byte) error {
	var document any
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	if tooDeep(line) || d.Decode(&document) != nil || d.More() {
		return &rejection{[]string{"ORA-40441: JSON syntax error"}}
	}
	for i, path := range r.load.format.paths {
		found, _ := path.find(document)
		v, err := r.convert(i, found)
		if err != nil {
			return r.load.badValue(i, r.number, r.uri, err)
		}
		r.row[i] = v
	}
	return nil
}

// tooDeep reports nesting beyond maxNesting; brackets inside texts count, which
// no document of one record per line minds.
func tooDeep(line []byte) bool {
	depth := 0
	for _, b := range line {
		switch b {
		case '{', '[':
			if depth++; depth > maxNesting {
				return true
			}
		case '}', ']':
			depth--
		}
	}
	return false
}

// convert makes the value of column i.
func (r *jsonReader) convert(i int, found any) (datum.Value, error) {
	c := &r.load.converters[i]
	text := ""
	switch found := found.(type) {
	case nil:
		return datum.NULL, nil
	case string:
		text = found
	case bool:
		text = strconv.FormatBool(found)
	case json.Number:
		if c.column.Type.Kind == datum.Number {
			return datum.ParseNumber(found.String())
		}
		text = found.String()
	default:
		text = jsonText(found)
	}
	if limit := r.load.cloud.knobs.JSONValueLimit; limit > 0 && len(text) > limit {
		return datum.NULL, datum.Errorf(40478, "output value too large (maximum: %d)", limit)
	}
	return c.convert(text)
}

// jsonText writes an object or array as it is.
func jsonText(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil { // it was decoded a moment ago
		return ""
	}
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}
