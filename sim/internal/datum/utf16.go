package datum

import "unicode/utf16"

// The national character set, AL16UTF16, is UTF-16 with the high byte first.
// Lengths of NVARCHAR2 and positions in CLOBs count its code units.

// ToUTF16 returns UTF-8 text as big-endian UTF-16.
func ToUTF16(s string) string {
	out := make([]byte, 0, 2*len(s))
	for _, c := range s {
		if hi, lo := utf16.EncodeRune(c); hi != 0xFFFD {
			out = append(out, byte(hi>>8), byte(hi), byte(lo>>8), byte(lo))
			continue
		}
		out = append(out, byte(c>>8), byte(c))
	}
	return string(out)
}

// FromUTF16 returns big-endian UTF-16 as UTF-8; an odd byte at the end is
// dropped.
func FromUTF16(s string) string {
	units := make([]uint16, len(s)/2)
	for i := range units {
		units[i] = uint16(s[2*i])<<8 | uint16(s[2*i+1])
	}
	return string(utf16.Decode(units))
}

// UTF16Units returns how many code units a character has: 2 for one that needs
// a surrogate pair.
func UTF16Units(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}

// UTF16Len returns how many code units a text has.
func UTF16Len(s string) int {
	n := 0
	for _, r := range s {
		n += UTF16Units(r)
	}
	return n
}
