package nls

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// masks keeps the masks that a session's settings have taken apart, so that
// converting many rows does so once.
type masks struct {
	mu       sync.Mutex
	dates    map[string]*DateMask
	pictures map[string]picture
}

// maxMasks bounds the masks that are kept; a statement uses few.
const maxMasks = 256

// mask is ParseDateMask with a memory.
func (s *Settings) mask(mask string) (*DateMask, error) {
	if s.masks == nil {
		parsed, err := ParseDateMask(mask)
		return &parsed, err
	}
	s.masks.mu.Lock()
	defer s.masks.mu.Unlock()
	if known := s.masks.dates[mask]; known != nil {
		return known, nil
	}
	parsed, err := ParseDateMask(mask)
	if err == nil && len(s.masks.dates) < maxMasks {
		s.masks.dates[mask] = &parsed
	}
	return &parsed, err
}

// Text renders any scalar as an implicit TO_CHAR does. NULL is "".
//
// Error: ORA-00932 for a BLOB.
func (s *Settings) Text(v datum.Value) (string, error) {
	switch v.Kind() {
	case datum.Null, datum.Text, datum.Clob, datum.Rowid:
		return v.Text(), nil
	default:
		var scratch [64]byte
		b, err := s.AppendText(scratch[:0], v)
		return string(b), err
	}
}

// AppendText appends what Text returns. On an error dst stays as it is.
func (s *Settings) AppendText(dst []byte, v datum.Value) ([]byte, error) {
	switch v.Kind() {
	case datum.Null, datum.Text, datum.Clob, datum.Rowid:
		return append(dst, v.Text()...), nil
	case datum.Number:
		return s.withPoint(appendNumber(dst, v), len(dst)), nil
	case datum.Date:
		return s.formatDate(dst, v, s.DateFormat)
	case datum.Timestamp, datum.TimestampLTZ:
		return s.formatDate(dst, v, s.TimestampFormat)
	case datum.TimestampTZ:
		return s.formatDate(dst, v, s.TimestampTZFormat)
	case datum.IntervalYM, datum.IntervalDS:
		return append(dst, intervalText(v)...), nil
	case datum.Raw:
		return AppendHex(dst, v.Bytes()), nil
	case datum.BinaryFloat:
		return append(dst, floatText(float64(v.Single()), 8)...), nil
	case datum.BinaryDouble:
		return append(dst, floatText(v.Double(), 16)...), nil
	case datum.Boolean:
		return append(dst, pick(v.Bool(), "TRUE", "FALSE")...), nil
	default:
		return dst, datum.Errorf(932, "inconsistent datatypes: expected CHAR got BLOB")
	}
}

// AppendHex appends bytes as hex digits, in capitals as Oracle writes them.
func AppendHex[T string | []byte](dst []byte, b T) []byte {
	const digits = "0123456789ABCDEF"
	dst = slices.Grow(dst, 2*len(b))
	for i := range len(b) {
		dst = append(dst, digits[b[i]>>4], digits[b[i]&15])
	}
	return dst
}

// withPoint puts the session's decimal point in the place of the dot of a
// number that begins at start.
func (s *Settings) withPoint(b []byte, start int) []byte {
	if point := s.decimalPoint(); point != '.' {
		if i := bytes.IndexByte(b[start:], '.'); i >= 0 {
			b[start+i] = point
		}
	}
	return b
}

// widest is the number of characters an implicit TO_CHAR of a NUMBER takes.
const widest = 40

// appendNumber writes the implicit form of a NUMBER: at most 40 characters,
// rounded or in exponent form when it has more.
func appendNumber(dst []byte, v datum.Value) []byte {
	out := appendPlain(dst, v)
	length := len(out) - len(dst)
	if v.Sign() < 0 {
		length--
	}
	if length <= widest {
		return out
	}
	if n := v.Digits(); n > widest || n < -5 {
		return append(dst, exponentForm(v, widest-6)...)
	}
	return appendPlain(dst, datum.Round(v, widest-1-max(v.Digits(), 0), datum.HalfUp))
}

// floatText is d.dddE±ddd with as many digits as it takes to be read back,
// and Nan, Inf and -Inf.
func floatText(f float64, digits int) string {
	switch {
	case math.IsNaN(f):
		return "Nan"
	case math.IsInf(f, 1):
		return "Inf"
	case math.IsInf(f, -1):
		return "-Inf"
	case f == 0:
		return "0"
	}
	mantissa, exp, _ := strings.Cut(strconv.FormatFloat(f, 'E', digits, 64), "E")
	if strings.Contains(mantissa, ".") {
		mantissa = strings.TrimRight(mantissa, "0")
	}
	if strings.HasSuffix(mantissa, ".") {
		mantissa += "0"
	}
	n, _ := strconv.Atoi(exp) // FormatFloat wrote it
	return fmt.Sprintf("%sE%+04d", mantissa, n)
}

// intervalText is +YY-MM or +DD HH:MM:SS.ffffff, with more digits where the
// value has them.
func intervalText(v datum.Value) string {
	if v.Kind() == datum.IntervalYM {
		months := v.Months()
		sign := pick(months < 0, "-", "+")
		months = max(months, -months)
		return fmt.Sprintf("%s%02d-%02d", sign, months/12, months%12)
	}
	seconds, nanos := v.Seconds()
	sign := pick(seconds < 0 || nanos < 0, "-", "+")
	seconds, nanos = max(seconds, -seconds), max(nanos, -nanos)
	fraction := fmt.Sprintf("%09d", nanos)
	if nanos%1000 == 0 {
		fraction = fraction[:6]
	}
	return fmt.Sprintf("%s%02d %02d:%02d:%02d.%s", sign, seconds/86400, seconds/3600%24, seconds/60%60, seconds%60, fraction)
}

