package codec

import (
	"fmt"

	pb "github.com/adbferry/adbferry/proto/adbferry/v1"
)

// A Canonical is how a column's value enters digests: as a text that is the
// same wherever the value is. Its expressions are the same on both sides.
type Canonical struct {
	// Text is the expression of that text: digits, letters and + - . : / _ and
	// blanks, and "~" for NULL, which is no value's text.
	Text string
	// Width is the longest text in bytes.
	Width int
	// Readable is the expression of the value as a person reads it; NULL for NULL.
	Readable string
	// Crypto is set when the expression calls DBMS_CRYPTO, which has to be granted.
	Crypto bool
}

const (
	// sha256Hex is the length of a SHA-256 as hexadecimal text.
	sha256Hex = 64
	// nullText stands for NULL, so that no hash function's idea of NULL matters.
	// It is the text of no value: not '~' or '-~', which TO_CHAR writes for the
	// infinite NUMBERs that old programs have stored.
	nullText = "'!'"
)

// CanonicalOf returns how a column enters digests; ok is false for types without
// such a form. ref is the quoted column.
func CanonicalOf(c *pb.Column, ref string) (form Canonical, ok bool) {
	f := familyOf(c)
	if f == nil {
		return Canonical{}, false
	}
	form = f.canonical(c, ref)
	form.Text = fmt.Sprintf("CASE WHEN %s IS NULL THEN %s ELSE %s END", ref, nullText, form.Text)
	return form, true
}

// Hash renders the SHA-256 of a text's bytes as hexadecimal text. Texts are
// hashed in the character set they are stored in: those of databases with
// different character sets cannot be compared.
func Hash(text string) string { return fmt.Sprintf("RAWTOHEX(STANDARD_HASH(%s, 'SHA256'))", text) }

// plain is the form of families whose written text is short and canonical already.
func plain(text string, width int) Canonical {
	return Canonical{Text: text, Width: width, Readable: text}
}

// hashed is the form of values of any bytes: hashing them keeps texts short and
// never needs pieces.
func hashed(ref, readable string) Canonical {
	return Canonical{Text: Hash(ref), Width: sha256Hex, Readable: readable}
}
