package datum

import (
	"strconv"
	"strings"
)

const (
	maxDigitPairs = 20  // base-100 digits Oracle keeps: 39 or 40 decimal digits
	maxExponent   = 62  // largest base-100 exponent: values below 1e126
	minExponent   = -65 // smallest base-100 exponent: values from 1e-130
)

// FromInt makes a NUMBER from an integer.
func FromInt(n int64) Value { return fromScaled(n, 0) }

// ParseNumber makes a NUMBER from a decimal literal in Go or SQL notation
// (sign, digits, one point, optional exponent). Digits beyond the 40 that
// Oracle keeps are rounded half up; what underflows is zero.
//
// Errors: ORA-01722 when s is no number, ORA-01426 when it is too large.
func ParseNumber(s string) (Value, error) {
	if v, ok := ParsePlain(s, '.'); ok {
		return v, nil
	}
	neg, digits, point, err := splitDecimal(s)
	if err != nil {
		return NULL, err
	}
	return encodeNumber(neg, digits, point)
}

// splitDecimal returns the significant digits of s and the position of the
// decimal point relative to their start, so that value = 0.digits × 10^point.
func splitDecimal(s string) (neg bool, digits string, point int, err error) {
	rest := strings.TrimSpace(s)
	if rest != "" && (rest[0] == '-' || rest[0] == '+') {
		neg = rest[0] == '-'
		rest = rest[1:]
	}
	exp := 0
	if i := strings.IndexAny(rest, "eE"); i >= 0 {
		if exp, err = strconv.Atoi(rest[i+1:]); err != nil {
			return false, "", 0, notANumber()
		}
		rest = rest[:i]
	}
	whole, frac, _ := strings.Cut(rest, ".")
	digits = whole + frac
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return false, "", 0, notANumber()
	}
	point = len(whole) + exp
	for len(digits) > 0 && digits[0] == '0' {
		digits = digits[1:]
		point--
	}
	return neg, strings.TrimRight(digits, "0"), point, nil
}

func notANumber() *Error { return Errorf(1722, "invalid number") }

// encodeNumber makes the stored form of digits of which the first point ones are
// before the decimal point: an exponent byte, then base-100 digits. A negative
// number is stored as a complement, so that numbers compare as their bytes do.
//
// Error: ORA-01426.
func encodeNumber(neg bool, digits string, point int) (Value, error) {
	pairs, exp := toPairs(digits, point)
	if len(pairs) > maxDigitPairs {
		pairs, exp = roundPairs(pairs, exp)
	}
	for len(pairs) > 0 && pairs[len(pairs)-1] == 0 {
		pairs = pairs[:len(pairs)-1]
	}
	switch {
	case len(pairs) == 0 || exp < minExponent:
		return Value{kind: Number, data: "\x80"}, nil
	case exp > maxExponent:
		return NULL, Errorf(1426, "numeric overflow")
	}
	out := make([]byte, 0, len(pairs)+2)
	if !neg {
		out = append(out, byte(193+exp))
		for _, p := range pairs {
			out = append(out, p+1)
		}
		return Value{kind: Number, data: string(out)}, nil
	}
	out = append(out, ^byte(193+exp))
	for _, p := range pairs {
		out = append(out, 101-p)
	}
	if len(pairs) < maxDigitPairs {
		out = append(out, 102)
	}
	return Value{kind: Number, data: string(out)}, nil
}

// toPairs regroups decimal digits into base-100 digits d0.d1d2… × 100^exp.
func toPairs(digits string, point int) (pairs []byte, exp int) {
	if digits == "" {
		return nil, 0
	}
	if point%2 != 0 {
		digits = "0" + digits
		point++
	}
	if len(digits)%2 != 0 {
		digits += "0"
	}
	pairs = make([]byte, 0, len(digits)/2)
	for i := 0; i < len(digits); i += 2 {
		pairs = append(pairs, (digits[i]-'0')*10+digits[i+1]-'0')
	}
	return pairs, point/2 - 1
}

func roundPairs(pairs []byte, exp int) ([]byte, int) {
	up := pairs[maxDigitPairs] >= 50
	pairs = pairs[:maxDigitPairs]
	for i := len(pairs) - 1; up && i >= 0; i-- {
		pairs[i]++
		up = pairs[i] == 100
		if up {
			pairs[i] = 0
		}
	}
	if up {
		return append([]byte{1}, pairs[:maxDigitPairs-1]...), exp + 1
	}
	return pairs, exp
}

