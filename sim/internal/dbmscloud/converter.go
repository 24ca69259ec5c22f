package dbmscloud

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/engine"
	"github.com/adbferry/adbferry/sim/internal/nls"
)

// autoMasks are what dateformat AUTO tries, in this order (reference, section
// 2.3).
var autoMasks = []string{
	"J", "MM-DD-YYYYBC", "MM-DD-YYYY", "YYYYMMDD HHMISS", "YYMMDD HHMISS", "YYYY.DDD", "YYYY-MM-DD",
}

// isoMasks are the ISO 8601 forms that json loads try where no mask is given.
var isoMasks = map[datum.Kind][]string{
	datum.Date:      {`YYYY-MM-DD"T"HH24:MI:SS`, "YYYY-MM-DD"},
	datum.Timestamp: {`YYYY-MM-DD"T"HH24:MI:SSXFF`, `YYYY-MM-DD"T"HH24:MI:SS`},
	datum.TimestampTZ: {
		`YYYY-MM-DD"T"HH24:MI:SSXFF"Z"`, `YYYY-MM-DD"T"HH24:MI:SS"Z"`,
		`YYYY-MM-DD"T"HH24:MI:SSXFFTZH:TZM`, `YYYY-MM-DD"T"HH24:MI:SSTZH:TZM`,
	},
	datum.TimestampLTZ: {`YYYY-MM-DD"T"HH24:MI:SSXFF"Z"`, `YYYY-MM-DD"T"HH24:MI:SS"Z"`},
}

// converter turns the text of one field into a value of its column.
type converter struct {
	column   datum.Column
	settings []nls.Settings // tried in turn; more than one for AUTO masks
	from     datum.Type     // what the text is read as
	truncate bool
	blank    bool          // blanks are NULL
	lenient  bool          // what cannot be read is NULL
	iso      bool          // without a mask, dates are in ISO 8601
	mask     *nls.DateMask // of a date with one mask, taken apart once; nil for the rest
}

// newConverters matches fields to the table's columns by name.
//
// Errors: ORA-00904 for a field that is no column, and what is not simulated.
func newConverters(fields []field, table engine.TableInfo, f copyFormat, session nls.Settings) ([]converter, error) {
	if f.numerics != "" {
		session.NumericCharacters = f.numerics
	}
	now := session.Now() // of the statement: RR and masks without a year ask for it per value
	session.Now = func() time.Time { return now }
	converters := make([]converter, len(fields))
	for i, fl := range fields {
		column, ok := findColumn(table, fl.name)
		if !ok {
			return nil, inOpen(datum.Errorf(904, "%q: invalid identifier", fl.name))
		}
		c := converter{column: column, from: column.Type, truncate: f.truncate, blank: f.blankAsNull, lenient: f.storeNull, iso: f.kind == "json"}
		if column.Type.Kind == datum.Blob && !f.binary() {
			return nil, notSimulated("COPY_DATA of text into BLOB column " + column.Name)
		}
		if err := c.setMask(fl, f.masks, session); err != nil {
			return nil, err
		}
		converters[i] = c
	}
	return converters, nil
}

func findColumn(table engine.TableInfo, name string) (datum.Column, bool) {
	for _, column := range loadable(table) {
		if column.Name == name {
			return column, true
		}
	}
	return datum.Column{}, false
}

// loadable are the columns of a table that can be given a value.
func loadable(table engine.TableInfo) []datum.Column {
	var columns []datum.Column
	for i, column := range table.Columns {
		if i >= len(table.Virtual) || !table.Virtual[i] {
			columns = append(columns, column)
		}
	}
	return columns
}

