package nls

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/adbferry/adbferry/sim/internal/datum"
)

// picture is a number format model taken apart.
type picture struct {
	whole, fraction string // digit positions: 9, 0 and G
	point           byte   // 0 when there is none; D or .
	sign            byte   // S leading, s trailing, M for MI, P for PR; 0: floating minus
	currency        byte   // $, L for the session's, C for the ISO one; 0 for none
	unpadded        bool   // by FM
	hex             int    // number of X
	hexLower        bool
	minimal         byte // 9 or E for TM9, TME
	scientific      bool // EEEE
	shift           int  // digits behind V
}

func badModel() *datum.Error { return datum.Errorf(1481, "invalid number format model") }

// signForms are the signs that stand at the end of a mask.
var signForms = [...]struct {
	suffix string
	sign   byte
}{{"MI", 'M'}, {"PR", 'P'}, {"S", 's'}}

// picture is parsePicture for masks that are used more than once.
func (s *Settings) picture(mask string) (picture, error) {
	if s.masks == nil {
		return parsePicture(mask)
	}
	s.masks.mu.Lock()
	defer s.masks.mu.Unlock()
	if p, ok := s.masks.pictures[mask]; ok {
		return p, nil
	}
	p, err := parsePicture(mask)
	if err == nil && len(s.masks.pictures) < maxMasks {
		s.masks.pictures[mask] = p
	}
	return p, err
}

// parsePicture takes a number mask apart.
//
// Error: ORA-01481.
func parsePicture(mask string) (picture, error) {
	var p picture
	rest := strings.ToUpper(mask)
	if cut, ok := strings.CutPrefix(rest, "FM"); ok {
		p.unpadded, rest = true, cut
	}
	switch rest {
	case "TM", "TM9":
		p.minimal = '9'
		return p, nil
	case "RN":
		return p, datum.Errorf(3001, "unimplemented feature: \"format element RN\"")
	case "TME":
		p.minimal = 'E'
		return p, nil
	}
	if digits := strings.TrimLeft(rest, "0"); digits != "" && strings.Trim(digits, "X") == "" {
		p.hex, p.hexLower = len(rest), strings.Contains(mask, "x")
		if len(digits) < len(rest) {
			p.whole = "0" // a leading 0 asks for leading zeros
		}
		return p, nil
	}
	if cut, ok := strings.CutPrefix(rest, "S"); ok {
		p.sign, rest = 'S', cut
	}
	for _, form := range signForms {
		if cut, ok := strings.CutSuffix(rest, form.suffix); ok && p.sign == 0 {
			p.sign, rest = form.sign, cut
		}
	}
	if cut, ok := strings.CutSuffix(rest, "EEEE"); ok {
		p.scientific, rest = true, cut
	}
	err := p.parseDigits(rest)
	return p, err
}

// parseDigits reads the positions of the digits.
func (p *picture) parseDigits(rest string) error {
	for i := range len(rest) {
		switch c := rest[i]; c {
		case '$':
			p.currency = '$'
		case 'L', 'U':
			p.currency = 'L'
		case 'C':
			p.currency = 'C'
		case 'B':
		case '9', '0':
			switch {
			case p.shift > 0 || strings.Contains(rest[:i], "V"):
				p.shift++
				p.whole += string(c)
			case p.point != 0:
				p.fraction += string(c)
			default:
				p.whole += string(c)
			}
		case 'G', ',':
			if p.point != 0 || p.whole == "" {
				return badModel()
			}
			p.whole += string(c)
		case 'D', '.':
			if p.point != 0 {
				return badModel()
			}
			p.point = c
		case 'V':
		default:
			return badModel()
		}
	}
	if p.whole == "" && p.fraction == "" {
		return badModel()
	}
	return nil
}

// A NumberMask is a number format model taken apart, for many values. It does
// not depend on any setting.
type NumberMask struct{ picture picture }

// ParseNumberMask takes a number format model apart.
//
// Error: ORA-01481.
func ParseNumberMask(mask string) (NumberMask, error) {
	p, err := parsePicture(mask)
	return NumberMask{p}, err
}

// FormatNumber renders a NUMBER with a mask. What does not fit is a row of #.
//
// Error: ORA-01481.
func (s *Settings) FormatNumber(v datum.Value, mask string) (string, error) {
	if v.IsNull() {
		return "", nil
	}
	p, err := s.picture(mask)
	if err != nil {
		return "", err
	}
	var scratch [64]byte
	b, err := s.AppendNumber(scratch[:0], v, &NumberMask{p})
	return string(b), err
}

// AppendNumber appends what FormatNumber returns of a NUMBER that is not NULL.
// On an error dst stays as it is.
func (s *Settings) AppendNumber(dst []byte, v datum.Value, mask *NumberMask) ([]byte, error) {
	p := &mask.picture
	switch {
	case p.minimal != 0:
		return s.appendMinimal(dst, v, p), nil
	case p.hex > 0:
		return append(dst, formatHex(v, p)...), nil
	case p.scientific:
		return append(dst, p.formatScientific(v)...), nil
	}
	if p.shift > 0 {
		shifted, err := datum.ParseNumber(v.Decimal() + "e" + strconv.Itoa(p.shift))
		if err != nil {
			return dst, err
		}
		v = shifted
	}
	return append(dst, s.layOut(v, p)...), nil
}

