package dbmscloud

import "github.com/adbferry/adbferry/sim/internal/datum"

// maxPlainPairs bounds the NUMBERs that the short cuts below take: up to 18
// digits, whose text never needs rounding or an exponent.
const maxPlainPairs = 9

// appendNumber appends the text of a NUMBER as implicit conversion writes it.
// It is the short cut for values of at least 1 (or 0) with few digits; ok is
// false for all others, which package nls renders.
func appendNumber(dst []byte, stored string, point byte) (out []byte, ok bool) {
	if stored == "\x80" {
		return append(dst, '0'), true
	}
	negative := stored[0] < 0x80
	exponent, digits := int(stored[0])-193, stored[1:]
	if negative {
		exponent = 62 - int(stored[0])
		if n := len(digits); n > 0 && digits[n-1] == 102 {
			digits = digits[:n-1]
		}
		dst = append(dst, '-')
	}
	if exponent < 0 || exponent >= maxPlainPairs || len(digits) == 0 || len(digits) > maxPlainPairs {
		return dst, false
	}
	for i := 0; i <= exponent || i < len(digits); i++ {
		if i == exponent+1 {
			dst = append(dst, point)
		}
		pair := byte(0)
		switch {
		case i >= len(digits):
		case negative:
			pair = 101 - digits[i]
		default:
			pair = digits[i] - 1
		}
		if i > 0 || pair >= 10 {
			dst = append(dst, '0'+pair/10)
		}
		last := i > exponent && i == len(digits)-1
		if !last || pair%10 != 0 {
			dst = append(dst, '0'+pair%10)
		}
	}
	return dst, true
}

// readNumber reads plain decimal text of up to 18 digits. It is the short cut
// for what exports write; ok is false for everything else, which package nls
// reads.
func readNumber(text string, point byte) (v datum.Value, ok bool) {
	rest, negative := text, false
	if rest != "" && rest[0] == '-' {
		rest, negative = rest[1:], true
	}
	var digits [2 * maxPlainPairs]byte
	n, whole := 0, -1
	for i := 0; i < len(rest); i++ {
		c := rest[i]
		switch {
		case c >= '0' && c <= '9' && n < len(digits):
			digits[n] = c - '0'
			n++
		case c == point && whole < 0 && i > 0:
			whole = n
		default:
			return datum.NULL, false
		}
	}
	if whole < 0 {
		whole = n
	}
	// Leading zeros and an odd number of whole digits are left to nls, except
	// for the common ones below.
	if n == 0 || digits[0] == 0 {
		return datum.FromInt(0), n == 1 && !negative
	}
	return encodePairs(digits[:n], whole, negative), true
}

// encodePairs makes a NUMBER of its decimal digits, the first of which is not
// 0, and of how many of them stand before the point, at least one.
func encodePairs(digits []byte, whole int, negative bool) datum.Value {
	var out [maxPlainPairs + 4]byte
	at := 1
	first := whole % 2 // an odd number of whole digits begins with half a pair
	for i := -first; i < len(digits); i += 2 {
		pair := byte(0)
		if i >= 0 {
			pair = digits[i] * 10
		}
		if i+1 < len(digits) {
			pair += digits[i+1]
		}
		out[at] = pair
		at++
	}
	for at > 1 && out[at-1] == 0 {
		at--
	}
	head := byte(193 + (whole+1)/2 - 1)
	if negative {
		out[0] = ^head
		for i := 1; i < at; i++ {
			out[i] = 101 - out[i]
		}
		out[at] = 102 // there are fewer pairs than a NUMBER can have
		at++
	} else {
		out[0] = head
		for i := 1; i < at; i++ {
			out[i]++
		}
	}
	return datum.Of(datum.Number, string(out[:at]))
}
