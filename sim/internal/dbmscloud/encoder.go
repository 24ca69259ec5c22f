package dbmscloud

import (
	"fmt"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/nls"
)

// encoder renders the rows of one export in a text format. Each object is a
// header, rows and a footer.
type encoder interface {
	appendHeader(dst []byte) []byte
	appendRow(dst []byte, row datum.Row) ([]byte, error)
	appendFooter(dst []byte) []byte
}

// newEncoder makes the encoder of a text format.
func newEncoder(f exportFormat, k Knobs, columns []datum.Column, settings nls.Settings) encoder {
	switch f.kind {
	case "json":
		return newJSONWriter(f, k, columns, settings)
	case "xml":
		return newXMLWriter(columns, settings)
	}
	return newCSVWriter(f, k, columns, settings)
}

// checkTextColumns refuses what has no text form (reference, section 1.7).
func checkTextColumns(f exportFormat, columns []datum.Column) error {
	for _, column := range columns {
		if column.Type.Kind == datum.Blob || column.Type.Long {
			return notSimulated(fmt.Sprintf("EXPORT_DATA of column %s: BLOB and LONG have no %s form", column.Name, f.kind))
		}
	}
	return nil
}

// checkLOBs bounds the CLOBs of a row (Knobs.LOBLimit).
func checkLOBs(row datum.Row, limit int) error {
	if limit == 0 {
		return nil
	}
	for _, v := range row {
		if n := len(v.Bytes()); v.Kind() == datum.Clob && n > limit {
			return datum.Errorf(22835,
				"Buffer too small for CLOB to CHAR or BLOB to RAW conversion (actual: %d, maximum: %d)", n, limit)
		}
	}
	return nil
}
