package dbmscloud

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// maxFileSize is the largest maxfilesize (reference, section 1.3).
const maxFileSize = 1 << 30

// The format keys of EXPORT_DATA (reference, section 1.3): those that are
// simulated, each with the types it is for, and those that exist and are not.
// Import keys are in neither and are refused as unrecognized.
var (
	exportKeys = map[string][]string{
		"type":            {"csv", "json", "xml", "parquet", "datapump"},
		"compression":     {"csv", "json", "xml", "parquet", "datapump"},
		"delimiter":       {"csv"},
		"quote":           {"csv"},
		"endquote":        {"csv"},
		"escape":          {"csv"},
		"header":          {"csv"},
		"trimspaces":      {"csv"},
		"maxfilesize":     {"csv", "json", "xml"},
		"recorddelimiter": {"csv", "json"},
		"fileextension":   {"csv", "json", "xml", "parquet"},
		"version":         {"datapump"},
	}
	exportKeysUnsimulated = []string{"encryption", "singlefile"}
)

// exportFormat is the format of an export.
type exportFormat struct {
	kind            string // csv, json, xml, parquet, datapump
	delimiter       string
	quote, endquote string // "" for none
	recordDelimiter string
	escape          bool
	header          bool
	names           []string // of the header line; nil for the columns' own
	gzip            bool     // of text
	compression     string
	trim            trim
	maxFileSize     int64
	extension       string // with its dot; "" for none
}

// versionNumber is a release such as 19 or 12.2.0.1.
var versionNumber = regexp.MustCompile(`^\d+(\.\d+){0,4}$`)

// parseExportFormat reads the format argument of EXPORT_DATA.
//
// Errors: ORA-20009, and ORA-20000 for unknown keys, bad values, and what is
// not simulated.
func parseExportFormat(text string, k Knobs) (exportFormat, error) {
	f, err := parseFormat(text)
	if err != nil {
		return exportFormat{}, err
	}
	if err := f.check(sortedKeys(exportKeys), exportKeysUnsimulated); err != nil {
		return exportFormat{}, err
	}
	kind, err := exportType(f)
	if err != nil {
		return exportFormat{}, err
	}
	e := exportFormat{
		kind:            kind,
		delimiter:       cmp.Or(f.character("delimiter"), ","),
		quote:           f.character("quote"),
		endquote:        f.character("endquote"),
		recordDelimiter: cmp.Or(f.lineEnd("recorddelimiter"), "\n"),
		escape:          f.flag("escape"),
		compression:     f.exportCompression(kind),
		trim:            f.trim(),
		maxFileSize:     f.number("maxfilesize", k.MinFileSize, k.MinFileSize, maxFileSize),
		extension:       "." + kind,
	}
	e.header, e.names = f.header()
	f.dumpVersion()
	e.endquote = cmp.Or(e.endquote, e.quote)
	e.gzip = e.compression == "gzip" && kind != "parquet"
	if ext, ok := f.text("fileextension"); ok {
		e.extension = "." + strings.TrimPrefix(ext, ".")
		if strings.EqualFold(ext, "none") {
			e.extension = ""
		}
	}
	return e, f.err
}

func sortedKeys(m map[string][]string) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// exportType reads the type and refuses options that are for other types.
func exportType(f *format) (string, error) {
	kind, ok := f.text("type")
	if !ok {
		return "", datum.Errorf(20000, "Invalid format parameter: Missing parameter type")
	}
	kind = strings.ToLower(kind)
	if !slices.Contains(exportKeys["type"], kind) {
		return "", datum.Errorf(20000, "Invalid format parameter: Bad value for type")
	}
	for _, key := range sortedKeys(exportKeys) {
		if _, given := f.values[key]; given && !slices.Contains(exportKeys[key], kind) {
			return "", notSimulated("format parameter " + key + " with type " + kind)
		}
	}
	return kind, nil
}

// header reads whether there is a header line and, in its list form, which names
// it has instead of the columns'.
func (f *format) header() (line bool, names []string) {
	list, ok := f.values["header"].([]any)
	if !ok {
		return f.flag("header"), nil
	}
	for _, item := range list {
		name, ok := item.(string)
		if !ok {
			f.bad("header")
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		f.bad("header")
	}
	return true, names
}

// renamed returns the columns with the names that their header line shows.
//
// Error: ORA-20000 when there is not a name for each.
func (e exportFormat) renamed(columns []datum.Column) ([]datum.Column, error) {
	if e.names == nil {
		return columns, nil
	}
	if len(e.names) != len(columns) {
		return nil, datum.Errorf(20000, "Invalid format parameter: Bad value for header")
	}
	columns = slices.Clone(columns)
	for i, name := range e.names {
		columns[i].Name = name
	}
	return columns, nil
}

// dumpVersion checks the version of a dump file, which changes nothing in the
// simulator's own container.
func (f *format) dumpVersion() {
	text, ok := f.text("version")
	if !ok || strings.EqualFold(text, "COMPATIBLE") || strings.EqualFold(text, "LATEST") {
		return
	}
	if !versionNumber.MatchString(text) {
		f.bad("version")
	}
}

// exportCompression reads the compression, whose words depend on the type.
func (f *format) exportCompression(kind string) string {
	switch kind {
	case "parquet":
		return f.word("compression", "snappy", "gzip")
	case "datapump":
		return f.word("compression", "none", "basic", "low", "medium", "high")
	default:
		return f.word("compression", "none", "gzip")
	}
}