// decoded is a NUMBER's base-100 digits as they are stored, which depends on
// its sign; at reads one. It allocates nothing: numbers are taken apart for
// every row that is rendered.
type decoded struct {
	negative bool
	stored   string
	exp      int // the first digit counts 100^exp
}

func (v Value) decode() decoded {
	switch {
	case v.kind != Number || v.data == "\x80" || v.data == "":
		return decoded{}
	case v.data[0]&0x80 != 0:
		return decoded{stored: v.data[1:], exp: int(v.data[0]) - 193}
	}
	return decoded{negative: true, stored: strings.TrimSuffix(v.data[1:], "\x66"), exp: int(^v.data[0]) - 193}
}

// at is the i-th base-100 digit, 0 behind the last.
func (d *decoded) at(i int) byte {
	switch {
	case i >= len(d.stored):
		return 0
	case d.negative:
		return 101 - d.stored[i]
	}
	return d.stored[i] - 1
}

// Decimal returns a NUMBER as its shortest exact decimal text, never in
// exponent form: "0", "-12.5", ".5" is written "0.5".
func (v Value) Decimal() string {
	var scratch [48]byte
	return string(v.AppendDecimal(scratch[:0]))
}

// AppendDecimal appends what Decimal returns.
func (v Value) AppendDecimal(dst []byte) []byte {
	d := v.decode()
	if d.stored == "" {
		return append(dst, '0')
	}
	if d.negative {
		dst = append(dst, '-')
	}
	whole := len(dst)
	for i := 0; i <= d.exp; i++ {
		pair := d.at(i)
		if i == 0 && pair < 10 {
			dst = append(dst, '0'+pair)
			continue
		}
		dst = appendPair(dst, pair)
	}
	if len(dst) == whole || dst[whole] == '0' {
		dst = trimZeros(dst, whole) // nothing before the point, or a form that a peer made up
	}
	if d.exp+1 >= len(d.stored) {
		return dst
	}
	point := len(dst)
	dst = append(dst, '.')
	for i := d.exp + 1; i < 0; i++ {
		dst = append(dst, '0', '0')
	}
	for i := max(d.exp+1, 0); i < len(d.stored); i++ {
		dst = appendPair(dst, d.at(i))
	}
	for dst[len(dst)-1] == '0' {
		dst = dst[:len(dst)-1]
	}
	if len(dst) == point+1 {
		dst = dst[:point]
	}
	return dst
}

func appendPair(dst []byte, pair byte) []byte { return append(dst, '0'+pair/10, '0'+pair%10) }

// trimZeros takes leading zeros off the whole part that begins at start and
// leaves one digit.
func trimZeros(dst []byte, start int) []byte {
	zeros := 0
	for start+zeros < len(dst)-1 && dst[start+zeros] == '0' {
		zeros++
	}
	if start == len(dst) {
		return append(dst, '0')
	}
	return append(dst[:start], dst[start+zeros:]...)
}

// Int returns a NUMBER as an integer; ok is false when it has a fraction or
// does not fit.
func (v Value) Int() (n int64, ok bool) {
	if n, scale, ok := v.scaled(); ok {
		return n, scale == 0
	}
	n, err := strconv.ParseInt(v.Decimal(), 10, 64)
	return n, v.kind == Number && err == nil
}

// Float returns the nearest float64 of a NUMBER.
func (v Value) Float() float64 {
	f, _ := strconv.ParseFloat(v.Decimal(), 64)
	return f
}

// ValidNumber reports whether b is a well-formed stored NUMBER. What comes
// from the wire is checked with it before Of.
func ValidNumber(b string) bool {
	if b == "\x80" {
		return true
	}
	if len(b) < 2 || len(b) > maxDigitPairs+2 {
		return false
	}
	d := Value{kind: Number, data: b}.decode()
	if d.negative && len(b)-1 <= maxDigitPairs && b[len(b)-1] != 102 && len(d.stored) < maxDigitPairs {
		return false
	}
	for i := range d.stored {
		if d.at(i) > 99 {
			return false
		}
	}
	return d.stored != "" && len(d.stored) <= maxDigitPairs
}
