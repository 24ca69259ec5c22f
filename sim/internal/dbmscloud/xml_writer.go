package dbmscloud

// Type xml of EXPORT_DATA: the reference names the type (section 1.3) and says
// nothing of its shape, so all of it is UNCONFIRMED. Written here is what
// DBMS_XMLGEN is publicly known to write: a ROWSET with a ROW per row and an
// element per column that is not NULL, values by implicit conversion with the
// session's masks. Each object is a document of its own. There is no import.

import (
	"fmt"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/nls"
)

// xmlWriter renders rows as elements of a ROWSET.
type xmlWriter struct {
	nls   nls.Settings
	names []string // of the elements
}

func newXMLWriter(columns []datum.Column, settings nls.Settings) *xmlWriter {
	w := &xmlWriter{nls: settings}
	for _, column := range columns {
		w.names = append(w.names, elementName(column.Name))
	}
	return w
}

func (w *xmlWriter) appendHeader(dst []byte) []byte {
	return append(dst, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ROWSET>\n"...)
}

func (w *xmlWriter) appendFooter(dst []byte) []byte { return append(dst, "</ROWSET>\n"...) }

func (w *xmlWriter) appendRow(dst []byte, row datum.Row) ([]byte, error) {
	dst = append(dst, "<ROW>"...)
	for i, v := range row {
		if v.IsNull() {
			continue
		}
		text, err := w.nls.Text(v)
		if err != nil {
			return nil, fmt.Errorf("render column %s: %w", w.names[i], err)
		}
		dst = append(append(append(dst, '<'), w.names[i]...), '>')
		dst = appendXMLText(dst, text)
		dst = append(append(append(dst, "</"...), w.names[i]...), '>')
	}
	return append(dst, "</ROW>\n"...), nil
}

// appendXMLText escapes markup, and the carriage return, which a parser would
// change. A control character that XML cannot hold becomes U+FFFD.
func appendXMLText(dst []byte, text string) []byte {
	for _, r := range text {
		switch {
		case r == '<':
			dst = append(dst, "&lt;"...)
		case r == '>':
			dst = append(dst, "&gt;"...)
		case r == '&':
			dst = append(dst, "&amp;"...)
		case r == '\r':
			dst = append(dst, "&#13;"...)
		case r < 0x20 && r != '\n' && r != '\t', r == 0xFFFE, r == 0xFFFF:
			dst = append(dst, "\uFFFD"...)
		default:
			dst = append(dst, string(r)...)
		}
	}
	return dst
}

// elementName makes an XML name of a column's: what no name may hold becomes
// _xHHHH_, as SQL/XML does.
func elementName(column string) string {
	var b strings.Builder
	for i, r := range column {
		letter := r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == '_' || r >= 0xC0
		if letter || i > 0 && (r >= '0' && r <= '9' || r == '-' || r == '.') {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, "_x%04X_", r)
	}
	return b.String()
}
