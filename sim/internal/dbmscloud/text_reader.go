package dbmscloud

import (
	"fmt"
	"io"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// textReader reads the records of a delimited text.
type textReader struct {
	load    *load
	uri     string
	records *recordReader
	cut     splitter
	skip    int // lines at the start
	number  int
	row     datum.Row
}

func newTextReader(l *load, in io.Reader, uri string, skip int) *textReader {
	f := l.format
	return &textReader{
		load: l, uri: uri, skip: skip, row: make(datum.Row, len(l.fields)),
		records: newRecordReader(in, f.text),
		cut:     splitter{shape: f.text, trim: f.trim, strip: f.removeQuotes, fields: l.fields},
	}
}

func (r *textReader) next() (record, error) {
	for {
		line, err := r.records.next()
		if err != nil {
			return record{}, err
		}
		r.number++
		if r.number <= r.skip || r.load.format.skipBlank && len(line) == 0 {
			continue
		}
		out := record{raw: string(line), number: r.number, row: r.row}
		return out, r.fill(out.raw)
	}
}

// fill turns one record into the row.
func (r *textReader) fill(text string) error {
	texts, err := r.cut.split(text)
	if err != nil {
		return err
	}
	for i, text := range texts {
		if r.row[i], err = r.load.converters[i].convert(text); err != nil {
			return r.load.badValue(i, r.number, r.uri, err)
		}
	}
	return nil
}

// badValue rejects a record for a value that does not fit column i.
func (l *load) badValue(i, number int, uri string, err error) error {
	where := fmt.Sprintf("error processing column %s in row %d for datafile %s", l.fields[i].name, number, uri)
	return &rejection{[]string{where, datum.AsError(err).Text}}
}
