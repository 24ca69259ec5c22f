package dbmscloud

import (
	"cmp"
	"math"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// The format keys of COPY_DATA (reference section 2.3): those simulated for
// delimited text, and those that exist and are not simulated.
var (
	copyKeys = []string{
		"type", "delimiter", "recorddelimiter", "quote", "endquote", "removequotes", "escape", "trimspaces",
		"blankasnull", "truncatecol", "ignoremissingcolumns", "ignoreblanklines", "skipheaders", "rejectlimit",
		"conversionerrors", "dateformat", "timestampformat", "timestamptzformat", "timestampltzformat",
		"numericcharacters", "characterset", "compression", "readsize", "logprefix", "logretention", "enablelogs",
	}
	copyKeysUnsimulated = []string{
		"numberformat", "language", "territory", "logdir", "schema", "columnpath", "jsonpath", "keyassignment",
		"keypath", "unpackarrays", "maxdocsize", "regexuri", "partition_columns", "rowsize", "endian",
		"encryption", "version", "detectfieldorder",
	}
)

// copyFormat is the format of a load of delimited text.
type copyFormat struct {
	text         textShape
	trim         trim
	blankAsNull  bool
	truncate     bool
	skipBlank    bool // blank lines
	skipHeaders  int
	rejectLimit  int64
	storeNull    bool // what cannot be converted becomes NULL
	masks        masks
	numerics     string // "" for the session's
	compression  string
	logPrefix    string
	logs         bool
	removeQuotes bool
}

// textShape is how a text is cut into records and fields.
type textShape struct {
	delimiter       string
	recordDelimiter string // "" for newline as detected
	quote, endquote string // "" for none
	escape          bool
	embedded        bool // records may contain newlines inside quotes
	missingAsNull   bool // absent trailing fields are NULL
	readSize        int  // longest record in bytes
	unclosed        string
}

// masks are the date masks of a load; "" means the session's.
type masks struct {
	date, timestamp, timestampTZ, timestampLTZ string
}

// parseCopyFormat reads the format argument of COPY_DATA.
//
// Errors: ORA-20009, and ORA-20000 for unknown keys, bad values, and types and
// options that are not simulated.
func parseCopyFormat(text string, k Knobs) (copyFormat, error) {
	f, err := parseFormat(text)
	if err != nil {
		return copyFormat{}, err
	}
	if err := f.check(copyKeys, copyKeysUnsimulated); err != nil {
		return copyFormat{}, err
	}
	c := copyFormat{
		trim:         f.trim(),
		blankAsNull:  f.flag("blankasnull"),
		truncate:     f.flag("truncatecol"),
		skipBlank:    f.flag("ignoreblanklines"),
		skipHeaders:  int(f.number("skipheaders", 0, 0, math.MaxInt32)),
		rejectLimit:  f.rejectLimit(),
		storeNull:    f.word("conversionerrors", "reject_record", "store_null") == "store_null",
		masks:        f.masks(),
		numerics:     f.numericCharacters(),
		compression:  f.word("compression", "none", "auto", "gzip", "zlib", "bzip2", "zstd"),
		logs:         true,
		removeQuotes: f.flag("removequotes"),
	}
	if _, given := f.text("enablelogs"); given {
		c.logs = f.flag("enablelogs")
	}
	prefix, _ := f.text("logprefix")
	c.logPrefix = strings.ToUpper(cmp.Or(prefix, "COPY"))
	if c.compression == "zstd" {
		return c, notSimulated("compression zstd")
	}
	if err := f.checkCharacterSet(); err != nil {
		return c, err
	}
	_ = f.number("logretention", 2, 0, 99999) // nothing outlives two days here
	csv, err := c.shape(f, k)
	if err != nil {
		return c, err
	}
	if csv && k.TrimCSV && c.trim == trimNone {
		c.trim = trimBoth
	}
	return c, f.err
}

// shape fills in how the text is cut and reports whether it is csv.
func (c *copyFormat) shape(f *format, k Knobs) (csv bool, err error) {
	delimiter, quote := "|", ""
	kind, given := f.text("type")
	switch kind = strings.Join(strings.Fields(strings.ToLower(kind)), " "); {
	case !given:
	case kind == "csv", kind == "csv without embedded", kind == "csv with embedded":
		delimiter, quote, csv = ",", `"`, true
	case kind == "avro", kind == "parquet", kind == "orc", kind == "json", kind == "ejson", kind == "datapump":
		return false, notSimulated("COPY_DATA with format type " + kind)
	default:
		return false, datum.Errorf(20000, "Invalid format parameter: Bad value for type")
	}
	c.text = textShape{
		delimiter:       f.separator("delimiter", delimiter),
		recordDelimiter: f.lineEnd("recorddelimiter"),
		quote:           cmp.Or(f.character("quote"), quote),
		escape:          f.flag("escape"),
		embedded:        kind == "csv with embedded",
		missingAsNull:   f.flag("ignoremissingcolumns"),
		readSize:        int(f.number("readsize", int64(k.ReadSize), 1, math.MaxInt32)),
		unclosed:        "KUP-04037: terminator not found",
	}
	if k.UnclosedQuoteIs04036 {
		c.text.unclosed = "KUP-04036: second enclosing delimiter not found"
	}
	c.text.endquote = cmp.Or(f.character("endquote"), c.text.quote)
	return csv, nil
}

// rejectLimit is a number of rows, or unlimited.
func (f *format) rejectLimit() int64 {
	if text, _ := f.text("rejectlimit"); strings.EqualFold(text, "unlimited") {
		return math.MaxInt64
	}
	return f.number("rejectlimit", 0, 0, math.MaxInt64)
}

func (f *format) masks() masks {
	var m masks
	m.date, _ = f.text("dateformat")
	m.timestamp, _ = f.text("timestampformat")
	m.timestampTZ, _ = f.text("timestamptzformat")
	m.timestampLTZ, _ = f.text("timestampltzformat")
	for key, mask := range map[string]string{
		"timestampformat": m.timestamp, "timestamptzformat": m.timestampTZ, "timestampltzformat": m.timestampLTZ,
	} {
		if strings.EqualFold(mask, "auto") && f.err == nil {
			f.err = notSimulated("format parameter " + key + " with value AUTO")
		}
	}
	return m
}

// numericCharacters takes the two characters as they are or in single quotes.
func (f *format) numericCharacters() string {
	text, ok := f.text("numericcharacters")
	if !ok {
		return ""
	}
	text = strings.Trim(text, "'")
	if len(text) != 2 || text[0] == text[1] {
		f.bad("numericcharacters")
	}
	return text
}

func (f *format) checkCharacterSet() error {
	text, ok := f.text("characterset")
	if ok && !strings.EqualFold(text, "AL32UTF8") && !strings.EqualFold(text, "UTF8") {
		return notSimulated("characterset " + text)
	}
	return nil
}