// appendMinimal is TM9: all digits and no blanks, in exponent form when that
// would be more than 64 characters.
func (s *Settings) appendMinimal(dst []byte, v datum.Value, p *picture) []byte {
	out := appendPlain(dst, v)
	if p.minimal == 'E' || len(out)-len(dst) > 64 {
		out = append(dst, exponentForm(v, -1)...)
	}
	return s.withPoint(out, len(dst))
}

// appendPlain writes the shortest decimal text, without a zero before the
// point.
func appendPlain(dst []byte, v datum.Value) []byte {
	out := v.AppendDecimal(dst)
	at := len(dst)
	if out[at] == '-' {
		at++
	}
	if len(out) > at+1 && out[at] == '0' {
		out = append(out[:at], out[at+1:]...)
	}
	return out
}

// exponentForm is d.ddddE±ee with digits after the point, all when negative.
func exponentForm(v datum.Value, digits int) string {
	if digits >= 0 {
		v = datum.Round(v, digits+1-v.Digits(), datum.HalfUp)
	}
	sign, text := "", v.Decimal()
	if text[0] == '-' {
		sign, text = "-", text[1:]
	}
	exp := 0
	if v.Sign() != 0 {
		exp = v.Digits() - 1
	}
	mantissa := strings.TrimLeft(strings.Replace(text, ".", "", 1), "0")
	mantissa = strings.TrimRight(mantissa, "0")
	if mantissa == "" {
		mantissa = "0"
	}
	for len(mantissa) < digits+1 {
		mantissa += "0"
	}
	out := sign + mantissa[:1]
	if len(mantissa) > 1 {
		out += "." + mantissa[1:]
	}
	return out + fmt.Sprintf("E%+03d", exp)
}

// formatHex writes a whole number in hex; negative numbers do not fit.
func formatHex(v datum.Value, p *picture) string {
	n, ok := new(big.Int).SetString(datum.Round(v, 0, datum.HalfUp).Decimal(), 10)
	if !ok || n.Sign() < 0 {
		return strings.Repeat("#", p.hex+1)
	}
	text := strings.ToUpper(n.Text(16))
	if p.hexLower {
		text = strings.ToLower(text)
	}
	switch {
	case len(text) > p.hex:
		return strings.Repeat("#", p.hex+1)
	case p.whole != "":
		text = strings.Repeat("0", p.hex-len(text)) + text
	}
	if p.unpadded {
		return text
	}
	return fmt.Sprintf("%*s", p.hex+1, text)
}

// formatScientific writes d.ddE+xx with the fraction digits of the mask.
func (p *picture) formatScientific(v datum.Value) string {
	text := exponentForm(v, len(p.fraction))
	if v.Sign() >= 0 && !p.unpadded {
		return " " + text
	}
	return text
}

// layOut fills a picture's digit positions.
func (s *Settings) layOut(v datum.Value, p *picture) string {
	v = datum.Round(v, len(p.fraction), datum.HalfUp)
	negative := v.Sign() < 0
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(v.Decimal(), "-"), ".")
	for len(fraction) < len(p.fraction) {
		fraction += "0"
	}
	if p.unpadded {
		keep := strings.LastIndexByte(p.fraction, '0') + 1
		fraction = fraction[:max(len(strings.TrimRight(fraction, "0")), keep)]
	}
	body, ok := s.wholePart(whole, p)
	if !ok {
		width := len(p.whole) + len(p.fraction) + 1
		if p.point != 0 {
			width++
		}
		return strings.Repeat("#", width)
	}
	if p.point != 0 {
		point := s.decimalPoint()
		if p.point == '.' {
			point = '.'
		}
		body += string(point) + fraction
	}
	out := p.signed(body, s.currency(p), negative)
	if p.unpadded {
		return strings.TrimLeft(out, " ")
	}
	return out
}

// wholePart fills the positions before the point from the right: a 0 forces a
// digit, and separators appear between digits only.
func (s *Settings) wholePart(digits string, p *picture) (string, bool) {
	if digits == "0" && (p.point != 0 && p.fraction != "" || p.whole == "") && !strings.Contains(p.whole, "0") {
		digits = ""
	}
	forced := strings.IndexByte(p.whole, '0')
	out := make([]byte, len(p.whole))
	left := len(digits)
	for i := len(p.whole) - 1; i >= 0; i-- {
		zero := forced >= 0 && i >= forced
		switch c := p.whole[i]; {
		case c == 'G' || c == ',':
			out[i] = ' '
			if left > 0 || zero {
				out[i] = ','
				if c == 'G' && len(s.NumericCharacters) > 1 {
					out[i] = s.NumericCharacters[1]
				}
			}
		case left > 0:
			left--
			out[i] = digits[left]
		case zero:
			out[i] = '0'
		default:
			out[i] = ' '
		}
	}
	return string(out), left == 0
}

