package dbmscloud

import (
	"cmp"
	"fmt"
)

// ZeroRows says what an export of no rows leaves behind.
type ZeroRows int

// The three possibilities of reference, section 1.5.
const (
	ZeroNothing    ZeroRows = iota // no object at all
	ZeroEmpty                      // an object of no bytes
	ZeroHeaderOnly                 // an object with the header line, whether or not header was asked for
)

// zeroRows are the names of the possibilities in a file of knobs.
var zeroRows = map[string]ZeroRows{"nothing": ZeroNothing, "empty": ZeroEmpty, "header_only": ZeroHeaderOnly}

// UnmarshalText reads nothing, empty or header_only.
func (z *ZeroRows) UnmarshalText(text []byte) error {
	v, ok := zeroRows[string(text)]
	if !ok {
		return fmt.Errorf("%q is not one of nothing, empty and header_only", text)
	}
	*z = v
	return nil
}

// Knobs are the behaviours that the reference cannot confirm; section numbers
// below are its own. The zero value of each is its documented default.
type Knobs struct {
	// WorkUnits is how many work units an export is split into, each with a
	// sequence number of its own (section 1.4). Default 1.
	WorkUnits int `yaml:"work_units"`

	// RowsPerTurn is how many rows a work unit takes before the next one gets
	// its turn; with few, a small result gives several objects too (section
	// 1.5). Default 1000.
	RowsPerTurn int `yaml:"rows_per_turn"`

	// ZeroRows is what an export of no rows writes. Default nothing.
	ZeroRows ZeroRows `yaml:"zero_rows"`

	// MinFileSize is the smallest maxfilesize taken, and the default of the
	// option. Default 10 MiB (section 1.3).
	MinFileSize int64 `yaml:"min_file_size"`

	// QuoteEverything lets the quote option enclose numbers and dates too,
	// not text alone (section 1.7 speaks of text).
	QuoteEverything bool `yaml:"quote_everything"`

	// EscapeBackslash lets the escape option double a backslash inside a
	// value; by default only quote characters are escaped, so that a value
	// ending in a backslash cannot be read back (section 11.5, question 3).
	EscapeBackslash bool `yaml:"escape_backslash"`

	// OmitJSONNulls leaves the key of a NULL out of a json export; by default
	// it is there with null (section 1.7 says nothing).
	OmitJSONNulls bool `yaml:"omit_json_nulls"`

	// JSONValueLimit is the largest text in bytes that a json load takes from a
	// document; a larger one rejects its record (section 2.5). Default 0: no
	// limit.
	JSONValueLimit int `yaml:"json_value_limit"`

	// LOBLimit is the largest CLOB in bytes that csv, json and xml exports
	// write; a larger one is ORA-22835 (section 1.7, question 4 of 11.5).
	// Default 0: no limit.
	LOBLimit int `yaml:"lob_limit"`

	// WriteOnlyFailsFirst lets an export through a write-only PAR fail before
	// its first object is put; by default that object stays behind (section
	// 1.2).
	WriteOnlyFailsFirst bool `yaml:"write_only_fails_first"`

	// NewParquetMapping writes Parquet as after the change of 2026-08: whole
	// numbers of up to 18 digits as INT64, DATE as TIMESTAMP_MILLIS (section
	// 1.7). Default the documented mapping before it.
	NewParquetMapping bool `yaml:"new_parquet_mapping"`

	// ParquetText writes CLOB, RAW and intervals, which the mapping does not
	// name, as STRING; by default they are refused (section 1.7).
	ParquetText bool `yaml:"parquet_text"`

	// ParquetFileSize is when a parquet export starts another object: bytes of
	// values before compression. Default 128,000,000 (section 1.5).
	ParquetFileSize int64 `yaml:"parquet_file_size"`

	// DumpThroughPAR lets type datapump work with a PAR and no credential; by
	// default it is refused (section 1.6, question 5 of 11.5).
	DumpThroughPAR bool `yaml:"dump_through_par"`

	// ObjectsNeedCredential refuses PARs in PUT_OBJECT, GET_METADATA and
	// LIST_OBJECTS (section 3). Default: they take them.
	ObjectsNeedCredential bool `yaml:"objects_need_credential"`

	// KeepDumpChunks lets DELETE_OBJECT of a dump file's primary object leave
	// the chunks (section 1.6). Default: they go too.
	KeepDumpChunks bool `yaml:"keep_dump_chunks"`

	// CountExports fills ROWS_LOADED of exports; by default it is NULL
	// (section 2.7).
	CountExports bool `yaml:"count_exports"`

	// KeepCallerTransaction stops COPY_DATA from committing what the caller
	// has open when it is called (section 2.2).
	KeepCallerTransaction bool `yaml:"keep_caller_transaction"`

	// LeaveUncommitted stops COPY_DATA from committing the rows it loaded
	// (section 2.2).
	LeaveUncommitted bool `yaml:"leave_uncommitted"`

	// PartialOnReject keeps the rows loaded before the reject limit was
	// reached; by default a failed load leaves none (section 2.2).
	PartialOnReject bool `yaml:"partial_on_reject"`

	// RejectRaises20003 puts ORA-20003 above the stack of a reached reject
	// limit (section 4.1); by default ORA-29913 comes first (section 4.2).
	RejectRaises20003 bool `yaml:"reject_raises_20003"`

	// UnclosedQuoteIs04036 reports a quote that is not closed within its
	// record as KUP-04036; by default as KUP-04037, as seen in the field
	// (sections 2.4 and 4.3).
	UnclosedQuoteIs04036 bool `yaml:"unclosed_quote_is_04036"`

	// SkipHeadersOnce applies skipheaders to the first object of a load only;
	// by default to each (section 2.3).
	SkipHeadersOnce bool `yaml:"skip_headers_once"`

	// DefaultFieldBytes is the length of a field that names none. Default 255
	// (section 2.4).
	DefaultFieldBytes int `yaml:"default_field_bytes"`

	// TrimCSV lets type csv cut blanks around fields, as the loader's CSV
	// clause does by itself (section 2.4). Default no.
	TrimCSV bool `yaml:"trim_csv"`

	// ReadSize is the default of the readsize option, which bounds a record.
	// Default 10,000,000 bytes (section 2.3).
	ReadSize int `yaml:"read_size"`

	// WildcardStaysInFolder stops * and ? from matching a slash. By default
	// they match any character (section 2.1).
	WildcardStaysInFolder bool `yaml:"wildcard_stays_in_folder"`

	// RegexURIMatchesWhole makes the regular expression of regexuri match the
	// whole file name. By default it matches anywhere in it, as REGEXP_LIKE
	// does (section 2.1 says nothing).
	RegexURIMatchesWhole bool `yaml:"regex_uri_matches_whole"`
}