// Convert reads text as a value of the kind of to, as an implicit conversion
// does. Lengths and precisions of to are not enforced.
//
// Errors: those of the kind's own text form.
func (s *Settings) Convert(text string, to datum.Type) (datum.Value, error) {
	if text == "" && to.Kind != datum.Clob && to.Kind != datum.Blob {
		return datum.NULL, nil
	}
	switch to.Kind {
	case datum.Number:
		return s.plainToNumber(text)
	case datum.Date:
		return s.ParseDate(text, s.DateFormat)
	case datum.Timestamp:
		return s.ParseTimestamp(text, s.TimestampFormat)
	case datum.TimestampTZ:
		return s.ParseTimestampTZ(text, s.TimestampTZFormat)
	case datum.TimestampLTZ:
		return s.parseLocal(text)
	case datum.IntervalYM:
		return ParseYMInterval(text)
	case datum.IntervalDS:
		return ParseDSInterval(text)
	case datum.Clob:
		return datum.FromClob(text), nil
	case datum.Rowid:
		return datum.Of(datum.Rowid, text), nil
	case datum.Raw, datum.Blob:
		return ParseRaw(text, to.Kind)
	case datum.BinaryFloat, datum.BinaryDouble:
		return s.parseFloat(text, to.Kind)
	default:
		return datum.FromText(text), nil
	}
}

// parseLocal reads a TIMESTAMP WITH LOCAL TIME ZONE: a clock in the session's
// zone.
func (s *Settings) parseLocal(text string) (datum.Value, error) {
	v, err := s.ParseTimestampTZ(text, s.TimestampFormat)
	if err != nil || v.IsNull() {
		return datum.NULL, err
	}
	return datum.FromTimestampLTZ(v.Time()), nil
}

// ParseRaw reads a RAW or BLOB from hex digits, as the implicit conversion of
// text does; an odd number of them gets a zero in front.
//
// Error: ORA-01465.
func ParseRaw(text string, kind datum.Kind) (datum.Value, error) {
	if len(text)%2 != 0 {
		text = "0" + text
	}
	b, err := hex.DecodeString(text)
	if err != nil {
		return datum.NULL, datum.Errorf(1465, "invalid hex number")
	}
	if kind == datum.Blob {
		return datum.FromBlob(b), nil
	}
	return datum.FromRaw(b), nil
}

// parseFloat reads a binary float, NaN and infinities included.
func (s *Settings) parseFloat(text string, kind datum.Kind) (datum.Value, error) {
	var f float64
	switch t := strings.ToUpper(strings.TrimSpace(text)); t {
	case "NAN":
		f = math.NaN()
	case "INF", "+INF", "INFINITY":
		f = math.Inf(1)
	case "-INF", "-INFINITY":
		f = math.Inf(-1)
	default:
		parsed, err := strconv.ParseFloat(strings.Replace(strings.TrimRight(t, "FD"), string(s.decimalPoint()), ".", 1), 64)
		if err != nil && !math.IsInf(parsed, 0) {
			return datum.NULL, datum.Errorf(1722, "invalid number")
		}
		f = parsed
	}
	if kind == datum.BinaryFloat {
		return datum.FromFloat(float32(f)), nil
	}
	return datum.FromDouble(f), nil
}

var (
	ymForm = regexp.MustCompile(`^\s*([+-]?)(\d{1,9})-(\d{1,2})\s*$`)
	dsForm = regexp.MustCompile(`^\s*([+-]?)(\d{1,9}) +(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9}))?\s*$`)
)

// ParseYMInterval reads an INTERVAL YEAR TO MONTH: "+02-03".
//
// Errors: ORA-01867, ORA-01843 for a month above 11.
func ParseYMInterval(text string) (datum.Value, error) {
	m := ymForm.FindStringSubmatch(text)
	if m == nil {
		return datum.NULL, datum.Errorf(1867, "the interval is invalid")
	}
	years, _ := strconv.ParseInt(m[2], 10, 64) // the form has digits only
	months, _ := strconv.ParseInt(m[3], 10, 64)
	if months > 11 {
		return datum.NULL, datum.Errorf(1843, "not a valid month")
	}
	months += 12 * years
	if m[1] == "-" {
		months = -months
	}
	return datum.FromIntervalYM(months), nil
}

// ParseDSInterval reads an INTERVAL DAY TO SECOND: "+10 22:11:33.123456".
//
// Errors: ORA-01867; ORA-01850, 01851, 01852 for fields out of range.
func ParseDSInterval(text string) (datum.Value, error) {
	m := dsForm.FindStringSubmatch(text)
	if m == nil {
		return datum.NULL, datum.Errorf(1867, "the interval is invalid")
	}
	var n [4]int64
	for i := range n {
		n[i], _ = strconv.ParseInt(m[i+2], 10, 64) // the form has digits only
	}
	switch {
	case n[1] > 23:
		return datum.NULL, datum.Errorf(1850, "hour must be between 0 and 23")
	case n[2] > 59:
		return datum.NULL, datum.Errorf(1851, "minutes must be between 0 and 59")
	case n[3] > 59:
		return datum.NULL, datum.Errorf(1852, "seconds must be between 0 and 59")
	}
	nanos, _ := strconv.ParseInt((m[6] + "000000000")[:9], 10, 64)
	seconds := ((n[0]*24+n[1])*60+n[2])*60 + n[3]
	if m[1] == "-" {
		seconds, nanos = -seconds, -nanos
	}
	return datum.FromIntervalDS(seconds, nanos), nil
}
