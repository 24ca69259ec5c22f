package dbmscloud

import (
	"fmt"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/nls"
)

// csvWriter renders rows as EXPORT_DATA does (reference, section 1.7): values
// by implicit conversion with the session's masks, NULL as an empty field, and
// nothing made safe that was not asked for. A newline, quote or delimiter
// inside a value goes out as it is.
type csvWriter struct {
	format     exportFormat
	nls        nls.Settings
	columns    []datum.Column
	quoteAll   bool
	escapeSelf bool // escape backslashes too

	date, timestamp nls.DateMask // of the settings, taken apart once
}

func newCSVWriter(f exportFormat, k Knobs, columns []datum.Column, settings nls.Settings) *csvWriter {
	w := &csvWriter{format: f, nls: settings, columns: columns, quoteAll: k.QuoteEverything, escapeSelf: k.EscapeBackslash}
	// ALTER SESSION has accepted both masks.
	w.date, _ = nls.ParseDateMask(settings.DateFormat)
	w.timestamp, _ = nls.ParseDateMask(settings.TimestampFormat)
	return w
}

// appendHeader appends the line of column names, when there shall be one.
func (w *csvWriter) appendHeader(line []byte) []byte {
	if !w.format.header {
		return line
	}
	return w.appendNames(line)
}

func (w *csvWriter) appendFooter(line []byte) []byte { return line }

func (w *csvWriter) appendNames(line []byte) []byte {
	for i, column := range w.columns {
		line = w.appendDelimiter(line, i)
		line = w.appendQuoted(line, column.Name)
	}
	return append(line, w.format.recordDelimiter...)
}

// appendRow appends one record.
func (w *csvWriter) appendRow(line []byte, row datum.Row) ([]byte, error) {
	for i, v := range row {
		line = w.appendDelimiter(line, i)
		switch v.Kind() {
		case datum.Null:
		case datum.Text, datum.Clob:
			if text := w.format.trim.apply(v.Text(), false); text != "" {
				line = w.appendQuoted(line, text)
			}
		default:
			var err error
			if line, err = w.appendScalar(line, v); err != nil {
				return nil, fmt.Errorf("render column %s: %w", w.columns[i].Name, err)
			}
		}
	}
	return append(line, w.format.recordDelimiter...), nil
}

// appendScalar appends what is no text.
func (w *csvWriter) appendScalar(line []byte, v datum.Value) ([]byte, error) {
	if w.quoteAll {
		text, err := w.nls.Text(v)
		if err != nil || text == "" {
			return line, err
		}
		return w.appendQuoted(line, text), nil
	}
	switch v.Kind() {
	case datum.Date:
		return w.nls.AppendDate(line, v, &w.date)
	case datum.Timestamp:
		return w.nls.AppendDate(line, v, &w.timestamp)
	default:
		return w.nls.AppendText(line, v)
	}
}

func (w *csvWriter) appendDelimiter(line []byte, column int) []byte {
	if column == 0 {
		return line
	}
	return append(line, w.format.delimiter...)
}

func (w *csvWriter) appendQuoted(line []byte, text string) []byte {
	if w.format.quote == "" {
		return append(line, text...)
	}
	line = append(line, w.format.quote...)
	if w.format.escape {
		text = w.escaped(text)
	}
	line = append(line, text...)
	return append(line, w.format.endquote...)
}

// escaped puts a backslash before the characters that would end the enclosure.
func (w *csvWriter) escaped(text string) string {
	if w.escapeSelf {
		text = strings.ReplaceAll(text, `\`, `\\`)
	}
	text = strings.ReplaceAll(text, w.format.quote, `\`+w.format.quote)
	if w.format.endquote != w.format.quote {
		text = strings.ReplaceAll(text, w.format.endquote, `\`+w.format.endquote)
	}
	return text
}
