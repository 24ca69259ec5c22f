package pb

import "strings"

// Formats returns every format, of equally good ones the preferred first. The
// slice is the caller's.
func Formats() []Format {
	return []Format{Format_FORMAT_CSV, Format_FORMAT_JSON, Format_FORMAT_PARQUET, Format_FORMAT_DATAPUMP}
}

// Word returns a format as people write it in flags, files and sentences, such
// as "csv".
func (x Format) Word() string {
	return strings.ToLower(strings.TrimPrefix(x.String(), "FORMAT_"))
}
