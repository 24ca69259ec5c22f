package dbmscloud

import (
	"cmp"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// maxFileSize is the largest maxfilesize (reference section 1.3).
const maxFileSize = 1 << 30

// The format keys of EXPORT_DATA (reference section 1.3): those simulated for
// csv, and those that exist and are not simulated. Import keys are in neither
// and are refused as unrecognized.
var (
	exportKeys = []string{
		"type", "compression", "delimiter", "quote", "endquote", "escape", "header",
		"maxfilesize", "recorddelimiter", "trimspaces", "fileextension",
	}
	exportKeysUnsimulated = []string{"version", "encryption", "singlefile"}
)

// exportFormat is the format of a csv export.
type exportFormat struct {
	delimiter       string
	quote, endquote string // "" for none
	recordDelimiter string
	escape          bool
	header          bool
	gzip            bool
	trim            trim
	maxFileSize     int64
	extension       string // with its dot; "" for none
}

// parseExportFormat reads the format argument of EXPORT_DATA.
//
// Errors: ORA-20009, and ORA-20000 for unknown keys, bad values and types that
// are not simulated.
func parseExportFormat(text string, k Knobs) (exportFormat, error) {
	f, err := parseFormat(text)
	if err != nil {
		return exportFormat{}, err
	}
	if err := f.check(exportKeys, exportKeysUnsimulated); err != nil {
		return exportFormat{}, err
	}
	if err := checkExportType(f); err != nil {
		return exportFormat{}, err
	}
	e := exportFormat{
		delimiter:       cmp.Or(f.character("delimiter"), ","),
		quote:           f.character("quote"),
		endquote:        f.character("endquote"),
		recordDelimiter: cmp.Or(f.lineEnd("recorddelimiter"), "\n"),
		escape:          f.flag("escape"),
		header:          f.flag("header"),
		gzip:            f.word("compression", "none", "gzip") == "gzip",
		trim:            f.trim(),
		maxFileSize:     f.number("maxfilesize", k.MinFileSize, k.MinFileSize, maxFileSize),
		extension:       ".csv",
	}
	e.endquote = cmp.Or(e.endquote, e.quote)
	if ext, ok := f.text("fileextension"); ok {
		e.extension = "." + strings.TrimPrefix(ext, ".")
		if strings.EqualFold(ext, "none") {
			e.extension = ""
		}
	}
	return e, f.err
}

func checkExportType(f *format) error {
	kind, ok := f.text("type")
	if !ok {
		return datum.Errorf(20000, "Invalid format parameter: Missing parameter type")
	}
	switch kind = strings.ToLower(kind); kind {
	case "csv":
		return nil
	case "json", "parquet", "xml", "datapump":
		return notSimulated("EXPORT_DATA with format type " + kind)
	}
	return datum.Errorf(20000, "Invalid format parameter: Bad value for type")
}
