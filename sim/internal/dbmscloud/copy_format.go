package dbmscloud

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// The format keys of COPY_DATA (reference, section 2.3): those simulated for
// every type, those simulated for some, and those that exist and are not
// simulated.
var (
	copyKeys       = []string{"type", "rejectlimit", "logprefix", "logretention", "enablelogs", "regexuri"}
	copyKeysOfText = []string{
		"delimiter", "recorddelimiter", "quote", "endquote", "removequotes", "escape", "trimspaces",
		"ignoremissingcolumns", "ignoreblanklines", "skipheaders",
	}
	copyKeysOfTextAndJSON = []string{
		"blankasnull", "truncatecol", "conversionerrors", "dateformat", "timestampformat", "timestamptzformat",
		"timestampltzformat", "numericcharacters", "characterset", "compression", "readsize",
	}
	copyKeysOfJSON      = []string{"columnpath"}
	copyKeysOfParquet   = []string{"schema"}
	copyKeysUnsimulated = []string{
		"numberformat", "language", "territory", "logdir", "jsonpath", "keyassignment",
		"keypath", "unpackarrays", "maxdocsize", "partition_columns", "rowsize", "endian",
		"encryption", "version", "detectfieldorder",
	}
)

// copyFormat is the format of a load.
type copyFormat struct {
	kind         string // text, json, parquet, datapump
	paths        []jsonPath
	schemaAll    bool // of parquet: every object's own columns count, not the first one's
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
	regexURI     bool // file names in URIs are regular expressions
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
	known := slices.Concat(copyKeys, copyKeysOfText, copyKeysOfTextAndJSON, copyKeysOfJSON, copyKeysOfParquet)
	if err := f.check(known, copyKeysUnsimulated); err != nil {
		return copyFormat{}, err
	}
	kind, variant, err := copyType(f)
	if err != nil {
		return copyFormat{}, err
	}
	c := f.copyOptions(kind)
	if c.compression == "zstd" {
		return c, notSimulated("compression zstd")
	}
	if err := f.checkCharacterSet(); err != nil {
		return c, err
	}
	c.setLogging(f)
	c.shape(f, k, variant)
	if variant != "" && k.TrimCSV && c.trim == trimNone {
		c.trim = trimBoth
	}
	return c, f.err
}

// copyOptions reads the options that are a key and its default each. A bad value
// is left in f.err.
func (f *format) copyOptions(kind string) copyFormat {
	return copyFormat{
		kind:         kind,
		paths:        f.columnPaths(kind),
		schemaAll:    f.word("schema", "first", "all") == "all",
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
		removeQuotes: f.flag("removequotes"),
		regexURI:     f.flag("regexuri"),
	}
}

// setLogging reads which log tables a load writes. logretention is only checked:
// no simulation lives for the two days after which logs would go.
func (c *copyFormat) setLogging(f *format) {
	_, given := f.text("enablelogs")
	c.logs = !given || f.flag("enablelogs")
	prefix, _ := f.text("logprefix")
	c.logPrefix = strings.ToUpper(cmp.Or(prefix, "COPY"))
	_ = f.number("logretention", 2, 0, 99999)
}

// binary reports whether the objects hold something other than text.
func (c copyFormat) binary() bool { return c.kind == "parquet" || c.kind == "datapump" }

// copyType reads the type: the kind of reader it needs and, for csv, which of
// its variants. It refuses options that are for other types.
func copyType(f *format) (kind, variant string, err error) {
	given, ok := f.text("type")
	switch given = strings.Join(strings.Fields(strings.ToLower(given)), " "); {
	case !ok:
		kind = "text"
	case given == "csv", given == "csv without embedded", given == "csv with embedded":
		kind, variant = "text", given
	case given == "json", given == "parquet", given == "datapump":
		kind = given
	case given == "avro", given == "orc", given == "ejson":
		return "", "", notSimulated("COPY_DATA with format type " + given)
	default:
		return "", "", datum.Errorf(20000, "Invalid format parameter: Bad value for type")
	}
	return kind, variant, checkOptions(f, kind)
}

// checkOptions refuses options that are not for this kind.
func checkOptions(f *format, kind string) error {
	groups := []struct {
		keys  []string
		kinds string
	}{
		{copyKeysOfText, "text"},
		{copyKeysOfTextAndJSON, "text json"},
		{copyKeysOfJSON, "json"},
		{copyKeysOfParquet, "parquet"},
	}
	for _, g := range groups {
		for _, key := range g.keys {
			if _, given := f.values[key]; given && !slices.Contains(strings.Fields(g.kinds), kind) {
				return notSimulated("format parameter " + key + " with type " + kind)
			}
		}
	}
	return nil
}

// shape fills in how the text is cut; variant is "" for delimited text.
func (c *copyFormat) shape(f *format, k Knobs, variant string) {
	delimiter, quote := "|", ""
	if variant != "" {
		delimiter, quote = ",", `"`
	}
	c.text = textShape{
		delimiter:       f.separator("delimiter", delimiter),
		recordDelimiter: f.lineEnd("recorddelimiter"),
		quote:           cmp.Or(f.character("quote"), quote),
		escape:          f.flag("escape"),
		embedded:        variant == "csv with embedded",
		missingAsNull:   f.flag("ignoremissingcolumns"),
		readSize:        int(f.number("readsize", int64(k.ReadSize), 1, math.MaxInt32)),
		unclosed:        "KUP-04037: terminator not found",
	}
	if k.UnclosedQuoteIs04036 {
		c.text.unclosed = "KUP-04036: second enclosing delimiter not found"
	}
	c.text.endquote = cmp.Or(f.character("endquote"), c.text.quote)
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