// setMask decides how the field is read: by its own mask, by the format's for
// the column's type, or by the session's.
func (c *converter) setMask(fl field, m masks, session nls.Settings) error {
	mask := fl.mask
	if fl.kind != datum.Null {
		if !converts(fl.kind, c.column.Type.Kind) {
			return notSimulated(fmt.Sprintf("a date mask on the field of column %s", c.column.Name))
		}
		c.from.Kind = fl.kind
	}
	switch c.from.Kind {
	case datum.Date:
		mask = cmp.Or(mask, m.date)
	case datum.Timestamp:
		mask = cmp.Or(mask, m.timestamp)
	case datum.TimestampTZ:
		mask = cmp.Or(mask, m.timestampTZ)
	case datum.TimestampLTZ:
		mask = cmp.Or(mask, m.timestampLTZ)
	default:
	}
	for _, mask := range c.masks(mask) {
		s := withMask(session, mask)
		if strings.HasSuffix(mask, `"Z"`) {
			s.TimeZone = "+00:00"
		}
		c.settings = append(c.settings, s)
	}
	c.compileMask()
	return nil
}

// compileMask takes the mask of a date apart, if there is only one. A mask that
// cannot be is left for each record to fail on.
func (c *converter) compileMask() {
	mask := c.settings[0].DateFormat
	switch c.from.Kind {
	case datum.Date:
	case datum.Timestamp:
		mask = c.settings[0].TimestampFormat
	default:
		return
	}
	if parsed, err := nls.ParseDateMask(mask); err == nil && len(c.settings) == 1 {
		c.mask = &parsed
	}
}

// masks are those to try for a mask that was given, or "".
func (c *converter) masks(given string) []string {
	switch {
	case strings.EqualFold(given, "auto"):
		return autoMasks
	case given == "" && c.iso:
		return append(slices.Clip(isoMasks[c.from.Kind]), "")
	}
	return []string{given}
}

// converts reports whether a field read as one kind may fill a column of
// another.
func converts(field, column datum.Kind) bool {
	if field == column {
		return true
	}
	return field == datum.Date && column == datum.Timestamp || field == datum.Timestamp && column == datum.Date
}

// withMask makes mask the one of every date type; only the type that is read
// looks at it.
func withMask(s nls.Settings, mask string) nls.Settings {
	if mask != "" {
		s.DateFormat, s.TimestampFormat, s.TimestampTZFormat = mask, mask, mask
	}
	return s
}

// convert reads one field. Empty fields are NULL.
func (c *converter) convert(text string) (datum.Value, error) {
	if text == "" || c.blank && strings.Trim(text, " ") == "" {
		return datum.NULL, nil
	}
	switch c.column.Type.Kind {
	case datum.Text:
		return c.fit(text)
	case datum.Clob:
		return datum.FromClob(text), nil
	default:
	}
	v, err := c.read(text)
	if err != nil {
		if c.lenient {
			return datum.NULL, nil
		}
		return datum.NULL, err
	}
	return v, nil
}

func (c *converter) read(text string) (v datum.Value, err error) {
	if c.mask != nil {
		v, err = c.settings[0].ReadDate(text, c.mask, c.from.Kind)
		return c.cast(v), err
	}
	for i := range c.settings {
		if v, err = c.settings[i].Convert(text, c.from); err == nil {
			return c.cast(v), nil
		}
	}
	return datum.NULL, err
}

// cast changes between DATE and TIMESTAMP where field and column differ.
func (c *converter) cast(v datum.Value) datum.Value {
	switch {
	case v.IsNull(), v.Kind() == c.column.Type.Kind:
		return v
	case c.column.Type.Kind == datum.Date:
		return datum.FromDate(v.Time())
	case c.column.Type.Kind == datum.Timestamp:
		return datum.FromTimestamp(v.Time())
	}
	return v
}

// fit checks a text against its column's length, and cuts it when truncatecol
// says so.
func (c *converter) fit(text string) (datum.Value, error) {
	t := c.column.Type
	actual, most := len(text), t.Size
	if t.CharSized && t.Chars > 0 {
		actual, most = utf8.RuneCountInString(text), t.Chars
	}
	if actual <= most || most == 0 {
		return datum.FromText(text), nil
	}
	if !c.truncate {
		return datum.NULL, datum.Errorf(12899, "value too large for column %s (actual: %d, maximum: %d)",
			c.column.Name, actual, most)
	}
	if t.CharSized && t.Chars > 0 {
		return datum.FromText(string([]rune(text)[:most])), nil
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return datum.FromText(text[:most]), nil
}
