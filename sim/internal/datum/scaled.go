package datum

// maxScaled bounds the digits of the numbers that are computed in an int64.
const maxScaled = 18

var powersOfTen = func() (p [maxScaled + 1]int64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = p[i-1] * 10
	}
	return p
}()

// scaled returns a NUMBER of at most 18 digits as n × 10^-scale with a scale
// that is not negative. ok is false for numbers that do not fit.
func (v Value) scaled() (n int64, scale int, ok bool) {
	d := v.data
	if v.kind != Number || len(d) > 9+1 {
		return 0, 0, false
	}
	if d == "\x80" {
		return 0, 0, true
	}
	negative := d[0]&0x80 == 0
	exp := int(d[0]) - 193
	if negative {
		exp = int(^d[0]) - 193
		if d[len(d)-1] == 102 {
			d = d[:len(d)-1]
		}
	}
	pairs := len(d) - 1
	for i := 1; i <= pairs; i++ {
		p := int64(d[i]) - 1
		if negative {
			p = 101 - int64(d[i])
		}
		n = n*100 + p
	}
	if negative {
		n = -n
	}
	shift := 2 * (exp + 1 - pairs) // value = n × 10^shift
	if shift <= 0 {
		if -shift > maxScaled {
			return 0, 0, false
		}
		if shift < 0 && n%10 == 0 {
			return n / 10, -shift - 1, true
		}
		return n, -shift, true
	}
	if 2*pairs+shift > maxScaled {
		return 0, 0, false
	}
	return n * powersOfTen[shift], 0, true
}

// ParsePlain makes a NUMBER of digits with at most one point, which is a
// character of the caller's, and a sign: what exports write and people type. ok
// is false for everything else, such as blanks, an exponent or more than 18
// digits, which ParseNumber may still read.
func ParsePlain(s string, point byte) (v Value, ok bool) {
	rest, negative := s, false
	if rest != "" && (rest[0] == '-' || rest[0] == '+') {
		rest, negative = rest[1:], rest[0] == '-'
	}
	if len(rest) > maxScaled+1 {
		return NULL, false
	}
	var n int64
	digits, fraction := 0, -1 // fraction < 0: no point yet
	for i := range len(rest) {
		c := rest[i]
		switch {
		case c >= '0' && c <= '9':
			n = n*10 + int64(c-'0')
			digits++
		case c == point && fraction < 0:
			fraction = digits
		default:
			return NULL, false
		}
	}
	if digits == 0 || digits > maxScaled {
		return NULL, false
	}
	if negative {
		n = -n
	}
	if fraction < 0 {
		fraction = digits
	}
	return fromScaled(n, digits-fraction), true
}

// fromScaled makes the NUMBER n × 10^-scale.
func fromScaled(n int64, scale int) Value {
	if n == 0 {
		return Value{kind: Number, data: "\x80"}
	}
	negative := n < 0
	u := uint64(n)
	if negative {
		u = -u
	}
	exp := -scale / 2
	if scale%2 != 0 {
		// Only a number near the limit of uint64 could overflow here, and the
		// callers stay below 10^18.
		u, exp = u*10, -(scale+1)/2
	}
	var pairs [10]byte
	i := len(pairs)
	for u > 0 {
		i--
		pairs[i] = byte(u % 100)
		u /= 100
	}
	digits := pairs[i:]
	exp += len(digits) - 1
	for digits[len(digits)-1] == 0 {
		digits = digits[:len(digits)-1]
	}
	var out [12]byte
	b := out[:0]
	if !negative {
		b = append(b, byte(193+exp))
		for _, p := range digits {
			b = append(b, p+1)
		}
		return Value{kind: Number, data: string(b)}
	}
	b = append(b, ^byte(193+exp))
	for _, p := range digits {
		b = append(b, 101-p)
	}
	return Value{kind: Number, data: string(append(b, 102))}
}

// aligned returns two numbers with the scale they share.
func aligned(a, b Value) (x, y int64, scale int, ok bool) {
	x, sx, okx := a.scaled()
	y, sy, oky := b.scaled()
	if !okx || !oky {
		return 0, 0, 0, false
	}
	scale = max(sx, sy)
	if x, ok = widen(x, scale-sx); !ok {
		return 0, 0, 0, false
	}
	y, ok = widen(y, scale-sy)
	return x, y, scale, ok
}

// widen multiplies by 10^by as long as the result stays below 4 × 10^17, so
// that sums of two fit easily.
func widen(n int64, by int) (int64, bool) {
	const limit = 400_000_000_000_000_000
	if by > maxScaled-1 || n > limit/powersOfTen[by] || n < -limit/powersOfTen[by] {
		return 0, false
	}
	return n * powersOfTen[by], true
}
