package engine

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/adbferry/adbferry/sim/internal/datum"
	"github.com/adbferry/adbferry/sim/internal/nls"
)

// text renders a value as an implicit conversion does.
func (s *Session) text(v datum.Value) (string, error) {
	if v.Kind() == datum.Text || v.Kind() == datum.Clob || v.IsNull() {
		return v.Text(), nil
	}
	return s.nls.Text(v)
}

// number converts a value to NUMBER. Errors: ORA-01722, ORA-00932.
func (s *Session) number(v datum.Value) (datum.Value, error) {
	switch v.Kind() {
	case datum.Number, datum.Null:
		return v, nil
	case datum.Text, datum.Clob:
		return s.nls.Convert(v.Text(), numberType())
	case datum.BinaryDouble:
		return datum.FromFloat64(v.Double())
	case datum.BinaryFloat:
		return datum.ParseNumber(strconv.FormatFloat(float64(v.Single()), 'g', -1, 32))
	default:
		return datum.NULL, datum.Errorf(932, "inconsistent datatypes: expected NUMBER got %s", kindName(v.Kind()))
	}
}

// integer converts an argument to an int, cutting its fraction.
func (s *Session) integer(v datum.Value) (int, error) {
	n, err := s.number(v)
	if err != nil {
		return 0, err
	}
	i, ok := datum.Round(n, 0, datum.Truncate).Int()
	if !ok || i > math.MaxInt32 || i < math.MinInt32 {
		return 0, datum.Errorf(1426, "numeric overflow")
	}
	return int(i), nil
}

// double converts a value to a float64; a NUMBER is rounded to the nearest.
func (s *Session) double(v datum.Value) (float64, error) {
	switch v.Kind() {
	case datum.BinaryDouble:
		return v.Double(), nil
	case datum.BinaryFloat:
		return float64(v.Single()), nil
	case datum.Text:
		return parseDouble(v.Text())
	default:
		n, err := s.number(v)
		return n.Float(), err
	}
}

// parseDouble reads a float without regard to NLS settings, NaN and infinities
// included.
func parseDouble(text string) (float64, error) {
	switch t := strings.ToUpper(strings.TrimSpace(text)); t {
	case "NAN":
		return math.NaN(), nil
	case "INF", "INFINITY", "+INF":
		return math.Inf(1), nil
	case "-INF", "-INFINITY":
		return math.Inf(-1), nil
	default:
		f, err := strconv.ParseFloat(strings.TrimRight(t, "DF"), 64)
		if err != nil && !math.IsInf(f, 0) {
			return 0, datum.Errorf(1722, "invalid number")
		}
		return f, nil
	}
}

// kindName is how error messages call a kind.
func kindName(k datum.Kind) string {
	names := [...]string{
		datum.Null: "NULL", datum.Text: "CHAR", datum.Number: "NUMBER", datum.Date: "DATE",
		datum.Timestamp: "TIMESTAMP", datum.TimestampTZ: "TIMESTAMP WITH TIME ZONE",
		datum.TimestampLTZ: "TIMESTAMP WITH LOCAL TIME ZONE", datum.IntervalYM: "INTERVAL YEAR TO MONTH",
		datum.IntervalDS: "INTERVAL DAY TO SECOND", datum.Raw: "BINARY", datum.BinaryFloat: "BINARY_FLOAT",
		datum.BinaryDouble: "BINARY_DOUBLE", datum.Clob: "CLOB", datum.Blob: "BLOB", datum.Rowid: "ROWID",
		datum.Boolean: "BOOLEAN",
	}
	return names[k]
}

// convert brings a value to the kind of a type, by the rules of implicit
// conversion; it enforces no lengths.
//
// Errors: ORA-00932 where there is no conversion, and those of the text forms.
func (s *Session) convert(v datum.Value, to datum.Type) (datum.Value, error) {
	if v.IsNull() || v.Kind() == to.Kind || to.Kind == datum.Null {
		return v, nil
	}
	switch {
	case to.Kind == datum.Text:
		text, err := s.text(v)
		return datum.FromText(text), err
	case to.Kind == datum.Number:
		return s.number(v)
	case isFloat(to.Kind):
		return s.float(v, to.Kind)
	case to.Kind == datum.Clob:
		return s.clob(v)
	case isTime(to.Kind) && isTime(v.Kind()):
		return s.toTime(v, to.Kind)
	case to.Kind == datum.Blob && v.Kind() == datum.Raw:
		return datum.FromBlob([]byte(v.Bytes())), nil
	case to.Kind == datum.Raw && v.Kind() == datum.Blob:
		return datum.FromRaw([]byte(v.Bytes())), nil
	case (to.Kind == datum.Raw || to.Kind == datum.Blob) && v.Kind() == datum.Text:
		return nls.ParseRaw(v.Text(), to.Kind)
	case v.Kind() == datum.Text, v.Kind() == datum.Clob && to.Kind != datum.Blob && to.Kind != datum.Raw:
		return s.nls.Convert(v.Text(), to)
	}
	return datum.NULL, datum.Errorf(932, "inconsistent datatypes: expected %s got %s", kindName(to.Kind), kindName(v.Kind()))
}

// clob converts a value to CLOB by its text.
func (s *Session) clob(v datum.Value) (datum.Value, error) {
	if v.Kind() == datum.Blob {
		return datum.NULL, datum.Errorf(932, "inconsistent datatypes: expected CLOB got BLOB")
	}
	text, err := s.text(v)
	return datum.FromClob(text), err
}

// float converts a value to one of the binary floats.
func (s *Session) float(v datum.Value, kind datum.Kind) (datum.Value, error) {
	f, err := s.double(v)
	if kind == datum.BinaryFloat {
		return datum.FromFloat(float32(f)), err
	}
	return datum.FromDouble(f), err
}

// toTime converts between the kinds of points in time. What has no zone is in
// the session's.
func (s *Session) toTime(v datum.Value, kind datum.Kind) (datum.Value, error) {
	local, zoned := v.Time(), v.Kind() == datum.TimestampTZ || v.Kind() == datum.TimestampLTZ
	zone := s.nls.TimeZone
	if v.Kind() == datum.TimestampTZ {
		zone = v.Zone()
	}
	place, err := nls.Location(zone)
	if err != nil {
		return datum.NULL, err
	}
	if zoned {
		local = local.In(place)
	}
	instant := time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), local.Second(), local.Nanosecond(), place)
	if zoned {
		instant = v.Time()
	}
	switch kind {
	case datum.Date:
		return datum.FromDate(local), nil
	case datum.Timestamp:
		return datum.FromTimestamp(local), nil
	case datum.TimestampLTZ:
		return datum.FromTimestampLTZ(instant), nil
	default:
		return datum.FromTimestampTZ(instant, zone), nil
	}
}