// currency is the symbol that a mask asks for.
func (s *Settings) currency(p *picture) string {
	switch p.currency {
	case '$':
		return "$"
	case 'L':
		return s.Currency
	case 'C':
		return "USD"
	}
	return ""
}

// signed puts sign and currency in front of the first digit, or behind.
func (p *picture) signed(body, currency string, negative bool) string {
	trimmed := strings.TrimLeft(body, " ")
	blanks := body[:len(body)-len(trimmed)]
	trimmed = currency + trimmed
	switch p.sign {
	case 'S':
		return blanks + pick(negative, "-", "+") + trimmed
	case 's':
		return blanks + trimmed + pick(negative, "-", "+")
	case 'M':
		return blanks + trimmed + pick(negative, "-", " ")
	case 'P':
		return blanks + pick(negative, "<", " ") + trimmed + pick(negative, ">", " ")
	}
	return blanks + pick(negative, "-", " ") + trimmed
}

// pick chooses between two texts.
func pick(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}

// ParseNumber reads a NUMBER with a mask.
//
// Errors: ORA-01481 for the mask, ORA-01722 for the text.
func (s *Settings) ParseNumber(text, mask string) (datum.Value, error) {
	p, err := s.picture(mask)
	if err != nil {
		return datum.NULL, err
	}
	return s.ReadNumber(text, &NumberMask{p})
}

// ReadNumber is ParseNumber with a mask that has been taken apart.
func (s *Settings) ReadNumber(text string, mask *NumberMask) (datum.Value, error) {
	p := &mask.picture
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return datum.NULL, nil
	case p.hex > 0:
		return parseHex(text, p.hex)
	case p.minimal != 0 || p.scientific:
		return s.plainToNumber(text)
	}
	text, negative := p.cutSign(text)
	group, point := s.separators(p)
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(text, s.currency(p)), point)
	if strings.ContainsAny(p.whole, "G,") {
		whole = strings.ReplaceAll(whole, group, "")
	}
	positions := strings.Count(p.whole, "9") + strings.Count(p.whole, "0")
	if len(whole) > positions || len(fraction) > len(p.fraction) || strings.Trim(whole+fraction, "0123456789") != "" {
		return datum.NULL, datum.Errorf(1722, "invalid number")
	}
	return datum.ParseNumber(pick(negative, "-", "") + whole + "." + fraction)
}

// parseHex reads at most width hex digits. What fits an int64, such as the
// slices of a checksum, takes the short way.
func parseHex(text string, width int) (datum.Value, error) {
	invalid := func() error { return datum.Errorf(1722, "invalid number") } // made for the bad ones only
	if len(text) > width || text[0] == '+' || text[0] == '-' {
		return datum.NULL, invalid()
	}
	if len(text) < 16 {
		var n int64
		for i := range len(text) {
			digit := hexValue(text[i])
			if digit < 0 {
				return datum.NULL, invalid()
			}
			n = n<<4 | int64(digit)
		}
		return datum.FromInt(n), nil
	}
	n, ok := new(big.Int).SetString(text, 16)
	if !ok {
		return datum.NULL, invalid()
	}
	return datum.ParseNumber(n.String())
}

// hexValue is the value of a hex digit, -1 for anything else.
func hexValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}

// cutSign takes the sign off where the mask allows one.
func (p *picture) cutSign(text string) (rest string, negative bool) {
	switch p.sign {
	case 's', 'M':
		rest = strings.TrimRight(text, "+-")
		return rest, strings.HasSuffix(text, "-")
	case 'P':
		if inner, ok := strings.CutPrefix(text, "<"); ok {
			return strings.TrimSuffix(inner, ">"), true
		}
		return text, false
	}
	if inner, ok := strings.CutPrefix(text, "-"); ok {
		return inner, true
	}
	return strings.TrimPrefix(text, "+"), false
}

// separators are the group separator and the decimal point of a mask: G and D
// follow the session, a comma and a point stand for themselves.
func (s *Settings) separators(p *picture) (group, point string) {
	group, point = ",", "."
	if len(s.NumericCharacters) > 1 {
		if strings.Contains(p.whole, "G") {
			group = s.NumericCharacters[1:2]
		}
		if p.point == 'D' {
			point = s.NumericCharacters[:1]
		}
	}
	return group, point
}

// plainToNumber is the implicit conversion of a text.
func (s *Settings) plainToNumber(text string) (datum.Value, error) {
	if v, ok := datum.ParsePlain(text, s.decimalPoint()); ok {
		return v, nil
	}
	text = strings.TrimSpace(text)
	if point := s.decimalPoint(); point != '.' {
		if strings.Contains(text, ".") {
			return datum.NULL, datum.Errorf(1722, "invalid number")
		}
		text = strings.Replace(text, string(point), ".", 1)
	}
	return datum.ParseNumber(text)
}