// Validate names the first knob that is in no position.
func (k Knobs) Validate() error {
	if k.ZeroRows < ZeroNothing || k.ZeroRows > ZeroHeaderOnly {
		return fmt.Errorf("knob ZeroRows: unknown value %d", k.ZeroRows)
	}
	for _, knob := range []struct {
		name string
		n    int64
	}{
		{"WorkUnits", int64(k.WorkUnits)},
		{"RowsPerTurn", int64(k.RowsPerTurn)},
		{"LOBLimit", int64(k.LOBLimit)},
		{"JSONValueLimit", int64(k.JSONValueLimit)},
		{"DefaultFieldBytes", int64(k.DefaultFieldBytes)},
		{"ReadSize", int64(k.ReadSize)},
		{"MinFileSize", k.MinFileSize},
		{"ParquetFileSize", k.ParquetFileSize},
	} {
		if knob.n < 0 {
			return fmt.Errorf("knob %s: %d is negative", knob.name, knob.n)
		}
	}
	return nil
}

func (k Knobs) withDefaults() Knobs {
	k.WorkUnits = max(k.WorkUnits, 1)
	k.RowsPerTurn = cmp.Or(k.RowsPerTurn, 1000)
	k.MinFileSize = cmp.Or(k.MinFileSize, 10<<20)
	k.ParquetFileSize = cmp.Or(k.ParquetFileSize, 128_000_000)
	k.DefaultFieldBytes = cmp.Or(k.DefaultFieldBytes, 255)
	k.ReadSize = cmp.Or(k.ReadSize, 10_000_000)
	return k
}
